"""The local packages that local packages need: what is local by declaration never comes from an index."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from python_function._dependencies import source_tree
from python_function._dependencies.local_packages import LocalArchive, LocalPackage, absent
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.redact import masked
from python_function._source import git_files
from python_function.errors import PackagingError

_NAMED: Final = re.compile(r"(?P<name>[\w.-]+)(?:\[(?P<extras>[^\]]*)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What local packages lead to.

    Attributes:
        packages: The packages themselves and those that they need, those that others are built with first.
        archives: The wheels and source distributions that they need.
        urls: The requirements that they name with a URL.
    """

    packages: tuple[LocalPackage, ...] = ()
    archives: tuple[LocalArchive, ...] = ()
    urls: tuple[str, ...] = ()


def follow(requirements: Requirements) -> Requirements:
    """Return *requirements* with all that its local packages say of the places of their own dependencies.

    An exact list is complete already. Where it takes from an index what a local package in it has elsewhere, the tool
    that made it does not read that package's manifest as its author meant it.

    Raises:
        PackagingError: A place is not there, two packages of one name are, or a list contradicts a local package.
    """
    if not requirements.local:
        return requirements
    found = search(requirements.local, requirements.archives, requirements.lines)
    if requirements.exact:
        _refuse_contradictions(requirements, found)
        needed = _needed_to_build(requirements.local, found.packages)
        return replace(requirements, local=tuple(package for package in found.packages if package.name in needed))
    constraints = tuple(url for url in found.urls if url not in requirements.constraints)
    return replace(
        requirements,
        local=found.packages,
        archives=(*requirements.archives, *found.archives),
        constraints=(*requirements.constraints, *constraints),
        identity=(*requirements.identity, *(f"nested {masked(url)}" for url in constraints)),
    )


def of_lock(file: Path, packages: Iterable[LocalPackage], archives: Iterable[LocalArchive]) -> tuple[LocalPackage, ...]:
    """Return the local *packages* of the lock *file*, which knows them all, with those that only a build needs.

    Raises:
        PackagingError: The place of one is not there.
    """
    packages = tuple(packages)
    places: tuple[LocalPackage | LocalArchive, ...] = (*packages, *archives)
    if problem := next(filter(None, (absent(place, str(file)) for place in places)), ""):
        raise PackagingError(problem)
    way = _Way(reads_needs=False)
    return _walked(way, packages)


def search(packages: Iterable[LocalPackage], archives: Iterable[LocalArchive] = (), lines: Iterable[str] = ()) -> Found:
    """Return what *packages* lead to, at any depth.

    Args:
        packages: Where to begin.
        archives: What is known already.
        lines: The requirements that ask for the packages, for the extras.

    Raises:
        PackagingError: As for :func:`follow`.
    """
    way = _Way(archives={archive.name: archive for archive in archives})
    for line in lines:
        way.ask(line)
    found = _walked(way, packages)
    known: set[LocalArchive] = set(archives)
    return Found(
        packages=found,
        archives=tuple(archive for archive in way.archives.values() if archive not in known),
        urls=tuple(way.urls),
    )


def _walked(way: "_Way", packages: Iterable[LocalPackage]) -> tuple[LocalPackage, ...]:
    for package in packages:
        way.meet(package, "what is to be installed")
    while way.waiting:
        way.take(way.waiting.pop())
    return _ordered(tuple(way.packages.values()))


