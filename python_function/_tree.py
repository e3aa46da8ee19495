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
from typing import Iterable, Iterator, Sequence, Tuple

Rule = Tuple[str, bool]
"""A regular expression for a path and whether it takes the path out (the last rule that matches decides)."""


class TreeError(Exception):
    """A tree holds something that cannot go into a bundle."""


def select(root: Path, rules: Sequence[Rule], within: Path | None = None) -> list[str]:
    """Return the files below *root* that *rules* leave in: sorted POSIX paths.

    As in git, what is in a directory that is left out is never looked at, and directories as such do not count.

    Args:
        root: The directory to look in.
        rules: What is left out.
        within: The directory that links may not leave; *root* by default.

    Raises:
        TreeError: A link leaves the tree, points nowhere or makes a circle; a file is neither a file nor a directory,
            or cannot be read.
    """
    return [path for path, rule in survey(root, rules, within) if rule is None]


def survey(root: Path, rules: Sequence[Rule], within: Path | None = None) -> list[tuple[str, str | None]]:
    """Return what :func:`select` does, and between it what is left out with the expression that decided.

    Directories that are left out end with a slash.

    Raises:
        TreeError: As for :func:`select`.
    """
    boundary = os.path.realpath(root if within is None else within)
    compiled = [(re.compile(pattern), out) for pattern, out in rules]
    return sorted(_walk(str(root), "", compiled, boundary, (os.path.realpath(root),)))


def _walk(
    directory: str, prefix: str, rules: list[tuple[re.Pattern[str], bool]], boundary: str, above: tuple[str, ...]
) -> Iterator[tuple[str, str | None]]:
    try:
        entries = list(os.scandir(directory))
    except PermissionError as error:
        msg = f"{directory} cannot be read: {error.strerror}. Give yourself the right to, or leave it out."
        raise TreeError(msg) from error
    for entry in entries:
        path = prefix + entry.name
        is_directory = os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()
        seen_as = path + "/" if is_directory else path
        rule = _leaving_out(seen_as, rules)
        if rule is not None:
            yield seen_as, rule
            continue
        if entry.is_symlink():
            check_link(entry.path, boundary, above)
        if is_directory:
            real = os.path.realpath(entry.path)
            yield from _walk(entry.path, path + "/", rules, boundary, (*above, real))
        elif not entry.is_file():
            msg = f"{entry.path} is {kind(entry.path)}, which no bundle can hold. Remove it, or leave it out."
            raise TreeError(msg)
        else:
            yield path, None


def _leaving_out(path: str, rules: list[tuple[re.Pattern[str], bool]]) -> str | None:
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
