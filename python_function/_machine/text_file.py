"""Files of the user's that are read whole: regular ones, of a size that a manifest or a lock may have."""

import os
import stat
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
    try:
        number = os.open(path, _READ)
        with os.fdopen(number, "rb") as file:
            status = os.fstat(number)
            if stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST:
                return file.read(_LARGEST)
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read: {getattr(error, 'strerror', None) or error}."
        raise PackagingError(msg) from error
    msg = f"{path} cannot be read: it is no regular file, or has more than {_LARGEST:,} bytes."
    raise PackagingError(msg)
