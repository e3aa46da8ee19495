"""What stands in for the world in tests of pure parts."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from python_function._bundle.spec import Container
from python_function._handler import layout
from python_function._handler.entry import Entry
from python_function._machine.pinned import Pin
from python_function._source import select, selection
from python_function._source.select import Source
from python_function._target.target import Target

TARGET = Target("python3.13", "x86_64")
UV = b"a static uv"
PIN = Pin(version="1.2.3", wheel="the wheel's", binary=hashlib.sha256(UV).hexdigest())
CONTAINER = Container(image="image:tag", platform="linux/amd64")


@dataclass
class Recorder:
    """A runner that notes what it is asked to run, and does what it is told instead."""

    calls: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    environments: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    limits: list[float | None] = field(default_factory=list[float | None])
    answer: Callable[[Sequence[str]], str] = lambda _: ""

    def __call__(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], shown: bool = False, limit: float | None = None
    ) -> str:
        del cwd, shown
        self.limits.append(limit)
        self.calls.append(tuple(argv))
        self.environments.append(env)
        return self.answer(argv)


def rooted(entry: Entry) -> Entry:
    """Return *entry* with its source root, as its imports have it."""
    if entry.root is not None:
        return entry
    if entry.alone:
        return replace(entry, root="")
    files = [file.path for file in select.files(Source(directory=entry.directory)).files]
    return replace(entry, root=layout.find(entry.directory, files, index=entry.index).name)


def bundle(entry: Entry, output: Path) -> None:
    """Put the source of *entry*, whose root is known, where it stands in its bundle."""
    only = (entry.index, entry.bundle_index) if entry.alone else None
    source = Source(directory=entry.directory, root=entry.root or "", only=only)
    selection.copy(select.files(source), output)
