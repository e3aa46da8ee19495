"""The part of a lock that a bundle depends on, whichever tool wrote it."""

import json
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._machine.redact import bare
from python_function._machine.toml import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The index that a locked package comes from.

    Attributes:
        name: Its normalized name.
        version: Its version.
        index: What the lock calls the index, its URL as a rule.
        hashes: The hashes of its files.
    """

    name: str
    version: str
    index: str
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPart:
    """What a lock says of the packages that are needed.

    Attributes:
        identity: The entries of those packages as canonical text, without credentials.
        packages: Their names and versions, for people.
        local: Those of them that are source trees on this machine.
        archives: Those of them that are wheels or source distributions in the user's tree.
        links: Directories of packages that stand for an index.
        origins: Where those of them that come from an index do.
        dropped: The names of the packages that are left out on request, with what only they need.
        groups: The chosen groups as their manifest spells them.
        extras: The chosen extras, likewise.
        fresh: Whether the lock fits its manifest, as far as the files tell; if it may not, the identity tells.
        member: The name of the project that needs them, where the lock tells.
    """

    identity: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    local: tuple[LocalPackage, ...] = ()
    archives: tuple[LocalArchive, ...] = ()
    links: tuple[Path, ...] = ()
    origins: tuple[Origin, ...] = ()
    dropped: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    fresh: bool = True
    member: str | None = None


def origin_of(origins: Iterable[Origin], requirement: Requirement, line: str) -> str | None:
    """Return the index that *requirement*, on *line*, comes from: where names do not tell, its hashes do."""
    pins = {specifier.version for specifier in requirement.specifier}
    found = [o for o in origins if o.name == canonicalize_name(requirement.name) and o.version in pins]
    told = [origin for origin in found if any(text in line for text in origin.hashes)]
    return next((origin.index for origin in (*told, *found)), None)


def only(content: Mapping[str, object], wanted: Mapping[tuple[str, ...], Collection[str]]) -> dict[str, object]:
    """Return of each table of *content* the keys that are *wanted* of it."""
    return {
        " ".join(place): {key: value for key, value in table(content, *place).items() if key in keys}
        for place, keys in wanted.items()
    }


def titles(packages: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Return name and version of each of *packages*."""
    return tuple("==".join(str(package[key]) for key in ("name", "version") if key in package) for package in packages)


def canonical(value: object, noise: AbstractSet[str] = frozenset()) -> str:
    """Return *value*, from TOML or JSON, as the one text that it has without the keys in *noise*."""
    return bare(json.dumps(_without(value, noise), sort_keys=True, ensure_ascii=False, default=str))


def _without(value: object, noise: AbstractSet[str]) -> object:
    match value:
        case Mapping():
            content = cast("Mapping[str, object]", value)
            return {key: _without(item, noise) for key, item in content.items() if key not in noise}
        case list():
            return [_without(item, noise) for item in cast("list[object]", value)]
        case _:
            return value
