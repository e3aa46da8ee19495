"""The command ``cache``."""

import argparse
import dataclasses
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from python_function._bundle import kept_trees
from python_function._bundle.executors import left_containers
from python_function._bundle.kept_trees import Kept
from python_function._cli import render
from python_function._cli.terminal import Terminal
from python_function._machine import here

_DAY: Final = 24 * 3600.0
_MEGABYTE: Final = 1_000_000
_SHOWN: Final = 4
_KEY: Final = 12
_TREES: Final = "trees"
_INSTALLERS: Final = "uv"
_STAYING: Final = frozenset({_TREES, "locks", "containers"})
"""What is in the cache that is no copy of anything: running builds are told apart by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A distribution in a tree."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Installed dependencies.

    Attributes:
        key: Their name.
        directory: Where they are.
        bytes: What their files weigh.
        used: When a bundle was last made of them.
        distributions: What they are.
    """

    key: str
    directory: str
    bytes: int
    used: str
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """What is kept; its fields are the keys of the JSON.

    Attributes:
        directory: Where.
        limit: How many bytes of trees are kept at most.
        bytes: What the trees weigh.
        trees: The trees, the one that was used last first.
        others: What everything else weighs: installers for containers, what exporters said.
        removed: The trees that were removed.
    """

    directory: str
    limit: int
    bytes: int
    trees: tuple[Tree, ...]
    others: int
    removed: tuple[Tree, ...]


def run(given: argparse.Namespace, terminal: Terminal) -> None:
    """Print what is kept, without what is to go.

    Raises:
        PythonFunctionError: There is no place for it.
    """
    root, limit, now = here.cache(), here.tree_bytes(terminal.environ), time.time()
    before = {found.key: _tree(found) for found in kept_trees.kept(root / _TREES)}
    gone = _removed(given, root, limit, now, terminal)
    cache = Cache(
        directory=str(root),
        limit=limit,
        bytes=sum(found.bytes for key, found in before.items() if key not in gone),
        trees=tuple(found for key, found in before.items() if key not in gone),
        others=sum(map(_weight, _others(root))),
        removed=tuple(found for key, found in before.items() if key in gone),
    )
    if given.json:
        terminal.print(json.dumps(dataclasses.asdict(cache), indent=2))
        return
    terminal.labelled(render.labelled(_rows(cache)), width=render.LABEL)
    shown = cache.removed if given.action != "show" else cache.trees
    if shown:
        terminal.print("")
        terminal.table(("size", "used", "tree", "holds"), [_cells(tree, now) for tree in shown], right=(0,))


def _removed(given: argparse.Namespace, root: Path, limit: int, now: float, terminal: Terminal) -> Mapping[str, Kept]:
    """Remove what is to go, and return the trees among it by their names."""
    gone: tuple[Kept, ...] = ()
    match given.action:
        case "prune":
            age = kept_trees.MAX_AGE if given.max_age is None else given.max_age * _DAY
            size = limit if given.max_size is None else int(given.max_size * _MEGABYTE)
            gone = kept_trees.prune(root / _TREES, now=now, max_age=age, max_bytes=size)
        case "clear":
            gone = kept_trees.clear(root / _TREES)
            is_used = left_containers.live(root)
            for place in _others(root):
                if is_used and place.name == _INSTALLERS:
                    terminal.fail(f"{place} stays: a build in a container uses it")
                elif place.is_dir():
                    shutil.rmtree(place, ignore_errors=True)
        case _:
            pass
    return {found.key: found for found in gone}


def _others(root: Path) -> list[Path]:
    return sorted(place for place in root.glob("*") if place.name not in _STAYING)


def _weight(place: Path) -> int:
    return sum(path.lstat().st_size for path in place.rglob("*") if path.is_file())


def _tree(found: Kept) -> Tree:
    return Tree(
        key=found.key,
        directory=str(found.directory),
        bytes=found.bytes,
        used=datetime.fromtimestamp(found.used, UTC).isoformat(timespec="seconds"),
        distributions=tuple(Distribution(name=n, version=v) for n, v in kept_trees.distributions(found)),
    )


def _rows(cache: Cache) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "cache", (cache.directory,)
    yield "trees", (f"{_counted(cache.trees)}; at most {render.size(cache.limit)} are kept",)
    yield "others", (f"{render.size(cache.others)} of installers for containers and of lists",)
    if cache.removed:
        yield "removed", (_counted(cache.removed),)


def _counted(trees: tuple[Tree, ...]) -> str:
    weight = render.size(sum(tree.bytes for tree in trees))
    return f"{len(trees):,} {'tree' if len(trees) == 1 else 'trees'}, {weight}"


def _cells(tree: Tree, now: float) -> tuple[str, ...]:
    names = [f"{found.name} {found.version}" for found in tree.distributions]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    age = _age(now - datetime.fromisoformat(tree.used).timestamp())
    return (render.size(tree.bytes), age, tree.key[:_KEY], ", ".join(names[:_SHOWN]) + more)


def _age(seconds: float) -> str:
    """Return how long ago something was, in the largest unit of which there is one."""
    for unit, length in (("day", _DAY), ("hour", 3600.0), ("minute", 60.0)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
