"""What the values of options are held to, whatever type checkers were told."""

from collections.abc import Mapping, Sequence
from pathlib import PureWindowsPath
from typing import cast

from python_function._steps import INPUT, OUTPUT
from python_function.errors import OptionError


def sequence(name: str, value: object) -> None:
    """Hold *value* to being a list, which a string is by mistake only."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        msg = f"{name} must be a list, not {value!r}. Write {name}=[...]."
        raise OptionError(msg)


def mapping(name: str, value: object) -> None:
    """Hold *value* to mapping strings to strings; no value shows, for it may be a secret."""
    if value is None:
        return
    if not isinstance(value, Mapping):
        msg = f"{name} must map names to values, not be of type {type(value).__name__}."
        raise OptionError(msg)
    for key, entry in cast("Mapping[object, object]", value).items():
        if not isinstance(key, str) or not isinstance(entry, str):
            msg = f"{name}[{key!r}] must be a string, not of type {type(entry).__name__}."
            raise OptionError(msg)


def suffix(given: str) -> None:
    """Hold *given* to a place inside the bundle."""
    windows = PureWindowsPath(given)
    if windows.drive or windows.root or ".." in windows.parts or "\\" in given:
        msg = f"output_path_suffix must be a path inside the bundle with / between its parts, not {given!r}."
        raise OptionError(msg)


def hook_lines(hooks: object, phase: str) -> tuple[str, ...]:
    """Return the lines that *hooks* give for *phase*; a function is called once."""
    if hooks is None:
        return ()
    commands = getattr(hooks, phase, None)
    found: object = commands(INPUT, OUTPUT) if callable(commands) else commands
    if isinstance(found, str):
        return (found,)
    lines = cast("Sequence[object]", found) if isinstance(found, Sequence) else (None,)
    if all(isinstance(line, str) for line in lines):
        return tuple(str(line) for line in lines)
    msg = f"command_hooks: {phase} must be or return shell commands, a list of strings, not {found!r}."
    raise OptionError(msg)
