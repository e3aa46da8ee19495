"""Selects and copies source files; the standard library only, for it also runs in build containers.

Run as a program in a container: ``SOURCE DESTINATION RULES STRIP``, the arguments of :func:`copy`. It stays within the
grammar of Python 3.8, the oldest Python that a runtime's image brings.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Iterable, Iterator, NamedTuple, Sequence, Tuple

Rule = Tuple[str, bool]
"""A regular expression for a path and whether it takes the path out (the last rule that matches decides)."""

if TYPE_CHECKING:
    _Rules = list[tuple[re.Pattern[str], bool]]


class TreeError(Exception):
    """A tree holds something that cannot go into a bundle."""


def select(root: Path, rules: Sequence[Rule], within: Path | None = None, excused: Sequence[Rule] = ()) -> list[str]:
    """Return the files below *root* that *rules* leave in: sorted POSIX paths.

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
    return [path for path, rule in survey(root, rules, within, excused) if rule is None]


def survey(
    root: Path, rules: Sequence[Rule], within: Path | None = None, excused: Sequence[Rule] = ()
) -> list[tuple[str, str | None]]:
    """Return what :func:`select` does, and between it what is left out with the expression that decided.

    Directories that are left out end with a slash.

    Raises:
        TreeError: As for :func:`select`.
    """
    walk = _Walk(os.path.realpath(root if within is None else within), _compiled(rules), _compiled(excused))
    return sorted(walk.below(str(root), "", (os.path.realpath(root),)))


def _compiled(rules: Sequence[Rule]) -> _Rules:
    return [(re.compile(pattern), out) for pattern, out in rules]


class _Walk(NamedTuple):
    """A way through a tree."""

    boundary: str
    rules: _Rules
    excused: _Rules

    def below(self, directory: str, prefix: str, above: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
        try:
            entries = list(os.scandir(directory))
        except PermissionError as error:
            msg = f"{directory} cannot be read: {error.strerror}. Give yourself the right to, or leave it out."
            raise TreeError(msg) from error
        for entry in entries:
            is_directory = os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()
            path = prefix + entry.name + ("/" if is_directory else "")
            rule = _leaving_out(path, self.rules)
            if rule is None:
                try:
                    self._check(entry, above)
                except TreeError:
                    rule = _leaving_out(path, self.excused)
                    if rule is None:
                        raise
            if rule is not None or not is_directory:
                yield path, rule
            else:
                yield from self.below(entry.path, path, (*above, os.path.realpath(entry.path)))

    def _check(self, entry: os.DirEntry[str], above: tuple[str, ...]) -> None:
        if entry.is_symlink():
            check_link(entry.path, self.boundary, above)
        if not (entry.is_dir() or entry.is_file()):
            msg = f"{entry.path} is {kind(entry.path)}, which no bundle can hold. Remove it, or leave it out."
            raise TreeError(msg)


def _leaving_out(path: str, rules: _Rules) -> str | None:
    """Return the expression that takes *path* out, if one does."""
    for pattern, out in reversed(rules):
        if pattern.match(path):
            return pattern.pattern if out else None
    return None


def check_link(link: str, boundary: str, above: tuple[str, ...]) -> None:
    target = os.path.realpath(link)
    if not os.path.exists(target):
        msg = f"{link} is a link to {os.readlink(link)!r}, which is not there or makes a circle."
    elif target != boundary and not target.startswith(os.path.join(boundary, "")):
        msg = f"{link} is a link to {os.readlink(link)!r}, which is outside {boundary}."
    elif target in above:
        msg = f"{link} is a link to {os.readlink(link)!r}, a directory that it is in: a circle."
    else:
        return
    msg += " Remove it, or leave it out."
    raise TreeError(msg)


def kind(path: str) -> str:
    mode = os.lstat(path).st_mode
    kinds = ((stat.S_ISFIFO, "a fifo"), (stat.S_ISSOCK, "a socket"), (stat.S_ISBLK, "a device"))
    return next((name for test, name in kinds if test(mode)), "a device")


def placed(files: Iterable[str], strip: str = "") -> list[tuple[str, str]]:
    """Return *files*, each with its path in the bundle, where the content of the folder *strip* stands at the root.

    Raises:
        TreeError: Two files have one path there.
    """
    pairs = [(path, path[len(strip) + 1 :] if strip and path.startswith(strip + "/") else path) for path in files]
    taken: dict[str, str] = {}
    for path, place in pairs:
        if place in taken:
            msg = f"{taken[place]} and {path} would both be {place} in the bundle. Remove one, or leave it out."
            raise TreeError(msg)
        taken[place] = path
    return pairs


def copy(source: Path, destination: Path, rules: Sequence[Rule], strip: str = "") -> None:
    """Copy the files of *source* that *rules* leave in, over what *destination* has under the same names."""
    files = placed(select(source, rules), strip)
    if destination.is_dir():
        _give_way(destination, module_names(place for _, place in files))
    copy_files(source, destination, files)


def module_names(files: Iterable[str]) -> set[str]:
    """Return the names under which Python finds modules and packages among *files*, paths below the search path."""
    parts = [path.split("/") for path in files]
    modules = {path[0][:-3] for path in parts if len(path) == 1 and path[0].endswith(".py")}
    return modules | {path[0] for path in parts if path[1:] == ["__init__.py"]}


def _give_way(directory: Path, names: set[str]) -> None:
    """Remove what is imported by one of *names* from *directory*: Python takes packages before modules of a name."""
    for entry in list(os.scandir(directory)):
        name, _, suffix = entry.name.partition(".")
        is_package = entry.is_dir() and not suffix and os.path.exists(os.path.join(entry.path, "__init__.py"))
        if name in names and (is_package or suffix.endswith(("py", "so"))):
            remove(Path(entry.path))


def copy_files(source: Path, destination: Path, files: Iterable[tuple[str, str]]) -> None:
    """Copy *files*, pairs of a path in *source* and a path in *destination*, resolving links.

    Raises:
        TreeError: A file cannot be read.
    """
    destination.mkdir(parents=True, exist_ok=True)
    for path, place in files:
        _copy_file(source / path, _make_room(destination, place))


def _copy_file(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except PermissionError as error:
        msg = f"{source} cannot be read: {error.strerror}. Give yourself the right to, or leave it out."
        raise TreeError(msg) from error
    target.chmod(file_mode(source.stat().st_mode))


def _make_room(root: Path, path: str) -> Path:
    """Return the place of *path* below *root*, its directories made, with nothing left that is in the way."""
    directory = root
    for name in path.split("/")[:-1]:
        directory /= name
        if directory.is_symlink() or not directory.is_dir():
            remove(directory)
            directory.mkdir()
    target = root / path
    remove(target)
    return target


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()


def file_mode(mode: int) -> int:
    return 0o755 if mode & 0o100 else 0o644


def main(arguments: Sequence[str]) -> None:
    """Copy as *arguments* say."""
    source, destination, rules, strip = arguments
    copy(Path(source), Path(destination), [(pattern, out) for pattern, out in json.loads(rules)], strip)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TreeError as problem:
        sys.exit(str(problem))
