"""The selected files and what is in them: digests, and copies that are held against them."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from python_function._source import tree
from python_function.errors import BundlingError, EntryError

_CHUNK: Final = 1 << 20
"""The bytes of a file that are in memory at once."""

_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""How files are opened: what has become a fifo since it was found is not waited for."""

_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class File(NamedTuple):
    """A file of a selection.

    Attributes:
        path: Where it is in the directory of the selection, a POSIX path.
        place: Where it goes, below the directory that it is copied to.
        size: Its bytes.
        executable: Whether its owner may run it.
        digest: The SHA-256 of its content; empty until somebody has read it.
    """

    path: str
    place: str
    size: int
    executable: bool
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The files of a directory that count, as they were found in one walk.

    Attributes:
        directory: The directory.
        files: The files, sorted by their paths.
        left_out: The paths of what is left out, of directories with a slash, each with the pattern that decided.
    """

    directory: Path
    files: tuple[File, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Where the files go."""
        return tuple(file.place for file in self.files)

    @property
    def identity(self) -> Iterator[bytes]:
        """A line for every file: its place, whether it can be run, and its digest."""
        for file in self.files:
            place = file.place.encode(errors="surrogateescape")
            yield b"%b\0%d\0%b\n" % (place, file.executable, file.digest.encode())


def one(directory: Path, path: str, place: str) -> Selection:
    """Return the file *path* of *directory*, which goes to *place*.

    Raises:
        EntryError: It cannot be read.
    """
    try:
        status = (directory / path).stat()
    except OSError as error:
        msg = f"{directory / path} cannot be read: {error.strerror or error}. Change that."
        raise EntryError(msg) from error
    return Selection(directory=directory, files=(File(path, place, status.st_size, bool(status.st_mode & 0o100)),))


def packed(path: Path, suffixes: tuple[str, ...]) -> Selection:
    """Return the file *path*, or the files with *suffixes* right in the directory *path*; none if it is not there.

    Raises:
        EntryError: It cannot be read.
    """
    try:
        there = (file for file in path.iterdir() if file.name.endswith(suffixes)) if path.is_dir() else (path,)
        files = sorted(file for file in there if file.is_file())
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}. Change that."
        raise EntryError(msg) from error
    directory = path if path.is_dir() else path.parent
    found = (file for archive in files for file in one(directory, archive.name, archive.name).files)
    return Selection(directory=directory, files=tuple(found))


def read(selection: Selection) -> Selection:
    """Return *selection* with the digests of all its files.

    Raises:
        EntryError: A file cannot be read.
    """
    directory = str(selection.directory)
    files = [
        file if file.digest else File(file.path, file.place, file.size, file.executable, _digest(directory, file))
        for file in selection.files
    ]
    return replace(selection, files=tuple(files))


def copy(selection: Selection, destination: Path) -> None:
    """Copy the files of *selection* over what *destination* has in their places, links resolved.

    What has a digest is held against it while it is copied, so that a hash that was made of the digests is of what
    was copied.

    Raises:
        EntryError: A file cannot be read.
        BundlingError: A file is not what it was when its digest was taken.
    """
    directory = str(selection.directory)
    if destination.is_dir():
        tree.give_way(str(destination), tree.module_names(selection.places))
    room = tree.Room(destination)
    for file in selection.files:
        target = room.make(file.place)
        if _copied(directory, file, target) != file.digest and file.digest:
            msg = (
                f"{os.path.join(directory, file.path)} changed while its bundle was built, whose hash is of what it"
                " held before. Let what writes to it finish, and synthesize again."
            )
            raise BundlingError(msg)
        os.chmod(target, 0o755 if file.executable else 0o644)


def _digest(directory: str, file: File) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(f"{directory}/{file.path}"):
        digest.update(chunk)
    return digest.hexdigest()


def _copied(directory: str, file: File, target: str) -> str:
    """Copy *file* to *target*, and return the digest of what was copied."""
    digest = hashlib.sha256()
    number = os.open(target, _WRITE, 0o600)
    with os.fdopen(number, "wb", buffering=0) as copied:
        for chunk in _chunks(os.path.join(directory, file.path)):
            digest.update(chunk)
            copied.write(chunk)
    return digest.hexdigest()


def _chunks(path: str) -> Iterator[bytes]:
    """Yield the content of the file *path* in pieces.

    Raises:
        EntryError: It cannot be read, or is no file any more.
    """
    try:
        number = os.open(path, _READ)
        try:
            status = os.fstat(number)
            if not stat.S_ISREG(status.st_mode):
                msg = f"{path} is no file any more. Let what changes it finish, and synthesize again."
                raise EntryError(msg)
            wanted = min(status.st_size + 1, _CHUNK)
            while chunk := os.read(number, wanted):
                yield chunk
                if len(chunk) < wanted:
                    break
        finally:
            os.close(number)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}. Change that, or leave it out by asset_excludes."
        raise EntryError(msg) from error
