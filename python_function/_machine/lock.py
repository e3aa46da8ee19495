"""Locks between processes: the system frees them when their holder ends, however it ends."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def held(path: Path) -> Generator[None]:
    """Hold the lock of the file *path*, which is made if it is not there and stays; wait for whoever holds it.

    Threads of one process keep each other out, too.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("ab") as file:
        _acquire(file)
        yield


def _acquire(file: IO[bytes]) -> None:
    """Lock *file* until it is closed."""
    if sys.platform == "win32":
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX)
