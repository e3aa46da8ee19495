"""Pipenv: ``Pipfile`` and ``Pipfile.lock``, which are plain data: pipenv is never started."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.assigned import Index
from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Listed, no_lock
from python_function._dependencies.export import stale_message
from python_function._dependencies.formats import manifest_lines, pipfile_hash
from python_function._dependencies.formats.record import Format
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import text_file
from python_function._machine.report import Notice
from python_function._machine.toml import alternatives, read_toml, strings, table, tables
from python_function.errors import PackagingError

_DEVELOP: Final = frozenset({"dev", "develop", "dev-packages"})
_NAMES: Final = {"default": "packages", "develop": "dev-packages"}
"""What a Pipfile calls the categories that have another name in its lock."""


def locked(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the lock *file* holds in the default category and the chosen ones.

    Raises:
        PackagingError: It was made for another Pipfile than the one beside it.
    """
    lock = _read_lock(file)
    choice.check(file, groups=(*_DEVELOP, *(key for key in lock if not key.startswith("_"))), extras=None)
    manifest = file.with_name("Pipfile")
    if manifest.is_file() and not pipfile_hash.is_fresh(read_toml(manifest), lock):
        raise PackagingError(stale_message(file, "pipenv lock"))
    wanted = [item for category in _categories(choice, lock) for item in table(lock, category).items()]
    requirements = _requirements(tables(lock, "_meta", "sources"), wanted, project, source=str(file), exact=True)
    warnings: tuple[Notice, ...] = ()
    if choice.pipenv_version is not None:
        text = f"pipenv_version={choice.pipenv_version!r} has no effect: {file} is read without pipenv. Leave it out."
        warnings = (Notice(id="pipenvVersion", text=text),)
    return Declared(content=Listed(requirements=requirements), warnings=warnings)


def unlocked(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the manifest *file* asks for in its packages and the chosen categories."""
    manifest = read_toml(file)
    choice.check(file, groups=(*_DEVELOP, *(key for key in manifest if key not in pipfile_hash.META)), extras=None)
    wanted = [item for c in _categories(choice, manifest) for item in table(manifest, _NAMES.get(c, c)).items()]
    requirements = _requirements(tables(manifest, "source"), wanted, project, source=f"{file} (packages)")
    warning = no_lock(file, "pipenv lock", lock="Pipfile.lock")
    return Declared(content=Listed(requirements=requirements), warnings=(warning,))


def _categories(choice: Choice, content: Mapping[str, object]) -> tuple[str, ...]:
    """Return the categories to install, as the lock calls them."""
    written = {canonicalize_name(name): name for name in content}
    names = ((canonicalize_name(name), name) for name in choice.groups)
    chosen = ("develop" if folded in _DEVELOP else written.get(folded, name) for folded, name in names)
    return tuple(dict.fromkeys(("default", *chosen)))


def _requirements(
    sources: list[Mapping[str, object]],
    wanted: list[tuple[str, object]],
    project: Path,
    *,
    source: str,
    exact: bool = False,
) -> Requirements:
    """Return what to install; what names no index of its own comes from the first, as pipenv has it."""
    indexes = [Index(name=str(s.get("name", "")), url=str(s["url"])) for s in sources if "url" in s]
    first = (manifest_lines.index_line(indexes[0].url, default=True),) if indexes else ()
    known = {index.name: Index(name=index.name, url=manifest_lines.with_braces(index.url)) for index in indexes[1:]}
    lines = (line for name, value in wanted for line in _lines(name, value, project))
    found = read.parse("\n".join((*first, *lines)), base=project, source=source, exact=exact)
    named = {canonicalize_name(name): str(each.get("index", "")) for name, v in wanted for each in alternatives(v)}

    def index_of(requirement: Requirement, line: str) -> Index | None:  # noqa: ARG001 - one signature for all locks
        name = named.get(canonicalize_name(requirement.name), "")
        if name in known or "://" in name:
            return known.get(name) or Index(name="", url=manifest_lines.with_braces(name))
        if name and name not in {index.name for index in indexes}:
            msg = f"{source}: {requirement.name} is from the index {name!r}, which is none of its sources. Name one."
            raise PackagingError(msg)
        return None

    return read.assigned(found, index_of)


def _lines(name: str, value: object, project: Path) -> Iterator[str]:
    hashes = "".join(f" --hash={text}" for text in strings(value, "hashes"))
    yield manifest_lines.line(name, value, project) + hashes


def _read_lock(file: Path) -> Mapping[str, object]:
    try:
        content: object = json.loads(text_file.read(file).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        msg = f"{file} cannot be read as JSON: {error}. Run 'pipenv lock' to write it anew."
        raise PackagingError(msg) from error
    return cast("Mapping[str, object]", content) if isinstance(content, dict) else {}


LOCK: Final = Format(kind="pipenv", file="Pipfile.lock", docs="pipenv.md", read=locked, is_lock=True)
MANIFEST: Final = Format(kind="pipenv", file="Pipfile", docs="pipenv.md", read=unlocked)
