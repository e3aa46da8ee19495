"""The user's hooks as lines of shell."""

import inspect
from collections.abc import Sequence
from typing import cast

from python_function._bundle.steps import INPUT, OUTPUT
from python_function.errors import OptionError


def lines(hooks: object, *, prefix: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of *hooks* to run before and after; a function is called once.

    Args:
        hooks: What the user gave.
        prefix: The folder of the bundle that everything goes into.

    Raises:
        OptionError: They give something else.
    """
    output = f"{OUTPUT}/{prefix}" if prefix else OUTPUT
    return _lines(hooks, "before_bundling", output), _lines(hooks, "after_bundling", output)


def _lines(hooks: object, phase: str, output: str) -> tuple[str, ...]:
    if hooks is None:
        return ()
    commands: object = getattr(hooks, phase)
    if callable(commands):
        try:
            inspect.signature(commands).bind(INPUT, output)
        except TypeError as error:
            msg = f"command_hooks: {phase} must take two arguments, the input and the output directory: {error}."
            raise OptionError(msg) from error
    found: object = commands(INPUT, output) if callable(commands) else commands
    if isinstance(found, str):
        return (found,)
    several = cast("Sequence[object]", found) if isinstance(found, Sequence) else (None,)
    if all(isinstance(line, str) for line in several):
        return tuple(str(line) for line in several)
    msg = f"command_hooks: {phase} must be or return shell commands, a list of strings, not {found!r}."
    raise OptionError(msg)
