"""The imports that a Python file is sure to run when it is imported itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from python_function._handler import python_file

_MOVES_PATH: Final = (b"sys.path", b"addsitedir", b"sys.modules", b"meta_path")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One import.

    Attributes:
        module: The dotted path of the module.
        members: What is taken from it, which may be modules too.
        line: The line of the file.
        is_relative: Whether it is a part of the file's own package by the way it is written.
    """

    module: str
    members: tuple[str, ...] = ()
    line: int
    is_relative: bool = False


def read(text: bytes, package: str) -> tuple[Imported, ...]:
    """Return the imports of the file *text* in *package*, a dotted path; none of a file that cannot be parsed here."""
    module = python_file.load(text, names=())
    if module.is_outline:
        return ()
    excused = {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.With) and any(map(_suppresses, node.items))
        for inner in ast.walk(node)
    }
    certain = (node for node, sure in python_file.statements(module.tree) if sure and id(node) not in excused)
    return tuple(found for node in certain for found in _imported(node, package))


def moves_path(text: bytes) -> bool:
    """Tell whether a file may change where modules are found."""
    return any(word in text for word in _MOVES_PATH)


def _suppresses(item: ast.withitem) -> bool:
    """Tell whether a context may swallow an error of what is in it."""
    return isinstance(item.context_expr, ast.Call) and "suppress" in ast.unparse(item.context_expr.func).lower()


def _imported(node: ast.stmt, package: str) -> Iterator[Imported]:
    match node:
        case ast.Import(names=aliases):
            yield from (Imported(module=alias.name, line=node.lineno) for alias in aliases)
        case ast.ImportFrom(module=module, names=aliases, level=0):
            yield Imported(module=module or "", members=tuple(alias.name for alias in aliases), line=node.lineno)
        case ast.ImportFrom(module=module, names=aliases, level=level):
            parts = package.split(".") if package else []
            base = [*parts[: len(parts) - level + 1], *(module.split(".") if module else ())]
            members = tuple(alias.name for alias in aliases)
            if level <= len(parts) and base:
                yield Imported(module=".".join(base), members=members, line=node.lineno, is_relative=True)
        case _:
            return
