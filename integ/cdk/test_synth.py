"""The real `cdk synth`: once, again, side by side, after a crash, and when something is wrong."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from integ.cdk_cli import ROOT, TOOLS, CdkCli, environment
from integ.synthesis import digest, state, write_app


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Return a CDK app of one function with dependencies from the default index."""
    return write_app(tmp_path / "app")


def assets(output: Path) -> dict[str, str]:
    """Return the digest of everything in every asset, by the asset's name."""
    return {asset.name: digest(asset) for asset in output.glob("asset.*") if asset.is_dir()}


def keys(output: Path) -> list[str]:
    template = json.loads((output / "Stack.template.json").read_text())
    functions = (r for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function")
    return [function["Properties"]["Code"]["S3Key"] for function in functions]


def test_a_second_synth_installs_nothing_and_writes_no_file_of_an_asset(app: Path, cdk: CdkCli) -> None:
    source = state(app / "function")
    first = cdk("synth", "--quiet", cwd=app)
    assert first.returncode == 0, first.stderr
    before = [state(asset) for asset in (app / "cdk.out").glob("asset.*")]

    no_uv = app / "no-uv"
    no_uv.mkdir()
    again = cdk("synth", "--quiet", cwd=app, env={"CDK_DOCKER": "no-such-engine", "UV_CACHE_DIR": str(no_uv)})

    assert again.returncode == 0, again.stderr
    assert "Stack/Function: unchanged, its asset is reused" in again.stderr
    assert "Bundling asset" not in again.stderr
    assert list(no_uv.iterdir()) == []
    assert [state(asset) for asset in (app / "cdk.out").glob("asset.*")] == before
    assert state(app / "function") == source


def test_one_asset_is_announced_in_three_lines(app: Path, cdk: CdkCli) -> None:
    done = cdk("synth", "--quiet", cwd=app)

    lines = [line for line in done.stderr.splitlines() if "Stack/Function" in line]
    assert lines[0] == "Bundling asset Stack/Function/Code/Stage..."
    assert lines[1] == "Stack/Function: building for python3.13 on x86_64, dependencies of requirements.txt, locally"
    assert lines[2].startswith("Stack/Function: built in ")
    assert lines[2].endswith(": 5 packages, 2.0 MB unzipped") or " 5 packages, " in lines[2]
    assert len(lines) == 3


def test_place_umask_and_leftovers_change_neither_hash_nor_bytes(app: Path, cdk: CdkCli, tmp_path: Path) -> None:
    assert cdk("synth", "--quiet", cwd=app).returncode == 0
    moved = tmp_path / "somewhere else/app"
    shutil.copytree(app, moved, ignore=shutil.ignore_patterns("cdk.out"))
    for name in (".venv", ".pytest_cache", "__pycache__"):
        (moved / "function" / name).mkdir()
        (moved / "function" / name / "x.py").touch()
    (moved / "function/index.py").chmod(0o600)

    previous = os.umask(0o077)
    try:
        done = cdk("synth", "--quiet", cwd=moved, env={"UV_CACHE_DIR": str(tmp_path / "cache"), "LC_ALL": "C"})
    finally:
        os.umask(previous)

    assert done.returncode == 0, done.stderr
    assert keys(moved / "cdk.out") == keys(app / "cdk.out")
    assert assets(moved / "cdk.out") == assets(app / "cdk.out")


def test_a_stack_that_is_not_selected_has_the_same_hash_and_no_bundle(app: Path, cdk: CdkCli) -> None:
    assert cdk("ls", cwd=app, output=app / "listed").stdout == "Stack\n"
    assert list((app / "listed").glob("asset.*")) == []

    assert cdk("synth", "--quiet", cwd=app).returncode == 0

    assert keys(app / "listed") == keys(app / "cdk.out")


def test_after_a_kill_in_the_middle_the_next_synth_makes_a_whole_asset(tmp_path: Path, cdk: CdkCli) -> None:
    slow = "command_hooks=CommandHooks(after_bundling='test -f /asset-input/../../fast || sleep 60'), strategy='local'"
    app = write_app(tmp_path / "app", slow.replace("/asset-input/../../fast", str(tmp_path / "fast")))
    command = (str(ROOT / ".venv/bin/python"), "app.py")
    env = environment() | {"CDK_OUTDIR": str(app / "cdk.out")}
    with subprocess.Popen(command, cwd=app, env=env, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        deadline = time.monotonic() + 60
        while not list((app / "cdk.out").glob(".python-function-*/0/assembly/asset-output/requests")):
            assert time.monotonic() < deadline, "the build did not start"
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
    assert list((app / "cdk.out").glob("asset.*-building"))
    (tmp_path / "fast").touch()

    assert cdk("synth", "--quiet", cwd=app).returncode == 0
    assert cdk("synth", "--quiet", cwd=app, output=app / "fresh").returncode == 0

    assert assets(app / "cdk.out") == assets(app / "fresh")
    assert len(assets(app / "fresh")) == 1


def test_two_synths_at_once_are_both_right(app: Path, tmp_path: Path, cdk: CdkCli) -> None:
    shared = environment() | {"UV_CACHE_DIR": str(tmp_path / "empty-cache")}
    command = (str(TOOLS / "cdk"), "synth", "--quiet", "--no-notices", "--output")
    running = [
        subprocess.Popen((*command, str(app / name)), cwd=app, env=shared, stderr=subprocess.DEVNULL)
        for name in ("one", "two")
    ]
    assert [process.wait() for process in running] == [0, 0]

    assert cdk("synth", "--quiet", cwd=app).returncode == 0
    assert assets(app / "one") == assets(app / "two") == assets(app / "cdk.out")


@pytest.mark.parametrize(
    ("spoil", "env", "expected"),
    [
        pytest.param(
            "no-such-package-of-ours==1.0\n", {}, "no-such-package-of-ours was not found", id="no-such-requirement"
        ),
        pytest.param("requests ==\n", {}, "function/requirements.txt:1", id="malformed"),
        pytest.param(
            "idna==3.10\n",
            {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0", "UV_CACHE_DIR": "empty"},
            "could not resolve the dependencies",
            id="no-network",
        ),
    ],
)
def test_a_mistake_ends_with_our_message_and_without_a_screen_of_traceback(
    app: Path, cdk: CdkCli, spoil: str, env: dict[str, str], expected: str
) -> None:
    (app / "function/requirements.txt").write_text(spoil)

    done = cdk("synth", "--quiet", cwd=app, env=env)

    assert done.returncode == 1
    message = done.stderr[done.stderr.index("python_function.errors.") :]
    assert expected in message
    assert "jsii" not in message
    assert "_kernel" not in done.stderr
    assert len(done.stderr.splitlines()) <= 40
    assert list((app / "cdk.out").glob("asset.*")) == []


@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_a_build_that_nobody_can_be_told_of_is_a_build(app: Path, stream: str) -> None:
    (app / "function/requirements.txt").unlink()
    (app / "function/index.py").write_text("def handler(event, context): ...\n")
    command = f'exec "{sys.executable}" app.py {stream}'
    env = {**environment(), "CDK_OUTDIR": "cdk.out"}
    done = subprocess.run(("sh", "-c", command), cwd=app, env=env, check=False)

    assert done.returncode == 0
    assert len(assets(app / "cdk.out")) == 1
