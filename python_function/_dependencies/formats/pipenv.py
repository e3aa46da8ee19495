"""``Pipfile`` and ``Pipfile.lock``: the categories of them that are chosen."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from packaging.utils import canonicalize_name

from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Listed, Locked, no_lock
from python_function._dependencies.export import kept, parsed, refuse, stale_message
from python_function._dependencies.formats import manifest_lines
from python_function._dependencies.formats.record import Format
from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.lock_part import LockPart, canonical
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.host import Host
from python_function._machine.toml import read_toml, table, tables
from python_function.errors import CommandError, PackagingError

PIPENV_VERSION: Final = "2026.10.3"
"""The pipenv that exports, whichever one wrote the lock: its format has not changed since 2014."""

_QUIET: Final = MappingProxyType({"PIPENV_DONT_LOAD_ENV": "1", "PIPENV_IGNORE_VIRTUALENVS": "1", "PIPENV_NOSPIN": "1"})
"""What keeps pipenv from looking for environments, and reading ``.env``."""

_DEVELOP: Final = frozenset({"dev", "develop", "dev-packages"})
_META: Final = frozenset({"source", "requires", "scripts", "pipenv"})


def declared(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the lock *file* says of the default category and the chosen ones."""
    lock = _read_lock(file)
    choice.check(file, groups=(*_DEVELOP, *(key for key in lock if not key.startswith("_"))), extras=None)
    excluded = set(map(canonicalize_name, choice.exclude))
    found = (item for category in categories(choice) for item in table(lock, category).items())
    entries = [(name, entry) for name, entry in found if canonicalize_name(name) not in excluded]
    places = list(_places(project, entries))
    doubt = (canonical(read_toml(file.with_name("Pipfile"))),) if _is_stale(file, lock) else ()
    part = LockPart(
        identity=(*(f"{name} {canonical(entry)}" for name, entry in entries), *doubt),
        packages=tuple(f"{name}{table(entry).get('version', '')}" for name, entry in entries),
        dropped=tuple(sorted(excluded)),
        fresh=not doubt,
        local=tuple(LocalPackage(name=name, directory=path) for name, path in places if not path.is_file()),
        archives=tuple(LocalArchive(name=name, path=path) for name, path in places if path.is_file()),
    )
    return Declared(content=Locked(file=file, project=project, choice=choice, part=part, export=export))


def unlocked(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the manifest *file* asks for in its packages and the chosen categories."""
    manifest = read_toml(file)
    known = (key for key in manifest if key not in _META)
    choice.check(file, groups=(*_DEVELOP, *known), extras=None)
    names = {"default": "packages", "develop": "dev-packages"}
    wanted = [item for c in categories(choice) for item in table(manifest, names.get(c, c)).items()]
    lines = (*_index_lines(manifest), *(manifest_lines.line(name, value, project) for name, value in wanted))
    requirements = read.parse("\n".join(lines), base=project, source=f"{file} (packages)")
    warning = no_lock(file, "pipenv lock", lock="Pipfile.lock")
    return Declared(content=Listed(requirements=requirements), warnings=(warning,))


def export(locked: Locked, host: Host, env: Mapping[str, str]) -> Requirements:
    """Return what pipenv says that the project needs."""
    lock = locked.file
    if not locked.part.fresh:
        raise PackagingError(stale_message(lock, "pipenv lock"))
    chosen = categories(locked.choice)
    argv = (
        *("--from", f"pipenv=={locked.choice.pipenv_version or PIPENV_VERSION}", "pipenv", "requirements", "--hash"),
        *((f"--categories={','.join(chosen)}",) if len(chosen) > 1 else ()),
    )
    try:
        text = kept(argv, lock, host, {**env, **_QUIET})
    except CommandError as error:
        refuse(lock, "pipenv lock", error)
    return read.without(parsed(text, lock), locked.part.dropped)


def categories(choice: Choice) -> tuple[str, ...]:
    """Return the categories to install, as the lock calls them."""
    return ("default", *("develop" if name in _DEVELOP else name for name in choice.groups))


def _is_stale(file: Path, lock: Mapping[str, object]) -> bool:
    """Tell whether the lock *file* was made for another Pipfile than the one beside it; pipenv exports it even so.

    A Pipfile without a source cannot be told: what pipenv put in its place depends on where it ran.
    """
    path = file.with_name("Pipfile")
    if not path.is_file():
        return False
    manifest = read_toml(path)
    kept = table(lock, "_meta", "hash").get("sha256")
    return kept is not None and "source" in manifest and kept not in _digests(manifest)


def _digests(manifest: Mapping[str, object]) -> tuple[str, ...]:
    """Return what pipenv keeps in a lock of the Pipfile that it was made for: newer ones fold the names of packages."""
    meta = {"sources": manifest.get("source"), "requires": table(manifest, "requires")}
    others = {key: key for key in manifest if key not in {*_META, "packages", "dev-packages"}}
    categories = {"default": "packages", "develop": "dev-packages", **others}
    written = {category: table(manifest, key) for category, key in categories.items()}
    folded = {
        category: {canonicalize_name(name): value for name, value in packages.items()}
        for category, packages in written.items()
    }
    contents = ({"_meta": meta, **packages} for packages in (written, folded))
    texts = (json.dumps(content, sort_keys=True, separators=(",", ":")) for content in contents)
    return tuple(hashlib.sha256(text.encode()).hexdigest() for text in texts)


def _read_lock(file: Path) -> Mapping[str, object]:
    try:
        content: object = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        msg = f"{file} cannot be read as JSON: {error}. Run 'pipenv lock' to write it anew."
        raise PackagingError(msg) from error
    return cast("Mapping[str, object]", content) if isinstance(content, dict) else {}


def _places(project: Path, entries: list[tuple[str, object]]) -> Iterator[tuple[str, Path]]:
    for name, entry in entries:
        place = table(entry).get("path") or table(entry).get("file")
        if isinstance(place, str) and "://" not in place:
            yield canonicalize_name(name), Path(os.path.normpath(project / place))


def _index_lines(manifest: Mapping[str, object]) -> Iterator[str]:
    urls = [str(source["url"]) for source in tables(manifest, "source") if "url" in source]
    yield from (manifest_lines.index_line(url, default=url == urls[0]) for url in urls)


LOCK: Final = Format(kind="pipenv", file="Pipfile.lock", docs="pipenv.md", read=declared, is_lock=True)
MANIFEST: Final = Format(kind="pipenv", file="Pipfile", docs="pipenv.md", read=unlocked)
