"""Names that a file imports from a package and that are modules there: Lambda cannot call those."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from python_function._handler import python_file
from python_function._handler.python_file import Module

_SOURCE_ROOT: Final = "src"


def told_apart(module: Module, file: Path, directory: Path, names: Collection[str]) -> Module:
    """Return *module* with those of *names* that it imports from a package bound to modules, if that is what they are.

    Args:
        module: What *file* binds.
        file: The file.
        directory: The entry that it is in.
        names: The names of interest.
    """
    found = {
        name: (ast.Import(names=[], lineno=node.lineno),)
        for name in names
        for node in module.bound.get(name, ())[-1:]
        if isinstance(node, ast.ImportFrom) and _is_module(node, name, file, directory)
    }
    return replace(module, bound={**module.bound, **found}) if found else module


def _is_module(node: ast.ImportFrom, name: str, file: Path, directory: Path) -> bool:
    imported = next((alias.name for alias in node.names if name == (alias.asname or alias.name)), "")
    package = next(_packages(node, file, directory), None)
    if package is None or not imported:
        return False
    there = any(python_file.exists(package / place) for place in (f"{imported}.py", f"{imported}/__init__.py"))
    return there and not _binds(package / "__init__.py", imported)


def _packages(node: ast.ImportFrom, file: Path, directory: Path) -> Iterator[Path]:
    """Yield the directories of the entry that a from-import may mean."""
    parts = (node.module or "").split(".") if node.module else []
    starts = [file.parents[node.level - 1]] if 0 < node.level <= len(file.parents) else []
    for start in starts or (directory, directory / _SOURCE_ROOT):
        package = start.joinpath(*parts)
        if parts and python_file.exists(package.with_suffix(".py")):
            return
        if package.is_dir():
            yield package


def _binds(init: Path, name: str) -> bool:
    """Tell whether a package's own file binds *name*, which then comes before its module of that name."""
    if not python_file.exists(init):
        return False
    module = python_file.load(python_file.read(init), names=(name,))
    return module.is_open or name in module.bound
