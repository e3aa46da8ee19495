"""A bundle as a .zip deployment package."""

import base64
import hashlib
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function.errors import BundlingError, OptionError

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that an archive knows."""

_LEVEL: Final = 6
_UNIX: Final = 3
"""The system whose modes an entry has, whatever this one is."""

_DIRECTORY: Final = 0o040755
_FILE: Final = 0o100000
_IS_DIRECTORY: Final = 0x10


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package that was written.

    Attributes:
        file: Where it is.
        bytes: What it weighs.
        sha256: Its digest in Base64, which Lambda calls ``CodeSha256``.
    """

    file: Path
    bytes: int
    sha256: str


def destination(given: str, *, cwd: Path) -> Path:
    """Return the file that a package is to be written to; a relative path starts at *cwd*.

    Raises:
        OptionError: There cannot be such a file.
    """
    file = Path(os.path.normpath(cwd / given))
    if file.is_dir():
        msg = f"{file} is a directory. Name the file to write: --output {Path(given) / 'package.zip'}."
        raise OptionError(msg)
    if not file.parent.is_dir():
        msg = f"{file.parent} is not there, so {file.name} cannot be written to it. Make it first."
        raise OptionError(msg)
    try:
        tempfile.TemporaryFile(dir=file.parent).close()
    except OSError as error:
        msg = f"{file.parent} cannot be written to: {error.strerror}. Choose another place for {file.name}."
        raise OptionError(msg) from error
    return file


def write(directory: Path, file: Path) -> Package:
    """Pack the finished bundle *directory* into *file*, which is there whole or not at all.

    The same bundle gives the same bytes wherever zlib is the same: sorted names, one date, modes as they are.

    Raises:
        BundlingError: A name cannot be in an archive.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream, zipfile.ZipFile(stream, "w") as archive:
            for path in sorted(directory.rglob("*"), key=lambda path: path.relative_to(directory).parts):
                _add(archive, path, path.relative_to(directory).as_posix())
        digest = sha256(unfinished)
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return Package(file=file, bytes=file.stat().st_size, sha256=digest)


def sha256(file: Path) -> str:
    """Return the digest of a package in Base64, which Lambda calls ``CodeSha256``."""
    with file.open("rb") as content:
        return base64.b64encode(hashlib.file_digest(content, "sha256").digest()).decode()


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    is_directory = path.is_dir()
    entry = zipfile.ZipInfo(f"{name}/" if is_directory else name, _EPOCH)
    entry.create_system = _UNIX
    mode = _DIRECTORY if is_directory else _FILE | path.stat().st_mode & 0o777
    entry.external_attr = mode << 16 | (_IS_DIRECTORY if is_directory else 0)
    try:
        archive.writestr(
            entry,
            b"" if is_directory else path.read_bytes(),
            zipfile.ZIP_STORED if is_directory else zipfile.ZIP_DEFLATED,
            _LEVEL,
        )
    except UnicodeEncodeError as error:
        msg = f"The name of {name!r} is not in UTF-8, which no deployment package can hold. Rename it, or leave it out."
        raise BundlingError(msg) from error


def _umask() -> int:
    """Return what new files of this process do without; it can only be had by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
