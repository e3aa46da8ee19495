"""``uv.lock``: the part of it that one project of a workspace needs."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from python_function._declared import Choice, Declared
from python_function._distribution import LocalArchive, LocalPackage
from python_function._lock_part import LockPart, canonical
from python_function._toml import NOTHING, read_toml, strings, table, tables
from python_function._urls import bare

_TREES: Final = ("editable", "directory", "virtual")
"""The kinds of source that are directories; the last is never installed."""

_DECIDING: Final = (("project",), ("dependency-groups",), ("tool", "uv"))
"""The tables of a manifest that a lock is made from."""

_NOISE: Final = frozenset({"upload-time", "size", "url", "metadata"})
"""What may change in an entry of the lock without changing what is installed: hashes say which file it is."""


def declared(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the lock *file* says of all that *project* needs.

    A virtual workspace's root is no project; all members together stand for it.
    """
    lock = read_toml(file)
    packages = tables(lock, "package")
    name = member(lock, file.parent, project)
    roots = [package for package in packages if _name(package) == name] or _members(lock, packages)
    manifest = read_toml(project / "pyproject.toml")
    old_dev = ("dev",) if strings(manifest, "tool", "uv", "dev-dependencies") else ()
    extras = (extra for package in roots for extra in table(package, "optional-dependencies"))
    choice.check(
        file,
        groups=(*table(manifest, "dependency-groups"), *old_dev),
        extras=(*table(manifest, "project", "optional-dependencies"), *extras),
    )
    needed = [package for package in _reachable(packages, roots, choice) if not (name and package in roots)]
    fresh = all(_fresh(package, manifest, choice) for package in roots) if name else project == file.parent
    doubt = () if fresh else (canonical({" ".join(key): table(manifest, *key) for key in _DECIDING}),)
    return Declared(part=_part(file.parent, needed, name, doubt))


def member(lock: Mapping[str, object], root: Path, directory: Path) -> str | None:
    """Return the name that *lock*, which is in *root*, has for the project in *directory*."""
    place = Path(os.path.relpath(directory, root)).as_posix()
    return next((_name(package) for package in tables(lock, "package") if _tree(package) == place), None)


def claims(root: Path, directory: Path) -> bool:
    """Tell whether the workspace in *root* counts *directory* among its members, whatever its lock says."""
    workspace = table(
        read_toml(root / "pyproject.toml") if (root / "pyproject.toml").is_file() else NOTHING, "tool", "uv"
    )
    inside, outside = (
        any(directory in root.glob(pattern) for pattern in strings(workspace, "workspace", key))
        for key in ("members", "exclude")
    )
    return inside and not outside


def _part(root: Path, needed: Sequence[Mapping[str, object]], name: str | None, doubt: tuple[str, ...]) -> LockPart:
    sources = [table(package, "source") for package in needed]
    registries = [str(source["registry"]) for source in sources if "registry" in source]
    places = [(package, _tree(package)) for package in needed if "virtual" not in table(package, "source")]
    return LockPart(
        member=name,
        identity=(*(canonical(package, _NOISE) for package in needed), *doubt),
        fresh=not doubt,
        local=tuple(LocalPackage(name=_name(p), directory=_absolute(root, place)) for p, place in places if place),
        archives=tuple(_archives(root, needed)),
        links=tuple(dict.fromkeys(_absolute(root, place) for place in registries if "://" not in place)),
        indexes=tuple(dict.fromkeys(bare(url) for url in registries if "://" in url)),
    )


def _reachable(
    packages: Sequence[Mapping[str, object]], roots: Iterable[Mapping[str, object]], choice: Choice
) -> list[Mapping[str, object]]:
    """Return the packages that *roots* lead to, in the order of the lock."""
    seen: set[tuple[int, str, str]] = set()
    waiting = [(package, key, name) for package in roots for key, name in _wishes(choice)]
    while waiting:
        package, key, name = waiting.pop()
        if (mark := (packages.index(package), key, name)) in seen:
            continue
        seen.add(mark)
        for dependency in tables(package, key, *((name,) if name else ())):
            extras = [("optional-dependencies", extra) for extra in strings(dependency, "extra")]
            others = [other for other in packages if _meets(other, dependency)]
            waiting += [(other, *wish) for other in others for wish in (("dependencies", ""), *extras)]
    return [packages[number] for number in sorted({number for number, _, _ in seen})]


def _wishes(choice: Choice) -> Iterator[tuple[str, str]]:
    yield "dependencies", ""
    yield from (("optional-dependencies", canonicalize_name(name)) for name in choice.extras)
    yield from (("dev-dependencies", canonicalize_name(name)) for name in choice.groups)


def _meets(package: Mapping[str, object], dependency: Mapping[str, object]) -> bool:
    return all(package.get(key) == dependency.get(key, package.get(key)) for key in ("name", "version", "source"))


def _members(lock: Mapping[str, object], packages: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    names = strings(lock, "manifest", "members")
    return [package for package in packages if _name(package) in names]


def _archives(root: Path, packages: Iterable[Mapping[str, object]]) -> Iterator[LocalArchive]:
    for package in packages:
        place = table(package, "source").get("path")
        if isinstance(place, str):
            yield LocalArchive(name=_name(package), path=_absolute(root, place))


def _fresh(package: Mapping[str, object], manifest: Mapping[str, object], choice: Choice) -> bool:
    """Tell whether the lock surely was made for *manifest*; where it is in doubt, uv has to be asked."""
    metadata = table(package, "metadata")
    project, groups = table(manifest, "project"), table(manifest, "dependency-groups")
    pairs = [
        (
            tables(metadata, "requires-dist"),
            [*strings(project, "dependencies"), *_all_strings(table(project, "optional-dependencies"))],
        ),
        *((tables(metadata, "requires-dev", group), strings(groups, group)) for group in choice.groups),
    ]
    return all({(_name(d), _specifier(d)) for d in locked} == set(map(_asked, asked)) for locked, asked in pairs)


def _all_strings(content: Mapping[str, object]) -> Iterator[str]:
    return (text for key in content for text in strings(content, key))


def _specifier(dependency: Mapping[str, object]) -> str:
    return str(SpecifierSet(str(dependency.get("specifier", ""))))


def _asked(text: str) -> tuple[str, str]:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return text, ""
    return canonicalize_name(requirement.name), str(requirement.specifier)


def _tree(package: Mapping[str, object]) -> str | None:
    source = table(package, "source")
    return next((str(source[kind]) for kind in _TREES if kind in source), None)


def _name(package: Mapping[str, object]) -> str:
    return canonicalize_name(str(package.get("name", "")))


def _absolute(root: Path, place: str) -> Path:
    return Path(os.path.normpath(root / place))
