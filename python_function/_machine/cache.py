"""The library's own cache: this user's and nobody else's, or none at all."""

import hashlib
import stat
from pathlib import Path

from python_function._machine import lock
from python_function._machine.host import Host


def directory(host: Host, name: str) -> Path | None:
    """Return the directory *name* of the cache, made if it is not there; None, told once, where it cannot be had.

    Nobody else can read it. What others own or can write to is not believed.
    """
    try:
        for place in (host.cache, host.cache / name):
            _claim(place, host.ids)
    except OSError as error:
        host.once(f"nothing is kept for the next build: {error.filename or host.cache}: {error.strerror}")
        return None
    return host.cache / name


def read(host: Host, name: str, key: str) -> str | None:
    """Return the text that is kept as *key* in the directory *name*; None where there is none, or not the one."""
    place = directory(host, name)
    if place is None:
        return None
    try:
        digest, _, text = (place / key).read_bytes().decode().partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if digest == _digest(text) else None


def write(host: Host, name: str, key: str, text: str) -> None:
    """Keep *text* as *key* in the directory *name*, with the digest that it is checked against."""
    place = directory(host, name)
    if place is None:
        return
    part = place / f"{key}.part"
    try:
        with lock.held(place / f"{key}.lock"):
            part.touch(mode=0o600)
            part.write_bytes(f"{_digest(text)}\n{text}".encode())
            part.replace(place / key)
    except OSError as error:
        host.once(f"nothing is kept for the next build: {place}: {error.strerror}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _claim(place: Path, ids: tuple[int, int] | None) -> None:
    """Make sure that *place* is a directory of this user's alone.

    Raises:
        OSError: It is not, or cannot be made.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)
    status = place.lstat()
    if ids is None:
        return
    problem = _problem(status.st_mode, is_own=status.st_uid == ids[0])
    if problem:
        raise PermissionError(0, f"{problem}. Remove it, or set XDG_CACHE_HOME to a directory of your own.", str(place))
    if stat.S_IMODE(status.st_mode) != 0o700:  # noqa: PLR2004 - nobody else's
        place.chmod(0o700)


def _problem(mode: int, *, is_own: bool) -> str:
    if not stat.S_ISDIR(mode):
        return "it is no directory"
    if not is_own:
        return "it belongs to another user"
    return "other users can write to it" if mode & 0o022 else ""
