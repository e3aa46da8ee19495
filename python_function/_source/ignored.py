"""What git ignores in a directory, by its own rules: the ``.gitignore`` files of the repository, and its index."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._machine import text_file
from python_function._source import git_files
from python_function._source.patterns import compile_pattern, compile_rules
from python_function._source.rules import Matcher, Rule
from python_function.errors import OptionError

_LARGEST: Final = 1_000_000
"""How many bytes of patterns are read at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """What git ignores in a directory.

    Attributes:
        patterns: What decides there, as patterns for paths below the directory.
        tracked: What is in the repository nevertheless; git never ignores that.
    """

    patterns: tuple[str, ...] = ()
    tracked: frozenset[str] = frozenset()

    def among(self, paths: Iterable[str]) -> frozenset[str]:
        """Return those of *paths*, of files below the directory, that git ignores."""
        every = frozenset(paths)
        return every - self.tracked - frozenset(Matcher(compile_rules(self.patterns)).left_in(every))


def of(directory: Path) -> Ignored:
    """Return what git ignores in *directory*; nothing where that cannot be told from files alone.

    What this user or this clone ignores besides is no part of the project and does not count.
    """
    root = git_files.repository(directory)
    tracked = git_files.tracked(root) if root else None
    if root is None or tracked is None:
        return Ignored()
    prefix = directory.relative_to(root).parts
    own = "".join(f"{part}/" for part in prefix)
    patterns = (
        *(one for number in range(len(prefix)) for one in _above(root.joinpath(*prefix[:number]), prefix[number:])),
        *(one for place in _below(directory) for one in _within(directory, place)),
    )
    return Ignored(patterns=patterns, tracked=frozenset(path[len(own) :] for path in tracked if path.startswith(own)))


def _below(directory: Path) -> Iterator[str]:
    """Yield the directories in *directory* that have patterns, outer ones first."""
    for place, folders, files in os.walk(directory):
        folders[:] = sorted(name for name in folders if name not in {".git", ".venv", "venv", "node_modules"})
        if ".gitignore" in files:
            yield os.path.relpath(place, directory)


def _within(directory: Path, place: str) -> Iterator[str]:
    inside = "" if place == "." else "".join(f"/{_escaped(part)}" for part in place.split(os.sep))
    for sign, body in _patterns(directory / place / ".gitignore"):
        is_name = "/" not in body.removesuffix("/")
        where = body if is_name and not inside else f"{inside}/{'**/' if is_name else ''}{body.removeprefix('/')}"
        yield from _valid(sign + where)


def _above(directory: Path, way: tuple[str, ...]) -> Iterator[str]:
    """Yield what the patterns in *directory* mean at the end of *way*; what takes out all of that is not meant."""
    for sign, body in _patterns(directory / ".gitignore"):
        if "/" not in body.removesuffix("/"):
            yield from _valid(sign + body)
            continue
        end = "/" if body.endswith("/") else ""
        components = body.strip("/").split("/")
        for rest in sorted(_after(components, way)):
            yield from _valid(f"{sign}/{'/'.join(components[rest:])}{end}")


def _after(components: list[str], way: tuple[str, ...]) -> set[int]:
    """Return how many of a pattern's *components* the directories of *way* can be matched by, where some are left."""
    places = {0}
    for name in way:
        stay = {place for place in places if place < len(components) and components[place] == "**"}
        there = {place for place in places if place < len(components)} | {place + 1 for place in stay}
        on = {place + 1 for place in there if place < len(components) and _matches(components[place], name)}
        places = stay | on
    return {place for place in places if place < len(components)}


def _matches(component: str, name: str) -> bool:
    return component != "**" and any(re.match(rule.expression, name) for rule in _compiled(f"/{component}"))


def _patterns(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the sign and the rest of each pattern of *file*."""
    if not file.is_file():
        return
    text = text_file.start(file, _LARGEST).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    for line in text.split("\n"):
        pattern = line.removesuffix("\r")
        if pattern and not pattern.startswith("#"):
            yield ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)


def _compiled(pattern: str) -> tuple[Rule, ...]:
    try:
        return compile_pattern(pattern)
    except OptionError:
        return ()


def _valid(pattern: str) -> tuple[str, ...]:
    """Return *pattern*, unless it is none: git then goes on without it."""
    return (pattern,) if _compiled(pattern) else ()


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[\]\\ ])", r"\\\1", name)
