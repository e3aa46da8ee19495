"""Whether the list that a tool makes of a lock has all that the lock holds for a target."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name, canonicalize_version

from python_function._dependencies import marker
from python_function._dependencies.marker import Environments
from python_function.errors import PackagingError

_PINNED: Final = re.compile(r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?(?:===?(?P<version>[^\s;]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """That one package of a lock needs another, wherever *marker* holds.

    Attributes:
        asker: What needs it, by whatever the reader of the lock calls it; empty for the project.
        asked: What is needed, likewise.
        name: Its normalized name; empty where nothing has to be installed for it.
        version: Its version; empty where the list does not name it, as where it has a URL.
        marker: The environments in which it is needed.
    """

    asker: str
    asked: str
    name: str
    version: str = ""
    marker: str = ""


def demand(lock: Path, needs: Iterable[Need], lines: Iterable[str], environments: Environments) -> None:
    """Hold the *lines* that a tool made of *lock* to what its packages need of each other.

    Raises:
        PackagingError: Something is not there that is needed in each of *environments*.
    """
    listed = set(_listed(lines, environments))
    missing = [(name, version) for name, version in _held(needs, environments) if not _is_in(name, version, listed)]
    if missing:
        names = ", ".join(f"{name} {version}".strip() for name, version in sorted(missing))
        msg = (
            f"{lock} holds {names} for Python {environments[0]['python_full_version']} on "
            f"{environments[0]['platform_machine']} Linux, which the list that its tool makes of it lacks. Lock again; "
            "if the tool still leaves it out, use another version of the tool, or name it in exclude_packages."
        )
        raise PackagingError(msg)


def _held(needs: Iterable[Need], environments: Environments) -> Iterator[tuple[str, str]]:
    """Yield name and version of all that *needs* lead to from the project."""
    by_asker: dict[str, list[Need]] = {}
    for need in needs:
        by_asker.setdefault(need.asker, []).append(need)
    found, seen, waiting = set[tuple[str, str]](), {""}, [""]
    while waiting:
        for need in by_asker.get(waiting.pop(), ()):
            if not marker.is_sure_to_hold(need.marker, environments):
                continue
            if need.name:
                found.add((need.name, canonicalize_version(need.version)))
            if need.asked not in seen:
                seen.add(need.asked)
                waiting.append(need.asked)
    yield from found


def _listed(lines: Iterable[str], environments: Environments) -> Iterator[tuple[str, str]]:
    for line in lines:
        if (match := _PINNED.match(line)) and marker.may_hold(marker.of_line(line), environments):
            yield canonicalize_name(match["name"]), canonicalize_version(match["version"] or "")


def _is_in(name: str, version: str, listed: set[tuple[str, str]]) -> bool:
    return (name, version) in listed if version else any(name == each for each, _ in listed)
