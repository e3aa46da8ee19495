"""Which application of a web framework a Python file holds, read off its text; nothing is ever imported."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from python_function._handler import python_file

Interface: TypeAlias = Literal["asgi", "wsgi"]

NAMES: Final = ("app", "application", "api", "server")
"""What applications are called, likeliest first."""

_FRAMEWORKS: Final[Mapping[str, Interface]] = {
    "apiflask": "wsgi",
    "blacksheep": "asgi",
    "bottle": "wsgi",
    "falcon": "wsgi",
    "falcon.asgi": "asgi",
    "fastapi": "asgi",
    "flask": "wsgi",
    "litestar": "asgi",
    "quart": "asgi",
    "starlette": "asgi",
}
"""What the applications of a framework are spoken to by, after the module that they are from."""

_MAKERS: Final[Mapping[str, Interface]] = {
    "get_asgi_application": "asgi",
    "get_wsgi_application": "wsgi",
    "make_wsgi_app": "wsgi",
}
"""Functions whose names say what they return: Django's and Pyramid's."""

_ARGUMENTS: Final = {"asgi": 3, "wsgi": 2}


@dataclass(frozen=True, slots=True)
class Application:
    """An application, and how servers speak to it; ``None`` where its file does not say."""

    name: str
    interface: Interface | None


def find(file: Path) -> Application | None:
    """Return the application in *file*, if there is one.

    Raises:
        EntryError: It cannot be read.
    """
    try:
        module = python_file.load(python_file.read(file), names=NAMES)
    except SyntaxError:
        return None
    for name in NAMES:
        kinds: list[Interface | None] = [
            kind for node in module.bound.get(name, ()) for kind in _kinds(node, module.bound)
        ]
        if kinds:
            return Application(name, kinds[0] if len(set(kinds)) == 1 else None)
    return None


def has_main(source: bytes) -> bool:
    """Tell whether a Python file does something when it is started."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return b"__main__" in source
    return any(isinstance(node, ast.If) and "__main__" in ast.dump(node.test) for node in tree.body)


def _kinds(node: ast.AST, bound: Mapping[str, tuple[ast.AST, ...]]) -> Iterator[Interface | None]:
    """Yield how an application is spoken to that *node* may be; nothing where it is none."""
    match node:
        case ast.AsyncFunctionDef(args=args) if len(args.args) == _ARGUMENTS["asgi"]:
            yield "asgi"
        case ast.FunctionDef(args=args) if len(args.args) == _ARGUMENTS["wsgi"]:
            yield "wsgi"
        case ast.Call(func=function):
            yield from _made_by(_dotted(function), bound)
        case ast.ImportFrom():
            yield None
        case _:
            return


def _made_by(name: str, bound: Mapping[str, tuple[ast.AST, ...]]) -> Iterator[Interface | None]:
    """Yield how an application is spoken to that a call of *name* returns."""
    first, _, rest = name.partition(".")
    last = name.rpartition(".")[2]
    if last in _MAKERS:
        yield _MAKERS[last]
        return
    for node in bound.get(first, ()):
        match node:
            case ast.ImportFrom(module=str(module)):
                yield from _framework(module)
            case ast.Import():
                yield from _framework(f"{first}.{rest}".rpartition(".")[0])
            case _:
                pass


def _framework(module: str) -> Iterator[Interface | None]:
    """Yield how the applications of *module*, or of a module above it, are spoken to."""
    while module:
        if module in _FRAMEWORKS:
            yield _FRAMEWORKS[module]
            return
        module = module.rpartition(".")[0]


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case _:
            return "?"
