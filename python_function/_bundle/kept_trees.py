"""The dependency trees in the cache: which they are, and which go."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._bundle.tree_store import LOCKS, MAKING, SIZE, TREE, lock_of
from python_function._machine.lock import attempt, release

MAX_AGE: Final = 30 * 24 * 3600.0
"""Seconds without use after which a tree goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A tree in the cache.

    Attributes:
        key: Its name.
        directory: Where its files are.
        bytes: The size of its files.
        used: When a bundle was last made of it, in seconds since 1970.
    """

    key: str
    directory: Path
    bytes: int
    used: float


def kept(root: Path) -> tuple[Kept, ...]:
    """Return the trees in the cache at *root*, the one that was used last first."""
    return tuple(sorted(_found(root), key=lambda found: found.used, reverse=True))


def _found(root: Path) -> Iterator[Kept]:
    for place in root.glob("*"):
        if place.name != LOCKS and not place.name.startswith(MAKING):
            with suppress(OSError):  # somebody removes it just now
                used = place.stat().st_mtime
                yield Kept(key=place.name, directory=place / TREE, bytes=_size(place), used=used)


def _size(place: Path) -> int:
    """Return what a tree was found to weigh; nothing where somebody was killed who removed it."""
    try:
        return int((place / SIZE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def distributions(tree: Kept) -> tuple[tuple[str, str], ...]:
    """Return name and version of each distribution in *tree*."""
    found = (info.name.removesuffix(".dist-info").partition("-") for info in tree.directory.glob("*.dist-info"))
    return tuple(sorted(((name, version) for name, _, version in found), key=lambda one: one[0].lower()))


def prune(root: Path, *, now: float, max_age: float = MAX_AGE, max_bytes: int | None = None) -> tuple[Kept, ...]:
    """Remove the trees that were not used for *max_age* seconds, and the oldest of those beyond *max_bytes*.

    Returns the removed ones; one that somebody uses just now stays. What a process that was killed left half made goes,
    too.
    """
    total = 0

    def goes(found: Kept) -> bool:
        nonlocal total
        total += found.bytes
        return now - found.used > max_age or (max_bytes is not None and total > max_bytes)

    return _remove(root, goes)


def clear(root: Path) -> tuple[Kept, ...]:
    """Remove all trees that nobody uses just now, and return them."""
    return _remove(root, lambda _: True)


def _remove(root: Path, goes: Callable[[Kept], bool]) -> tuple[Kept, ...]:
    gone = tuple(found for found in kept(root) if goes(found) and _is_removed(root, found.key, root / found.key))
    for scratch in root.glob(f"{MAKING}*"):
        _is_removed(root, scratch.name.removeprefix(MAKING).partition("-")[0], scratch)
    return gone


def _is_removed(root: Path, key: str, place: Path) -> bool:
    """Remove *place*, where the tree *key* is or was to be, unless somebody has that; tell whether it is gone."""
    with suppress(OSError):
        descriptor = attempt(lock_of(root, key))
        if descriptor is not None:
            shutil.rmtree(place, ignore_errors=True)
            release(lock_of(root, key), descriptor)
    return not place.exists()
