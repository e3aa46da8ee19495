"""How a build ends that is told to."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_ENDING: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What CI and closed terminals send."""


@contextmanager
def ending_in_order() -> Generator[None]:
    """Let signals end what runs as an interruption does: by an exception, on whose way all is tidied up.

    Signals that the process handles, or ignores, stay as they are.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _: FrameType | None) -> None:
    """Raise what ends the process with the exit code that shells give to this signal; another one changes nothing."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)
