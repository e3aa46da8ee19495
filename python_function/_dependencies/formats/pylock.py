"""``pylock.toml``: https://packaging.python.org/en/latest/specifications/pylock-toml/."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from packaging.utils import canonicalize_name

from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Listed
from python_function._dependencies.formats import manifest_lines
from python_function._dependencies.formats.record import Format
from python_function._dependencies.requirements_txt import read
from python_function._machine.toml import read_toml, strings, table, tables
from python_function.errors import PackagingError

_MEMBERSHIP: Final = re.compile(
    r"""(?P<quote>["'])(?P<name>[^"']*)(?P=quote)\s+(?P<no>not\s+)?in\s+(?P<list>extras|dependency_groups)"""
)
_ALWAYS: Final = "python_version >= '0'"
_NEVER: Final = "python_version < '0'"


def declared(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the lock *file* holds, which needs no tool to say it.

    Raises:
        PackagingError: It has a version that is not known here.
    """
    lock = read_toml(file)
    version = str(lock.get("lock-version"))
    if version.partition(".")[0] != "1":
        msg = f"{file} has the lock version {version!r}; known here is 1.0. Write it with a tool of that version."
        raise PackagingError(msg)
    choice.check(file, groups=strings(lock, "dependency-groups"), extras=strings(lock, "extras"))
    packages = tables(lock, "packages")
    indexes = dict.fromkeys(str(package["index"]) for package in packages if "index" in package)
    lines = (
        *(manifest_lines.index_line(index, default=len(indexes) == 1) for index in indexes),
        *(
            _line(package, file.parent, _wanted(lock, choice))
            for package in packages
            if _is_other(package, file, project)
        ),
    )
    requirements = read.parse("\n".join(lines), base=file.parent, source=str(file), exact=True)
    return Declared(content=Listed(requirements=read.from_any_index(requirements)))


def _wanted(lock: Mapping[str, object], choice: Choice) -> Mapping[str, frozenset[str]]:
    groups = (*strings(lock, "default-groups"), *choice.groups)
    chosen = {"extras": choice.extras, "dependency_groups": groups}
    return {key: frozenset(map(canonicalize_name, names)) for key, names in chosen.items()}


def _is_other(package: Mapping[str, object], file: Path, project: Path) -> bool:
    """Tell whether *package* is not the project itself, whose source is in the bundle anyhow."""
    place = table(package, "directory").get("path")
    return not isinstance(place, str) or Path(os.path.normpath(file.parent / place)) != project


def _line(package: Mapping[str, object], base: Path, wanted: Mapping[str, frozenset[str]]) -> str:
    name = str(package.get("name", ""))
    marker = _MEMBERSHIP.sub(lambda match: _resolved(match, wanted), str(package.get("marker", "")))
    url, hashes = _where(package, base)
    what = f"{name} @ {url}" if url else f"{name}=={package['version']}" if "version" in package else name
    return f"{what}{f' ; {marker}' if marker else ''}{''.join(f' --hash={text}' for text in hashes)}"


def _resolved(match: re.Match[str], wanted: Mapping[str, frozenset[str]]) -> str:
    there = canonicalize_name(match["name"]) in wanted[match["list"]]
    return _NEVER if there == bool(match["no"]) else _ALWAYS


def _where(package: Mapping[str, object], base: Path) -> tuple[str, tuple[str, ...]]:
    """Return the URL of a package that comes from no index, and the hashes of what may be installed for it."""
    if vcs := table(package, "vcs"):
        place = str(vcs.get("url") or _file_url(base, vcs))
        part = f"#subdirectory={vcs['subdirectory']}" if "subdirectory" in vcs else ""
        return f"{vcs.get('type', 'git')}+{place}@{vcs.get('commit-id', '')}{part}", ()
    if directory := table(package, "directory"):
        return _file_url(base, directory), ()
    if archive := table(package, "archive"):
        return str(archive.get("url") or _file_url(base, archive)), _hashes(archive)
    wheels = tables(package, "wheels")
    files = (*wheels, *((table(package, "sdist"),) if "sdist" in package else ()))
    if len(files) == 1 and "index" not in package and "path" in files[0]:
        return _file_url(base, files[0]), _hashes(files[0])
    return "", tuple(hash_ for file in files for hash_ in _hashes(file))


def _file_url(base: Path, entry: Mapping[str, object]) -> str:
    return f"file:{quote(Path(os.path.normpath(base / str(entry.get('path', '')))).as_posix())}"


def _hashes(entry: Mapping[str, object]) -> tuple[str, ...]:
    known = table(entry, "hashes")
    return tuple(f"{name}:{known[name]}" for name in ("sha256", "sha384", "sha512") if name in known)


FORMAT: Final = Format(kind="pylock", file="pylock.toml", docs="pylock.md", read=declared, is_lock=True)
