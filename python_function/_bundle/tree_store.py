"""Dependency trees: finished directories of installed distributions, built once and linked into every bundle.

A tree has the name of all that decides it and is never written to. Its files may be shared with bundles, which somebody
may edit: a manifest tells what they have to be, and a tree that was changed is built anew.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias, cast

from python_function._bundle.digests import entries
from python_function._machine.lock import held
from python_function._source.tree import remove

SIZE: Final = "size"
TREE: Final = "tree"
MAKING: Final = "making-"
"""What the names of trees start with that are not there yet; their own names follow."""

LOCKS: Final = "locks"

_MANIFEST: Final = "manifest.json"
_NOTE: Final = "note"
_State: TypeAlias = tuple[int, int, int]
"""Mode, size in bytes and time of change in nanoseconds."""

_Manifest: TypeAlias = dict[str, tuple[int, int, int, str]]
"""State and digest of each file, by its path; of the note by the empty one."""


_Stamp: TypeAlias = tuple[int, int]
"""Which file a manifest is, and when it was written: another tree in the same place has another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What is known of a tree that was made.

    Attributes:
        note: What else is to be known of it, whenever it is used.
        digests: The SHA-256 of its files, as far as somebody has read them, by their paths in it.
    """

    note: str
    digests: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree, as it was found whole.

    Attributes:
        directory: Where it is.
        note: What whoever made it noted of it.
        sizes: The size in bytes of each of its files, by its path.
        directories: The directories that hold these, each after the one that it is in.
        stamp: Another tree has another one.
    """

    directory: Path
    note: str
    sizes: Mapping[str, int]
    directories: tuple[str, ...]
    stamp: _Stamp


@contextmanager
def tree(
    root: Path,
    key: str,
    make: Callable[[Path], Made],
    *,
    now: float,
    seen: MutableMapping[str, object] | None = None,
    fresh_for: float | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Generator[Tree]:
    """Give the tree *key* of the cache at *root*, which nobody removes meanwhile.

    Args:
        root: The directory of the trees.
        key: The digest of all that decides the tree.
        make: Fills an empty directory with it, and returns what is known of it; called only if it is not there, was
            changed, or is too old.
        now: The time, in seconds since 1970.
        seen: The trees that this process has found whole, which are not looked through again; none by default.
        fresh_for: How many seconds it may be reused; for ever by default.
        waiting: Called if another process makes or uses the tree.
    """
    place, seen = root / key, dict[str, object]() if seen is None else seen
    with held(lock_of(root, key), waiting=waiting):
        found = _there(place, seen) if _is_fresh(place, now, fresh_for) else None
        if found is None:
            with suppress(OSError):  # what stays in the way is told when the new one cannot take its place
                remove(str(place))
            _make(place, make)
            found = _tree(place, _read(place / _MANIFEST))
        seen[str(place)] = found
        os.utime(place, (now, now))
        yield found


def _there(place: Path, seen: Mapping[str, object]) -> Tree | None:
    """Return the tree at *place*, unless it is not there, or not as it was made."""
    known = seen.get(str(place))
    try:
        if isinstance(known, Tree) and known.stamp == _stamp(place):
            return known
        manifest = _read(place / _MANIFEST)
        return _tree(place, manifest) if _is_whole(place, manifest) else None
    except (OSError, LookupError, ValueError):
        return None


def _tree(place: Path, manifest: _Manifest) -> Tree:
    sizes = {path: size for path, (_, size, _, _) in manifest.items() if path}
    return Tree(
        directory=place / TREE,
        note=(place / _NOTE).read_text(encoding="utf-8"),
        sizes=sizes,
        directories=_directories(sizes),
        stamp=_stamp(place),
    )


def _stamp(place: Path) -> _Stamp:
    status = (place / _MANIFEST).stat()
    return status.st_ino, status.st_mtime_ns


def lock_of(root: Path, key: str) -> Path:
    """Return the lock that whoever makes, uses or removes the tree *key* holds."""
    return root / LOCKS / key


def _is_fresh(place: Path, now: float, fresh_for: float | None) -> bool:
    """Tell whether a tree that is there was made no longer than *fresh_for* seconds ago."""
    try:
        return fresh_for is None or 0 <= now - (place / _MANIFEST).stat().st_mtime <= fresh_for
    except OSError:
        return False


def _make(place: Path, make: Callable[[Path], Made]) -> None:
    """Let *make* work in a temporary place: a tree is there whole, or not at all."""
    scratch = Path(tempfile.mkdtemp(prefix=f"{MAKING}{place.name}-", dir=place.parent))
    try:
        directory = scratch / TREE
        directory.mkdir()
        made = make(directory)
        (scratch / _NOTE).write_text(made.note, encoding="utf-8")
        states = _states(directory)
        manifest = {
            path: (*state, made.digests.get(path) or _digest(os.path.join(directory, path)))
            for path, state in states.items()
        }
        manifest[""] = (0, 0, 0, _digest(os.path.join(scratch, _NOTE)))
        (scratch / SIZE).write_text(str(sum(size for _, size, _ in states.values())), encoding="ascii")
        (scratch / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        scratch.rename(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_whole(place: Path, manifest: _Manifest) -> bool:
    """Tell whether the tree at *place* is as *manifest* has it; what was only touched still is."""
    files = {path: entry for path, entry in manifest.items() if path}
    found = _states(place / TREE)
    if found.keys() != files.keys() or manifest[""][3] != _digest(os.path.join(place, _NOTE)):
        return False
    changed = (path for path, (*state, _) in files.items() if found[path] != tuple(state))
    return all(
        found[path][:2] == tuple(files[path][:2]) and _digest(os.path.join(place, TREE, path)) == files[path][3]
        for path in changed
    )


def _read(manifest: Path) -> _Manifest:
    content: object = json.loads(manifest.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        msg = f"{manifest} is no manifest"
        raise ValueError(msg)  # noqa: TRY004 - like all that JSON can be and a manifest cannot
    return cast("_Manifest", content)


def _states(directory: Path) -> dict[str, _State]:
    """Return the state of every file below *directory*, by its path there."""
    return {path: _state(entry.stat(follow_symlinks=False)) for path, entry in entries(directory)}


def _state(status: os.stat_result) -> _State:
    return status.st_mode, status.st_size, status.st_mtime_ns


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _directories(files: Iterable[str]) -> tuple[str, ...]:
    found: set[str] = set()
    for path in files:
        parent = path.rpartition("/")[0]
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return tuple(sorted(found))
