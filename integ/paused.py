"""A synthesis of three functions in a process of its own, which takes as long as a test wants."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

SECRET: Final = "s3ntinel"  # noqa: S105 - what is looked for
APP: Final = """
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


def make(directory: Path) -> Path:
    """Make an entry that names an index with a password."""
    directory.mkdir()
    (directory / "index.py").write_text("def handler(event, context):\n    return event\n")
    (directory / "requirements.txt").write_text(f"# https://user:{SECRET}@your.index.url/simple/\n")
    return directory


def start(entry: Path, outdir: Path, seconds: float = 0.1) -> subprocess.Popen[str]:
    """Start to synthesize *entry*, with pauses of so many seconds in each function."""
    pause = entry.parent / "pause"
    pause.write_text(f"touch {pause}.reached\nsleep {seconds}\n")
    argv = (sys.executable, "-c", APP, str(entry), str(outdir), str(pause))
    return subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_until_it_builds(process: subprocess.Popen[str], entry: Path) -> None:
    """Wait until the hook of the first function of *entry* runs."""
    while not entry.with_name("pause.reached").exists():
        assert process.poll() is None
        time.sleep(0.01)


def finished(outdir: Path) -> list[str]:
    """Hold *outdir* to be finished, with nothing but assets, and return what was made in each."""
    assert not [path.name for path in outdir.iterdir() if path.name.startswith(".") or "-building" in path.name]
    assets = list(outdir.glob("asset.*"))
    assert {frozenset(path.name for path in asset.iterdir()) for asset in assets} == {
        frozenset(("index.py", "made.txt"))
    }
    return sorted((asset / "made.txt").read_text() for asset in assets)
