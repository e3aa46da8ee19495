"""What many tests share: the smallest specs, hosts and directories."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from python_function._bundle.spec import BundleSpec
from python_function._dependencies.detect import Packaging
from python_function._machine.host import Host
from python_function._machine.process import Runner
from python_function._machine.report import Report
from python_function._source.select import Source
from tests.doubles import CONTAINER, PIN, TARGET, Recorder

NOBODY: Final = 65534

collect_ignore = ["projects"]
"""Some of the projects have tests of their own, which are a part of what is bundled."""

# What a shell runs in the background ignores Ctrl-C, and so would every program that a test starts there.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def lines() -> list[str]:
    """Return what the user was told."""
    return []


@pytest.fixture
def make_host(tmp_path: Path, lines: list[str]) -> Callable[..., Host]:
    def make(run: Runner, **environ: str) -> Host:
        return Host(
            environ=environ,
            run=run,
            report=Report(name="Stack/Function", write=lines.append),
            cache=tmp_path / "cache",
            uv="/bin/uv",
            python="/bin/python",
            ids=(os.getuid(), os.getgid()),
            pins=dict.fromkeys(("x86_64", "aarch64"), PIN),
        )

    return make


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """Return a directory with a handler."""
    directory = tmp_path / "entry"
    directory.mkdir()
    (directory / "index.py").write_text("def handler(event, context):\n    return event\n")
    return directory


@pytest.fixture
def spec(entry: Path) -> BundleSpec:
    return BundleSpec(
        target=TARGET,
        source=Source(directory=entry),
        packaging=Packaging(),
        container=CONTAINER,
        strategy="auto",
        handler_file="index.py",
    )


@pytest.fixture
def unprivileged(tmp_path: Path) -> Iterator[Path]:
    """Return a directory, and run the test as a user who may not read everything even if whoever started it may."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory() as directory:
        os.chown(directory, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield Path(directory)
        finally:
            os.seteuid(0)
