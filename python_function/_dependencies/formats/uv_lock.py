"""``uv.lock``: the part of it that one project of a workspace needs."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from python_function._dependencies.choice import Choice
from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.lock_part import LockPart, Origin, canonical, titles
from python_function._dependencies.requirements_txt import read
from python_function._machine.redact import bare
from python_function._machine.toml import NOTHING, read_toml, strings, table, tables

_TREES: Final = ("editable", "directory", "virtual")
"""The kinds of source that are directories; the last is never installed."""

_EXTRA: Final = re.compile(r"extra == '(?P<name>[^']+)'")

_COMMON: Final = ("version", "conflicts", "options")
"""What a lock says for all members of a workspace."""

_OF_PROJECT: Final = ("name", "dependencies", "optional-dependencies", "dynamic")
_OF_UV: Final = (
    "sources",
    "index",
    "index-url",
    "extra-index-url",
    "default-groups",
    "dev-dependencies",
    "override-dependencies",
    "constraint-dependencies",
    "exclude-dependencies",
    "dependency-metadata",
    "conflicts",
    "package",
)
"""What of a manifest decides what is locked and exported."""

_NOISE: Final = frozenset({"upload-time", "size", "url", "metadata"})
"""What may change in an entry of the lock without changing what is installed: hashes say which file it is."""


def part_of(file: Path, project: Path, choice: Choice) -> LockPart:
    """Return what the lock *file* says of all that *project* needs.

    A virtual workspace's root is no project; all members together stand for it.
    """
    lock = read_toml(file)
    packages = tables(lock, "package")
    name = member(lock, file.parent, project)
    roots = roots_of(lock, name)
    manifest = read_toml(project / "pyproject.toml")
    old_dev = ("dev",) if strings(manifest, "tool", "uv", "dev-dependencies") else ()
    extras = (extra for package in roots for extra in table(package, "optional-dependencies"))
    choice.check(
        file,
        groups=(*table(manifest, "dependency-groups"), *old_dev),
        extras=(*table(manifest, "project", "optional-dependencies"), *extras),
    )
    shared = read_toml(file.with_name("pyproject.toml")) if file.with_name("pyproject.toml").is_file() else NOTHING
    choice = with_default_groups(choice, manifest)
    needed = [package for package in _reachable(packages, roots, choice) if not (name and package in roots)]
    fits = all(_fits(package, manifest) for package in roots) if name else project == file.parent
    part = _part(file.parent, needed, name)
    counted = (*roots, *needed) if len(_members(lock, packages)) > 1 else packages
    common = {key: lock[key] for key in _COMMON if key in lock}
    common["manifest"] = {key: value for key, value in table(lock, "manifest").items() if key != "members"}
    deciding = (common, *(_deciding(each) for each in (manifest, shared)))
    links = (read.linked(place) for place in part.links if place.exists())
    identity = (*(canonical(package, _NOISE) for package in counted), *map(canonical, deciding), *links)
    return replace(part, fresh=fits, identity=identity)


def roots_of(lock: Mapping[str, object], name: str | None) -> list[Mapping[str, object]]:
    """Return the package *name* of *lock*, or where it names none the members of the workspace."""
    packages = tables(lock, "package")
    return [package for package in packages if name_of(package) == name] or _members(lock, packages)


def with_default_groups(choice: Choice, manifest: Mapping[str, object]) -> Choice:
    """Return *choice* with the groups that *manifest* installs unless told otherwise."""
    return replace(choice, groups=(*choice.groups, *default_groups(manifest)))


def default_groups(manifest: Mapping[str, object]) -> tuple[str, ...]:
    """Return the groups that *manifest* installs unless told otherwise, but for the one that is for development."""
    settings = table(manifest, "tool", "uv")
    named = strings(settings, "default-groups")
    every = tuple(table(manifest, "dependency-groups")) if settings.get("default-groups") == "all" else named
    return tuple(name for name in every if canonicalize_name(name) != "dev")


def member(lock: Mapping[str, object], root: Path, directory: Path) -> str | None:
    """Return the name that *lock*, which is in *root*, has for the project in *directory*."""
    place = Path(os.path.relpath(directory, root)).as_posix()
    return next((name_of(package) for package in tables(lock, "package") if _tree(package) == place), None)


def _part(root: Path, needed: Sequence[Mapping[str, object]], name: str | None) -> LockPart:
    sources = [table(package, "source") for package in needed]
    registries = [str(source["registry"]) for source in sources if "registry" in source]
    places = [(package, _tree(package)) for package in needed if "virtual" not in table(package, "source")]
    return LockPart(
        member=name,
        packages=titles(needed),
        local=tuple(LocalPackage(name=name_of(p), directory=_absolute(root, place)) for p, place in places if place),
        archives=tuple(_archives(root, needed)),
        links=tuple(dict.fromkeys(_absolute(root, place) for place in registries if "://" not in place)),
        origins=tuple(_origins(needed)),
    )


def _origins(packages: Iterable[Mapping[str, object]]) -> Iterator[Origin]:
    for package in packages:
        registry = table(package, "source").get("registry")
        if isinstance(registry, str) and "://" in registry:
            files = (table(package, "sdist"), *tables(package, "wheels"))
            hashes = tuple(str(file["hash"]) for file in files if "hash" in file)
            version = str(package.get("version", ""))
            yield Origin(name=name_of(package), version=version, index=bare(registry), hashes=hashes)


def _reachable(
    packages: Sequence[Mapping[str, object]], roots: Iterable[Mapping[str, object]], choice: Choice
) -> list[Mapping[str, object]]:
    """Return the packages that *roots* lead to, in the order of the lock."""
    named: dict[str, list[Mapping[str, object]]] = {}
    excluded = set(map(canonicalize_name, choice.exclude))
    for package in (package for package in packages if name_of(package) not in excluded):
        named.setdefault(name_of(package), []).append(package)
    seen: set[tuple[int, str, str]] = set()
    waiting = [(package, key, name) for package in roots for key, name in wishes(choice)]
    while waiting:
        package, key, name = waiting.pop()
        if (mark := (id(package), key, name)) in seen:
            continue
        seen.add(mark)
        for dependency in tables(package, key, *((name,) if name else ())):
            extras = [("optional-dependencies", extra) for extra in strings(dependency, "extra")]
            others = [other for other in named.get(name_of(dependency), ()) if meets(other, dependency)]
            waiting += [(other, *wish) for other in others for wish in (("dependencies", ""), *extras)]
    reached = {number for number, _, _ in seen}
    return [package for package in packages if id(package) in reached]


def wishes(choice: Choice) -> Iterator[tuple[str, str]]:
    """Yield the keys of a package's table below which *choice* has its dependencies."""
    yield "dependencies", ""
    yield from (("optional-dependencies", canonicalize_name(name)) for name in choice.extras)
    yield from (("dev-dependencies", canonicalize_name(name)) for name in choice.groups)


