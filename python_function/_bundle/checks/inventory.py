"""What a finished bundle holds: its files, and the distributions that brought them."""

import csv
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from python_function._bundle.checks.elf import Elf

_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*")
_SAY_IMPORTS: Final = ("import-name", "import-namespace")
_LONGEST: Final = 16_000_000
"""How many bytes of a metadata file are read; no real one comes near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """An installed distribution.

    Attributes:
        name: Its name as it writes it.
        version: Its version.
        place: The directory of the bundle that it is installed in, a POSIX path; empty for the root.
        files: The files that its ``RECORD`` lists and the bundle still holds, as paths in the bundle.
        lost: The files that its ``RECORD`` lists and the bundle does not hold.
        requires: The canonical names of the distributions that it asks for.
        optional: Those that it asks for with an extra.
        license: What it says about its license, as an SPDX expression if it can.
        tags: What the wheel that it came as was for, ``cp313-cp313-manylinux_2_28_x86_64``.
        imports: The modules that it says it is imported by, dotted paths: https://peps.python.org/pep-0794/.
    """

    name: str
    version: str
    place: str = ""
    files: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    license: str = ""
    tags: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".strip()


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """What a bundle holds.

    Attributes:
        root: The bundle.
        files: The size in bytes of each file, by its POSIX path.
        distributions: What is installed in it.
        own: The places of the user's own files.
        native: What every native file says that is not the user's own; ``None`` where nobody has read them.
    """

    root: Path
    files: Mapping[str, int]
    distributions: tuple[Distribution, ...] = ()
    own: frozenset[str] = field(default=frozenset())
    native: Mapping[str, Elf] | None = None

    @cached_property
    def directories(self) -> frozenset[str]:
        """The directories that hold something, the root among them as the empty path."""
        found: set[str] = {""}
        for path in self.files:
            parent = path.rpartition("/")[0]
            while parent not in found:
                found.add(parent)
                parent = parent.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def owners(self) -> Mapping[str, Distribution]:
        """The distribution of each file that came with one and is not the user's own."""
        return {path: found for found in self.distributions for path in found.files if path not in self.own}

    @property
    def size(self) -> int:
        """The size of all files, which is what Lambda counts."""
        return sum(self.files.values())


def take(root: Path, own: Iterable[str] = ()) -> Inventory:
    """Return what the bundle *root* holds, of which *own* are the user's own files."""
    return of(root, dict(sorted(_files(str(root), ""))), own)


def of(root: Path, files: Mapping[str, int], own: Iterable[str] = ()) -> Inventory:
    """Return what the bundle *root* holds, whose *files* are known already, sorted, with their sizes."""
    infos = [path for path in files if path.endswith(".dist-info/METADATA")]
    return Inventory(
        root=root,
        files=files,
        distributions=tuple(_distribution(root, path.rpartition("/")[0], files) for path in infos),
        own=frozenset(own) & files.keys(),
    )


def _files(directory: str, prefix: str) -> Iterator[tuple[str, int]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield f"{prefix}{entry.name}", entry.stat().st_size


def _distribution(root: Path, info: str, files: Mapping[str, int]) -> Distribution:
    headers = list(_headers(_text(root / info / "METADATA")))
    said = dict(reversed(headers))
    place, _, directory = info.rpartition("/")
    recorded = dict.fromkeys(_recorded(_text(root / info / "RECORD"), place))
    required = [(match[0], text) for key, text in headers if key == "requires-dist" and (match := _NAME.match(text))]
    with_extra = {canonicalize_name(name) for name, text in required if "extra" in text.partition(";")[2]}
    always = {canonicalize_name(name) for name, text in required if "extra" not in text.partition(";")[2]}
    stem, _, version = directory.removesuffix(".dist-info").partition("-")
    return Distribution(
        name=said.get("name", stem),
        version=said.get("version", version),
        place=place,
        files=tuple(path for path in recorded if path in files),
        lost=tuple(path for path in recorded if path not in files),
        requires=tuple(sorted(always)),
        optional=tuple(sorted(with_extra - always)),
        license=said.get("license-expression") or said.get("license", ""),
        tags=tuple(value for key, value in _headers(_text(root / info / "WHEEL")) if key == "tag"),
        imports=tuple(text.partition(";")[0].strip() for key, text in headers if key in _SAY_IMPORTS),
    )


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST).decode(errors="replace")
    except OSError:
        return ""


def _headers(metadata: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of core metadata up to the description; continuation lines say nothing that matters here."""
    for line in metadata.splitlines():
        key, colon, value = line.partition(":")
        if not line.strip():
            return
        if colon and not line[0].isspace():
            yield key.lower(), value.strip()


def _recorded(record: str, place: str) -> Iterator[str]:
    """Yield the paths in the bundle that a ``RECORD`` in *place* lists; a path that leads out of it is none."""
    try:
        for row in csv.reader(record.splitlines()):
            path = posixpath.normpath(posixpath.join(place, row[0])) if row and row[0] else ""
            if path and not path.startswith(("/", "../")):
                yield path
    except csv.Error:
        return
