"""Whether what a name stands for can be called the way Lambda calls it: with an event and a context."""

import ast
from collections.abc import Mapping
from typing import Final, TypeAlias

from python_function._handler.python_file import Module

_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_NO_FUNCTIONS: Final[Mapping[type[ast.AST], str]] = {
    ast.Compare: "a truth value",
    ast.Dict: "a dict",
    ast.DictComp: "a dict",
    ast.GeneratorExp: "a generator",
    ast.Import: "a module",
    ast.JoinedStr: "a string",
    ast.List: "a list",
    ast.ListComp: "a list",
    ast.Set: "a set",
    ast.SetComp: "a set",
    ast.Tuple: "a tuple",
}
_SHOWN_CHARACTERS: Final = 40
_ALIASES: Final = 20
"""How many names are followed that stand for each other."""


def problem(module: Module, name: str) -> str | None:
    """Say why Lambda cannot call *name*, which *module* binds; None if it can, for all that is written there."""
    return _all_problems(module.bound[name], module, frozenset({name}))


def _all_problems(nodes: tuple[ast.AST, ...], module: Module, seen: frozenset[str]) -> str | None:
    """Say what is wrong where nothing that a name may stand for is right."""
    problems = [_problem(node, module, seen) for node in nodes]
    return None if None in problems else problems[-1]


def _problem(node: ast.AST, module: Module, seen: frozenset[str]) -> str | None:
    match node:
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return _definition_problem(node)
        case ast.Lambda(args=arguments):
            return _arguments_problem(arguments)
        case ast.ClassDef(decorator_list=[], bases=[], keywords=[]):
            return _class_problem(node)
        case ast.Name(id=name) if name in module.bound and name not in seen and len(seen) < _ALIASES:
            return _all_problems(module.bound[name], module, seen | {name})
        case ast.Call(func=ast.Name(id=name)) if name in module.bound:
            problems = [_instance_problem(bound) for bound in module.bound[name]]
            return None if None in problems else problems[-1]
        case _:
            what = _no_function(node)
            return None if what is None else f"is {what}, which cannot be called"


def _no_function(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=value):
            return repr(value)[:_SHOWN_CHARACTERS]
        case _:
            return _NO_FUNCTIONS.get(type(node))


def _definition_problem(definition: _Definition, *, bound: int = 0) -> str | None:
    if isinstance(definition, ast.AsyncFunctionDef):
        return "is an async def, which Lambda does not await. Make it a def that calls asyncio.run(...)"
    return _arguments_problem(definition.args, bound=bound)


def _arguments_problem(arguments: ast.arguments, *, bound: int = 0) -> str | None:
    """Say why two more arguments do not fit where *bound* ones, a method's self, are taken already."""
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    named = [argument.arg for argument, default in pairs if default is None]
    if named:
        return f"cannot be called without {', '.join(f'{name}=...' for name in named)}, which Lambda does not pass"
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    required = len(positional) - len(arguments.defaults)
    if required <= bound + 2 and (bound + 2 <= len(positional) or arguments.vararg):
        return None
    taken = f"({', '.join(positional)})" if positional else "no arguments"
    stray = ", though it is no method" if not bound and positional[:1] == ["self"] else ""
    return f"takes {taken}{stray}. Lambda calls it with two positional arguments, the event and the context"


def _class_problem(definition: ast.ClassDef) -> str | None:
    """Say why making an instance from an event and a context fails."""
    if _assigns(definition, {"__init__", "__new__"}):
        return None
    method = _method(definition, {"__init__", "__new__"})
    if method is None:
        return "is a class that takes no arguments. Lambda calls it with two, the event and the context"
    why = None if method.decorator_list else _definition_problem(method, bound=1)
    return None if why is None else f"is a class whose {method.name} {why}"


def _instance_problem(node: ast.AST) -> str | None:
    """Say why an instance of the class *node* cannot be called."""
    if not isinstance(node, ast.ClassDef) or node.bases or node.keywords or node.decorator_list:
        return None
    if _assigns(node, {"__call__"}):
        return None
    method = _method(node, {"__call__"})
    if method is None:
        return f"is an instance of {node.name}, which has no __call__"
    why = None if method.decorator_list else _definition_problem(method, bound=1)
    return None if why is None else f"is an instance of {node.name}, whose __call__ {why}"


def _method(definition: ast.ClassDef, names: set[str]) -> _Definition | None:
    methods = (part for part in definition.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
    return next((method for method in methods if method.name in names), None)


def _assigns(definition: ast.ClassDef, names: set[str]) -> bool:
    """Tell whether the class gets one of *names* in another way than by one plain method."""
    plain = [part for part in definition.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
    others = [part for part in definition.body if part not in plain]
    found = [part.name for part in plain if part.name in names]
    return len(found) > 1 or any(_mentions(part, names) for part in others)


def _mentions(part: ast.AST, names: set[str]) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id in names)
        or (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in names)
        for node in ast.walk(part)
    )
