"""Locks between processes, which end with the process that holds them, however it ends."""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

if sys.platform == "win32":  # pragma: no cover - proved on POSIX only
    import msvcrt

    def _lock(descriptor: int, *, wait: bool) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


NAME: Final = "lock"
"""What the lock of a directory is called in it."""


@contextmanager
def held(path: Path, *, waiting: Callable[[], None] = lambda: None) -> Generator[None]:
    """Hold the lock *path*, a file that is there only while somebody wants it; wait for whoever holds it.

    Threads of one process keep each other out, too.

    Args:
        path: The file.
        waiting: Called if somebody else has it.

    Raises:
        OSError: No file can be made or locked there.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = attempt(path)
    if descriptor is None:
        waiting()
        while descriptor is None:
            descriptor = _take(path, wait=True)
    try:
        yield
    finally:
        release(path, descriptor)


def attempt(path: Path) -> int | None:
    """Take the lock *path* and return its descriptor, whose closing frees it; None if another process has it.

    Raises:
        OSError: No file can be made or locked there.
    """
    return _take(path, wait=False)


def release(path: Path, descriptor: int) -> None:
    """Free the lock *path* that *descriptor* holds."""
    # Before it is free: whoever waits for it sees that it is gone, and makes another.
    path.unlink(missing_ok=True)
    os.close(descriptor)


def is_free(path: Path) -> bool:
    """Tell whether no process holds the lock *path*, if there is one."""
    if not path.exists():
        return True
    try:
        descriptor = attempt(path)
    except OSError:
        return False
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None


def _take(path: Path, *, wait: bool) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _lock(descriptor, wait=wait)
        if _is_still(path, descriptor):
            return descriptor
    except BlockingIOError:
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _is_still(path: Path, descriptor: int) -> bool:
    """Tell whether *path* is the file that was locked: whoever had it before may have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
