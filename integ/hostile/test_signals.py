"""Builds that are ended, by whatever signal: what they leave, and what the next one removes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from integ import paused, synthesis
from integ.engine import Engine
from python_function import CommandHooks

OWNER = "cdk-python-function.owner"
KILLED = """
import sys
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from python_function import BundlingOptions, CommandHooks, PythonFunction

entry, outdir, access = sys.argv[1:]
bundling = BundlingOptions(
    command_hooks=CommandHooks(after_bundling=["echo inside", "exec sleep 60"]),
    bundling_file_access=getattr(__import__("aws_cdk").BundlingFileAccess, access),
)
stack = Stack(App(outdir=outdir), "Stack")
PythonFunction(stack, "F", entry=entry, runtime=lambda_.Runtime.PYTHON_3_13, bundling=bundling)
"""


def containers(engine: Engine, tmp_path: Path) -> list[str]:
    """Return the containers of builds below a directory."""
    listing = ("--filter", f"label={OWNER}", "--format", f'{{{{.Label "{OWNER}"}}}}')
    owners = engine.call("ps", "--all", *listing).stdout.splitlines()
    return [owner for owner in owners if Path(owner).is_relative_to(tmp_path)]


@pytest.mark.parametrize(
    "sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda sent: sent.name
)
def test_a_process_that_is_ended_leaves_nothing_for_long(tmp_path: Path, sent: signal.Signals) -> None:
    entry, outdir = paused.make(tmp_path / "entry"), tmp_path / "cdk.out"
    ended = paused.start(entry, outdir, seconds=60)
    paused.wait_until_it_builds(ended, entry)
    os.kill(ended.pid, sent)
    ended.communicate(timeout=30)
    assert ended.returncode != 0
    if sent is not signal.SIGKILL:
        assert not list(outdir.glob(".python-function-*"))

    again = paused.start(entry, outdir)
    again.communicate(timeout=120)
    assert again.returncode == 0

    assert paused.finished(outdir) == ["0\n", "1\n", "2\n"]


@pytest.mark.parametrize("access", ["BIND_MOUNT", "VOLUME_COPY"])
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda sent: sent.name)
def test_the_container_of_a_build_that_is_ended_goes(
    engine: Engine, tmp_path: Path, sent: signal.Signals, access: str
) -> None:
    project = paused.make(tmp_path / "entry")
    (project / "requirements.txt").unlink()
    argv = (sys.executable, "-c", KILLED, str(project), str(tmp_path / "cdk.out"), access)
    ended = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert ended.stderr is not None
    while "inside" not in ended.stderr.readline():
        assert ended.poll() is None

    os.killpg(ended.pid, sent) if sent is signal.SIGKILL else ended.send_signal(sent)
    ended.communicate(timeout=60)

    if sent is signal.SIGKILL:
        assert len(containers(engine, tmp_path)) == 1
        synthesis.bundle(project, tmp_path / "again", command_hooks=CommandHooks(after_bundling="true"))
    assert containers(engine, tmp_path) == []
