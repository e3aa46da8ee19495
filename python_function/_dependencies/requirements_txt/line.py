"""One logical line of a requirements file as data: an option, a file to include, or something to install."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.requirements_txt import requirement
from python_function._dependencies.requirements_txt.path import from_url, is_remote, locate
from python_function._dependencies.requirements_txt.requirement import Need
from python_function._dependencies.requirements_txt.text import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a line stands, which decides what its paths mean.

    Attributes:
        root: The directory of the first file; like pip run there, local packages are looked for from it.
        base: The directory of the file that the line is in; included files are looked for from it.
        trail: The files that lead to the line, resolved.
        constraints: Whether lines constrain instead of requiring.
    """

    root: Path
    base: Path
    trail: tuple[Path, ...] = ()
    constraints: bool = False

    def within(self, path: Path) -> "Place":
        """Return the place of the lines of the included file at *path*."""
        return replace(self, base=path.parent, trail=(*self.trail, path.resolve()))

    def constraining(self) -> "Place":
        """Return this place for lines that constrain."""
        return replace(self, constraints=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A requirements file that was read, or is to be included."""

    path: Path
    constraints: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A line that uv understands in a requirements file."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An argument that uv understands on its command line only."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A local directory of packages, or page of links to them."""

    path: Path


Entry: TypeAlias = Need | LocalPackage | LocalArchive | File | Option | Flag | Links

_ALIASES: Final = MappingProxyType(
    {
        "-r": "--requirement",
        "-c": "--constraint",
        "-i": "--index-url",
        "--pypi-url": "--index-url",
        "-f": "--find-links",
    }
)
_TAKE_A_VALUE: Final = frozenset(
    {
        "--requirement",
        "--constraint",
        "--index-url",
        "--extra-index-url",
        "--find-links",
        "--no-binary",
        "--only-binary",
        "--trusted-host",
        "--use-feature",
    }
)
_ALONE: Final[Mapping[str, tuple[Entry, ...]]] = MappingProxyType(
    {
        "--no-index": (Option(text="--no-index"),),
        "--pre": (Flag(text="--prerelease=allow"),),
        "--require-hashes": (Option(text="--require-hashes"),),
        "--prefer-binary": (),
    }
)
"""Options without a value; binaries are what is preferred here anyhow."""

_EDITABLE: Final = re.compile(r"(?:-e|--editable(?=[\s=]))[\s=]*(?P<what>\S.*)")
_TRAILING_OPTION: Final = re.compile(r"\s+(?=--?[a-z])")


def entries(line: Line, place: Place) -> Iterator[Entry]:
    """Yield what *line* says.

    Raises:
        PackagingError: It cannot be understood.
    """
    editable = _EDITABLE.fullmatch(line.text)
    if editable or not line.text.startswith("-"):
        text, *options = _TRAILING_OPTION.split(_path(editable["what"]) if editable else line.text, maxsplit=1)
        yield from _needs(line, place, text, _hashes(line, options[0] if options else ""))
        return
    words = _words(line, line.text)
    while words:
        option, value, words = _option(line, words)
        yield from _ALONE[option] if value is None else _valued(line, place, option, value)


def _path(text: str) -> str:
    """Return what follows ``-e`` so that it is a path even where it looks like a name."""
    return f"./{text}" if re.match(r"[\w-]+(?:[\[/;\s][^@]*)?$", text) else text


def _valued(line: Line, place: Place, option: str, value: str) -> Iterator[Entry]:
    match option:
        case "--requirement" | "--constraint":
            yield _include(line, place, value, constraints=place.constraints or option == "--constraint")
        case "--find-links" if not is_remote(value):
            yield Links(path=locate(line, from_url(value), place.base, place.root))
        case "--no-binary" | "--only-binary":
            yield from (Option(text=f"{option} {name.strip()}") for name in value.split(","))
        case "--trusted-host":
            yield Flag(text=f"--allow-insecure-host={value.rpartition('@')[2]}")
        case "--use-feature":
            pass
        case _:
            yield Option(text=f"{option} {value}")


def _include(line: Line, place: Place, value: str, *, constraints: bool) -> Entry:
    if is_remote(value) and not value.startswith("${"):
        return Option(text=f"{'--constraint' if constraints else '--requirement'} {value}")
    return File(path=locate(line, from_url(value), place.base), constraints=constraints)


def _needs(line: Line, place: Place, text: str, hashes: tuple[str, ...]) -> Iterator[Entry]:
    need, local = requirement.understand(line, text, hashes=hashes, places=(place.root, place.base))
    if local:
        yield local
    if not (local and place.constraints):
        yield replace(need, constraint=place.constraints)


def _option(line: Line, words: list[str]) -> tuple[str, str | None, list[str]]:
    word, *rest = words
    name, equals, value = word.partition("=")
    if not name.startswith("--") and len(name) > len("-r"):
        name, equals, value = word[:2], "=", word[2:].removeprefix("=")
    name = _ALIASES.get(name, name)
    if name in _ALONE and not equals:
        return name, None, rest
    if name not in _TAKE_A_VALUE:
        known = ", ".join(sorted({*_TAKE_A_VALUE, *_ALONE, "--editable", "--hash"}))
        msg = f"{name} is not known here. Known options: {known}. Remove it, or pass it to uv with installer_args."
        raise line.error(msg)
    value, *rest = [value, *rest] if equals else rest or [""]
    if not value:
        msg = f"{name} has no value."
        raise line.error(msg)
    return name, value, rest


def _hashes(line: Line, text: str) -> tuple[str, ...]:
    words = _words(line, text)
    found: list[str] = []
    while words:
        name, equals, value = words.pop(0).partition("=")
        value = value if equals or not words else words.pop(0)
        if name != "--hash":
            msg = f"{name} is no option of one requirement that can be used here; --hash is the only one."
            raise line.error(msg)
        if not re.fullmatch(r"sha(?:256|384|512):[0-9a-fA-F]+", value):
            msg = f"{value!r} is no hash; write --hash=sha256:<hexadecimal digits>."
            raise line.error(msg)
        found.append(f"--hash={value.lower()}")
    return tuple(found)


def _words(line: Line, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        msg = f"{error}."
        raise line.error(msg) from error
