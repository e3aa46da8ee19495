"""What installed files hold, each of them read once."""

import hashlib
import os
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


def read(directory: Path) -> dict[str, Content]:
    """Return what every file below *directory* holds, by its path there, sorted."""
    found: dict[str, Content] = {}
    waiting = [(str(directory), "")]
    while waiting:
        place, prefix = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
                else:
                    found[prefix + entry.name] = _content(entry.path)
    return dict(sorted(found.items()))


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
