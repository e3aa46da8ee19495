"""What a handler does with its event: whether it takes it for a request or for a dict; read off its code."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from python_function._handler.python_file import Module

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Scope: TypeAlias = _Function | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_OF_DICTS: Final = frozenset(dir(dict))
_SHOWS: Final = frozenset(
    {
        "critical",
        "debug",
        "error",
        "exception",
        "format",
        "id",
        "info",
        "log",
        "print",
        "repr",
        "str",
        "type",
        "warning",
    }
)
"""Functions, and methods of loggers, that read nothing in particular of what they are given."""

_DEEPEST: Final = 5
"""How many calls of functions of the same file an event is followed through."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of the event.

    Attributes:
        kind: Whether an attribute is read, a key as of a dict, or all of it is handed on or assigned anew.
        text: The code.
        line: Its line.
    """

    kind: Literal["attribute", "key", "whole"]
    text: str
    line: int


def of(module: Module, name: str) -> tuple[Use, ...] | None:
    """Return what the function *name* of *module* does with its first argument; None where that cannot be told.

    A decorator may hand on something else than Lambda does, and of what is imported or computed nothing is known.
    """
    functions = _functions(module, name, _DEEPEST)
    if not functions:
        return None
    return tuple(use for function in functions for use in _uses(function, 0, module, _DEEPEST))


def _functions(module: Module, name: str, depth: int) -> list[_Function]:
    """Return the functions that *name* may stand for; none if one of them is not plain to see."""
    found: list[_Function] = []
    for node in module.bound.get(name, ()):
        match node:
            case ast.FunctionDef(decorator_list=[]) | ast.Lambda():
                found.append(node)
            case ast.Name(id=other) if depth and (behind := _functions(module, other, depth - 1)):
                found += behind
            case _:
                return []
    return found


def _uses(function: _Function, position: int | str, module: Module, depth: int) -> Iterator[Use]:
    """Yield the uses of one argument of *function*, given by its position or its name."""
    arguments = function.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    every = {*positional, *(argument.arg for argument in arguments.kwonlyargs)}
    name = positional[position] if isinstance(position, int) and position < len(positional) else position
    if not isinstance(name, str) or name not in every:
        yield Use("whole", f"*{arguments.vararg.arg}" if arguments.vararg else "**", function.lineno)
        return
    names = {name, *_aliases(function, name)}
    found = list(_named(function, names))
    anew = next(
        (one for one, parent in found if not isinstance(one.ctx, ast.Load) and not _is_alias(parent, names)), None
    )
    if anew is not None:
        yield Use("whole", f"{anew.id} is assigned anew", anew.lineno)
        return
    for node, parent in found:
        yield from _use(node, parent, names, module, depth)


def _aliases(function: _Function, name: str) -> Iterator[str]:
    """Yield the other names that *function* gives to what it calls *name*."""
    for _, parent in _named(function, {name}):
        match parent:
            case ast.Assign(targets=[ast.Name(id=alias)], value=ast.Name(id=origin)) if origin == name:
                yield alias
            case _:
                pass


def _is_alias(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in names


def _named(scope: _Scope, names: set[str]) -> Iterator[tuple[ast.Name, ast.AST]]:
    """Yield each place in *scope* that means one of *names*, with what is around it."""
    body = scope.body if isinstance(scope, _Function) else [scope]
    pending: list[tuple[ast.AST, ast.AST]] = [(node, scope) for node in (body if isinstance(body, list) else [body])]
    pending.reverse()
    while pending:
        node, parent = pending.pop()
        if isinstance(node, ast.Name) and node.id in names:
            yield node, parent
        if isinstance(node, _Function) and names & {
            argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)
        }:
            continue
        pending.extend((child, node) for child in reversed(list(ast.iter_child_nodes(node))))


def _use(node: ast.Name, parent: ast.AST, names: set[str], module: Module, depth: int) -> Iterator[Use]:
    match parent:
        case ast.Attribute(attr=attribute):
            yield Use("key" if attribute in _OF_DICTS else "attribute", ast.unparse(parent), node.lineno)
        case ast.Subscript(value=value) if value is node:
            yield Use("key", ast.unparse(parent), node.lineno)
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[right]) if right is node:
            yield Use("key", ast.unparse(parent), node.lineno)
        case ast.Call():
            yield from _call(node, parent, node, module, depth)
        case ast.keyword():
            yield Use("whole", f"{parent.arg or '**'}={node.id}", node.lineno)
        case ast.FormattedValue() | ast.Expr():
            return
        case _ if _is_alias(parent, names):
            return
        case _:
            yield Use("whole", ast.unparse(parent).partition("\n")[0], node.lineno)


def _call(node: ast.Name, call: ast.Call, argument: ast.expr, module: Module, depth: int) -> Iterator[Use]:
    """Yield what a call does with the event that it is given."""
    match call:
        case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[first, ast.Constant(value=str(name)), *_]):
            if first is argument:
                yield Use("key" if name in _OF_DICTS else "attribute", ast.unparse(call), node.lineno)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _SHOWS:
            return
        case ast.Call(func=ast.Name(id=name), args=arguments) if depth and (behind := _functions(module, name, depth)):
            position = next(number for number, each in enumerate(arguments) if each is argument)
            for function in behind:
                yield from _uses(function, position, module, depth - 1)
        case _:
            yield Use("whole", ast.unparse(call), node.lineno)
