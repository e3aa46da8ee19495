"""Dependency trees: finished directories of installed distributions, built once and linked into every bundle.

A tree has the name of all that decides it and is never written to. Its files may be shared with bundles, which somebody
may edit: a manifest tells what they have to be, and a tree that was changed is built anew.
"""

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, cast

from python_function._machine.lock import held
from python_function._source.tree import file_mode, remove

SIZE: Final = "size"
TREE: Final = "tree"
MAKING: Final = "making-"
"""What the names of trees start with that are not there yet; their own names follow."""

LOCKS: Final = "locks"

_MANIFEST: Final = "manifest.json"
_NOTE: Final = "note"

_State: TypeAlias = tuple[int, int, int]
"""Mode, size in bytes and time of change in nanoseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree, and what whoever made it noted of it."""

    directory: Path
    note: str


@contextmanager
def tree(
    root: Path,
    key: str,
    make: Callable[[Path], str],
    *,
    now: float,
    fresh_for: float | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Generator[Tree]:
    """Give the tree *key* of the cache at *root*, which nobody removes meanwhile.

    Args:
        root: The directory of the trees.
        key: The digest of all that decides the tree.
        make: Fills an empty directory with it, and returns what else is to be known of it; called only if it is not
            there, was changed, or is too old.
        now: The time, in seconds since 1970.
        fresh_for: How many seconds it may be reused; for ever by default.
        waiting: Called if another process makes or uses the tree.
    """
    place = root / key
    with held(lock_of(root, key), waiting=waiting):
        if not (_is_fresh(place, now, fresh_for) and _is_whole(place)):
            with suppress(OSError):  # what stays in the way is told when the new one cannot take its place
                remove(str(place))
            _make(place, make)
        os.utime(place, (now, now))
        yield Tree(directory=place / TREE, note=(place / _NOTE).read_text(encoding="utf-8"))


def lock_of(root: Path, key: str) -> Path:
    """Return the lock that whoever makes, uses or removes the tree *key* holds."""
    return root / LOCKS / key


def _is_fresh(place: Path, now: float, fresh_for: float | None) -> bool:
    """Tell whether a tree that is there was made no longer than *fresh_for* seconds ago."""
    try:
        return fresh_for is None or 0 <= now - (place / _MANIFEST).stat().st_mtime <= fresh_for
    except OSError:
        return False


def _make(place: Path, make: Callable[[Path], str]) -> None:
    """Let *make* work in a temporary place: a tree is there whole, or not at all."""
    scratch = Path(tempfile.mkdtemp(prefix=f"{MAKING}{place.name}-", dir=place.parent))
    try:
        directory = scratch / TREE
        directory.mkdir()
        (scratch / _NOTE).write_text(make(directory), encoding="utf-8")
        states = _states(directory)
        manifest = {path: (*state, _digest(os.path.join(directory, path))) for path, state in states.items()}
        manifest[""] = (0, 0, 0, _digest(os.path.join(scratch, _NOTE)))
        (scratch / SIZE).write_text(str(sum(size for _, size, _ in states.values())), encoding="ascii")
        (scratch / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        scratch.rename(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_whole(place: Path) -> bool:
    """Tell whether the tree at *place* is there as it was made; what was only touched still is."""
    try:
        manifest = _read(place / _MANIFEST)
        *_, noted = manifest.pop("")
        found = _states(place / TREE)
        if found.keys() != manifest.keys() or noted != _digest(os.path.join(place, _NOTE)):
            return False
        changed = (path for path, (*state, _) in manifest.items() if found[path] != tuple(state))
        return all(
            found[path][:2] == tuple(manifest[path][:2])
            and _digest(os.path.join(place, TREE, path)) == manifest[path][3]
            for path in changed
        )
    except (OSError, LookupError, ValueError):
        return False


def _read(manifest: Path) -> dict[str, tuple[int, int, int, str]]:
    content: object = json.loads(manifest.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        msg = f"{manifest} is no manifest"
        raise ValueError(msg)  # noqa: TRY004 - like all that JSON can be and a manifest cannot
    return cast("dict[str, tuple[int, int, int, str]]", content)


def _states(directory: Path) -> dict[str, _State]:
    """Return the state of every file below *directory*, by its path there."""
    return dict(_below(str(directory), ""))


def _below(directory: str, prefix: str) -> Iterator[tuple[str, _State]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                yield from _below(entry.path, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, (status.st_mode, status.st_size, status.st_mtime_ns)


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place(tree_directory: Path, destination: Path, *, shared: bool) -> None:
    """Put the files of a tree into the existing directory *destination*.

    Args:
        tree_directory: The tree.
        destination: Where its files go; directories on the way are made.
        shared: Whether nothing writes to them there, so that they may be links to those of the tree. They are copied
            where the file system has no such links.
    """
    with os.scandir(tree_directory) as entries:
        for entry in entries:
            target = os.path.join(destination, entry.name)
            if entry.is_dir(follow_symlinks=False):
                os.makedirs(target, exist_ok=True)
                os.chmod(target, 0o755)  # noqa: S103 - what Lambda needs, and nobody but the owner writes
                place(Path(entry.path), Path(target), shared=shared)
            elif not (shared and _linked(entry.path, target)):
                shutil.copyfile(entry.path, target)
                os.chmod(target, file_mode(entry.stat().st_mode))


def _linked(source: str, target: str) -> bool:
    """Link *target* to *source*, if the file system can."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True
