"""Whether Lambda can import the handler's file and call its function; found out without doing either."""

import ast
import difflib
import re
import sys
from pathlib import Path, PurePosixPath
from typing import Final

from python_function._handler import python_file, search, signature, submodules
from python_function._handler.candidates import HANDLERS
from python_function._handler.entry import Entry
from python_function._handler.python_file import Module
from python_function._machine.report import Notice
from python_function.errors import EntryError

LOADED_BEFORE: Final = frozenset(
    {
        "__future__", "__main__", "_abc", "_ast", "_codecs", "_collections", "_collections_abc", "_decimal",
        "_frozen_importlib", "_frozen_importlib_external", "_functools", "_imp", "_io", "_json", "_locale",
        "_operator", "_signal", "_sre", "_stat", "_string", "_symtable", "_thread", "_tokenize", "_tracemalloc",
        "_warnings", "_weakref", "_weakrefset", "abc", "atexit", "awslambdaric", "builtins", "codecs", "collections",
        "contextlib", "copyreg", "decimal", "encodings", "enum", "errno", "faulthandler", "functools", "gc",
        "genericpath", "importlib", "io", "itertools", "json", "keyword", "linecache", "logging", "marshal", "math",
        "numbers", "operator", "os", "posix", "posixpath", "pwd", "re", "reprlib", "runtime_client", "simplejson",
        "site", "stat", "string", "sys", "textwrap", "threading", "time", "traceback", "types", "warnings", "weakref",
        "zipimport",
    }
)  # fmt: skip
"""What Lambda's runtime client has imported, or has built in, before it imports the handler's: theirs are the names."""

LOADED_UNTIL_3_12: Final = frozenset({"token", "tokenize"})
_LONGEST: Final = 128
"""https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html#lambda-CreateFunction-request-Handler"""


def check(entry: Entry, *, python_version: str, elsewhere: bool = False) -> tuple[Notice, ...]:
    """Make sure that Lambda can import the module of *entry* and call its function with an event and a context.

    Returns what only Lambda can tell. Of a file that the build makes, only the path is checked.

    Args:
        entry: What to check.
        python_version: Major and minor version of the Python it is for, ``3.13``.
        elsewhere: Whether there is something else that may hold the handler: dependencies, layers, hooks.

    Raises:
        EntryError: It cannot.
    """
    _check_module_path(entry, tuple(map(int, python_version.split("."))))
    if entry.elsewhere:
        _check_elsewhere(entry, possible=elsewhere)
    if entry.generated or entry.elsewhere:
        return ()
    major, minor = map(int, python_version.split("."))
    names = {entry.function, *HANDLERS}
    try:
        source = python_file.read(entry.file) if entry.source is None else entry.source
        module = python_file.load(source, names=names, version=(major, minor))
    except SyntaxError as error:
        msg = _syntax_message(entry.file, error, python_version)
        raise EntryError(msg) from error
    _check_function(entry, submodules.told_apart(module, entry.file, entry.directory, (entry.function,)))
    _check_relative_imports(entry, module)
    return (_unparsed(entry.file, module.error),) if module.error else ()


def _check_module_path(entry: Entry, version: tuple[int, ...]) -> None:
    """Make sure that ``importlib.import_module`` finds the module: it takes any name but one with a dot in it."""
    path = entry.elsewhere.replace(".", "/") or entry.bundle_index.removesuffix(".py")
    parts = PurePosixPath(path).parts
    what = f"The handler {entry.handler}" if entry.elsewhere else str(entry.file)
    if parts == ("__init__",):
        msg = f"{what} makes its directory a package. Pass the directory above as entry, and the path as index."
        raise EntryError(msg)
    wrong = next((part for part in parts if re.search(r"[.\s]", part)), None)
    if wrong is not None:
        why = "import takes the dot for the end of a name" if "." in wrong else "Lambda takes no white space in it"
        instead = _instead(entry, wrong)
        msg = f"{what} cannot be imported as {entry.module}: {wrong!r} is no name, {why}. Rename it{instead}."
        raise EntryError(msg)
    if parts[0] in LOADED_BEFORE or (parts[0] in LOADED_UNTIL_3_12 and version <= (3, 12)):
        msg = f"{what} cannot be imported: {parts[0]} is a module that Lambda has loaded already. Rename it."
        raise EntryError(msg)
    if len(entry.handler) > _LONGEST:
        msg = (
            f"{what} makes a handler of {len(entry.handler)} characters, and Lambda takes {_LONGEST}: {entry.handler}."
        )
        raise EntryError(msg)
    if len(parts) > 1 and not entry.alone and not entry.elsewhere and parts[0] in sys.stdlib_module_names:
        _check_package(entry, parts[0])
    winner = None if entry.alone or entry.elsewhere else _imported_instead(entry)
    if winner is not None:
        msg = f"{what} cannot be imported: import {entry.module} takes {winner} for a part of it. Rename one."
        raise EntryError(msg)


def _check_package(entry: Entry, top: str) -> None:
    """Make sure that a directory of the name of one of Python's own modules is a package, which then comes first."""
    place = f"{top}/__init__.py"
    if not any(python_file.exists(root / place) for root in (entry.directory / (entry.root or ""), entry.directory)):
        msg = (
            f"{entry.file} cannot be imported: {top} is a module of Python's own, which comes before directories"
            f" without __init__.py. Add {place}, or rename the directory."
        )
        raise EntryError(msg)


def _check_elsewhere(entry: Entry, *, possible: bool) -> None:
    """Make sure that a handler that the entry does not have may come from somewhere else."""
    top, _, rest = entry.elsewhere.partition(".")
    own = [path for path in (f"{top}.py", f"{top}/__init__.py") if python_file.exists(entry.directory / path)]
    script = entry.directory / entry.handler  # run.sh, which the wrapper of a layer calls
    if (own and rest) or not (possible or python_file.exists(script)):
        path = entry.elsewhere.replace(".", "/")
        why = f"{own[0]} is there, which comes first" if own else "no dependency or layer is there that could have it"
        msg = (
            f"handler names the module {entry.elsewhere}, but {entry.directory} has none of {path}/__init__.py,"
            f" {path}.py, also not in src, and {why}. Pass another, or index=..."
        )
        raise EntryError(msg)


def _instead(entry: Entry, wrong: str) -> str:
    parts = PurePosixPath(entry.index).parts
    renamed = re.sub(r"[.\s]", "_", wrong)
    if wrong not in parts:
        return f", to {renamed}.py for example"
    below = entry.directory.joinpath(*parts[: parts.index(wrong) + 1])
    return f", to {renamed} for example, or pass entry={str(below)!r}"


def _imported_instead(entry: Entry) -> Path | None:
    """Return the file that Python prefers to a part of the handler's module path: a package to the module beside it."""
    path = PurePosixPath(entry.bundle_index)
    roots = dict.fromkeys((entry.directory / (entry.root or ""), entry.directory))
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
