"""Zip archives from anywhere: looked through before anything of them is written, and then unpacked within bounds."""

import hashlib
import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from python_function.errors import EntryError

SUFFIX: Final = ".zip"

_ARCHIVE_BYTES: Final = 250 * 1024 * 1024
_BYTES: Final = 500 * 1024 * 1024
_MEMBERS: Final = 20_000
_RATIO: Final = 200
_RATIO_COUNTS_FROM: Final = 10 * 1024 * 1024
_CHUNK: Final = 1 << 20
_ENTRY: Final = b"PK\x01\x02"
"""What every entry of an archive's directory begins with."""

_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
    OverflowError,
)
"""What reading a broken archive ends with."""

_ENCRYPTED: Final = 0x1
_UNSPEAKABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no terminal can show, or shows as something else."""

_LEFT_OUT: Final = frozenset({"__MACOSX", ".DS_Store"})
"""What macOS adds to archives."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive.

    Attributes:
        path: Where it goes, a POSIX path.
        info: What the archive says of it.
    """

    path: str
    info: zipfile.ZipInfo

    @property
    def executable(self) -> bool:
        """Whether its owner may run it."""
        return bool(self.info.external_attr >> 16 & 0o100)


def digest(archive: Path) -> str:
    """Return the digest of the content of *archive*, which is read as a whole but held in no part.

    Raises:
        EntryError: It cannot be read, or holds more than any function's code does.
    """
    content, entries, end = hashlib.sha256(), 0, b""
    with _telling(archive), archive.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > _ARCHIVE_BYTES:
            raise _refused(archive, f"it weighs {size:,} bytes, and {_ARCHIVE_BYTES:,} are unpacked at most")
        while chunk := file.read(_CHUNK):
            content.update(chunk)
            entries += (end + chunk).count(_ENTRY)
            end = chunk[1 - len(_ENTRY) :]
    if entries > _MEMBERS:  # before it is opened, which would take memory for each
        raise _refused(archive, f"it holds more than {_MEMBERS:,} files")
    return content.hexdigest()


def members(archive: Path) -> tuple[Member, ...]:
    """Return the files of *archive*, none of which leads out of where it is unpacked.

    Raises:
        EntryError: It is no archive, or holds what cannot be unpacked.
    """
    with _telling(archive), zipfile.ZipFile(archive) as opened:
        infos = opened.infolist()
    found: dict[str, Member] = {}
    for info in infos:
        path = _path(archive, info)
        if info.orig_filename.endswith(("/", "\\")) or not _LEFT_OUT.isdisjoint(path.split("/")):
            continue
        if path in found:
            raise _refused(archive, f"it holds {path!r} twice")
        found[path] = Member(path, info)
    for path in found:
        above = next((str(above) for above in PurePosixPath(path).parents if str(above) in found), None)
        if above is not None:
            raise _refused(archive, f"in it {above!r} is a file and a folder")
    _check_weight(archive, infos)
    if not found:
        raise _refused(archive, "it holds no file")
    return tuple(found.values())


def unpack(archive: Path, files: tuple[Member, ...], directory: Path) -> None:
    """Write the *files* of *archive* to the empty *directory*, each no larger than the archive said.

    Raises:
        EntryError: A file is not what the archive says of it.
    """
    with _telling(archive), zipfile.ZipFile(archive) as opened:
        for member in files:
            with _telling(archive, member.path):
                target = directory / member.path
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member.info) as source, target.open("xb") as file:
                    shutil.copyfileobj(source, file, _CHUNK)
                target.chmod(0o755 if member.executable else 0o644)


def is_in(files: tuple[Member, ...], directory: Path) -> bool:
    """Tell whether *directory* holds *files*, all of them as they are in their archive, and nothing else."""
    expected = {member.path: (member.info.CRC, member.executable) for member in files}
    found: dict[str, tuple[int, bool]] = {}
    for place, _, names in os.walk(directory):
        for name in names:
            path = Path(place, name)
            status = path.lstat()
            relative = path.relative_to(directory).as_posix()
            if not stat.S_ISREG(status.st_mode) or relative not in expected:
                return False
            found[relative] = (_checksum(path), bool(status.st_mode & 0o100))
    return found == expected


def around(files: tuple[Member, ...]) -> str | None:
    """Return the one folder that all *files* are in, unless it is a package or a source root of its own."""
    tops = {member.path.partition("/")[0] for member in files}
    top = next(iter(tops))
    paths = {member.path for member in files}
    is_whole = len(tops) == 1 and top not in paths and top != "src" and f"{top}/__init__.py" not in paths
    return top if is_whole else None


def _path(archive: Path, info: zipfile.ZipInfo) -> str:
    """Return where a member goes.

    Raises:
        EntryError: That is nowhere inside, or it is no plain file.
    """
    name = info.orig_filename.replace("\\", "/")
    shown = repr(info.orig_filename)
    parts = [part for part in name.split("/") if part not in {"", "."}]
    windows = PureWindowsPath(name)
    if name.startswith("/") or windows.drive or windows.root or ".." in parts:
        raise _refused(archive, f"{shown} leads out of it")
    if not parts or _UNSPEAKABLE.search(name):
        raise _refused(archive, f"{shown} is no name of a file")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        what = "a link" if kind == stat.S_IFLNK else "no file"
        raise _refused(archive, f"{shown} is {what}")
    if info.flag_bits & _ENCRYPTED:
        raise _refused(archive, f"{shown} is encrypted")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _refused(archive, f"{shown} is compressed in another way than deflate")
    return "/".join(parts)


def _check_weight(archive: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Refuse what would unpack to far more than it is, or whose files share their bytes."""
    whole, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    size = archive.stat().st_size
    if whole > _BYTES or (whole > _RATIO_COUNTS_FROM and whole > _RATIO * size):
        raise _refused(archive, f"it weighs {size:,} bytes, and would unpack to {whole:,}")
    if packed > size:
        raise _refused(archive, "its files overlap")


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def _refused(archive: Path, why: str) -> EntryError:
    msg = f"{archive} cannot be an entry: {why}. Pack the directory of the code anew, or pass the directory."
    return EntryError(msg)


@contextmanager
def _telling(archive: Path, member: str = "") -> Generator[None]:
    """Say which archive, and which file of it, cannot be read."""
    try:
        yield
    except _BROKEN as error:
        what = f"{member!r} of it cannot be unpacked" if member else "it is no zip archive that can be read"
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or "it ends early"
        raise _refused(archive, f"{what}: {reason.rstrip('.')}") from error
