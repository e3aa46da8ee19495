"""Poetry: its locked projects, and which poetry exports them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from packaging.requirements import Requirement

from python_function._dependencies.assigned import Index
from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Locked
from python_function._dependencies.export import kept, parsed, refuse, stale_message
from python_function._dependencies.formats import manifest_lines, poetry_lock, poetry_needs, poetry_tool
from python_function._dependencies.formats.poetry_tool import Release
from python_function._dependencies.formats.record import Format
from python_function._dependencies.indexes import with_credentials
from python_function._dependencies.lock_part import Origin, origin_of
from python_function._dependencies.marker import Environments
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import text_file
from python_function._machine.host import Host
from python_function._machine.redact import bare
from python_function._machine.toml import read_toml, tables
from python_function._machine.variables import INDEXES
from python_function.errors import CommandError, PackagingError

_QUIET: Final = MappingProxyType({"POETRY_VIRTUALENVS_CREATE": "false", "POETRY_WARNINGS_EXPORT": "false"})
"""What keeps poetry from making environments, and talking of other things."""

_STALE: Final = ("changed significantly since poetry.lock was last generated",)


def declared(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the lock *file* says of all that *project* needs."""
    part = poetry_lock.part_of(file, project, choice)
    content = Locked(file=file, project=project, choice=choice, part=part, export=export, needs=poetry_needs.needs)
    return Declared(content=content)


def release_for(file: Path, asked: str | None) -> Release:
    """Return the poetry for the lock *file*, or the one *asked* for.

    Raises:
        PackagingError: No poetry known here reads it.
    """
    if asked is not None:
        return poetry_tool.asked_for(asked)
    found = poetry_lock.version(file)
    if found not in poetry_tool.BY_LOCK:
        known = ", ".join(poetry_tool.BY_LOCK)
        msg = f"{file} has the lock version {found!r}; known here are {known}. Pass poetry_version=... for another."
        raise PackagingError(msg)
    return poetry_tool.BY_LOCK[found]


def export(locked: Locked, host: Host, env: Mapping[str, str], environments: Environments) -> Requirements:
    """Return what poetry says that the project needs; poetry 1 exports stale locks with no more than a warning."""
    lock, choice = locked.file, locked.choice
    if not locked.part.fresh and poetry_lock.version(lock) in {"1.0", "1.1", "2.0"}:
        raise PackagingError(stale_message(lock, "poetry lock --no-update"))
    release = release_for(lock, choice.poetry_version)
    argv = (
        *("-m", "poetry", "export", "--no-interaction", "--no-ansi", "--format=requirements.txt"),
        *(f"--with={group}" for group in locked.part.groups),
        *(f"--extras={extra}" for extra in locked.part.extras),
        *(() if choice.poetry_include_hashes else ("--without-hashes",)),
        *(("--without-urls",) if choice.poetry_without_urls else ()),
    )

    def ask() -> str:
        with poetry_tool.installed(release, host, env) as python:
            text = host.run((python, *argv), cwd=lock.parent, env={**env, **_QUIET})
        parsed(text, locked, environments)  # an answer that lacks something is not kept
        return text

    files = (lock, *(lock.with_name(name) for name in ("pyproject.toml", "poetry.toml")))
    contents = [text_file.read(file) if file.is_file() else b"" for file in files]
    seen = sorted((name, bare(value)) for name, value in env.items() if name in INDEXES)
    try:
        text = kept((argv, str(lock), contents, poetry_tool.listed(release), host.python, seen), ask, host)
    except CommandError as error:
        refuse(lock, "poetry lock", error, stale=_STALE)
    manifest = read_toml(lock.with_name("pyproject.toml"))
    found = replace(parsed(text, locked, environments), options=())
    if not choice.poetry_without_urls:
        found = with_credentials(manifest, _from_sources(found, manifest, locked.part.origins), env)
    return read.without(found, locked.part.dropped)


def _from_sources(found: Requirements, manifest: Mapping[str, object], origins: tuple[Origin, ...]) -> Requirements:
    """Return *found*, each from the source that the lock has for it.

    The first primary source stands for the default index, which is the one that the user's own settings may replace,
    unless packages are locked that have no source at all.
    """
    sources = {str(source.get("name", "")): source for source in tables(manifest, "tool", "poetry", "source")}
    known = {name: Index(name=name, url=str(each["url"])) for name, each in sources.items() if "url" in each}
    primary = (name for name in known if sources[name].get("priority", "primary") in {"primary", "default"})
    default = next(primary, None) if all(origin.index for origin in origins) else None

    def index_of(requirement: Requirement, line: str) -> Index | None:
        name = origin_of(origins, requirement, line)
        return known.get(name) if name and name != default else None

    option = (manifest_lines.index_line(known[default].url, default=True),) if default else ()
    return read.assigned(replace(found, options=option), index_of)


FORMAT: Final = Format(
    kind="poetry", file="poetry.lock", docs="poetry.md", read=declared, is_lock=True, unlocked="pyproject"
)
