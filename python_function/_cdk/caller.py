"""The file that defines a construct, read off the Python stack while its constructor runs."""

import inspect
from pathlib import Path
from types import FrameType
from typing import Final

from python_function._handler import python_file

_PACKAGES_BETWEEN: Final = frozenset({"aws_cdk", "constructs", "jsii", "python_function", "typeguard"})
"""Packages whose frames stand between a construct's constructor and the code that calls it."""


def defining_files(construct: object) -> tuple[Path, ...]:
    """Return the files that may define *construct*, likeliest first; to be called while its constructor runs.

    The first is the file that makes the instance. If the class is a subclass made outside this library, the files of
    its constructors follow, from the class of the instance up.
    """
    constructors: list[Path] = []
    frame = inspect.currentframe()
    while frame is not None:
        file = _file(frame)
        if file is not None and _is_constructor(frame, construct):
            constructors.insert(0, file)
        elif file is not None:
            constructors.insert(0, file)
            break
        frame = frame.f_back
    return tuple(dict.fromkeys(constructors))


def _file(frame: FrameType) -> Path | None:
    """Return the file a frame runs, unless it is of a package in between or was made up at run time."""
    name = frame.f_globals.get("__name__")
    if isinstance(name, str) and name.partition(".")[0] in _PACKAGES_BETWEEN:
        return None
    file = Path(frame.f_code.co_filename)
    return file if python_file.exists(file) else None


def _is_constructor(frame: FrameType, construct: object) -> bool:
    """Tell whether a frame is a method of the construct itself, as a subclass's constructor is."""
    code = frame.f_code
    return code.co_argcount > 0 and frame.f_locals.get(code.co_varnames[0]) is construct
