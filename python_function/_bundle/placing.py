"""Puts a dependency tree into a bundle."""

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from python_function._bundle.tree_store import Tree
from python_function._source.tree import file_mode

_DIRECTORY: Final = 0o755


def place(tree: Tree, destination: Path, *, shared: bool) -> None:
    """Put the files of *tree* into the existing directory *destination*.

    Args:
        tree: The tree.
        destination: Where its files go; directories on the way are made.
        shared: Whether nothing writes to them there, so that they may be links to those of the tree. They are copied
            where the file system has no such links.
    """
    origin, root = str(tree.directory), str(destination)
    _make_room(root, tree.directories)
    for path in tree.sizes:
        source, target = f"{origin}/{path}", f"{root}/{path}"
        if shared:
            link(source, target)
        else:
            _copy(source, target)


def _make_room(root: str, directories: Iterable[str]) -> None:
    """Make *directories* below *root*, open to everybody whatever the umask, which is the same for all of them."""
    is_masked: bool | None = None
    for directory in directories:
        path = f"{root}/{directory}"
        try:
            os.mkdir(path, _DIRECTORY)
        except FileExistsError:
            os.chmod(path, _DIRECTORY)
            continue
        if is_masked is None:
            is_masked = stat.S_IMODE(os.stat(path).st_mode) != _DIRECTORY
        if is_masked:
            os.chmod(path, _DIRECTORY)


def link(source: str, target: str) -> None:
    """Give the file *source* the name *target*, too; a copy takes it where the file system has no such links."""
    try:
        os.link(source, target)
    except OSError:
        _copy(source, target)


def _copy(source: str, target: str) -> None:
    shutil.copyfile(source, target)
    os.chmod(target, file_mode(os.stat(source).st_mode))
