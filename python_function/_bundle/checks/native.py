"""Whether the native code of a bundle can be loaded on the target."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from python_function._bundle.checks import elf, imported, verdict
from python_function._bundle.checks.elf import Elf
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.problem import Problem, Reason, listed
from python_function._bundle.checks.verdict import Verdict
from python_function._machine.report import Notice
from python_function._target import libraries
from python_function._target.target import GLIBC, Target

_SMALLEST: Final = 4
"""How many bytes a file has at least of which anything can be said."""
_TEXT: Final = (".py", ".pyi", ".pyc", ".json", ".txt", ".md", ".rst")
"""The ends of names of files that no loader is given."""

_TAGGED: Final = re.compile(r"(?P<stem>[^./]+)\.(?P<tag>(?:cpython|cp|pypy|graalpy)[^./]*)\.so")
_CPYTHON: Final = re.compile(r"cpython-(?P<major>\d)(?P<minor>\d+)(?P<flags>[a-z]*)")
_STABLE: Final = re.compile(r"cp3(?P<minor>\d+)-abi3-")
_GLIBC_VERSION: Final = re.compile(r"GLIBC_(?P<major>\d+)\.(?P<minor>\d+)(?:\.\d+)?")


def check(
    bundle: Inventory,
    *,
    entry: str,
    target: Target,
    layers: Sequence[Inventory] = (),
    unknown: Sequence[str] = (),
) -> Verdict:
    """Hold every native file of *bundle* against *target*.

    Args:
        bundle: What the bundle holds.
        entry: What the user knows the source by.
        target: What has to load them.
        layers: What brings libraries besides.
        unknown: The names of layers that may bring libraries, too.
    """
    found = problems(bundle, target, layers)
    missing = [problem for problem in found if unknown and problem.reason == "library"]
    certain = [problem for problem in found if problem.is_certain and problem not in missing]
    others = [problem for problem in found if not problem.is_certain and problem not in missing]
    what = f"Native code of the bundle of {entry} cannot be loaded on {target.runtime} with {target.architecture}:\n"
    return Verdict(
        check="native",
        errors=(what + listed(certain),) if certain else (),
        warnings=(Notice(id="nativeCode", text=what + listed(others)),) if others else (),
        unknown=tuple(f"{problem.text[:-1]}, and {verdict.of_layers(unknown)}." for problem in missing),
    )


def problems(bundle: Inventory, target: Target, layers: Sequence[Inventory] = ()) -> tuple[Problem, ...]:
    """Return why native files of *bundle* cannot be loaded on *target*, by their paths."""
    found = read(bundle)
    by_name = _by_name(found)
    there = frozenset(by_name) | libraries.system(target)
    if any(name not in there for read in found.values() for name in read.needed):
        there |= {name for layer in layers for name in _by_name(read(layer))}
    reached = _reached(found, by_name, target)
    return tuple(
        Problem(
            file=file,
            distribution=owner.title if (owner := bundle.owners.get(file)) else "",
            reason=reason,
            needs=needs,
            has=has,
            is_certain=is_certain,
        )
        for file, read in sorted(found.items())
        for reason, needs, has, is_certain in (
            _of_name(bundle, file, target) or _of_content(bundle, file, read, target, there, is_reached=file in reached)
        )
    )


_Complaint = tuple[Reason, str, str, bool]


def read(bundle: Inventory) -> Mapping[str, Elf]:
    """Return what the native files of *bundle* say; only the user's own are read where the others are known."""
    if bundle.native is None:
        return dict(_native(bundle, bundle.files))
    return {**bundle.native, **dict(_native(bundle, bundle.own))}


def _native(bundle: Inventory, paths: Iterable[str]) -> Iterator[tuple[str, Elf]]:
    for path in paths:
        if bundle.files[path] >= _SMALLEST and not path.endswith(_TEXT):
            try:
                found = elf.read(bundle.root / path)
            except OSError:
                continue
            if found is not None:
                yield path, found


def _by_name(found: Mapping[str, Elf]) -> Mapping[str, list[str]]:
    """Return the files among *found* by the names that they can be needed by."""
    names: dict[str, list[str]] = {}
    for path, read in found.items():
        for name in {posixpath.basename(path), read.soname}:
            names.setdefault(name, []).append(path)
    return names


