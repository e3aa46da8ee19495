"""Requirements files, and exported text like them: what they ask for, as plain data."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.assigned import Assigned, Index, of_lines
from python_function._dependencies.local_packages import ARCHIVE_SUFFIXES, LocalArchive, LocalPackage
from python_function._dependencies.requirements_txt.line import Entry, File, Flag, Links, Option, Place, entries
from python_function._dependencies.requirements_txt.requirement import Need
from python_function._dependencies.requirements_txt.text import decode
from python_function._dependencies.requirements_txt.text import lines as logical_lines
from python_function._machine import text_file
from python_function._machine.redact import bare, masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What to install: requirement lines, and all that decides what they mean.

    Attributes:
        lines: PEP 508 requirements with their ``--hash`` parts, in the order of the files; local ones by name only.
        constraints: The same, from constraints files.
        options: Lines that uv understands in a requirements file: indexes, remote find-links, ``--no-binary``.
        flags: What uv understands on its command line only.
        links: Local ``--find-links`` places, absolute.
        local: The source trees that stand behind some of the names.
        archives: The wheels and source distributions that stand behind some of the names.
        unpinned: The lines that do not say exactly which version, each with its place.
        hashed: Whether hashes are there, which makes pip demand one for everything. Such lines must be installed as
            they are: ``uv pip compile`` forgets the hashes of its input.
        exact: Whether the lines are complete, one version of each package that is needed, as locks are.
        overrides: Requirements that take the place of all others of their names.
        excludes: The packages to leave out of the resolution, with whatever only they need.
        assigned: The packages that come from one index and from no other.
        pylock: What a pylock.toml says of packages, by name; they are installed from it, not by their lines.
        files: Every file that was read.
        identity: All of it as text, without secrets and without the place of anything on this machine. The content of
            *archives* and *links* is in it, that of *local* is not.
    """

    lines: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    links: tuple[Path, ...] = ()
    local: tuple[LocalPackage, ...] = ()
    archives: tuple[LocalArchive, ...] = ()
    unpinned: tuple[str, ...] = ()
    hashed: bool = False
    exact: bool = False
    overrides: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    assigned: tuple[Assigned, ...] = ()
    pylock: tuple[tuple[str, str], ...] = ()
    files: tuple[Path, ...] = ()
    identity: tuple[str, ...] = ()

    @property
    def listed(self) -> tuple[str, ...]:
        """The lines by which packages are installed: those that are not in a pylock.toml."""
        by_pylock = {name for name, _ in self.pylock}
        return tuple(line for line in self.lines if _name(line) not in by_pylock)

    @property
    def variables(self) -> frozenset[str]:
        """The environment variables that stand in the lines, as credentials do."""
        return frozenset(re.findall(r"\$\{(\w+)\}", "\n".join((*self.lines, *self.constraints, *self.options))))


def read(path: Path) -> Requirements:
    """Read the requirements file at *path* and every file that it includes.

    Raises:
        PackagingError: One of the files cannot be read, or a line of it cannot be understood.
    """
    return _gather(_file(path, Place(root=path.parent, base=path.parent)))


def parse(text: str, *, base: Path, source: str, exact: bool = False) -> Requirements:
    """Read *text* as if it were a requirements file in the directory *base*.

    Args:
        text: What a requirements file would hold.
        base: What relative paths start at; absolute.
        source: What errors call the text.
        exact: Whether the lines are known to be complete.

    Raises:
        PackagingError: A line cannot be understood.
    """
    return _gather(_text(text, source, Place(root=base, base=base)), exact=exact)


def assigned(requirements: Requirements, choose: Callable[[Requirement, str], Index | None]) -> Requirements:
    """Return *requirements*, each of which comes from the index that *choose* has for it, or else from the default."""
    return with_assigned(requirements, of_lines(requirements.lines, choose))


def with_assigned(requirements: Requirements, found: Iterable[Assigned]) -> Requirements:
    """Return *requirements*, of which what was *found* comes from one index and from no other."""
    known = tuple(dict.fromkeys(found))
    identity = (*requirements.identity, *(each.identity for each in known))
    return replace(requirements, assigned=known, identity=identity)


