"""Asks the tool that owns a lock for the exact list of what to install."""

import hashlib
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, NoReturn

from python_function._dependencies.detect import Packaging
from python_function._dependencies.formats import manifest_lines, pipenv, script
from python_function._dependencies.formats.poetry import is_of_poetry_1, versions
from python_function._dependencies.indexes import lines as index_lines
from python_function._dependencies.indexes import with_credentials, without_others
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.environment import for_installer
from python_function._machine.host import Host
from python_function._machine.toml import NOTHING, read_toml
from python_function.errors import CommandError, PackagingError

PIPENV_VERSION: Final = "2026.10.3"
"""The pipenv that exports, whichever one wrote the lock: its format has not changed since 2014."""

_QUIET: Final = MappingProxyType(
    {
        "PIPENV_DONT_LOAD_ENV": "1",
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_NOSPIN": "1",
        "POETRY_VIRTUALENVS_CREATE": "false",
        "POETRY_WARNINGS_EXPORT": "false",
    }
)
"""What keeps the tools from making environments, reading ``.env``, and talking of other things."""

_STALE: Final = ("needs to be updated, but `--locked`", "changed significantly since poetry.lock was last generated")
_INLINE_SECRET: Final = re.compile(r"://(?!git@|\$\{\w+\}(?::\$\{\w+\})?@)[^/\s]*@")
"""User info other than variables: what has it is not kept."""


def requirements(packaging: Packaging, *, host: Host, environment: Mapping[str, str]) -> Requirements:
    """Return what *packaging* says to install, as exactly as it says it.

    Args:
        packaging: What declares the dependencies.
        host: The machine to run the tool on.
        environment: What the user set for the build; it overrides the process's own.

    Raises:
        PackagingError: The lock is stale, or its tool refuses it.
        BundlingError: The tool cannot be had.
    """
    env = {**for_installer(host.environ, environment), **_QUIET}
    if packaging.requirements is not None or packaging.file is None:
        found = packaging.requirements or Requirements()
        return with_credentials(_manifest(packaging), found, env)
    return _EXPORTERS[packaging.kind](packaging, packaging.file, host, env)


def _uv(packaging: Packaging, lock: Path, host: Host, env: Mapping[str, str]) -> Requirements:
    choice = packaging.choice
    argv = (
        *(host.uv, "export", "--quiet", "--format", "requirements.txt", "--no-header", "--no-annotate"),
        *("--no-default-groups", "--no-emit-project", "--python", host.python),
        *(("--package", packaging.part.member) if packaging.part.member else ()),
        *(f"--group={group}" for group in choice.groups),
        *(f"--extra={extra}" for extra in choice.extras),
        *(f"--prune={name}" for name in choice.exclude),
    )
    as_locked = without_others(env, lock.read_text(encoding="utf-8"))
    try:
        text = host.run((*argv, "--locked"), cwd=lock.parent, env=as_locked)
    except CommandError as error:
        # Only a running Python that the project excludes keeps uv from comparing the lock with its manifest.
        if "requested interpreter resolved to" not in error.output or not packaging.part.fresh:
            _refuse(lock, "uv lock", error)
        text = host.run((*argv, "--frozen"), cwd=lock.parent, env=as_locked)
    places = dict.fromkeys((lock.parent, packaging.project or lock.parent))
    manifests = [read_toml(place / "pyproject.toml") for place in places if (place / "pyproject.toml").is_file()]
    indexes = index_lines(manifests, packaging.part.indexes, env)
    return _read("\n".join((*indexes, text)), lock, links=packaging.part.links)