def _reached(found: Mapping[str, Elf], by_name: Mapping[str, Sequence[str]], target: Target) -> frozenset[str]:
    """Return the files that imports load: native modules of the target, and the libraries that they need in turn."""
    waiting = [path for path in found if _is_module(path, target)]
    reached: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += (other for name in found[path].needed for other in by_name.get(name, ()))
    return frozenset(reached)


def _is_module(path: str, target: Target) -> bool:
    """Tell whether an import may load the file at *path*: no module is called lib…, or is in a place with a dot."""
    directory, _, name = path.rpartition("/")
    exact, stable, plain = imported.suffixes(target)[:3]
    if directory.endswith(".libs"):
        return False
    return name.endswith((exact, stable)) or (name.endswith(plain) and name.count(".") == 1 and name[:3] != "lib")


def _of_name(bundle: Inventory, file: str, target: Target) -> list[_Complaint]:
    """Return what the name of *file* says against it: a module for another Python, with none in its place."""
    directory, _, name = file.rpartition("/")
    tagged = _TAGGED.fullmatch(name)
    suffixes = imported.suffixes(target)
    if tagged is None or name.endswith(suffixes[0]):
        return []
    stem = f"{directory}/{tagged['stem']}".lstrip("/")
    if any(f"{stem}{end}{suffix}" in bundle.files for suffix in suffixes for end in ("", "/__init__")):
        return []
    cpython = _CPYTHON.match(tagged["tag"])
    python = f"Python {cpython['major']}.{cpython['minor']}{cpython['flags']}" if cpython else tagged["tag"]
    needs, has = f"is a module for {python}", f"Python {target.python_version} there looks for {suffixes[0][1:]}"
    return [("python", f"{needs} ({tagged['tag']})", has, True)]


def _of_content(
    bundle: Inventory, file: str, read: Elf, target: Target, there: frozenset[str], *, is_reached: bool
) -> list[_Complaint]:
    """Return what *file* itself says against it; one that nothing leads to may be for machines that are not meant."""
    if not is_reached and _TAGGED.fullmatch(posixpath.basename(file)):
        return []
    if read.machine != target.machine:
        certain = is_reached or _is_alone(bundle, file, target)
        has = f"{target.architecture} needs {target.machine}"
        return [("machine", f"is for {read.machine}", has, True)] if certain else []
    if read.broken:
        return [("broken", f"is damaged: {read.broken}", "nothing can load it", is_reached)]
    found: list[_Complaint] = []
    floor, minor = _floor(bundle, file), int(target.python_version.partition(".")[2])
    if floor > minor:
        found.append(("abi3", f"needs Python 3.{floor} or newer", f"the runtime has 3.{minor}", True))
    needed, has_glibc = _glibc(read), GLIBC[target.runtime]
    if needed > has_glibc:
        has = f"the runtime has glibc {has_glibc[0]}.{has_glibc[1]}"
        found.append(("glibc", f"needs GLIBC_{needed[0]}.{needed[1]}", has, True))
    missing = (name for name in read.needed if name not in there and posixpath.basename(name) not in there)
    has = "neither the bundle nor the runtime has it"
    return [*found, *(("library", f"needs {name}", has, is_reached) for name in missing)]


def _is_alone(bundle: Inventory, file: str, target: Target) -> bool:
    """Tell whether a file for another machine is no companion: its wheel is for that one, or it is the user's own.

    Packages that have no code of their own for any machine, or files for each, bring those of all.
    """
    owner = bundle.owners.get(file)
    if owner is None:
        return file in bundle.own
    platforms = [tag.rpartition("-")[2] for tag in owner.tags]
    return bool(platforms) and all(name != "any" and not name.endswith(target.machine) for name in platforms)


def _floor(bundle: Inventory, file: str) -> int:
    """Return the oldest minor version of Python 3 that a module of the stable ABI is for, as far as its wheel says."""
    owner = bundle.owners.get(file)
    if owner is None or not file.endswith(".so"):
        return 0
    tags = [_STABLE.match(tag) for tag in owner.tags]
    return min((int(tag["minor"]) for tag in tags if tag), default=0) if all(tags) else 0


def _glibc(read: Elf) -> tuple[int, int]:
    """Return the newest version of glibc whose symbols are needed."""
    needed = (_GLIBC_VERSION.fullmatch(version) for _, version in read.versions)
    return max(((int(match["major"]), int(match["minor"])) for match in needed if match), default=(0, 0))
