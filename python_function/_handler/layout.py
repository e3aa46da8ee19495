"""Where imports start: at the entry, or at its `src`, whichever the code itself means."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from python_function._handler import python_file
from python_function._machine import text_file
from python_function._machine.toml import read_toml
from python_function.errors import PackagingError

SOURCE_ROOT: Final = "src"

_IMPORT: Final = re.compile(
    rb"(?:^|;)[ \t]*(?:from[ \t]+(\.*)[ \t]*([\w.]*)|import[ \t]+((?:[^\n;#\\]|\\\r?\n)+))", re.MULTILINE
)
"""What looks like an import: cheap enough for thousands of files, of which few are then parsed."""

_LOOKED_AT: Final = 1024 * 1024
"""How much of a file is looked at for imports."""

_TESTS: Final = ("test_*.py", "*_test.py", "conftest.py", "noxfile.py")


@dataclass(frozen=True, slots=True)
class Root:
    """The folder whose content stands at the bundle's root, and why.

    Attributes:
        name: The folder, ``""`` for the entry itself.
        reason: What decided; empty where there was nothing to decide.
    """

    name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Names:
    """The modules that imports may mean: those that only `src` holds, and `src` itself."""

    below: frozenset[str]
    src: bool


def find(directory: Path, files: Sequence[str], *, index: str | None) -> Root:
    """Return the root at which the imports of *files* resolve.

    What is imported from ``src`` by that name stays there; what is imported without it, and only there, has it as its
    root. Tests have a say where nothing else does. Where no import tells, a packaged project has the root ``src``, and
    so has a layer that would otherwise hold nothing at its top.

    Args:
        directory: The entry.
        files: The files that are bundled, POSIX paths relative to *directory*.
        index: The handler's file; ``None`` for a layer.
    """
    python = [PurePosixPath(file) for file in files if file.endswith(".py")]
    inside = [file for file in python if file.parts[0] == SOURCE_ROOT and len(file.parts) > 1]
    if not inside:
        return Root()
    top = frozenset(file.parts[0].removesuffix(".py") for file in python) - {SOURCE_ROOT}
    below = frozenset(file.parts[1].removesuffix(".py") for file in inside)
    names = _Names(below - top - {"__init__", SOURCE_ROOT}, SOURCE_ROOT not in below)
    ordered = sorted(python, key=lambda file: str(file) != index)
    for group in ([file for file in ordered if not _is_test(file)], [file for file in ordered if _is_test(file)]):
        found = _evidence(directory, group, names)
        if found is not None:
            return found
    return _unsaid(directory, inside, index, top)


def _unsaid(directory: Path, inside: Sequence[PurePosixPath], index: str | None, top: frozenset[str]) -> Root:
    if PurePosixPath(SOURCE_ROOT, "__init__.py") in inside:
        return Root("", "there is a src/__init__.py")
    packages = any(len(file.parts) > 2 for file in inside)  # noqa: PLR2004 - src, package and module
    if packages and _is_packaged(directory):
        return Root(SOURCE_ROOT, "the project is packaged, its packages are in src")
    if index is None and not top:
        return Root(SOURCE_ROOT, "all modules of the layer are in src")
    return Root("", "no import and no build system says that it is the root")


def _evidence(directory: Path, files: Sequence[PurePosixPath], names: _Names) -> Root | None:
    """Return what the imports of *files* say: one import from `src` by its name keeps it, whatever else there is."""
    seeming = [(file, tuple(_lines(_start(directory / file)))) for file in files]
    for root, asks in (("", _keeps), (SOURCE_ROOT, _moves)):
        for file in (file for file, lines in seeming if any(asks(*line, file, names) for line in lines)):
            for name, level, line in _imports(_start(directory / file)):
                if asks(name, level, file, names):
                    return Root(root, f"{file}:{line} imports {'.' * level}{name}")
    return None


def _keeps(name: str, level: int, file: PurePosixPath, names: _Names) -> bool:
    """Tell whether an import takes `src` for a package: by its name, or by enough dots."""
    if level:
        return file.parts[0] == SOURCE_ROOT and level >= len(file.parts) - 1
    return names.src and name.partition(".")[0] == SOURCE_ROOT


def _moves(name: str, level: int, file: PurePosixPath, names: _Names) -> bool:  # noqa: ARG001 - as _keeps
    """Tell whether an import means a module that only `src` holds."""
    return not level and name.partition(".")[0] in names.below


def _lines(text: bytes) -> Iterator[tuple[str, int]]:
    """Yield the names that lines seem to import, and with how many dots."""
    for dots, origin, several in _IMPORT.findall(text):
        if several:
            parts = several.decode(errors="replace").replace("\\", " ").split(",")
            yield from ((words[0], 0) for part in parts if (words := part.split()))
        else:
            yield origin.decode(errors="replace"), len(dots)


def _imports(text: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield the names that *text* imports, with the number of dots and the line."""
    module = python_file.load(text, names=(SOURCE_ROOT,))
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=aliases):
                yield from ((alias.name, 0, node.lineno) for alias in aliases)
            case ast.ImportFrom(level=level, module=name):
                yield name or "", level, node.lineno
            case _:
                pass


def _start(file: Path) -> bytes:
    """Return the start of a file; one that cannot be read is told of where it is copied."""
    try:
        return text_file.start(file, _LOOKED_AT)
    except PackagingError:
        return b""


def _is_test(file: PurePosixPath) -> bool:
    return any(part in {"test", "tests"} for part in file.parts[:-1]) or any(map(file.match, _TESTS))


def _is_packaged(directory: Path) -> bool:
    if any((directory / name).is_file() for name in ("setup.py", "setup.cfg")):
        return True
    try:
        return "build-system" in read_toml(directory / "pyproject.toml")
    except PackagingError:
        return False