def meets(package: Mapping[str, object], dependency: Mapping[str, object]) -> bool:
    """Tell whether *package*, of the same name, is what *dependency* means."""
    return all(package.get(key) == dependency.get(key, package.get(key)) for key in ("version", "source"))


def _members(lock: Mapping[str, object], packages: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    names = strings(lock, "manifest", "members")
    return [package for package in packages if name_of(package) in names]


def _archives(root: Path, packages: Iterable[Mapping[str, object]]) -> Iterator[LocalArchive]:
    for package in packages:
        place = table(package, "source").get("path")
        if isinstance(place, str):
            yield LocalArchive(name=name_of(package), path=_absolute(root, place))


def _deciding(manifest: Mapping[str, object]) -> Mapping[str, object]:
    """Return what of *manifest* decides what uv locks and exports: a lock that does not fit it has to be found out."""
    wanted = {("project",): _OF_PROJECT, ("tool", "uv"): _OF_UV}
    found = {
        " ".join(place): {k: v for k, v in table(manifest, *place).items() if k in wanted[place]} for place in wanted
    }
    return {**found, "dependency-groups": table(manifest, "dependency-groups")}


def _fits(package: Mapping[str, object], manifest: Mapping[str, object]) -> bool:
    """Tell whether the lock was made for *manifest*, as far as names and versions tell."""
    locked = tables(package, "metadata", "requires-dist")
    extras = table(manifest, "project", "optional-dependencies")
    asked = [("", text) for text in strings(manifest, "project", "dependencies")]
    asked += [(extra, text) for extra in extras for text in strings(extras, extra)]
    return {_locked_key(each) for each in locked} == {_asked_key(extra, text) for extra, text in asked}


def _locked_key(dependency: Mapping[str, object]) -> tuple[str, str, str]:
    extra = _EXTRA.search(str(dependency.get("marker", "")))
    return extra["name"] if extra else "", name_of(dependency), str(SpecifierSet(str(dependency.get("specifier", ""))))


def _asked_key(extra: str, text: str) -> tuple[str, str, str]:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return extra, text, ""
    return canonicalize_name(extra) if extra else "", canonicalize_name(requirement.name), str(requirement.specifier)


def _tree(package: Mapping[str, object]) -> str | None:
    source = table(package, "source")
    return next((str(source[kind]) for kind in _TREES if kind in source), None)


def name_of(package: Mapping[str, object]) -> str:
    """Return the normalized name of *package*."""
    return canonicalize_name(str(package.get("name", "")))


def _absolute(root: Path, place: str) -> Path:
    return Path(os.path.normpath(root / place))
