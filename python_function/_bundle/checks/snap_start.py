"""What SnapStart would let copies of a function share, which they must not."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

from python_function._bundle.checks import content
from python_function._bundle.spec import BundleSpec
from python_function._handler import shared_state
from python_function._handler.shared_state import Shared
from python_function._machine import text_file
from python_function._machine.report import Notice
from python_function.errors import PackagingError

_CONSEQUENCES: Final = MappingProxyType(
    {
        "value": "is the same in every copy that SnapStart restores",
        "secret": "is in the snapshot of SnapStart, and may have expired or been rotated when a copy is restored",
        "connection": "is dead in every copy that SnapStart restores",
    }
)


def check(spec: BundleSpec) -> tuple[Notice, ...]:
    """Return a warning for each thing that the function of *spec* makes when it is imported, and copies must not share.

    The handler's file is read, and the files of the source that it imports.
    """
    if spec.handler_file is None:
        return ()
    root = PurePosixPath(spec.prefix)
    files = {PurePosixPath(place).relative_to(root): file for place, file in content.sources(spec).items()}
    first = PurePosixPath(spec.handler_file).relative_to(root)
    found = ((files[place], shared) for place, tree in _imported(first, files) for shared in shared_state.find(tree))
    return tuple(Notice(id="snapStart", text=_text(file, shared)) for file, shared in found)


def _text(file: Path, shared: Shared) -> str:
    what = f"{shared.by}(), which calls {shared.call}()," if shared.by else f"{shared.call}()"
    return (
        f"{file}:{shared.line}: what {what} gives while the module is imported {_CONSEQUENCES[shared.kind]}."
        " Make it in the handler, or after the restoration: snapshot_restore_py.register_after_restore."
    )


def _imported(first: PurePosixPath, files: Mapping[PurePosixPath, Path]) -> Iterator[tuple[PurePosixPath, ast.Module]]:
    """Yield the modules among *files* that importing *first* runs, and *first* itself."""
    waiting, seen = [first, *_packages(first, files)], set[PurePosixPath]()
    while waiting:
        place = waiting.pop(0)
        if place in seen or place not in files:
            continue
        seen.add(place)
        tree = _parsed(files[place])
        if tree is not None:
            yield place, tree
            waiting += [found for name in _modules(tree, place) for found in _places(name)]


def _packages(place: PurePosixPath, files: Mapping[PurePosixPath, Path]) -> list[PurePosixPath]:
    found = (parent / "__init__.py" for parent in place.parents)
    return [init for init in found if init in files]


def _parsed(file: Path) -> ast.Module | None:
    """Return the syntax tree of *file*; what this Python cannot parse is told of elsewhere."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text_file.read(file))
    except (PackagingError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _modules(tree: ast.Module, place: PurePosixPath) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the modules that *tree* imports when it is imported."""
    for node in shared_state.executed(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (tuple(alias.name.split(".")) for alias in aliases)
            case ast.ImportFrom(module=module, level=level, names=aliases):
                base = place.parts[: len(place.parts) - level] if level else ()
                path = (*base, *(module.split(".") if module else ()))
                yield path
                yield from ((*path, alias.name) for alias in aliases)
            case _:
                pass


def _places(module: tuple[str, ...]) -> Iterator[PurePosixPath]:
    """Yield the files that importing *module* may run, its packages first."""
    for count in range(1, len(module) + 1):
        path = PurePosixPath(*module[:count])
        yield path / "__init__.py"
    yield PurePosixPath(*module).with_suffix(".py") if module else PurePosixPath("__init__.py")
