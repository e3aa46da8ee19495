"""Where each distribution comes from, as far as the files that declare it say."""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from packaging.utils import canonicalize_name

from python_function._dependencies.detect import Packaging
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import text_file
from python_function._machine.redact import bare
from python_function._machine.toml import read_toml, table, tables

Kind: TypeAlias = Literal["index", "local", "archive", "repository", "environment"]

_DIRECT: Final = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s*(?P<url>\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a distribution comes from.

    Attributes:
        kind: A package index, a source tree or an archive of the user's own, a repository, an environment.
        name: Its name or URL, without credentials; empty where nothing says which.
    """

    kind: Kind
    name: str = ""


INDEX: Final = Origin(kind="index")
"""Where everything comes from that nothing is said of."""


def find(packaging: Packaging, requirements: Requirements) -> Mapping[str, Origin]:
    """Return the origin of each distribution that something is said of, by its canonical name.

    Args:
        packaging: What declares the dependencies.
        requirements: What was installed.
    """
    home = packaging.file.parent if packaging.file else Path()
    return {
        **dict(_indexes(packaging)),
        **dict(_direct(requirements)),
        **{archive.name: Origin(kind="archive", name=archive.path.name) for archive in requirements.archives},
        **{
            package.name: Origin(kind="local", name=Path(os.path.relpath(package.directory, home)).as_posix())
            for package in requirements.local
        },
    }


def _direct(requirements: Requirements) -> Iterator[tuple[str, Origin]]:
    for line in requirements.lines:
        if match := _DIRECT.match(line):
            url = bare(match["url"])
            kind: Kind = "repository" if re.match(r"(?:bzr|git|hg|svn)\+", url) else "archive"
            yield canonicalize_name(match["name"]), Origin(kind=kind, name=url)


def _indexes(packaging: Packaging) -> Iterator[tuple[str, Origin]]:
    read = _LOCKS.get(packaging.kind)
    if read and packaging.file and re.search(r"\.lock$|^pylock\b", packaging.file.name):
        for name, index in read(packaging.file):
            yield canonicalize_name(name), Origin(kind="index", name=bare(index))


def _uv(lock: Path) -> Iterator[tuple[str, str]]:
    manifest = lock.with_name("pyproject.toml")
    known = tables(table(read_toml(manifest), "tool", "uv"), "index") if manifest.is_file() else ()
    names = {str(index.get("url", "")).rstrip("/"): str(index["name"]) for index in known if "name" in index}
    for package in tables(read_toml(lock), "package"):
        url = str(table(package, "source").get("registry", ""))
        yield str(package.get("name", "")), names.get(url.rstrip("/"), url)


def _poetry(lock: Path) -> Iterator[tuple[str, str]]:
    for package in tables(read_toml(lock), "package"):
        yield str(package.get("name", "")), str(table(package, "source").get("reference", "PyPI"))


def _pipenv(lock: Path) -> Iterator[tuple[str, str]]:
    content: object = json.loads(text_file.text(lock))
    for category in set(table(content)) - {"_meta"}:
        for name in table(content, category):
            yield name, str(table(content, category, name).get("index", ""))


def _pylock(lock: Path) -> Iterator[tuple[str, str]]:
    for package in tables(read_toml(lock), "packages"):
        yield str(package.get("name", "")), str(package.get("index", ""))


_LOCKS: Final[Mapping[str, Callable[[Path], Iterator[tuple[str, str]]]]] = MappingProxyType(
    {"uv": _uv, "poetry": _poetry, "pipenv": _pipenv, "pylock": _pylock}
)
