"""Which conventional name of a module is its handler, where none is given: the first that Lambda could call."""

import ast
from typing import Final

from python_function._handler.python_file import Module
from python_function._handler.signature import problem

HANDLERS: Final = ("handler", "lambda_handler", "handle", "main")
"""The functions looked for when none is named, in this order."""

_STRAY: Final = (
    ast.For,
    ast.AsyncFor,
    ast.With,
    ast.AsyncWith,
    ast.AugAssign,
    ast.Import,
    ast.Match,
)
"""Statements that bind a name in passing, or to a module: none of them is how a handler is made."""

_LOG_METHODS: Final = frozenset({"addFilter", "setFormatter", "setLevel"})
_LOGGER_METHODS: Final = frozenset({"addHandler", "removeHandler"})
_ALIASES: Final = 20
"""How many names are followed that stand for each other."""


def first(module: Module) -> str | None:
    """Return the first conventional name that *module* binds to something that Lambda could call."""
    return next((name for name in HANDLERS if is_one(module, name)), None)


def is_one(module: Module, name: str) -> bool:
    """Tell whether *module* binds *name* as handlers are, and to something that Lambda could call."""
    return _is_meant(module, name) and problem(module, name) is None


def meant(module: Module) -> str | None:
    """Return the first conventional name that *module* binds as handlers are, whether Lambda could call it or not.

    A `main` that takes other arguments starts a script.
    """
    return next((name for name in HANDLERS if name != "main" and _is_meant(module, name)), None)


def _is_meant(module: Module, name: str) -> bool:
    """Tell whether *name* is bound to something that may be a handler of events, and not to one of logging."""
    nodes = [node for node in module.bound.get(name, ()) if not isinstance(node, _STRAY)]
    return any(not _is_logging(module, node) for node in nodes) and not _is_used_for_logging(module, name)


def _is_logging(module: Module, node: ast.AST, depth: int = _ALIASES) -> bool:
    """Tell whether *node* is an object of logging, or made of one: the other kind of handlers that modules have."""
    if _imports_logging(node):
        return True
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    name = node.id if isinstance(node, ast.Name) else ""
    return depth > 0 and any(_is_logging(module, bound, depth - 1) for bound in module.bound.get(name, ()))


def _imports_logging(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=aliases):
            return any(alias.name.partition(".")[0] == "logging" for alias in aliases)
        case ast.ImportFrom(module=str(module), level=0):
            return module.partition(".")[0] == "logging"
        case _:
            return False


def _is_used_for_logging(module: Module, name: str) -> bool:
    """Tell whether the file treats *name* as only a handler of logging is treated: a function has no level."""
    if all(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in module.bound[name]):
        return False
    return any(_treats_as_logging(node, name) for node in ast.walk(module.tree))


def _treats_as_logging(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)) if owner == name:
            return method in _LOG_METHODS
        case ast.Call(func=ast.Attribute(attr=method), args=[ast.Name(id=argument)]) if argument == name:
            return method in _LOGGER_METHODS
        case _:
            return False
