"""Files of the user's that are read whole: regular ones, of a size that a manifest or a lock may have."""

import hashlib
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final

from python_function.errors import PackagingError

_LARGEST: Final = 200_000_000
"""More bytes than any lock has; a device has no end."""

_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""How files are opened: a fifo that nobody writes to is not waited for."""


def read(path: Path) -> bytes:
    """Return the content of the file at *path*.

    Raises:
        PackagingError: It cannot be read, is no regular file, or has more than can be meant.
    """
    with _regular(path) as file:
        if os.fstat(file.fileno()).st_size <= _LARGEST:
            return file.read(_LARGEST)
    msg = f"{path} cannot be read: it has more than {_LARGEST:,} bytes."
    raise PackagingError(msg)


def text(path: Path) -> str:
    """Return the text in the file at *path*.

    Raises:
        PackagingError: It cannot be read, as for :func:`read`, or is not UTF-8.
    """
    try:
        return read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path} cannot be read: it is no UTF-8: {error}."
        raise PackagingError(msg) from error


def start(path: Path, most: int) -> bytes:
    """Return the first bytes of the file at *path*, *most* of them.

    Raises:
        PackagingError: It cannot be read, or is no regular file.
    """
    with _regular(path) as file:
        return file.read(most)


def digest(path: Path, algorithm: str = "sha256") -> str:
    """Return the digest of the file at *path*, however large that is.

    Raises:
        PackagingError: It cannot be read, or is no regular file.
    """
    with _regular(path) as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


@contextmanager
def _regular(path: Path) -> Generator[BufferedReader]:
    try:
        with os.fdopen(os.open(path, _READ), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                msg = f"{path} cannot be read: it is no regular file."
                raise PackagingError(msg)
            yield file
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read: {getattr(error, 'strerror', None) or error}."
        raise PackagingError(msg) from error
