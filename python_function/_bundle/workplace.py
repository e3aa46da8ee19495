"""Where a build works: a place of its own, closed to other users, that is gone when the build is, however it ends."""

import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath, PureWindowsPath
from typing import Final

from python_function._machine import lock
from python_function._machine.host import Host
from python_function.errors import BundlingError

_PREFIX: Final = ".python-function-"

_PLAIN: Final = re.compile(r"[\w./+@=-]+")
_PLAIN_ON_WINDOWS: Final = re.compile(r"[A-Za-z]:[\w./\\+@=~-]+")
"""Paths that no shell splits or expands, no URL decodes, and no engine takes for a list of mounts."""


@contextmanager
def workplace(output: Path, host: Host) -> Generator[Path]:
    """Give a directory to work in, whose path means the same to every shell and engine.

    Beside *output* it is on the file system of the finished bundle and shared with the engine if that is. A path that
    shells or engines would take apart is worked around elsewhere. What builds left there that were killed is removed.

    Raises:
        BundlingError: There is no such place.
    """
    place = output.parent if is_plain(output.parent) else Path(tempfile.gettempdir())
    if not is_plain(place):
        msg = f"Nothing can be built below {place}: set TMPDIR to a path of letters, digits, '.', '_' and '-'."
        raise BundlingError(msg)
    sweep(place, host)
    works: list[Path] = []
    descriptors: list[int] = []
    try:
        while not descriptors:
            works.append(place / f"{_PREFIX}{secrets.token_hex(8)}")  # before it is there: a signal may come any time
            _settle(works[-1], descriptors)
        yield works[-1]
    finally:
        for work in works:
            shutil.rmtree(work, ignore_errors=True)
            if work.exists():
                host.report.say(f"{work} could not be removed: what is in it belongs to another user")
        for descriptor in descriptors:
            os.close(descriptor)


def is_plain(path: PurePath) -> bool:
    """Tell whether *path* is taken literally wherever it is written, by the rules of its own system."""
    plain = _PLAIN_ON_WINDOWS if isinstance(path, PureWindowsPath) else _PLAIN
    return bool(plain.fullmatch(str(path)))


def sweep(place: Path, host: Host) -> None:
    """Remove what this user's builds in *place* have left whose process is gone."""
    for left in place.glob(f"{_PREFIX}*"):
        try:
            status = left.lstat()
            if not stat.S_ISDIR(status.st_mode) or (host.ids and status.st_uid != host.ids[0]):
                continue
            descriptor = lock.attempt(left / lock.NAME)
        except OSError:  # gone meanwhile
            continue
        if descriptor is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(descriptor)


def _settle(work: Path, descriptors: list[int]) -> None:
    """Make the directory *work*, and lock it, which is added to *descriptors*, unless somebody sweeps it away."""
    try:
        work.mkdir(mode=0o700)
    except OSError as error:
        msg = f"Nothing can be built in {work.parent}: {error.strerror}."
        raise BundlingError(msg) from error
    with suppress(FileNotFoundError):
        descriptor = lock.attempt(work / lock.NAME)
        descriptors += () if descriptor is None else (descriptor,)


def clear(directory: Path) -> None:
    """Remove all that is in *directory*, and close it to other users until it is finished."""
    directory.chmod(0o700)
    for path in directory.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def publish(finished: Path, output: Path) -> None:
    """Let *finished* take the place of the empty directory *output*: at once, where one file system has both."""
    try:
        finished.replace(output)
    except OSError:
        for path in finished.iterdir():
            shutil.move(path, output / path.name)
        output.chmod(finished.stat().st_mode)
