"""``pylock.toml``: https://packaging.python.org/en/latest/specifications/pylock-toml/."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote

from packaging.pylock import Package, PackageSdist, PackageWheel, Pylock, PylockValidationError
from packaging.utils import canonicalize_name

from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Listed
from python_function._dependencies.formats.record import Format
from python_function._dependencies.requirements_txt import read
from python_function._machine.redact import bare
from python_function._machine.toml import read_toml, tables
from python_function.errors import PackagingError

_MEMBERSHIP: Final = re.compile(
    r"""(?P<quote>["'])(?P<name>[^"']*)(?P=quote)\s+(?P<no>not\s+)?in\s+(?P<list>extras|dependency_groups)"""
)
_ALWAYS: Final = "python_version >= '0'"
_NEVER: Final = "python_version < '0'"
_DECIDING: Final = ("name", "version", "index", "archive", "sdist", "wheels")
"""What of a package decides, with its marker, which file is installed."""


def declared(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the lock *file* holds, which needs no tool to say it.

    What has a URL is installed from the lock itself; the rest, which is local or has to be built, by its line.

    Raises:
        PackagingError: It cannot be understood.
    """
    content = read_toml(file)
    lock = _parsed(file, content)
    choice.check(file, groups=lock.dependency_groups or (), extras=lock.extras or ())
    wanted, excluded = _wanted(lock, choice), set(map(canonicalize_name, choice.exclude))
    pairs = [
        (package, written)
        for package, written in zip(lock.packages, tables(content, "packages"), strict=True)
        if package.name not in excluded and not _is_project(package, file, project)
    ]
    lines = [_line(package, file.parent, _marker(package, wanted)) for package, _ in pairs]
    found = read.parse("\n".join(lines), base=file.parent, source=str(file), exact=True)
    by_url = tuple((p.name, _entry(written, _marker(p, wanted))) for p, written in pairs if _has_urls(p))
    links = tuple(path for package, _ in pairs for path in _files_beside(package, file.parent))
    identity = (*found.identity, *(bare(text) for _, text in by_url), *map(read.content, links))
    return Declared(content=Listed(requirements=replace(found, links=links, pylock=by_url, identity=identity)))


def _parsed(file: Path, content: Mapping[str, object]) -> Pylock:
    version = str(content.get("lock-version"))
    if version.partition(".")[0] != "1":
        msg = f"{file} has the lock version {version!r}; known here is 1.0. Write it with a tool of that version."
        raise PackagingError(msg)
    try:
        return Pylock.from_dict(content)
    except PylockValidationError as error:
        msg = f"{file} is no valid pylock.toml: {error}. Write it anew with the tool that made it."
        raise PackagingError(msg) from error


def _wanted(lock: Pylock, choice: Choice) -> Mapping[str, frozenset[str]]:
    groups = (*(lock.default_groups or ()), *choice.groups)
    chosen = {"extras": choice.extras, "dependency_groups": groups}
    return {key: frozenset(map(canonicalize_name, names)) for key, names in chosen.items()}


def _is_project(package: Package, file: Path, project: Path) -> bool:
    """Tell whether *package* is the project itself, whose source is in the bundle anyhow."""
    directory = package.directory
    return directory is not None and Path(os.path.normpath(file.parent / directory.path)) == project


def _marker(package: Package, wanted: Mapping[str, frozenset[str]]) -> str:
    """Return the marker of *package* with what was chosen put in, which no installer has to know then."""
    return _MEMBERSHIP.sub(lambda match: _resolved(match, wanted), str(package.marker or ""))


def _resolved(match: re.Match[str], wanted: Mapping[str, frozenset[str]]) -> str:
    there = canonicalize_name(match["name"]) in wanted[match["list"]]
    return _NEVER if there == bool(match["no"]) else _ALWAYS


def _has_urls(package: Package) -> bool:
    if package.archive:
        return bool(package.archive.url)
    files = _files(package)
    return bool(files) and all(file.url for file in files)


def _files(package: Package) -> tuple[PackageWheel | PackageSdist, ...]:
    return (*(package.wheels or ()), *((package.sdist,) if package.sdist else ()))


def _files_beside(package: Package, base: Path) -> Iterator[Path]:
    """Yield the files of *package* that stand beside the lock, where there are several to choose from."""
    files = _files(package)
    if len(files) > 1 and not _has_urls(package):
        yield from (Path(os.path.normpath(base / file.path)) for file in files if file.path)


def _line(package: Package, base: Path, marker: str) -> str:
    url, hashes = _where(package, base)
    what = f" @ {url}" if url else f"=={package.version}" if package.version else ""
    return f"{package.name}{what}{f' ; {marker}' if marker else ''}{''.join(f' --hash={text}' for text in hashes)}"


def _where(package: Package, base: Path) -> tuple[str, tuple[str, ...]]:
    """Return the URL of a package that comes from no index, and the hashes of what may be installed for it."""
    if vcs := package.vcs:
        place = vcs.url or _file_url(base, vcs.path)
        part = f"#subdirectory={vcs.subdirectory}" if vcs.subdirectory else ""
        return f"{vcs.type}+{place}@{vcs.commit_id}{part}", ()
    if directory := package.directory:
        return _file_url(base, directory.path), ()
    if archive := package.archive:
        return archive.url or _file_url(base, archive.path), _hashes(archive.hashes)
    files = _files(package)
    hashes = tuple(text for file in files for text in _hashes(file.hashes))
    beside = len(files) == 1 and files[0].path and not files[0].url
    return (_file_url(base, files[0].path) if beside else ""), hashes


def _file_url(base: Path, path: str | None) -> str:
    return f"file:{quote(Path(os.path.normpath(base / (path or ''))).as_posix())}"


def _hashes(known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}:{known[name]}" for name in ("sha256", "sha384", "sha512") if name in known)


def _entry(written: Mapping[str, object], marker: str) -> str:
    """Return a package as a table of a pylock.toml without what does not decide what is installed."""
    kept = {key: written[key] for key in _DECIDING if key in written} | ({"marker": marker} if marker else {})
    return "".join(("[[packages]]\n", *(f"{key} = {_toml(value)}\n" for key, value in kept.items())))


def _toml(value: object) -> str:
    match value:
        case bool() | int():
            return json.dumps(value)
        case Mapping():
            content = cast("Mapping[str, object]", value)
            pairs = (f"{json.dumps(key)} = {_toml(item)}" for key, item in content.items() if key != "upload-time")
            return f"{{ {', '.join(pairs)} }}"
        case list():
            return f"[{', '.join(map(_toml, cast('list[object]', value)))}]"
        case _:
            return json.dumps(str(value), ensure_ascii=False)


FORMAT: Final = Format(kind="pylock", file="pylock.toml", docs="pylock.md", read=declared, is_lock=True)
