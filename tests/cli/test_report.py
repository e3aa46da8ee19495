"""``cdk-python-function report``: of an entry, of an asset, and of a package."""

import json
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from python_function import PythonFunction
from python_function._cli.program import main


def test_an_entry_is_built_and_reported_on(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(entry), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["runtime"], found["own"]) == ("python3.13", {"index.py": 46})


def test_the_record_has_the_documented_keys(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "report.md").read_text("utf-8").partition("| key | value |")[2]
    documented = " ".join(re.findall(r"^\| (`[^|]+`) \|", page, re.MULTILINE))
    main(["report", str(entry), "--json"])

    assert set(re.findall(r"\w+", documented)) == json.loads(capsys.readouterr().out).keys()


def test_an_asset_is_reported_on_by_its_record(entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    PythonFunction(Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack"), "Function", entry=entry)
    (asset,) = (tmp_path / "cdk.out").glob("asset.*")
    (entry / "index.py").unlink()
    capsys.readouterr()

    assert main(["report", str(asset)]) == 0

    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith("function      python3.13 on x86_64\n")
    assert printed.out.splitlines()[-1].split() == ["(your", "files)", "46", "B", "1"]


def test_an_asset_without_a_record_tells_what_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "asset.abc").mkdir()
    (tmp_path / "asset.abc" / "x.py").write_text("12345")

    assert main(["report", str(tmp_path / "asset.abc")]) == 0
    assert capsys.readouterr().out.startswith("size          5 B of 262.1 MB, 0%, in 1 file\n")


def test_a_package_is_reported_on(entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build", str(entry), f"-o{tmp_path}/p.zip"])
    capsys.readouterr()

    assert main(["report", f"{tmp_path}/p.zip", "--format=json"]) == 0
    assert json.loads(capsys.readouterr().out)["own"] == {"index.py": 46}


def test_a_package_is_reported_on_by_the_record_beside_it(
    entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "p.zip"
    main(["build", str(entry), f"-o{package}", "--record", "--architecture=arm64", "--json"])
    built = json.loads(capsys.readouterr().out)
    without = package.read_bytes()
    main(["build", str(entry), f"-o{package}", "--architecture=arm64"])
    capsys.readouterr()

    assert main(["report", str(package), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert package.read_bytes() == without
    assert (tmp_path / "p.zip.json").is_file()
    assert (found["architecture"], found["handler"]) == ("arm64", "index.py")
    assert (found["package"], found["hash"]) == (built["code_sha256"], built["hash"])


def test_a_record_of_another_package_does_not_count(
    entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build", str(entry), f"-o{tmp_path}/p.zip", "--record"])
    (entry / "more.py").touch()
    main(["build", str(entry), f"-o{tmp_path}/p.zip"])
    capsys.readouterr()

    assert main(["report", f"{tmp_path}/p.zip", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["runtime"], sorted(found["own"])) == ("", ["index.py", "more.py"])


def test_what_is_no_package_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.zip").write_text("nothing")

    assert main(["report", f"{tmp_path}/p.zip"]) == 1
    assert f"{tmp_path}/p.zip is no package that can be read" in capsys.readouterr().err


def test_a_page_is_written(entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(entry), f"--html={tmp_path}/r.html"]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/r.html: 46 B in 1 file\n"
    assert "<title>entry</title>" in (tmp_path / "r.html").read_text()

    assert main(["report", str(entry), f"--html={tmp_path}/none/r.html"]) == 1
    assert "r.html cannot be written: No such file or directory" in capsys.readouterr().err


def test_a_bill_of_materials_is_printed(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(entry), "--format=cyclonedx"]) == 0
    assert json.loads(capsys.readouterr().out)["metadata"]["component"]["name"] == "entry"


def test_a_library_that_is_missing_is_named_with_what_brings_it(entry: Path) -> None:
    code = (
        "import sys; sys.modules['cyclonedx'] = None\n"
        "from python_function._cli.program import main; sys.exit(main(sys.argv[1:]))"
    )
    command = (sys.executable, "-c", code, "report", str(entry), "--format=cyclonedx")

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "Install cdk-python-function[report]." in done.stderr


HERE = (
    f"--runtime=python{sys.version_info.major}.{sys.version_info.minor}",
    f"--architecture={ {'aarch64': 'arm64'}.get(platform.machine(), platform.machine()) }",
)


def test_imports_are_measured_and_what_snap_start_would_freeze_is_told(
    entry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (entry / "index.py").write_text(
        "import os, own, uuid\nID = uuid.uuid4()\nassert os.environ['TABLE'] == 'a=b'\ndef handler(e, c): ...\n"
    )
    (entry / "own.py").write_text("import json.tool\n")

    assert main(["report", str(entry), "--imports", "--set=TABLE=a=b", "--json", *HERE]) == 0

    found = json.loads(capsys.readouterr().out)["cold_start"]
    origins = {package["name"]: package["origin"] for package in found["packages"]}
    assert (found["module"], origins["json"]) == ("index", "the standard library")
    assert origins["own"] == origins["index"] == "your files"
    assert found["microseconds"] == sum(package["microseconds"] for package in found["packages"])
    assert [warning["id"] for warning in found["snap_start"]] == ["snapStart"]


def test_people_get_the_ten_slowest_packages(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (entry / "index.py").write_text("import http.server, sqlite3, xml.dom.minidom\ndef handler(event, context): ...\n")

    assert main(["report", str(entry), "--imports", *HERE]) == 0

    lines = capsys.readouterr().out.partition("\n\n")[2].splitlines()
    assert lines[0].startswith("imports       ")
    assert lines[1].split() == ["imported", "time", "share", "modules", "from"]
    assert len(lines) == 12


def test_a_package_needs_a_handler_to_be_imported(
    entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build", str(entry), f"-o{tmp_path}/p.zip"])

    assert main(["report", f"{tmp_path}/p.zip", "--imports", *HERE]) == 1
    assert "Name it by --handler MODULE.FUNCTION" in capsys.readouterr().err
    assert main(["report", f"{tmp_path}/p.zip", "--imports", "--handler=index.handler", *HERE]) == 0


def test_a_module_that_cannot_be_imported_is_an_exit_code(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (entry / "index.py").write_text("import no_such_module\ndef handler(event, context): ...\n")

    assert main(["report", str(entry), "--imports", *HERE]) == 3
    assert "No module named 'no_such_module'" in capsys.readouterr().err
