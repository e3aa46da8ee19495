"""What a build gets laid out."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._bundle.executors import scratch
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.host import Host
from tests.doubles import Recorder

PRIVATE = replace(
    Requirements(lines=("idna==3.7",), constraints=("idna<4",), excludes=("boto3",)),
    options=("--index-url https://user:s3cret@your.index.url/simple/",),
)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_lists_that_may_hold_credentials_are_for_nobody_else(
    tmp_path: Path, make_host: Callable[..., Host], umask: int
) -> None:
    previous = os.umask(umask)
    try:
        scratch.lay(PRIVATE, tmp_path / "scratch", seen_as="/scratch", host=make_host(Recorder()))
    finally:
        os.umask(previous)

    lists = list((tmp_path / "scratch").glob("*.txt"))
    assert "s3cret" in (tmp_path / "scratch/requirements.txt").read_text()
    assert {path.stat().st_mode & 0o777 for path in lists} == {0o600}
