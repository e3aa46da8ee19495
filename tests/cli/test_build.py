"""``cdk-python-function build``: a package of what the constructs would make an asset of."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from python_function._cli.program import main


@pytest.fixture
def build(capsys: pytest.CaptureFixture[str], entry: Path, tmp_path: Path) -> Callable[..., Any]:
    """Return the command, for the entry and a package beside it, with its JSON read."""

    def run(*arguments: str) -> Any:  # noqa: ANN401 - JSON
        assert main(["build", str(entry), f"--output={tmp_path}/package.zip", "--json", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def names(package: str) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


def test_a_function_is_a_package_with_its_code_at_the_root(build: Callable[..., Any], tmp_path: Path) -> None:
    built = build("--runtime=python3.12", "--architecture=arm64")

    assert names(built["output"]) == ["index.py"]
    assert len(built.pop("hash")) == 64
    assert len(built.pop("code_sha256")) == 44
    assert built.pop("bytes") == (tmp_path / "package.zip").stat().st_size
    assert built == {
        "output": str(tmp_path / "package.zip"),
        "handler": "index.handler",
        "runtime": "python3.12",
        "architecture": "arm64",
        "unzipped": 46,
        "files": 1,
        "warnings": [],
    }


def test_the_json_has_the_documented_keys(build: Callable[..., Any]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
    table = page.partition("| key of `build` | value |")[2].partition("\n\n")[0]
    documented = " ".join(re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE))

    assert set(re.findall(r"\w+", documented)) == build().keys()


def test_a_layer_is_a_package_with_everything_below_python(build: Callable[..., Any]) -> None:
    built = build("--layer")

    assert names(built["output"]) == ["python/", "python/index.py"]
    assert built["handler"] is None


def test_the_hash_is_the_one_that_explain_tells(
    build: Callable[..., Any], entry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ("--exclude=*.md", "--environment=A=b", "--architecture=arm64")
    main(["explain", str(entry), "--json", *flags])
    explained = json.loads(capsys.readouterr().out)

    assert build(*flags)["hash"] == explained["hash"] != build()["hash"]


def test_hooks_and_excludes_shape_the_package(build: Callable[..., Any], entry: Path) -> None:
    (entry / "notes.md").write_text("")

    built = build(
        "--strategy=local", "--exclude=*.md", "--after-bundling=echo $A > /asset-output/a.txt", "--environment=A=b"
    )

    assert names(built["output"]) == ["a.txt", "index.py"]


def test_people_get_lines(entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (entry / "requirements.txt").write_text("")
    assert main(["build", str(entry), f"-o{tmp_path}/p.zip", "--runtime=python3.9"]) == 0

    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[:3] == [
        f"package       {tmp_path}/p.zip",
        "handler       index.handler",
        "runtime       python3.9 on x86_64",
    ]
    assert lines[3].endswith("unzipped 46 B in 1 file")
    assert lines[5].startswith("warning       python3.9 is deprecated")
    assert printed.err.splitlines()[0].startswith("entry: building for python3.9")


def test_what_cannot_be_built_leaves_no_package(
    entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = ["build", str(entry), f"-o{tmp_path}/p.zip", "--strategy=local", "--after-bundling=exit 7"]

    assert main(failing) == 3
    assert "after_bundling hook failed with exit code 7" in capsys.readouterr().err
    assert not list(tmp_path.glob("*p.zip*"))


def test_what_would_not_run_on_lambda_is_not_packed(
    entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = [
        "build",
        str(entry),
        f"-o{tmp_path}/p.zip",
        "--strategy=local",
        "--after-bundling=mv /asset-output/index.py /asset-output/x.py",
    ]

    assert main(failing) == 3
    assert "The handler's file 'index.py' is not in the bundle" in capsys.readouterr().err
    assert not (tmp_path / "p.zip").exists()


def test_a_wrong_destination_is_told_first(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(entry / "nowhere"), "-o", str(entry)]) == 1
    assert f"{entry} is a directory" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_ended_leaves_nothing(entry: Path, tmp_path: Path, number: signal.Signals) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    started = tmp_path / "started"
    hook = f"--after-bundling=touch {started}; sleep 60"
    command = (sys.executable, "-m", "python_function", "build", str(entry), "-op.zip", "--strategy=local", hook)
    environment = {**os.environ, "TMPDIR": str(temporary)}
    program = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True, process_group=0
    )
    while not started.exists():
        assert program.poll() is None
        time.sleep(0.01)

    program.send_signal(number)
    _, printed = program.communicate(timeout=30)

    assert program.returncode == 128 + number
    assert "Traceback" not in printed
    assert list(temporary.iterdir()) == []
    assert not list(tmp_path.glob("*p.zip*"))


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """Return a virtual environment with one package."""
    place = tmp_path / "venv" / "lib" / "python3.13" / "site-packages"
    (place / "lib-1.dist-info").mkdir(parents=True)
    (place / "lib.py").write_text("")
    (place / "lib-1.dist-info" / "METADATA").write_text("Name: lib\nVersion: 1\n")
    (place / "lib-1.dist-info" / "RECORD").write_text(
        "lib.py,,\nlib-1.dist-info/METADATA,,\nlib-1.dist-info/RECORD,,\n"
    )
    (tmp_path / "venv" / "pyvenv.cfg").write_text("")
    return tmp_path / "venv"


def test_a_virtual_environment_takes_the_place_of_what_is_declared(
    build: Callable[..., Any], entry: Path, environment: Path
) -> None:
    (entry / "requirements.txt").write_text("no-such-package\n")

    built = build(f"--from-venv={environment}")

    assert [name for name in names(built["output"]) if not name.endswith("/")] == [
        "index.py",
        "lib-1.dist-info/METADATA",
        "lib-1.dist-info/RECORD",
        "lib.py",
    ]


def test_what_is_installed_counts_for_the_hash(build: Callable[..., Any], environment: Path) -> None:
    before = build(f"--from-venv={environment}")
    (environment / "lib" / "python3.13" / "site-packages" / "lib.py").write_text("changed = True")

    assert build(f"--from-venv={environment}")["hash"] != before["hash"] != build()["hash"]


def test_what_chooses_among_the_declared_is_refused_for_what_is_installed(
    entry: Path, environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ("--extra=a", "--packaging=pip")

    assert main(["build", str(entry), "-op.zip", f"--from-venv={environment}", *flags]) == 1
    assert "which --packaging, --extra cannot choose from" in capsys.readouterr().err