def without(requirements: Requirements, names: Collection[str]) -> Requirements:
    """Return *requirements* without the packages *names*; where there is still to resolve, others may not need them."""
    excluded = frozenset(map(canonicalize_name, names))
    if not excluded:
        return requirements
    return replace(
        requirements,
        excludes=() if requirements.exact else tuple(sorted(excluded)),
        lines=tuple(line for line in requirements.lines if _name(line) not in excluded),
        local=tuple(package for package in requirements.local if package.name not in excluded),
        archives=tuple(archive for archive in requirements.archives if archive.name not in excluded),
        assigned=tuple(each for each in requirements.assigned if each.name not in excluded),
        pylock=tuple((name, text) for name, text in requirements.pylock if name not in excluded),
    )


def _name(line: str) -> str:
    return re.split(r"[^\w.-]", line)[0]


def _file(path: Path, place: Place) -> Iterator[Entry]:
    yield File(path=path)
    yield from _text(decode(path), str(path), place.within(path))


def _text(text: str, source: str, place: Place) -> Iterator[Entry]:
    for line in logical_lines(text, source=source):
        for entry in entries(line, place):
            if isinstance(entry, File):
                if entry.path.resolve() in place.trail:
                    msg = f"{entry.path} includes itself. Remove one of the two."
                    raise line.error(msg)
                yield from _file(entry.path, place.constraining() if entry.constraints else place)
            else:
                yield entry


def _gather(found: Iterator[Entry], *, exact: bool = False) -> Requirements:
    entries = tuple(dict.fromkeys(found))
    needs = [entry for entry in entries if isinstance(entry, Need)]
    fixed = {need.name for need in needs if need.constraint and need.pinned}
    floating = (need for need in needs if not (need.constraint or need.pinned or need.name in fixed))
    return Requirements(
        lines=tuple(need.text for need in needs if not need.constraint),
        constraints=tuple(need.text for need in needs if need.constraint),
        options=tuple(entry.text for entry in entries if isinstance(entry, Option)),
        flags=tuple(entry.text for entry in entries if isinstance(entry, Flag)),
        links=tuple(entry.path for entry in entries if isinstance(entry, Links)),
        local=tuple(entry for entry in entries if isinstance(entry, LocalPackage)),
        archives=tuple(entry for entry in entries if isinstance(entry, LocalArchive)),
        unpinned=(*(f"{need.where}: {masked(need.text)}" for need in floating), *_remote_lists(entries)),
        hashed=any(need.hashed for need in needs) or Option(text="--require-hashes") in entries,
        exact=exact,
        files=tuple(entry.path for entry in entries if isinstance(entry, File)),
        identity=tuple(text for entry in entries if (text := _identity(entry))),
    )


def _remote_lists(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the lists that are fetched anew in every build."""
    texts = (entry.text for entry in entries if isinstance(entry, Option))
    yield from (masked(text) for text in texts if text.startswith(("--requirement ", "--constraint ")))


def _identity(entry: Entry) -> str:
    match entry:
        case Need():
            return f"{'constraint' if entry.constraint else 'requirement'} {bare(entry.text)}"
        case LocalPackage():
            return f"local {entry.name} ; {entry.marker}"
        case LocalArchive():
            return f"archive {entry.name} ; {entry.marker} {content(entry.path)}"
        case Links():
            return linked(entry.path)
        case Option() | Flag():
            return f"option {bare(entry.text)}"
        case File():
            return ""
        case _:
            assert_never(entry)


def linked(path: Path) -> str:
    """Return the content of the local directory of packages, or page of links, at *path*, as text."""
    found = path.iterdir() if path.is_dir() else (path,)
    files = sorted(file for file in found if file.is_file() and (file == path or file.name.endswith(ARCHIVE_SUFFIXES)))
    return f"links {' '.join(map(content, files))}"


def content(path: Path) -> str:
    """Return name and digest of the file at *path*."""
    return f"{path.name}:{text_file.digest(path)}"
