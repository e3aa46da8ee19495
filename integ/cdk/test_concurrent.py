"""Several processes that share one output directory, without the lock of the CDK's command line."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

NOBODY = 65534
APP = """
import sys
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from python_function import BundlingOptions, CommandHooks, PythonFunction

entry, outdir, pause = sys.argv[1:]
app = App(outdir=outdir)
stack = Stack(app, "Stack")
for number in range(3):
    hook = CommandHooks(after_bundling=f". {pause}; echo {number} > made.txt; . {pause}")
    bundling = BundlingOptions(strategy="local", command_hooks=hook)
    PythonFunction(stack, f"F{number}", entry=entry, runtime=lambda_.Runtime.PYTHON_3_13, bundling=bundling)
app.synth()
"""


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    directory = tmp_path / "entry"
    directory.mkdir()
    (directory / "index.py").write_text("def handler(event, context):\n    return event\n")
    (directory / "requirements.txt").write_text("# https://user:s3ntinel@your.index.url/simple/\n")
    return directory


def start(entry: Path, outdir: Path, seconds: float = 0.1) -> subprocess.Popen[str]:
    pause = entry.parent / "pause"
    pause.write_text(f"sleep {seconds}\n")
    argv = (sys.executable, "-c", APP, str(entry), str(outdir), str(pause))
    return subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, start_new_session=True)


def finished(outdir: Path) -> list[str]:
    assert not [path.name for path in outdir.iterdir() if path.name.startswith(".") or "-building" in path.name]
    assets = list(outdir.glob("asset.*"))
    assert {frozenset(path.name for path in asset.iterdir()) for asset in assets} == {
        frozenset(("index.py", "made.txt"))
    }
    return sorted((asset / "made.txt").read_text() for asset in assets)


def test_processes_that_share_an_output_directory_make_the_right_assets(entry: Path, tmp_path: Path) -> None:
    outdir = tmp_path / "cdk.out"

    running = [start(entry, outdir) for _ in range(3)]
    said = [process.communicate(timeout=120)[1] for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], said
    assert finished(outdir) == ["0\n", "1\n", "2\n"]
    assert sum(text.count("built in") for text in said) == 3


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else, too")
def test_another_user_of_the_machine_gets_nothing_into_a_build(entry: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        outdir = Path(directory) / "cdk.out"
        building = start(entry, outdir, seconds=60)
        assert building.stderr is not None
        while "building for" not in building.stderr.readline():
            assert building.poll() is None

        places = [path for path in outdir.iterdir() if path.is_dir()]
        planting = [
            subprocess.run(("touch", str(place / "planted.so")), user=NOBODY, group=NOBODY, check=False)
            for place in places
        ]
        listing = [subprocess.run(("ls", str(place)), user=NOBODY, group=NOBODY, check=False) for place in places]
        building.terminate()
        building.communicate(timeout=30)

    assert len(places) == 2
    assert 0 not in [done.returncode for done in (*planting, *listing)]


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM], ids=lambda sent: sent.name)
def test_a_process_that_is_ended_leaves_nothing_for_long(entry: Path, tmp_path: Path, sent: signal.Signals) -> None:
    outdir = tmp_path / "cdk.out"
    ended = start(entry, outdir, seconds=60)
    assert ended.stderr is not None
    while "building for" not in ended.stderr.readline():
        assert ended.poll() is None
    os.kill(ended.pid, sent)
    ended.communicate(timeout=30)
    assert ended.returncode != 0
    if sent is not signal.SIGKILL:
        assert not list(outdir.glob(".python-function-*"))

    again = start(entry, outdir)
    again.communicate(timeout=120)
    assert again.returncode == 0

    assert finished(outdir) == ["0\n", "1\n", "2\n"]
