"""Where imports start: at the entry, or at its `src`."""

import ast
import re
import tomllib
from pathlib import Path, PurePosixPath
from typing import Final

from python_function._handler import python_file

SOURCE_ROOT: Final = "src"

_MENTION: Final = re.compile(rb"\bsrc\b|\bfrom[ \t]*\.")


def source_root(directory: Path, index: str) -> str:
    """Return ``"src"`` where the files below it are imported without that prefix, and ``""`` elsewhere.

    Args:
        directory: The entry.
        index: The handler's file, relative to *directory*.
    """
    source = directory / SOURCE_ROOT
    if not source.is_dir() or (source / "__init__.py").exists():
        return ""
    path = PurePosixPath(index)
    inside = path.parts[0] == SOURCE_ROOT
    if not inside and not (_is_project(directory) and _holds_modules(source)):
        return ""
    depth = len(path.parts) - 2 if inside else 0
    return "" if _treats_as_package(directory / index, depth=depth, inside=inside) else SOURCE_ROOT


def _treats_as_package(file: Path, *, depth: int, inside: bool) -> bool:
    """Tell whether the imports of *file* take ``src`` for a package: by its name, or by enough dots."""
    text = python_file.read(file) if python_file.exists(file) else b""
    if not _MENTION.search(text):
        return False
    module = python_file.load(text, names=(SOURCE_ROOT,))
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=aliases):
                absolute = [alias.name for alias in aliases]
            case ast.ImportFrom(level=0, module=str(name)):
                absolute = [name]
            case ast.ImportFrom(level=level) if inside and level > depth:
                return True
            case _:
                continue
        if any(name.partition(".")[0] == SOURCE_ROOT for name in absolute):
            return True
    return False


def _is_project(directory: Path) -> bool:
    if any((directory / name).is_file() for name in ("setup.py", "setup.cfg")):
        return True
    try:
        tables = tomllib.loads((directory / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool({"project", "build-system"} & tables.keys()) or "poetry" in tables.get("tool", {})


def _holds_modules(source: Path) -> bool:
    return any(source.glob("*.py")) or any(source.glob("*/*.py"))
