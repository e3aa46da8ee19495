"""What installed files hold, each of them read once."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

_CHUNK: Final = 1 << 16
"""The bytes that are in memory at once; most files have fewer."""

_HEAD: Final = 4


class Content(NamedTuple):
    """What one file holds.

    Attributes:
        size: Its bytes.
        digest: The SHA-256 of them.
        head: The first few of them.
    """

    size: int
    digest: str
    head: bytes


def entries(directory: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield everything below *directory* that is no directory, with its path there."""
    waiting = [(str(directory), "")]
    while waiting:
        place, prefix = waiting.pop()
        with os.scandir(place) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
                else:
                    yield prefix + entry.name, entry


def read(directory: Path) -> dict[str, Content]:
    """Return what every file below *directory* holds, by its path there, sorted."""
    return dict(sorted((path, _content(entry.path)) for path, entry in entries(directory)))


def _content(path: str) -> Content:
    size, head, digest = 0, b"", hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:_HEAD]
            size += len(chunk)
            digest.update(chunk)
            if len(chunk) < _CHUNK:
                break
    return Content(size, digest.hexdigest(), head)
