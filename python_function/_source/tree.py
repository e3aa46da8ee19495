"""Copies source files to their places; the standard library only, for it also runs in build containers.

Run as a program in a container: ``SOURCE DESTINATION RULES STRIP``, the arguments of :func:`copy`. It stays within the
grammar of Python 3.8, as ``walk`` does, and imports nothing else of the package.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Iterable, Sequence

from python_function._source.rules import Rule
from python_function._source.walk import TreeError, entries_of, select, unreadable


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
        give_way(str(destination), module_names(place for _, place in files))
    room = Room(destination)
    for name, place in files:
        path, target = os.path.join(str(source), name), room.make(place)
        try:
            shutil.copyfile(path, target)
            mode = os.stat(path).st_mode
        except OSError as error:
            raise unreadable(path, error) from error
        os.chmod(target, file_mode(mode))


class Room:
    """Room for files below a directory, where nothing stays that is in their way."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        os.makedirs(self._root, exist_ok=True)
        self._made = {""}

    def make(self, place: str) -> str:
        """Return the path of *place*, its directories made, with nothing there."""
        if place.rpartition("/")[0] not in self._made:
            self._make_directories(place)
        target = os.path.join(self._root, place)
        remove(target)
        return target

    def _make_directories(self, place: str) -> None:
        for above in (place[: slash.start()] for slash in re.finditer("/", place)):
            directory = os.path.join(self._root, above)
            if above not in self._made and (os.path.islink(directory) or not os.path.isdir(directory)):
                remove(directory)
                os.mkdir(directory)
            self._made.add(above)


def module_names(files: Iterable[str]) -> set[str]:
    """Return the names under which Python finds modules and packages among *files*, paths below the search path."""
    parts = [path.split("/") for path in files]
    modules = {path[0][:-3] for path in parts if len(path) == 1 and path[0].endswith(".py")}
    return modules | {path[0] for path in parts if path[1:] == ["__init__.py"]}


def give_way(directory: str, names: set[str]) -> None:
    """Remove what is imported by one of *names* from *directory*: Python takes packages before modules of a name."""
    for entry in entries_of(directory):
        name, _, suffix = entry.name.partition(".")
        is_package = entry.is_dir() and not suffix and os.path.exists(os.path.join(entry.path, "__init__.py"))
        if name in names and (is_package or suffix.endswith(("py", "so"))):
            remove(entry.path)


def remove(path: str) -> None:
    """Remove what is at *path*, if anything is."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError:  # which one an attempt on a directory is depends on the system
        if os.path.islink(path) or not os.path.isdir(path):
            raise
        shutil.rmtree(path)


def file_mode(mode: int) -> int:
    """Return the mode in a bundle of a file of *mode*."""
    return 0o755 if mode & 0o100 else 0o644


def main(arguments: Sequence[str]) -> None:
    """Copy as *arguments* say."""
    source, destination, rules, strip = arguments
    copy(Path(source), Path(destination), [Rule(*rule) for rule in json.loads(rules)], strip)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except TreeError as problem:
        sys.exit(str(problem))