@dataclass(slots=True, kw_only=True)
class _Way:
    """What was seen so far; *waiting* is still to be read, again where more extras of it are asked for."""

    reads_needs: bool = True

    packages: dict[tuple[str, str], LocalPackage] = field(default_factory=dict[tuple[str, str], LocalPackage])
    archives: dict[str, LocalArchive] = field(default_factory=dict[str, LocalArchive])
    extras: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    urls: dict[str, None] = field(default_factory=dict[str, None])
    waiting: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def ask(self, line: str) -> None:
        match = _NAMED.match(line)
        if match is None:
            return
        wanted = self.extras.setdefault(match["name"], set())
        more = {str(canonicalize_name(extra.strip())) for extra in (match["extras"] or "").split(",")} - {"", *wanted}
        wanted |= more
        if more:
            self.waiting += [key for key in self.packages if key[0] == match["name"]]

    def meet(self, package: LocalPackage, asker: str) -> None:
        key = (package.name, package.marker)
        known = self.packages.setdefault(key, package)
        if known is package:
            self.waiting.append(key)
        elif known.directory.resolve() != package.directory.resolve():
            msg = (
                f"{asker} takes {package.name!r} from {package.directory}, but something else takes it from "
                f"{known.directory}. Only one of them can be installed: let both name the same place."
            )
            raise PackagingError(msg)

    def take(self, key: tuple[str, str]) -> None:
        package = self.packages[key]
        if problem := absent(package):
            raise PackagingError(problem)
        extras = self.extras.get(package.name, ())
        lines = source_tree.needs(package.directory, extras) if self.reads_needs else ()
        manifest = next(path for path in _manifests(package.directory) if path.is_file())
        needed = read.parse("\n".join(lines), base=package.directory, source=f"{manifest} (dependencies)")
        builders = _builders(package.directory, manifest)
        self.packages[key] = replace(
            package,
            builds_with=tuple(builder.name for builder in builders),
            versioned_in=git_files.repository(package.directory) if source_tree.asks_git(package.directory) else None,
        )
        for other in (*needed.local, *builders):
            self.meet(other, str(manifest))
        for archive in needed.archives:
            self.archives.setdefault(archive.name, archive)
        for line in needed.lines:
            self.ask(line)
            if " @ " in line:
                self.urls[line] = None


def _manifests(directory: Path) -> Iterator[Path]:
    yield from (directory / name for name in ("pyproject.toml", "setup.cfg", "setup.py"))


def _builders(directory: Path, manifest: Path) -> tuple[LocalPackage, ...]:
    lines = source_tree.build_needs(directory)
    return read.parse("\n".join(lines), base=directory, source=f"{manifest} (build-system)").local


def _ordered(packages: tuple[LocalPackage, ...]) -> tuple[LocalPackage, ...]:
    """Return *packages* so that each comes after those that its build needs.

    Raises:
        PackagingError: Some need each other.
    """
    ordered: list[LocalPackage] = []
    waiting = list(packages)
    while waiting:
        names = {package.name for package in waiting}
        ready = [package for package in waiting if names.isdisjoint(package.builds_with)]
        if not ready:
            circle = " and ".join(f"{package.name} ({package.directory})" for package in waiting)
            msg = f"{circle} need each other to be built. Take one out of the other's build-system.requires."
            raise PackagingError(msg)
        ordered += ready
        waiting = [package for package in waiting if package not in ready]
    return tuple(ordered)


def _needed_to_build(roots: Iterable[LocalPackage], packages: Iterable[LocalPackage]) -> frozenset[str]:
    by_name: Mapping[str, LocalPackage] = {package.name: package for package in packages}
    waiting, seen = [package.name for package in roots], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += by_name[name].builds_with
    return frozenset(seen)


def _refuse_contradictions(requirements: Requirements, found: Found) -> None:
    own = {*(package.name for package in requirements.local), *(archive.name for archive in requirements.archives)}
    elsewhere = {
        **{package.name: str(package.directory) for package in found.packages},
        **{archive.name: str(archive.path) for archive in found.archives},
    }
    listed = {match["name"] for line in requirements.lines if " @ " not in line and (match := _NAMED.match(line))}
    wrong = sorted(listed & elsewhere.keys() - own)
    if wrong:
        places = ", ".join(f"{name!r} ({elsewhere[name]})" for name in wrong)
        msg = (
            f"The lock takes from an index what a local package in it has on this machine: {places}. "
            "Name the place in the project's own manifest as well, and lock again."
        )
        raise PackagingError(msg)
