"""``poetry.lock``: the part of it that a project needs, and whether it is stale."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.choice import Choice
from python_function._dependencies.formats import extras, groups
from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.lock_part import LockPart, Origin, canonical, titles
from python_function._machine.toml import NOTHING, alternatives, read_toml, strings, table, tables

_HASHED: Final = ("dependencies", "source", "extras", "dev-dependencies")
_HASHED_IF_THERE: Final = ("group",)
_OF_PROJECT: Final = ("name", "requires-python", "dependencies", "optional-dependencies", "dynamic")


def part_of(file: Path, project: Path, choice: Choice) -> LockPart:
    """Return what the lock *file* says of all that *project* needs."""
    manifest = read_toml(project / "pyproject.toml")
    poetry = table(manifest, "tool", "poetry")
    old_dev = ("dev",) if "dev-dependencies" in poetry else ()
    known_groups = (*table(poetry, "group"), *table(manifest, "dependency-groups"), *old_dev)
    known_extras = (*table(poetry, "extras"), *table(manifest, "project", "optional-dependencies"))
    choice.check(file, groups=known_groups, extras=known_extras)
    lock = read_toml(file)
    packages = tables(lock, "package")
    roots = set(_roots(file, manifest, choice))
    everything, needed = _needed(packages, roots, ()), _needed(packages, roots, choice.exclude)
    kept = {name_of(package) for package in needed}
    places = [(name_of(package), *_place(project, package)) for package in needed]
    return LockPart(
        identity=(canonical(lock), canonical(_deciding(manifest))),
        packages=titles(needed),
        origins=tuple(_origins(packages)),
        dropped=tuple(name for name in map(name_of, everything) if name not in kept),
        groups=tuple(dict.fromkeys(filter(choice.takes_group, known_groups))),
        extras=tuple(dict.fromkeys(filter(choice.takes_extra, known_extras))),
        fresh=table(lock, "metadata").get("content-hash") == content_hash(manifest),
        local=tuple(LocalPackage(name=name, directory=path) for name, kind, path in places if kind == "directory"),
        archives=tuple(LocalArchive(name=name, path=path) for name, kind, path in places if kind == "file"),
    )


def version(file: Path) -> str:
    """Return the version of the lock *file*."""
    return str(table(read_toml(file), "metadata").get("lock-version", "1.0"))


def _needed(
    packages: list[Mapping[str, object]], names: set[str], exclude: Sequence[str]
) -> list[Mapping[str, object]]:
    asked: dict[str, set[str]] = {}
    for package in packages:
        asked.setdefault(name_of(package), set()).update(map(canonicalize_name, table(package, "dependencies")))
    excluded = frozenset(map(canonicalize_name, exclude))
    waiting, seen = list(names - excluded), set[str](excluded)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += asked.get(name, ())
    return [package for package in packages if name_of(package) in seen - excluded]


def _roots(file: Path, manifest: Mapping[str, object], choice: Choice) -> Iterator[str]:
    poetry = table(manifest, "tool", "poetry")
    yield from map(_required, strings(manifest, "project", "dependencies"))
    yield from map(_required, groups.texts(file.with_name("pyproject.toml"), manifest, choice.groups))
    yield from map(_required, extras.texts(manifest, choice))
    for name in filter(choice.takes_extra, table(poetry, "extras")):
        yield from map(_required, strings(poetry, "extras", name))
    yield from (canonicalize_name(name) for name, _ in wanted(poetry, choice))


def wanted(poetry: Mapping[str, object], choice: Choice) -> Iterator[tuple[str, object]]:
    """Yield name and value of all that the tables of *poetry* in a manifest ask for, chosen groups and extras too."""
    chosen_extras = filter(choice.takes_extra, table(poetry, "extras"))
    chosen = {canonicalize_name(name) for extra in chosen_extras for name in strings(poetry, "extras", extra)}
    groups_ = filter(choice.takes_group, table(poetry, "group"))
    named = [table(poetry, "group", name, "dependencies") for name in groups_]
    old = table(poetry, "dev-dependencies") if choice.takes_group("dev") else NOTHING
    parts = (table(poetry, "dependencies"), *named, old)
    for name, value in ((name, value) for part in parts for name, value in part.items() if name != "python"):
        several: Sequence[object] = alternatives(value) or [value]
        for one in several:
            if not table(one).get("optional") or canonicalize_name(name) in chosen:
                yield name, one


def _required(text: str) -> str:
    try:
        return canonicalize_name(Requirement(text).name)
    except InvalidRequirement:
        return ""


def _deciding(manifest: Mapping[str, object]) -> Mapping[str, object]:
    """Return the tables of a manifest that decide what poetry locks and exports."""
    wanted = {("project",): _OF_PROJECT, ("tool", "poetry"): (*_HASHED, *_HASHED_IF_THERE)}
    found = {
        " ".join(place): {k: v for k, v in table(manifest, *place).items() if k in wanted[place]} for place in wanted
    }
    return {**found, "dependency-groups": table(manifest, "dependency-groups")}


def content_hash(manifest: Mapping[str, object]) -> str:
    """Return what poetry keeps in a lock of the manifest that it was made for."""
    project = table(manifest, "project")
    content = {
        key: project[key] for key in ("requires-python", "dependencies", "optional-dependencies") if key in project
    }
    poetry = table(manifest, "tool", "poetry")
    groups = table(manifest, "dependency-groups")
    new = bool(content or groups)
    kept = {key: poetry.get(key) for key in _HASHED if key in poetry or not new}
    kept |= {key: poetry[key] for key in _HASHED_IF_THERE if key in poetry}
    relevant: dict[str, object] = {"project": content} if content else {}
    relevant |= {"dependency-groups": groups} if groups else {}
    relevant = {**relevant, "tool": {"poetry": kept}} if new else kept
    return hashlib.sha256(json.dumps(relevant, sort_keys=True, default=str).encode()).hexdigest()


def _origins(packages: Iterable[Mapping[str, object]]) -> Iterator[Origin]:
    """Yield the packages that do not come from the index that everything comes from which says nothing else."""
    for package in packages:
        source = table(package, "source")
        if str(source.get("type", "legacy")) == "legacy":
            index = str(source.get("reference", ""))
            yield Origin(name=name_of(package), version=str(package.get("version", "")), index=index)


def _place(root: Path, package: Mapping[str, object]) -> tuple[str, Path]:
    source = table(package, "source")
    return str(source.get("type", "")), Path(os.path.normpath(root / str(source.get("url", ""))))


def name_of(package: Mapping[str, object]) -> str:
    """Return the normalized name of *package*."""
    return canonicalize_name(str(package.get("name", "")))
