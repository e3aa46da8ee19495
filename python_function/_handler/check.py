"""Whether Lambda can import the handler's file and call its function; found out without doing either."""

import ast
import difflib
import keyword
import re
import sys
from pathlib import Path, PurePosixPath
from typing import Final

from python_function._handler import python_file, search, signature
from python_function._handler.candidates import HANDLERS
from python_function._handler.entry import Entry
from python_function._handler.python_file import Module
from python_function._machine.report import Notice
from python_function.errors import EntryError

_LOADED_BEFORE: Final = frozenset(
    {
        "abc", "array", "ast", "awslambdaric", "base64", "builtins", "codecs", "collections", "enum", "errno",
        "functools", "gc", "importlib", "inspect", "io", "itertools", "json", "logging", "marshal", "math", "operator",
        "os", "posix", "pwd", "re", "signal", "site", "stat", "string", "struct", "sys", "tempfile", "threading",
        "time", "traceback", "types", "typing", "warnings", "weakref", "zipimport",
    }
)  # fmt: skip
"""Modules that Lambda has imported, or has built in, before it imports the handler's; theirs are the names."""


def check(entry: Entry, *, python_version: str) -> tuple[Notice, ...]:
    """Make sure that Lambda can import the module of *entry* and call its function with an event and a context.

    Returns what only Lambda can tell. Of a file that the build makes, only the path is checked.

    Args:
        entry: What to check.
        python_version: Major and minor version of the Python it is for, ``3.13``.

    Raises:
        EntryError: It cannot.
    """
    _check_module_path(entry)
    if entry.generated:
        return ()
    major, minor = map(int, python_version.split("."))
    names = {entry.function, *HANDLERS}
    try:
        module = python_file.load(python_file.read(entry.file), names=names, version=(major, minor))
    except SyntaxError as error:
        msg = _syntax_message(entry.file, error, python_version)
        raise EntryError(msg) from error
    _check_function(entry, module)
    _check_relative_imports(entry, module)
    return (_unparsed(entry.file, module.error),) if module.error else ()


def _check_module_path(entry: Entry) -> None:
    parts = PurePosixPath(entry.bundle_index.removesuffix(".py")).parts
    if parts == ("__init__",):
        msg = f"{entry.file} makes its directory a package. Pass the directory above as entry, and the path as index."
        raise EntryError(msg)
    wrong = next((part for part in parts if not part.isidentifier() or keyword.iskeyword(part)), None)
    if wrong is not None:
        kind = "a Python keyword" if keyword.iskeyword(wrong) else "no Python name"
        instead = _instead(entry, wrong)
        msg = f"{entry.file} cannot be imported as {entry.module}: {wrong!r} is {kind}. Rename it{instead}."
        raise EntryError(msg)
    if parts[0] in _LOADED_BEFORE:
        msg = f"{entry.file} cannot be imported: {parts[0]} is a module that Lambda has loaded already. Rename it."
        raise EntryError(msg)
    winner = None if entry.alone else _imported_instead(entry)
    if winner is not None:
        msg = f"{entry.file} cannot be imported: import {entry.module} takes {winner} for a part of it. Rename one."
        raise EntryError(msg)


def _instead(entry: Entry, wrong: str) -> str:
    parts = PurePosixPath(entry.index).parts
    renamed = _renamed(wrong)
    if wrong not in parts:
        return f", to {renamed}.py for example"
    below = entry.directory.joinpath(*parts[: parts.index(wrong) + 1])
    return f", to {renamed} for example, or pass entry={str(below)!r}"


def _renamed(name: str) -> str:
    name = re.sub(r"\W", "_", name)
    name = name if name.isidentifier() else f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _imported_instead(entry: Entry) -> Path | None:
    """Return the file that Python prefers to a part of the handler's module path: a package to the module beside it."""
    path = PurePosixPath(entry.bundle_index)
    roots = dict.fromkeys((entry.directory / entry.root, entry.directory))
    packages = [root / path.with_suffix("") / "__init__.py" for root in roots]
    above = [parent for parent in path.parents if parent.name]
    namespaces = [
        parent for parent in above if not any(python_file.exists(root / parent / "__init__.py") for root in roots)
    ]
    modules = [root / parent.with_suffix(".py") for parent in namespaces for root in roots]
    return next((file for file in (*packages, *modules) if python_file.exists(file)), None)


def _check_function(entry: Entry, module: Module) -> None:
    if entry.function in module.bound:
        problem = signature.problem(module, entry.function)
        if problem is not None:
            msg = f"{entry.function} in {_place(entry, module)} {problem}."
            raise EntryError(msg)
    elif not module.is_open:
        close = difflib.get_close_matches(entry.function, module.bound, n=1)
        held = f"Did you mean {close[0]!r}" if close else f"It defines {search.callables(module) or 'no function'}"
        end = "?" if close else "."
        msg = f"{entry.file} defines no {entry.function!r}. {held}{end} Pass handler=... to name the function."
        raise EntryError(msg)


def _place(entry: Entry, module: Module) -> str:
    line = getattr(module.bound[entry.function][-1], "lineno", None)
    return f"{entry.file}" if module.is_outline or line is None else f"{entry.file}:{line}"


def _check_relative_imports(entry: Entry, module: Module) -> None:
    parts = entry.module.split(".")
    depth = len(parts) if PurePosixPath(entry.bundle_index).name == "__init__.py" else len(parts) - 1
    for statement, certain in python_file.statements(module.tree):
        if isinstance(statement, ast.ImportFrom) and statement.level > depth and certain:
            where = f"{entry.file}" if module.is_outline else f"{entry.file}:{statement.lineno}"
            name = f"{'.' * statement.level}{statement.module or ''}"
            msg = (
                f"{where}: 'from {name} import ...' leads out of the bundle, where this file is {entry.module}. "
                "Import by the full path, or pass the directory above the package as entry and the path as index."
            )
            raise EntryError(msg)


def _unparsed(file: Path, error: SyntaxError) -> Notice:
    head = f"{file}:{error.lineno}" if error.lineno else f"{file}"
    major, minor = sys.version_info[:2]
    text = (
        f"{head} does not parse with Python {major}.{minor}, which runs the app: {error.msg}. "
        f"It fails on Lambda too unless it is syntax of Python {major}.{minor + 1} or newer."
    )
    return Notice(id="syntax", text=text)


def _syntax_message(file: Path, error: SyntaxError, python_version: str) -> str:
    head = f"{file}:{error.lineno}" if error.lineno else f"{file}"
    message = f"{head}: {error.msg} (checked for Python {python_version})"
    if not error.text or not error.offset:
        return message
    line = error.text.rstrip()
    start = error.offset - 1
    end = error.end_offset - 1 if error.end_offset and error.end_lineno == error.lineno else start
    blank = "".join(character if character == "\t" else " " for character in line[:start].ljust(start))
    return f"{message}\n    {line}\n    {blank}{'^' * max(1, end - start)}"
