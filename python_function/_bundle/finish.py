"""Brings a bundle into the form that is the same everywhere."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from python_function._source.tree import file_mode, remove
from python_function._source.walk import TreeError, check_inside, circle, entries_of, kind, select

_HEADER: Final = 8
"""The bytes of bytecode that say how it is checked: https://peps.python.org/pep-0552/"""


def take(source: Path, destination: Path, ids: tuple[int, int] | None) -> None:
    """Move the content of *source* to *destination*; what a container's own user made is copied, to be ours."""
    for path in list(source.iterdir()):
        if ids is None or path.lstat().st_uid == ids[0]:
            shutil.move(path, destination / path.name)
        elif path.is_dir() and not path.is_symlink():
            shutil.copytree(path, destination / path.name, symlinks=True)
        else:
            shutil.copy(path, destination / path.name, follow_symlinks=False)


def finish(directory: Path, known_as: Sequence[str] = ()) -> None:
    """Bring a bundle into the form that is the same everywhere.

    Links are replaced by what they point to, time-stamped bytecode and empty directories go, files are 0644 or 0755
    and directories 0755. No file is written to that has another name elsewhere, such as in a cache.

    Args:
        directory: The bundle.
        known_as: Other paths that it had while it was built, which absolute links may start with.

    Raises:
        TreeError: It holds something that cannot go into a bundle.
    """
    root = str(directory)
    entries = _opened(root)
    links = [one.path for one in entries if one.is_link]
    for link in links:
        _rebase(link, root, known_as)
    replaced = {link: _content(link, directory) for link in links}
    for link, files in replaced.items():
        _replace(link, files)
    _tidy(_opened(root) if links else entries)


def tidy(directory: Path, places: Iterable[str]) -> None:
    """Bring the files *places* of a bundle whose other files are finished, and the directories they are in, into form.

    Raises:
        TreeError: One of them is not this user's.
    """
    above = {""}
    for place in places:
        _tidy_file(f"{directory}/{place}")
        parent = place.rpartition("/")[0]
        while parent not in above:
            above.add(parent)
            parent = parent.rpartition("/")[0]
    for one in above:
        _set_mode(f"{directory}/{one}", 0o755)


class _Entry(NamedTuple):
    """Something in a bundle; links are no directories."""

    path: str
    is_directory: bool
    is_link: bool


def _opened(root: str) -> list[_Entry]:
    """Return what is below *root*, every directory before what it holds and open to everybody."""
    found: list[_Entry] = []
    waiting = [root]
    while waiting:
        directory = waiting.pop()
        _set_mode(directory, 0o755)
        for entry in entries_of(directory):
            one = _Entry(entry.path, entry.is_dir(follow_symlinks=False), entry.is_symlink())
            found.append(one)
            if one.is_directory:
                waiting.append(one.path)
    return found


def _rebase(link: str, directory: str, known_as: Sequence[str]) -> None:
    """Let an absolute link into the bundle, as it was called while it was built, lead into it."""
    target = os.readlink(link)
    for place in known_as:
        if target == place or target.startswith(f"{place}/"):
            os.unlink(link)
            os.symlink(f"{directory}{target.removeprefix(place)}", link)
            return


def _content(link: str, directory: Path) -> list[tuple[str, str]]:
    """Return the files that *link* stands for, with their places below it; taken before any link is replaced."""
    boundary = os.path.realpath(directory)
    parent = os.path.realpath(os.path.dirname(link))
    target = check_inside(link, boundary, real=os.path.join(parent, os.path.basename(link)))
    if os.path.join(parent, "").startswith(os.path.join(target, "")):
        raise circle(link, os.readlink(link))
    if not os.path.isdir(target):
        return [(target, "")]
    files = select(Path(target), (), Path(boundary))
    return [(os.path.realpath(os.path.join(target, path)), path) for path in files]


def _replace(link: str, files: list[tuple[str, str]]) -> None:
    os.unlink(link)
    for source, place in files:
        target = os.path.join(link, place) if place else link
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(source, target)


def _tidy(entries: list[_Entry]) -> None:
    for one in reversed(entries):
        if one.is_directory:
            with suppress(OSError):  # it holds something
                os.rmdir(one.path)
        else:
            _tidy_file(one.path)


def _tidy_file(path: str) -> None:
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        msg = f"{path} is {kind(status.st_mode)}, which no bundle can hold. Remove it in a hook."
        raise TreeError(msg)
    if path.endswith(".pyc") and _is_stamped(path):
        remove(path)
        return
    mode = file_mode(status.st_mode)
    if stat.S_IMODE(status.st_mode) != mode:
        if status.st_nlink > 1:
            _part(path)
        _set_mode(path, mode)


def _is_stamped(path: str) -> bool:
    """Tell whether *path* is bytecode that is checked against a time of change, which a Lambda archive does not keep.

    The flags in the second word of the file are zero then.
    """
    with open(path, "rb", buffering=0) as file:
        return file.read(_HEADER)[4:] == bytes(4)


def _part(path: str) -> None:
    """Give *path* a content of its own: what it shares may be a cache's."""
    number, own = tempfile.mkstemp(dir=os.path.dirname(path))
    os.close(number)
    shutil.copyfile(path, own)
    os.replace(own, path)


def _set_mode(path: str, mode: int) -> None:
    try:
        os.chmod(path, mode)
    except PermissionError as error:
        msg = f"{path} belongs to another user: {error.strerror}. Let hooks make what they make as yourself."
        raise TreeError(msg) from error
