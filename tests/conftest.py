"""What many tests share: a snapshot that hides hashes, and the smallest specs, hosts and directories."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from python_function._host import Host
from python_function._packaging import Packaging
from python_function._plan import BundleSpec, Container
from python_function._process import Runner
from python_function._report import Report
from python_function._source import Source
from python_function._target import Target

TARGET = Target("python3.13", "x86_64")
CONTAINER = Container(image="image:tag", platform="linux/amd64")


@dataclass
class Recorder:
    """A runner that notes what it is asked to run, and does what it is told instead."""

    calls: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    environments: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    answer: Callable[[Sequence[str]], str] = lambda _: ""

    def __call__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> str:
        del cwd
        self.calls.append(tuple(argv))
        self.environments.append(env)
        return self.answer(argv)


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
            ids=(1000, 100),
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
