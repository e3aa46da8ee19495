"""Finds the files of a tree that rules leave in; the standard library only, for it also runs in build containers.

It stays within the grammar of Python 3.8, the oldest Python that a runtime's image brings.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, Iterator, NamedTuple, Sequence

from python_function._source.rules import Matcher, Rule

if TYPE_CHECKING:
    from pathlib import Path

MOST_BY_LINKS = 20_000
"""How many paths may lead through links below links: such links multiply, two to the power of their number."""


MOST_NESTED = 250
"""How deep directories may be nested: what removes and archives trees, Python's own too, gives up at a thousand."""


class Found(NamedTuple):
    """A file, or what is left out: directories end with a slash then.

    Attributes:
        path: The POSIX path below the root.
        rule: What takes it out; ``None`` for a file that is left in.
        size: The bytes of a file that is left in.
        executable: Whether its owner may run it.
    """

    path: str
    rule: Rule | None = None
    size: int = 0
    executable: bool = False


class TreeError(Exception):
    """A tree holds something that cannot go into a bundle."""


def select(root: Path, rules: Sequence[Rule], within: Path | None = None, excused: Sequence[Rule] = ()) -> list[str]:
    """Return the paths of the files below *root* that *rules* leave in, sorted.

    Raises:
        TreeError: As for :func:`survey`.
    """
    return [found.path for found in survey(root, rules, within, excused) if found.rule is None]


def survey(root: Path, rules: Sequence[Rule], within: Path | None = None, excused: Sequence[Rule] = ()) -> list[Found]:
    """Return the files below *root* that *rules* leave in, and what they leave out, sorted by path.

    As in git, what is in a directory that is left out is never looked at, and directories as such do not count.

    Args:
        root: The directory to look in.
        rules: What is left out.
        within: The directory that links may not leave; *root* by default.
        excused: What is left out besides if it is something that no bundle can hold.

    Raises:
        TreeError: A link leaves the tree, points nowhere or makes a circle; a file is neither a file nor a directory,
            or cannot be read.
    """
    boundary = os.path.realpath(root if within is None else within)
    return sorted(_Walk(boundary, Matcher(rules), Matcher(excused)).below(str(root)), key=lambda found: found.path)


class _Directory(NamedTuple):
    """A directory on the way through a tree, the one that it is in, and how many links lead to it.

    It is read by its real path: the system follows a few dozen links in a path, and no more.
    """

    path: str
    prefix: str
    real: str
    parent: _Directory | None
    links: int

    def is_in(self, real: str) -> bool:
        directory: _Directory | None = self
        while directory is not None:
            if directory.real == real:
                return True
            directory = directory.parent
        return False


