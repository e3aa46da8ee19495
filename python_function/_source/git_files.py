"""What the files of a git repository say, without starting git: its root, what it tracks, and where it stands."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from python_function._machine import text_file
from python_function.errors import EntryError, PackagingError


def repository(directory: Path) -> Path | None:
    """Return the root of the working tree of git that *directory* is in."""
    return next((place for place in (directory, *directory.parents) if (place / ".git").exists()), None)


def standing(root: Path) -> tuple[str, ...]:
    """Return what decides how git describes the commit that the working tree at *root* is at: that, branch and tags.

    Raises:
        EntryError: That cannot be read from the files of the repository.
    """
    try:
        git = _git_directory(root)
        common = git / text_file.text(git / "commondir").strip() if (git / "commondir").is_file() else git
        head = text_file.text(git / "HEAD").strip()
        packed = dict(_packed(common))
        loose = {path.relative_to(common).as_posix(): path for path in (common / "refs").rglob("*") if path.is_file()}
        refs = {**packed, **{name: text_file.text(path).strip() for name, path in loose.items()}}
        shallow = text_file.text(common / "shallow") if (common / "shallow").is_file() else ""
    except (OSError, PackagingError) as error:
        msg = f"{root / '.git'} cannot be read, which the version of a local package comes from: {error}."
        raise EntryError(msg) from error
    branch = head.removeprefix("ref: ")
    commit = refs.get(branch, "") if branch != head else head
    if not re.fullmatch("[0-9a-f]{40,64}", commit):
        msg = f"{root / '.git'} has no commit that can be read, which the version of a local package comes from."
        raise EntryError(msg)
    tags = sorted(f"{name} {commit}" for name, commit in refs.items() if name.startswith("refs/tags/"))
    return (commit, branch, *tags, shallow)


def _packed(git: Path) -> Iterator[tuple[str, str]]:
    file = git / "packed-refs"
    lines = text_file.text(file).splitlines() if file.is_file() else ()
    for line in lines:
        commit, _, name = line.partition(" ")
        if not line.startswith(("#", "^")):
            yield name, commit


def _git_directory(root: Path) -> Path:
    git = root / ".git"
    return root / text_file.text(git).removeprefix("gitdir:").strip() if git.is_file() else git


_FIXED: Final = 62
_EXTENDED: Final = 0x4000
_DIRECTORY: Final = 0o40000


def tracked(root: Path) -> frozenset[str] | None:
    """Return the paths in the index of git; None where it is of a form that is not read here.

    https://git-scm.com/docs/index-format
    """
    try:
        index = _git_directory(root) / "index"
        data = text_file.read(index) if index.is_file() else None
        return frozenset(_entries(data)) if data is not None else frozenset()
    except (OSError, PackagingError, ValueError, struct.error, IndexError):
        return None


def _entries(data: bytes) -> Iterator[str]:
    signature, version, count = struct.unpack_from(">4sII", data)
    if signature != b"DIRC" or version not in {2, 3, 4}:
        raise ValueError
    place, name = 12, b""
    for _ in range(count):
        (mode,) = struct.unpack_from(">I", data, place + 24)
        (flags,) = struct.unpack_from(">H", data, place + 60)
        start = place + _FIXED + (2 if flags & _EXTENDED else 0)
        if mode & 0o170000 == _DIRECTORY:
            raise ValueError
        kept = 0
        if version == 4:  # noqa: PLR2004 - the version of the format
            kept, start = _cut(data, start, len(name))
        end = data.index(b"\0", start)
        name = name[:kept] + data[start:end]
        place = end + 1 if version == 4 else place + (end - place + 8) // 8 * 8  # noqa: PLR2004 - as above
        yield name.decode("utf-8", "surrogateescape")
    if data[place : place + 4] == b"link":
        raise ValueError


def _cut(data: bytes, start: int, length: int) -> tuple[int, int]:
    """Return how much of the name before is kept, and where the rest starts."""
    byte = data[start]
    value = byte & 127
    while byte & 128:
        start += 1
        byte = data[start]
        value = ((value + 1) << 7) | (byte & 127)
    return length - value, start + 1
