"""The handler's file in the entry, and the function in that file, where they are not named."""

import ast
import difflib
import functools
import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._handler import candidates, python_file, submodules
from python_function._handler.candidates import HANDLERS
from python_function._handler.layout import SOURCE_ROOT
from python_function.errors import EntryError

NAMES: Final = ("index.py", "lambda_function.py", "handler.py", "main.py", "app.py")
"""The files looked for when none is named, in this order."""

_PACKAGE: Final = "__init__.py"
_HOLD_NONE: Final = ("test_*.py", "*_test.py", "conftest.py", "setup.py", "noxfile.py", "*.*.py")
_NO_SOURCE: Final = frozenset({"docs", "test", "tests", SOURCE_ROOT})
_MAY_HOLD_ANY: Final = re.compile(rb"import\s*\*|__getattr__")
_SHOWN: Final = 10
_SHOWN_BELOW: Final = 3
_NOT_BELOW: Final = frozenset({"__pycache__", "cdk.out", "node_modules", "site-packages", "test", "tests", "venv"})


@dataclass(frozen=True, slots=True)
class Found:
    """A file that holds a handler, relative to the entry, its text, and what was passed over on the way to it."""

    index: str
    source: bytes
    considered: tuple[str, ...]


def find(directory: Path, function: str | None) -> Found:
    """Return the file below *directory* that holds *function*, or the first conventional handler.

    Looked at are the top, then ``src``, then the only package in ``src``, then the only package at the top. Where
    nothing there can be called, the first file counts that seems to want it, so that it is told why.
    """
    places = list(_candidates(directory))
    read = functools.cache(python_file.read)
    for holds in (_holds, _means):
        considered: list[str] = []
        for files in places:
            found = [
                file.relative_to(directory).as_posix() for file in files if holds(directory, file, read(file), function)
            ]
            match found:
                case [index]:
                    return Found(index, read(directory / index), tuple(considered))
                case []:
                    considered += [f"{file.relative_to(directory).as_posix()} holds no handler" for file in files]
                case _:
                    msg = f"{directory} has several files with a handler: {_shown(found)}. Pass index=... to choose."
                    raise EntryError(msg)
    raise EntryError(_nowhere(directory, function, [file for files in places for file in files]))


def _nowhere(directory: Path, function: str | None, looked_at: list[Path]) -> str:
    wanted = function or f"{', '.join(HANDLERS)} that takes an event and a context"
    close = _closest(function, looked_at) if function else None
    there, below = python_files(directory, function)
    seen = f"Python files there: {there}."
    if close:
        seen = f"Did you mean {close[0]} in {close[1].relative_to(directory).as_posix()}?"
    index = repr(below) if below and not close else "..."
    return f"No Python file in {directory} defines {wanted}. {seen} Pass index={index} and handler=... to name them."


def _closest(function: str, files: list[Path]) -> tuple[str, Path] | None:
    """Return the name most like *function*, and the file that defines it."""
    names = {
        name: file for file in reversed(files) for name in python_file.load(python_file.read(file), names=()).bound
    }
    close = difflib.get_close_matches(function, names, n=1)
    return (close[0], names[close[0]]) if close else None


def function_in(directory: Path, file: Path, source: bytes) -> str:
    """Return the function that Lambda shall call, where none is named, of *file* in *directory* with its text."""
    module = submodules.told_apart(python_file.load(source, names=HANDLERS), file, directory, HANDLERS)
    found = candidates.first(module) or candidates.meant(module)
    if found is not None:
        return found
    if module.is_open or module.is_outline:
        return HANDLERS[0]
    msg = (
        f"{file} defines none of {', '.join(HANDLERS)} that takes an event and a context. "
        f"It defines {callables(module) or 'no function'}. Pass handler=... to name the function."
    )
    raise EntryError(msg)


def callables(module: python_file.Module) -> str:
    """List the functions and classes that *module* defines itself, for people."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.Call
    return _shown([name for name, nodes in module.bound.items() if isinstance(nodes[-1], kinds)])


def python_files(directory: Path, function: str | None) -> tuple[str, str | None]:
    """List the Python files at the top of *directory* and of its ``src``, for people.

    Where there are none, those further below that hold a handler are listed too; the first of them is returned besides.
    """
    files = (*directory.glob("*.py"), *(directory / SOURCE_ROOT).glob("*.py"))
    if files:
        return _shown(sorted(file.relative_to(directory).as_posix() for file in files)), None
    below = list(itertools.islice(_below(directory, function), _SHOWN_BELOW))
    return (f"none; below it: {', '.join(below)}", below[0]) if below else ("none", None)


def _below(directory: Path, function: str | None) -> Iterator[str]:
    for place, directories, files in os.walk(directory):
        directories[:] = sorted(name for name in directories if name[0] != "." and name not in _NOT_BELOW)
        paths = [Path(place, name) for name in sorted(files) if name.endswith(".py")]
        held = (path for path in paths if python_file.exists(path) and not _holds_none(path))
        held = (path for path in held if _holds(directory, path, python_file.read(path), function))
        yield from (path.relative_to(directory).as_posix() for path in held)


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _candidates(directory: Path) -> Iterator[list[Path]]:
    """Yield the files to look at, place by place: each with a conventional name alone, then all the others together."""
    source = directory / SOURCE_ROOT
    for place in (directory, source, _only_package(source), _only_package(directory)):
        if place is None or not place.is_dir():
            continue
        files = sorted(file for file in place.glob("*.py") if file.is_file())
        yield from ([place / name] for name in NAMES if place / name in files)
        if place not in {directory, source}:
            yield [place / _PACKAGE]
        yield [file for file in files if file.name not in {*NAMES, _PACKAGE} and not _holds_none(file)]


def _only_package(directory: Path) -> Path | None:
    packages = [file.parent for file in directory.glob(f"*/{_PACKAGE}") if file.parent.name not in _NO_SOURCE]
    return packages[0] if len(packages) == 1 else None


def _holds_none(file: Path) -> bool:
    return any(file.match(pattern) for pattern in _HOLD_NONE)


def _holds(directory: Path, file: Path, source: bytes, function: str | None) -> bool:
    """Tell whether *source* binds *function*, or a conventional name, to something that Lambda could call."""
    module = _mentioning(directory, file, source, function)
    if module is None:
        return False
    if function is None:
        return candidates.first(module) is not None
    return module.is_open or candidates.is_one(module, function)


def _means(directory: Path, file: Path, source: bytes, function: str | None) -> bool:
    """Tell whether *source* binds *function*, or a conventional name, at all."""
    module = _mentioning(directory, file, source, function)
    return module is not None and (function in module.bound if function else candidates.meant(module) is not None)


def _mentioning(directory: Path, file: Path, source: bytes, function: str | None) -> python_file.Module | None:
    names = (function,) if function else HANDLERS
    if not any(name.encode(errors="replace") in source for name in names) and not (
        function and _MAY_HOLD_ANY.search(source)
    ):
        return None
    return submodules.told_apart(python_file.load(source, names=names), file, directory, names)