class _Walk:
    """A way through a tree."""

    def __init__(self, boundary: str, rules: Matcher, excused: Matcher) -> None:
        self._boundary = boundary
        self._rules = rules
        self._excused = excused
        self._by_link = 0

    def below(self, root: str) -> Iterator[Found]:
        waiting = [_Directory(root, "", os.path.realpath(root), None, 0)]
        while waiting:
            directory = waiting.pop()
            try:
                entries = entries_of(directory.real, known_as=directory.path)
            except TreeError as error:
                yield self._excuse(directory.prefix, error)
                continue
            for entry in entries:
                found = self._look(entry, directory)
                if isinstance(found, Found):
                    yield found
                else:
                    waiting.append(found)

    def _look(self, entry: os.DirEntry[str], directory: _Directory) -> Found | _Directory:
        is_link = entry.is_symlink()
        is_directory = os.path.isdir(entry.path) if is_link else entry.is_dir(follow_symlinks=False)
        name = entry.name + "/" if is_directory else entry.name
        path = directory.prefix + name
        rule = self._rules.leaving_out(path, name)
        if rule is not None:
            return Found(path, rule)
        try:
            if is_link:
                _check_link(entry, self._boundary, directory)
            return self._inside(entry, path, directory) if is_directory else self._file(entry, path, directory)
        except OSError as error:
            return self._excuse(path, unreadable(os.path.join(directory.path, entry.name), error))
        except TreeError as error:
            return self._excuse(path, error)

    def _excuse(self, path: str, error: TreeError) -> Found:
        """Return what is left out for *error* is in the way; raise that where nothing says so."""
        *above, name = re.findall("[^/]+/?", path) or ("",)
        for number, one in enumerate((*above, name)):
            rule = self._excused.leaving_out("".join((*above[:number], one)), one)
            if rule is not None:
                return Found(path, rule)
        raise error

    def _file(self, entry: os.DirEntry[str], path: str, directory: _Directory) -> Found:
        status = entry.stat()
        if not stat.S_ISREG(status.st_mode):
            where = os.path.join(directory.path, entry.name)
            msg = f"{where} is {kind(status.st_mode)}, which no bundle can hold. Remove it, or leave it out."
            raise TreeError(msg)
        self._count(directory)
        return Found(path, None, status.st_size, bool(status.st_mode & 0o100))

    def _inside(self, entry: os.DirEntry[str], path: str, directory: _Directory) -> _Directory:
        is_link = entry.is_symlink()
        real = os.path.realpath(entry.path) if is_link else entry.path
        where = os.path.join(directory.path, entry.name)
        inner = _Directory(where, path, real, directory, directory.links + is_link)
        self._count(inner)
        if path.count("/") > MOST_NESTED:
            msg = f"{where} is nested more than {MOST_NESTED} directories deep. Remove it, or leave it out."
            raise TreeError(msg)
        return inner

    def _count(self, directory: _Directory) -> None:
        self._by_link += directory.links > 1
        if self._by_link > MOST_BY_LINKS:
            msg = (
                f"{directory.path} is one of more than {MOST_BY_LINKS} paths that lead through links below links, and a"
                " bundle would hold a copy of each. Remove the links, or leave them out."
            )
            raise TreeError(msg)


def entries_of(directory: str, known_as: str = "") -> list[os.DirEntry[str]]:
    """Return what is in *directory*, which the user knows as *known_as*.

    Raises:
        TreeError: It cannot be read.
    """
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError as error:
        raise unreadable(known_as or directory, error) from error


def unreadable(path: str, error: OSError) -> TreeError:
    """Return the error of a file or directory that cannot be read."""
    return TreeError(f"{path} cannot be read: {error.strerror or error}. Change that, or leave it out.")


def _check_link(entry: os.DirEntry[str], boundary: str, directory: _Directory) -> None:
    link = os.path.join(directory.path, entry.name)
    if directory.is_in(check_inside(link, boundary, real=entry.path)):
        raise circle(link, os.readlink(entry.path))


def check_inside(link: str, boundary: str, *, real: str) -> str:
    """Return where *link* leads to, links resolved.

    Args:
        link: The link, as the user knows it.
        boundary: The directory that it may not leave, links resolved.
        real: The link, with the links above it resolved.

    Raises:
        TreeError: It leads nowhere, or out of *boundary*.
    """
    target = os.path.realpath(real)
    if not os.path.exists(target):
        msg = f"{link} is a link to {os.readlink(real)!r}, which is not there or makes a circle."
    elif target != boundary and not target.startswith(os.path.join(boundary, "")):
        msg = f"{link} is a link to {os.readlink(real)!r}, which is outside {boundary}."
    else:
        return target
    raise TreeError(msg + " Remove it, or leave it out.")


def circle(link: str, target: str) -> TreeError:
    """Return the error of a link to a directory that it is in."""
    what = f"{link} is a link to {target!r}, a directory that it is in: a circle."
    return TreeError(f"{what} Remove it, or leave it out.")


def kind(mode: int) -> str:
    """Return what a file of *mode* is called that is neither a file nor a directory."""
    kinds = ((stat.S_ISFIFO, "a fifo"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in kinds if test(mode)), "a device")
