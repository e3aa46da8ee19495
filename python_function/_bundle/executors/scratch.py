"""Lays out what a build needs besides the source: requirements, local packages, the programs of its steps."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Final

from python_function._bundle.executors import repository
from python_function._bundle.spec import Inputs, Referred
from python_function._dependencies import assigned, package_source
from python_function._dependencies.local_packages import ARCHIVE_SUFFIXES, LocalPackage
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.host import Host
from python_function._source import selection
from python_function._source.selection import Selection

TOOLS: Final = (
    *("_source/rules.py", "_source/walk.py", "_source/tree.py"),
    *("_bundle/executors/installed.py", "_machine/pip_conf.py"),
)
"""What a container runs as programs, and what these import."""

_WITHIN: Final = b"from python_function._source."
"""How these modules import each other, which stand beside one another where the package is not installed."""

_PYLOCK: Final = 'lock-version = "1.0"\ncreated-by = "cdk-python-function"\n'
"""What a pylock.toml starts with. It names no Python: uv would hold the running one against it, not the target's."""


def lay(
    requirements: Requirements,
    directory: Path,
    *,
    seen_as: str,
    host: Host,
    known: Inputs | None = None,
    named: Iterable[Referred] = (),
) -> None:
    """Write to *directory* everything that the steps of a plan read from their scratch directory.

    Args:
        requirements: What will be installed.
        directory: Where to write.
        seen_as: What the steps call *directory*.
        host: The machine that this is.
        known: The files of the bundle, as far as they are known.
        named: What arguments of the installer name.

    Raises:
        EntryError: A local package holds something that no bundle can.
    """
    _lay_tools(directory / "tools")
    _lay_lists(requirements, directory, seen_as)
    for number, package in enumerate(requirements.local):
        found = next((one for one in known.local if one.directory == package.directory), None) if known else None
        _lay_package(package, directory / "local" / str(number), found or package_source.files(package), host)
    for number, archive in enumerate(requirements.archives):
        selection.copy(_packed(archive.path, known), directory / "archives" / str(number))
    for number, links in enumerate(requirements.links):
        selection.copy(_packed(links, known), directory / "links" / str(number))
    for file in named:
        _lay_named(file, directory / file.place, known)


def _lay_package(package: LocalPackage, place: Path, found: Selection, host: Host) -> None:
    selection.copy(found, place / package.place)
    if package.versioned_in:
        as_git_has_it = (file.path for file in found.files if not (package.directory / file.path).is_symlink())
        kept = {(package.place / path).as_posix() for path in as_git_has_it}
        repository.lay(package.versioned_in, place, kept, host)


def _lay_tools(directory: Path) -> None:
    directory.mkdir(parents=True)
    for name in TOOLS:
        content = files("python_function").joinpath(name).read_bytes().replace(_WITHIN, b"from ")
        (directory / PurePosixPath(name).name).write_bytes(content)


def _lay_lists(requirements: Requirements, directory: Path, seen_as: str) -> None:
    archives = (
        f"{archive.name} @ file://{seen_as}/archives/{number}/{archive.path.name}"
        + (f" ; {archive.marker}" if archive.marker else "")
        for number, archive in enumerate(requirements.archives)
        if archive.is_wheel
    )
    lists = {
        "requirements.txt": (*requirements.options, *requirements.listed),
        "options.txt": requirements.options,
        "constraints.txt": requirements.constraints,
        "archives.txt": tuple(archives),
        "overrides.txt": requirements.overrides,
        "excludes.txt": requirements.excludes,
        "pylock.toml": (_PYLOCK, *(text for _, text in requirements.pylock)),
        "assigned/pyproject.toml": (assigned.manifest(requirements.assigned),),
    }
    (directory / "assigned").mkdir()
    for name, lines in lists.items():
        path = directory / name
        path.touch(mode=0o600)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _packed(path: Path, known: Inputs | None) -> Selection:
    """Return the archives at *path*, as they were when the bundle got its name if they are known from then."""
    found = dict(known.packed) if known else {}
    return found[path] if path in found else selection.packed(path, ARCHIVE_SUFFIXES)


def _lay_named(file: Referred, place: Path, known: Inputs | None) -> None:
    if file.links is not None:
        selection.copy(_packed(file.links, known), place)
    elif file.place:
        place.parent.mkdir(exist_ok=True)
        place.touch(mode=0o600)
        place.write_text(file.text, encoding="utf-8", errors="surrogateescape")