def _poetry(packaging: Packaging, lock: Path, host: Host, env: Mapping[str, str]) -> Requirements:
    choice = packaging.choice
    if not packaging.part.fresh and is_of_poetry_1(lock):
        raise PackagingError(_stale(lock, "poetry lock --no-update"))
    poetry, plugin = versions(lock, choice.poetry_version)
    argv = (
        *("--from", f"poetry=={poetry}", "--with", f"poetry-plugin-export=={plugin}"),
        *("poetry", "export", "--no-interaction", "--no-ansi", "--format=requirements.txt"),
        *(f"--with={group}" for group in choice.groups),
        *(f"--extras={extra}" for extra in choice.extras),
        *(() if choice.poetry_include_hashes else ("--without-hashes",)),
        *(("--without-urls",) if choice.poetry_without_urls else ()),
    )
    try:
        text = _kept(argv, lock, host, env)
    except CommandError as error:
        _refuse(lock, "poetry lock", error)
    found = with_credentials(read_toml(lock.with_name("pyproject.toml")), _read(text, lock), env)
    return read.without(found, packaging.part.dropped)


def _manifest(packaging: Packaging) -> Mapping[str, object]:
    """Return the manifest that names the indexes of requirements that no tool exports."""
    match packaging.kind, packaging.file:
        case "pyproject", Path() as file:
            return read_toml(file)
        case "script", Path() as file:
            return script.read(file)
        case _:
            return NOTHING


def _pipenv(packaging: Packaging, lock: Path, host: Host, env: Mapping[str, str]) -> Requirements:
    if not packaging.part.fresh:
        raise PackagingError(_stale(lock, "pipenv lock"))
    categories = pipenv.categories(packaging.choice)
    argv = (
        *("--from", f"pipenv=={packaging.choice.pipenv_version or PIPENV_VERSION}", "pipenv", "requirements", "--hash"),
        *((f"--categories={','.join(categories)}",) if len(categories) > 1 else ()),
    )
    try:
        text = _kept(argv, lock, host, env)
    except CommandError as error:
        _refuse(lock, "pipenv lock", error)
    return read.without(_read(text, lock), packaging.part.dropped)


def _kept(argv: tuple[str, ...], lock: Path, host: Host, env: Mapping[str, str]) -> str:
    """Return what the tool of *argv* says, from the cache if it was asked before."""
    files = (lock, lock.with_name("pyproject.toml"), lock.with_name("Pipfile"))
    contents = [file.read_bytes() if file.is_file() else b"" for file in files]
    key = hashlib.sha256(repr((argv, str(lock), contents)).encode()).hexdigest()
    place = host.cache / "exports" / f"{key}.txt"
    if place.is_file():
        return place.read_text(encoding="utf-8")
    text = host.run((host.uv, "tool", "run", "--quiet", "--python", host.python, *argv), cwd=lock.parent, env=env)
    if not _INLINE_SECRET.search(text):
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=place.parent, delete=False) as file:
            file.write(text)
        Path(file.name).replace(place)
    return text


def _read(text: str, lock: Path, *, links: tuple[Path, ...] = ()) -> Requirements:
    lines = (
        manifest_lines.with_braces(line) if "index-url" in line or line.startswith("-i ") else line
        for line in text.splitlines()
    )
    found = read.parse("\n".join(lines), base=lock.parent, source=f"what {lock} exports", exact=True)
    return read.from_any_index(replace(found, links=(*found.links, *links)))


def _refuse(lock: Path, command: str, error: CommandError) -> NoReturn:
    if any(words in error.output for words in _STALE):
        raise PackagingError(_stale(lock, command)) from error
    msg = f"{lock} cannot be exported. If it is stale, run '{command}' in {lock.parent} and commit it. {error}"
    raise PackagingError(msg) from error


def _stale(lock: Path, command: str) -> str:
    return (
        f"{lock} is stale: it was made for another state of the manifest beside it. "
        f"Run '{command}' in {lock.parent} and commit {lock.name}."
    )


_EXPORTERS: Final[Mapping[str, Callable[[Packaging, Path, Host, Mapping[str, str]], Requirements]]] = MappingProxyType(
    {"uv": _uv, "poetry": _poetry, "pipenv": _pipenv}
)
