"""Handler strings and paths of modules, as users write them and as Lambda and Python take them."""

import os
import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from python_function.errors import OptionError

_PART: Final = re.compile(r"[^\s./\\:]+")
"""A part of a handler; Lambda's API takes no white space."""


def dotted(index: str) -> str:
    """Return the module path of the file *index*; a package's is that of its directory."""
    path = PurePosixPath(index.removesuffix(".py"))
    parts = path.parts[:-1] if path.name == "__init__" and len(path.parts) > 1 else path.parts
    return ".".join(parts)


def split(handler: str | None) -> tuple[str, str | None]:
    """Split a handler into module path and function."""
    if handler is None:
        return "", None
    parts = re.split(r"[./\\]", handler)
    if not all(part.isprintable() and _PART.fullmatch(part) for part in parts):
        msg = f"handler must be a function's name, or module path and function (app.main.handler), not {handler!r}."
        raise OptionError(msg)
    return ".".join(parts[:-1]), parts[-1]


def normal(index: str) -> str:
    """Return *index* as a POSIX path without detours."""
    path = PurePosixPath(os.path.normpath(index.replace("\\", "/")).replace("\\", "/"))
    if path.is_absolute() or PureWindowsPath(index).drive or path.parts[:1] == ("..",) or "\0" in index:
        msg = f"index must be the path of a file below the entry, relative to it, not {index!r}."
        raise OptionError(msg)
    if path.suffix != ".py":
        msg = f"index must name a Python file, one that ends in .py, not {index!r}."
        raise OptionError(msg)
    return str(path)


def check_importable(suffix: str) -> None:
    """Make sure that the folder *suffix* can be a part of a module path."""
    if any("." in part or " " in part for part in PurePosixPath(suffix).parts):
        msg = f"output_path_suffix {suffix!r} cannot be part of a handler, each of whose parts Python has to import."
        raise OptionError(msg)
