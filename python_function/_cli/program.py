"""The program: reads its arguments, does one command, and ends with an exit code that scripts can rely on."""

import io
import os
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final

from python_function._cli import arguments
from python_function._cli.terminal import Terminal
from python_function.errors import BundlingError, PythonFunctionError

UNUSABLE: Final = 1
"""The entry, an option, or what declares the dependencies cannot be used as it is."""

NOT_BUILT: Final = 3
"""A step of a build failed, or what was built would not run on Lambda. The command line being wrong is 2."""

_BY_SIGNAL: Final = 128
"""What a shell adds to the number of the signal that ended a program."""


def main(given: Sequence[str] | None = None, *, prog: str = "cdk-python-function") -> int:
    """Do what the arguments *given* say, by default those of the process, and return the exit code."""
    # Python has no stream at all where it was closed before.
    terminal = Terminal(out=sys.stdout or io.StringIO(), err=sys.stderr or io.StringIO(), environ=os.environ)
    parsed = arguments.parse(given, prog=prog)
    try:
        with _ended_in_order():
            arguments.command(parsed)(parsed, terminal)
            terminal.flush()
    except PythonFunctionError as error:
        terminal.fail(str(error))
        return NOT_BUILT if isinstance(error, BundlingError) else UNUSABLE
    except BrokenPipeError:
        # Whoever read the output has read enough. The interpreter would complain when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BY_SIGNAL + signal.SIGPIPE
    except KeyboardInterrupt:
        terminal.fail("interrupted")
        return _BY_SIGNAL + signal.SIGINT
    return 0


@contextmanager
def _ended_in_order() -> Generator[None]:
    """Let a request to end the process take the way of an exception, so that nothing half-made is left."""

    def end(number: int, _: FrameType | None) -> None:
        sys.exit(_BY_SIGNAL + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
