"""What a Python file binds when it is imported, read off its text; nothing is ever imported."""

import ast
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from python_function._handler import newer, outline
from python_function._machine import text_file
from python_function.errors import EntryError, PackagingError

_PARSED_BYTES: Final = 256 * 1024
"""Larger files are outlined: a syntax tree of 5 MB takes up to 11 s and gigabytes."""

_READ_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file as far as its import is concerned.

    Attributes:
        bound: Per name, the nodes it may stand for when the import is done.
        is_open: A star import or a module `__getattr__` may provide names that are not in *bound*.
        tree: The syntax tree; of an outlined file, that of its outline.
        is_outline: Only the statements that could matter were looked at; lines are not the file's.
        error: Why the running Python cannot parse it, where the grammar of a newer one may be the reason.
    """

    bound: Mapping[str, tuple[ast.AST, ...]]
    is_open: bool
    tree: ast.Module
    is_outline: bool = False
    error: SyntaxError | None = None


def exists(path: Path) -> bool:
    """Tell whether there is a file at *path*; at a path that cannot be, there is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def there(path: Path) -> bool:
    """Tell whether there is anything at *path*."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read(path: Path) -> bytes:
    """Return the bytes of the Python file at *path*; of one that no function could hold, as many as are looked at."""
    if not exists(path):
        msg = f"{path} is not a file."
        raise EntryError(msg)
    try:
        return text_file.start(path, _READ_BYTES)
    except PackagingError as error:
        raise EntryError(str(error)) from error


def load(source: bytes, *, names: Collection[str], version: tuple[int, int] | None = None) -> Module:
    """Read what *source* binds.

    Args:
        source: The bytes of a Python file.
        names: The names of interest; a file that can only be outlined is searched for no others.
        version: The Python whose grammar counts. Without one, text that does not parse is outlined.

    Raises:
        SyntaxError: *source* is wrong for *version*, as far as the running Python can tell.
    """
    running = sys.version_info[:2]
    reason = None
    if len(source) <= _PARSED_BYTES:
        try:
            return _parsed(source, min(version or running, running))
        except SyntaxError as error:
            if version is not None and not newer.may_explain(source, running=running, version=version):
                raise
            reason = error
    return replace(_module(outline.tree(source, names), is_outline=True), error=reason)


@lru_cache(maxsize=32)
def _parsed(source: bytes, version: tuple[int, int]) -> Module:
    """Parse once what is looked at when a handler is searched, placed and checked, and again for the next function."""
    return _module(_parse(source, version), is_outline=False)


def _parse(source: bytes, version: tuple[int, int]) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source, feature_version=version)
        except (RecursionError, MemoryError) as error:
            msg = "too deeply nested for Python's parser"
            raise SyntaxError(msg) from error
        except (ValueError, LookupError) as error:
            raise SyntaxError(str(error)) from error


def _module(tree: ast.Module, *, is_outline: bool) -> Module:
    bound: dict[str, tuple[ast.AST, ...]] = {}
    is_open = False
    for statement, sure in statements(tree):
        certain = sure and not isinstance(statement, ast.For)  # which may have nothing to go through
        match statement:
            case ast.Delete(targets=targets) if certain:
                for target in targets:
                    if isinstance(target, ast.Name):
                        bound.pop(target.id, None)
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                is_open = True
            case _:
                for name, node in _bindings(statement):
                    bound[name] = (node,) if certain else (*bound.get(name, ()), node)
    return Module(bound, is_open or "__getattr__" in bound, tree, is_outline)


def statements(tree: ast.Module) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield each statement that an import of *tree* may run, in order, and whether it certainly runs."""
    pending = [(statement, True) for statement in reversed(tree.body)]
    while pending:
        statement, certain = pending.pop()
        yield statement, certain
        pending.extend((inner, certain and sure) for inner, sure in reversed(list(_inside(statement))))


def _inside(statement: ast.stmt) -> Iterator[tuple[ast.stmt, bool]]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return
        case ast.If(test=test, body=body, orelse=orelse):
            match _truth(test):
                case None:
                    yield from ((inner, False) for inner in (*body, *orelse))
                case truth:
                    yield from ((inner, True) for inner in (body if truth else orelse))
        case ast.With(body=body):
            yield from ((inner, True) for inner in body)
        case _:
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.stmt):
                    yield child, False
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    yield from ((inner, False) for inner in child.body)


def _truth(test: ast.expr) -> bool | None:
    """Tell what a condition is on Lambda, if that is plain."""
    turned = False
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        turned, test = not turned, test.operand
    truth = _plain_truth(test)
    return None if truth is None else truth is not turned


def _plain_truth(test: ast.expr) -> bool | None:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return False
        case ast.Constant(value=value):
            return bool(value)
        case _:
            return None


def _bindings(statement: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, statement
        case ast.Import(names=aliases):
            yield from ((alias.asname or alias.name.partition(".")[0], statement) for alias in aliases)
        case ast.ImportFrom(names=aliases):
            yield from ((alias.asname or alias.name, statement) for alias in aliases)
        case ast.AnnAssign(value=None):
            return
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            plain = {target.id for target in targets if isinstance(target, ast.Name)}
            yield from ((name, value if name in plain else statement) for name in _stored(statement))
        case _:
            yield from ((name, statement) for name in _stored(statement))


def _stored(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that the expressions and patterns of one statement store to."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
            case _:
                pass
        pending.extend(child for child in _parts(node) if not isinstance(child, ast.stmt | ast.ExceptHandler))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Lambda():
            return
        case ast.comprehension(iter=iterated, ifs=conditions):
            yield iterated
            yield from conditions
        case _:
            yield from ast.iter_child_nodes(node)
