"""One requirement, in every form that pip takes: by name, by URL, from a repository, from a path."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.local_packages import (
    ARCHIVE_SUFFIXES,
    LocalArchive,
    LocalPackage,
    is_tree,
    name_of_archive,
    name_of_tree,
)
from python_function._dependencies.requirements_txt.path import from_url, is_remote, locate
from python_function._dependencies.requirements_txt.text import Line
from python_function._machine import text_file

_NAMED: Final = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<extras>\[[^\]]*\])?\s*@\s*(?P<url>\S+)\s*")
_EXTRAS: Final = re.compile(r"(?P<path>[^\[\]]*?)\s*(?P<extras>\[[^\]]*\])?")
_EGG: Final = re.compile(r"(?:(?<=#)|&)egg=(?P<name>[\w.-]+)(?P<extras>\[[^\]]*\])?&?")
_COMMIT: Final = re.compile(r"@[0-9a-f]{40}(?:#|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something to install.

    Attributes:
        name: Its normalized name; empty for a URL that does not tell.
        text: The requirement as PEP 508 and uv write it, with its hashes.
        pinned: Whether it says exactly what to install.
        hashed: Whether it has hashes.
        where: The file and line that ask for it.
        constraint: Whether it only constrains what others ask for.
    """

    name: str
    text: str
    pinned: bool
    hashed: bool
    where: str
    constraint: bool = False


@dataclass(frozen=True, slots=True)
class _Parts:
    name: str
    extras: str
    url: str
    marker: str


def understand(
    line: Line, text: str, *, hashes: tuple[str, ...], places: tuple[Path, ...]
) -> tuple[Need, LocalPackage | LocalArchive | None]:
    """Return what *text* on *line* asks for, and what stands behind its name on this machine.

    Args:
        line: The line, for errors.
        text: The requirement without its options.
        hashes: Its ``--hash`` options.
        places: The directories that a relative path may start at.

    Raises:
        PackagingError: It cannot be understood, or what it names is not there.
    """
    parts = _split(text, places)
    local = None
    if parts and not is_remote(parts.url):
        local, hashes = _local(line, parts, hashes, places)
        parts = _Parts(local.name, parts.extras, "", parts.marker)
    name, body, pinned = _body(line, text, parts)
    where = f"{Path(line.source).name}:{line.number}"
    need = Need(
        name=name,
        text=" ".join((body, *hashes)),
        pinned=pinned or local is not None,
        hashed=bool(hashes),
        where=where,
    )
    return need, local


def _split(text: str, places: tuple[Path, ...]) -> _Parts | None:
    """Return the parts of a requirement that names a URL or a path, None for one that names versions."""
    body, *rest = re.split(r"\s+;\s*|;\s+", text, maxsplit=1)
    marker = rest[0] if rest else ""
    if named := _NAMED.fullmatch(body):
        return _Parts(named["name"], named["extras"] or "", named["url"], marker)
    if is_remote(body):
        return _unnamed(body, marker)
    path = _EXTRAS.fullmatch(body)
    if path and _is_path(path["path"], places):
        egg = _EGG.search(path["path"])
        extras = path["extras"] or (egg["extras"] if egg else None) or ""
        return _Parts(egg["name"] if egg else "", extras, path["path"], marker)
    return None


def _unnamed(url: str, marker: str) -> _Parts:
    egg = _EGG.search(url)
    bare = _EGG.sub("", url).rstrip("#&") if egg else url
    wheel = name_of_archive(bare.partition("#")[0].rpartition("/")[2]) if ".whl" in bare else None
    return _Parts(egg["name"] if egg else wheel or "", (egg["extras"] if egg else None) or "", bare, marker)


def _is_path(text: str, places: tuple[Path, ...]) -> bool:
    if text.startswith("file:"):
        return True
    if "://" in text or " @ " in text:
        return False
    if text.startswith(".") or "/" in text or "\\" in text:
        return True
    return text.endswith(ARCHIVE_SUFFIXES) and any((place / text).is_file() for place in places)


def _local(
    line: Line, parts: _Parts, hashes: tuple[str, ...], places: tuple[Path, ...]
) -> tuple[LocalPackage | LocalArchive, tuple[str, ...]]:
    path = locate(line, from_url(parts.url), *places)
    if path.is_dir() and not is_tree(path):
        msg = f"{path} is no package: it has no pyproject.toml, setup.cfg or setup.py."
        raise line.error(msg)
    if not (path.is_dir() or path.name.endswith(ARCHIVE_SUFFIXES)):
        msg = f"{path} is neither a directory nor a wheel or source distribution."
        raise line.error(msg)
    found = name_of_tree(path) if path.is_dir() else name_of_archive(path.name)
    if not (found or parts.name):
        msg = f"the name of {path} cannot be told without running it. Write: <name> @ file:{parts.url}"
        raise line.error(msg)
    name = canonicalize_name(parts.name or str(found))
    if found and found != name:
        msg = f"{path} is the package {found!r}, not {name!r}. Write the name that it has."
        raise line.error(msg)
    if path.is_dir():
        return LocalPackage(name=name, directory=path, marker=parts.marker), ()
    _check(line, path, hashes)
    return LocalArchive(name=name, path=path, marker=parts.marker), hashes if path.suffix == ".whl" else ()


def _check(line: Line, path: Path, hashes: tuple[str, ...]) -> None:
    """Hold a local file to the hashes of its line: of what is built from it, none is known."""
    algorithms = {text.removeprefix("--hash=").partition(":")[0] for text in hashes}
    digests = {f"--hash={name}:{text_file.digest(path, name)}" for name in algorithms}
    if hashes and digests.isdisjoint(hashes):
        msg = f"{path} has none of these hashes; its own is {', '.join(sorted(digests))}."
        raise line.error(msg)


def _body(line: Line, text: str, parts: _Parts | None) -> tuple[str, str, bool]:
    """Return the normalized name, the canonical text and whether that says exactly what to install."""
    suffix = f" ; {parts.marker}" if parts and parts.marker else ""
    if parts and not parts.name:
        return "", parts.url + suffix, _fixed(parts.url)
    if parts:
        text = f"{parts.name}{parts.extras}{f' @ {parts.url}' if parts.url else ''}{suffix}"
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        msg = f"no valid requirement: {str(error).splitlines()[0]}."
        raise line.error(msg) from error
    exact = any(s.operator == "===" or (s.operator == "==" and "*" not in s.version) for s in requirement.specifier)
    pinned = exact or bool(requirement.url and _fixed(requirement.url))
    return canonicalize_name(requirement.name), _rendered(requirement), pinned


def _rendered(requirement: Requirement) -> str:
    """Return the canonical text; ``str()`` of a requirement differs between versions of packaging."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    what = f" @ {requirement.url}" if requirement.url else str(requirement.specifier)
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{canonicalize_name(requirement.name)}{extras}{what}{marker}"


def _fixed(url: str) -> bool:
    return not url.startswith(("git+", "hg+", "svn+", "bzr+")) or bool(_COMMIT.search(url))
