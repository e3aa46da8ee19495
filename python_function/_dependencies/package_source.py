"""The files that a local package is built from: what its build tool would see, without leftovers."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from python_function._dependencies.local_packages import LocalPackage
from python_function._machine.toml import NOTHING, read_toml, strings, table, tables
from python_function._source import ignored, select
from python_function._source.patterns import compile_rules
from python_function._source.rules import Matcher
from python_function._source.selection import Selection

_LEFT_BY_BUILDS: Final = ("/build/lib", "/build/lib.*", "/build/bdist.*", "/build/temp.*", "/build/scripts-*")
"""What setuptools leaves, and would take for new."""

_ASK_GIT: Final = ("hatchling", "poetry.core", "poetry_dynamic_versioning")
"""Build backends that leave out whatever git ignores."""

_CODE: Final = re.compile(r"\.(?:py|pyi|so|pyd)$|(?:^|/)py\.typed$")


def files(package: LocalPackage) -> Selection:
    """Return the files that *package* is built from.

    What git ignores is left out, but for modules where the build tool does not ask git: those are made, as ``_pb2.py``
    is. So are links to nowhere, and what no copy can hold.

    Raises:
        EntryError: A link leads out of the package and of what the project may hold, or a file cannot be read.
    """
    directory = package.directory
    unknown = ignored.of(directory)
    outputs = (f"/{_escaped(path)}/" for path in package.leaves_out)
    found = select.selected(
        directory,
        (*select.MACHINERY, *_LEFT_BY_BUILDS, *outputs),
        within=package.within,
        excused=(*unknown.patterns, *(f"/{_escaped(path)}" for path in _unholdable(directory))),
    )
    out = unknown.among(file.path for file in found.files)
    if not out:
        return found
    taken_back = _taken_back(directory)
    left_out = sorted(path for path in out if not taken_back(path))
    gone = frozenset(left_out)
    return replace(
        found,
        files=tuple(file for file in found.files if file.path not in gone),
        left_out=(*found.left_out, *((path, ".gitignore") for path in left_out)),
    )


def _unholdable(directory: Path) -> Iterator[str]:
    """Yield the links to nowhere in *directory*, and what is neither a file nor a directory."""
    for place, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if name not in {".git", ".venv", "venv", "node_modules"}]
        for name in names:
            path = Path(place, name)
            if not (path.exists() and stat.S_ISREG(path.stat().st_mode)):
                yield path.relative_to(directory).as_posix()


class _taken_back:  # noqa: N801 - used as a function
    """Tells whether the build tool of a directory takes a file although git ignores it."""

    def __init__(self, directory: Path) -> None:
        file = directory / "pyproject.toml"
        manifest = read_toml(file) if file.is_file() else NOTHING
        backend = table(manifest, "build-system").get("build-backend")
        self._asks_git = isinstance(backend, str) and backend.startswith(_ASK_GIT)
        self._named = Matcher(compile_rules(_named(manifest)))

    def __call__(self, path: str) -> bool:
        if not self._asks_git:
            return bool(_CODE.search(path))
        parts = path.split("/")
        above = ["/".join(parts[:number]) + "/" for number in range(1, len(parts))]
        return any(self._named.leaving_out(each, _name(each)) for each in (*above, path))


def _name(path: str) -> str:
    return path.removesuffix("/").rpartition("/")[2] + ("/" if path.endswith("/") else "")


def _named(manifest: Mapping[str, object]) -> Iterator[str]:
    """Yield the patterns by which hatchling and poetry are told to take what git ignores."""
    build = table(manifest, "tool", "hatch", "build")
    for place in (build, *(table(build, "targets", target) for target in ("wheel", "sdist"))):
        yield from strings(place, "artifacts")
        yield from (f"/{_escaped(path)}" for path in table(place, "force-include"))
    poetry = table(manifest, "tool", "poetry")
    yield from (f"/{path}" for path in strings(poetry, "include"))
    yield from (f"/{entry['path']}" for entry in tables(poetry, "include") if "path" in entry)


def _escaped(path: str) -> str:
    return re.sub(r"([*?\[\]\\ ])", r"\\\1", path)
