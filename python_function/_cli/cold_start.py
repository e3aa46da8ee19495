"""What a cold start waits for, and what SnapStart would freeze."""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from python_function._bundle import import_times
from python_function._bundle.record import Record
from python_function._cli import render
from python_function._cli.explain import Warned
from python_function._cli.terminal import Terminal
from python_function._cli.wanted import variables
from python_function._machine import here
from python_function._machine.report import Notice
from python_function._target.target import DEFAULT_RUNTIME, Target
from python_function.errors import OptionError

HEADINGS: Final = ("imported", "time", "share", "modules", "from")
NUMBERS: Final = (1, 2, 3)

_SHOWN: Final = 10
_MILLISECOND: Final = 1000
_ELSEWHERE: Final = "the standard library"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A package, what importing its own modules took, how many these are, and what brought it."""

    name: str
    microseconds: int
    modules: int
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdStart:
    """What was measured, the slowest package first, and what copies of a snapshot must not share."""

    python: str
    module: str
    microseconds: int
    packages: tuple[Imported, ...]
    snap_start: tuple[Warned, ...]


def measure(
    given: argparse.Namespace, record: Record, directory: Path, shared: tuple[Notice, ...], terminal: Terminal
) -> ColdStart:
    """Import the handler's module of the bundle in *directory*, and return what that took.

    Raises:
        OptionError: There is no handler.
        BundlingError: It cannot be imported.
    """
    target = Target(given.runtime or record.runtime or DEFAULT_RUNTIME, record.architecture or given.architecture)
    module = _module(record.handler, given.handler)
    with terminal.working(f"importing {module}") as write:
        host = here.host(module, environ=terminal.environ, write=write, detail=False)
        found = import_times.measure(
            directory,
            module,
            target=target,
            image=record.image or target.bundling_image,
            host=host,
            variables=variables(given.set, terminal.environ, "--set"),
        )
    owners = _owners(record)
    return ColdStart(
        python=found.python,
        module=module,
        microseconds=found.microseconds,
        packages=tuple(
            Imported(
                name=package.name,
                microseconds=package.microseconds,
                modules=package.modules,
                origin=owners.get(package.name, _ELSEWHERE),
            )
            for package in found.packages
        ),
        snap_start=tuple(Warned(id=notice.id, text=notice.text) for notice in shared),
    )


def _module(file: str | None, handler: str | None) -> str:
    """Return the module of the handler: the record knows its file, or the user names the function."""
    if file is not None:
        parts = PurePosixPath(file).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    if handler is not None:
        return handler.rpartition(".")[0].replace("/", ".")
    msg = "--imports needs a handler, and nothing says which one this is. Name it by --handler MODULE.FUNCTION."
    raise OptionError(msg)


def _owners(record: Record) -> Mapping[str, str]:
    """Return what brought each module that stands at the root of the bundle."""
    found = {_top(path): "your files" for path in record.own}
    return {**found, **{_top(path): part.name for part in record.distributions for path in part.files}}


def _top(path: str) -> str:
    return path.partition("/")[0].partition(".")[0]


def summary(found: ColdStart) -> str:
    """Return what is to be said of all of it."""
    return render.labelled(_summary(found))


def _summary(found: ColdStart) -> Iterator[tuple[str, list[str]]]:
    yield "imports", [f"{_time(found.microseconds)} for {found.module}, with {found.python}"]
    for warning in found.snap_start:
        yield "warning", render.prose(warning.text)


def rows(found: ColdStart) -> list[tuple[str, ...]]:
    """Return a row for each of the slowest packages."""
    total = found.microseconds or 1
    return [
        (each.name, _time(each.microseconds), f"{each.microseconds / total:.0%}", f"{each.modules:,}", each.origin)
        for each in found.packages[:_SHOWN]
    ]


def _time(microseconds: int) -> str:
    return f"{microseconds / _MILLISECOND:.1f} ms"
