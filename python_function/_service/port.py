"""The port of a service that runs on this machine: whether it is free, and whether anything answers there."""

import http.client
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from python_function.errors import BundlingError

_HERE: Final = "127.0.0.1"
_PAUSE: Final = 0.1
_LIMIT: Final = 5.0
"""Seconds that one request may take."""

PATIENCE: Final = 20.0
"""Seconds after which a line says that nothing answers."""


def demand(port: int) -> None:
    """Hold *port* to being free.

    Raises:
        BundlingError: Something listens to it, or nobody may.
    """
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("", port))
        except OSError as error:
            msg = f"Port {port} cannot be listened to: {error.strerror}. End what has it, or choose another: --port."
            raise BundlingError(msg) from error


@contextmanager
def watched(port: int, say: Callable[[str], None]) -> Generator[None]:
    """Tell when something answers at *port*, or that nothing does."""
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(port, say, ended), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join(_LIMIT)


def _watch(port: int, say: Callable[[str], None], ended: threading.Event) -> None:
    waited = 0.0
    while not ended.wait(_PAUSE):
        waited += _PAUSE
        status = _asked(port)
        if status is not None and not ended.is_set():
            say(f"http://{_HERE}:{port}/ answers: {status}")
            return
        if PATIENCE <= waited < PATIENCE + _PAUSE:
            say(f"nothing answers at port {port} yet; the command has to listen to 0.0.0.0, and to what PORT says")


def _asked(port: int) -> int | None:
    """Return the status of the answer to a request, or ``None`` where there is none."""
    connection = http.client.HTTPConnection(_HERE, port, timeout=_LIMIT)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
