"""A zip archive as the entry: unpacked into the cache, and from then on a directory like any other."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from python_function._machine import cache, lock
from python_function._machine.host import Host
from python_function._source import archive
from python_function._source.archive import Member
from python_function.errors import EntryError

_KEPT_FOR: Final = 30 * 24 * 3600.0


def unpacked(
    entry: Path | str | None,
    *,
    cwd: Path,
    host: Callable[[], Host],
    index: str | None = None,
    handler: str | None = None,
) -> Path | str | None:
    """Return the directory that the archive *entry* is unpacked to; what is no archive is returned as it is.

    One folder around everything is the entry, unless *index* or *handler* say otherwise. The directory is called as
    the archive, so that whatever is told of a file in it names the archive too.

    Raises:
        EntryError: It is no archive, holds what cannot be unpacked, or there is no place to unpack it to.
    """
    file = Path(os.path.normpath(cwd / entry)) if entry is not None else Path()
    if file.suffix.lower() != archive.SUFFIX or not os.path.isfile(file):  # noqa: PTH113 - of a path that cannot be, none
        return entry
    digest = archive.digest(file)
    files = archive.members(file)
    machine = host()
    places = cache.directory(machine, "entries")
    if places is None:
        msg = f"{file} has to be unpacked, and there is no place for it. Set XDG_CACHE_HOME to a directory of your own."
        raise EntryError(msg)
    directory = places / digest / file.name
    try:
        _provide(file, files, directory, machine)
    except OSError as error:
        msg = f"{file} cannot be unpacked to {directory}: {error.strerror or error}."
        raise EntryError(msg) from error
    return _inner(file, files, directory, machine, index=index, handler=handler)


def _provide(file: Path, files: tuple[Member, ...], directory: Path, host: Host) -> None:
    """Let *directory* hold *files* and nothing else: what is there already is held against the archive."""
    place = directory.parent
    with lock.held(place.with_name(f"{place.name}.lock")):
        if not archive.is_in(files, directory):
            part = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
            try:
                archive.unpack(file, files, part)
                place.mkdir(mode=0o700, exist_ok=True)
                shutil.rmtree(directory, ignore_errors=True)
                part.replace(directory)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
            _forget(place.parent, host.now() - _KEPT_FOR)
        os.utime(place, (host.now(), host.now()))


def _forget(places: Path, before: float) -> None:
    """Remove what was not used since the time *before*."""
    for place in places.iterdir():
        with suppress(OSError):  # another process may have removed it
            if place.is_dir() and place.stat().st_mtime < before:
                shutil.rmtree(place)


def _inner(
    file: Path, files: tuple[Member, ...], directory: Path, host: Host, *, index: str | None, handler: str | None
) -> Path:
    """Return the directory of the code: the only folder there, where nothing that was given starts above it."""
    folder = archive.around(files)
    given = (index or "").replace("\\", "/"), (handler or "").replace("/", ".")
    if folder is None or given[0].startswith(f"{folder}/") or given[1].startswith(f"{folder}."):
        return directory
    host.report.say(f"everything in {file.name} is in the folder {folder}, which is the entry")
    return directory / folder
