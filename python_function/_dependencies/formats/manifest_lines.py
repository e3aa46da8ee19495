"""Dependencies as manifests write them, rewritten as lines of a requirements file."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.assigned import Assigned, Index
from python_function._dependencies.formats import uv_sources
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.toml import strings, table, tables

_SHELL_VARIABLE: Final = re.compile(r"\$(?P<name>[A-Za-z_]\w*)")
_SCP: Final = re.compile(r"^git@(?P<host>[^:/]+):")
"""git's own short form, which is no URL."""

_REFERENCES: Final = ("rev", "tag", "branch", "ref")
_MARKERS: Final = (
    "sys_platform",
    "platform_machine",
    "platform_system",
    "os_name",
    "python_version",
    "implementation_name",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a requirements file, and what comes from one index by it."""

    text: str
    assigned: Assigned | None = None


def lines(texts: Sequence[str], manifest: Mapping[str, object], project: Path) -> tuple[Line, ...]:
    """Return the PEP 508 requirements *texts* with the sources that *manifest* has for them in ``[tool.uv]``."""
    indexes = [index for index in tables(manifest, "tool", "uv", "index") if "url" in index]
    general = (index for index in indexes if index.get("explicit") is not True)
    sources = uv_sources.of(manifest, project)
    named = {str(index["name"]): index_of(index) for index in indexes if "name" in index}
    return (
        *(Line(text=index_line(str(index["url"]), default=bool(index.get("default")))) for index in general),
        *(line for original in texts for line in _from_sources(original, sources, named, project)),
    )


def parsed(lines: Sequence[Line], *, base: Path, source: str) -> Requirements:
    """Return what *lines* ask for, read as :func:`read.parse` does."""
    found = read.parse("\n".join(each.text for each in lines), base=base, source=source)
    return read.with_assigned(found, (each.assigned for each in lines if each.assigned))


def held(requirements: Requirements, manifest: Mapping[str, object]) -> Requirements:
    """Return *requirements* with the versions that *manifest* holds the resolution of uv to."""
    settings = table(manifest, "tool", "uv")
    constraints, overrides = (strings(settings, f"{word}-dependencies") for word in ("constraint", "override"))
    told = (*(f"constraint {text}" for text in constraints), *(f"override {text}" for text in overrides))
    return replace(
        requirements,
        constraints=(*requirements.constraints, *constraints),
        overrides=overrides,
        identity=(*requirements.identity, *told),
    )


def index_of(entry: Mapping[str, object]) -> Index:
    """Return the index that a manifest's table describes."""
    return Index(name=str(entry.get("name", "")), url=with_braces(str(entry.get("url", ""))))


def line(name: str, value: object, project: Path) -> str:
    """Return the requirement that a Pipfile or poetry writes as *name* and *value*."""
    from python_function._dependencies.formats import poetry_versions  # noqa: PLC0415 - few projects need it, and it takes its time

    content = {"version": value} if isinstance(value, str) else table(value)
    extras = f"[{','.join(strings(content, 'extras'))}]" if strings(content, "extras") else ""
    url = _url(content, project)
    version = poetry_versions.specifier(str(content.get("version", "*")))
    marker = " and ".join(_conditions(content))
    return f"{name}{extras}{f' @ {url}' if url else version}{f' ; {marker}' if marker else ''}"


def index_line(url: str, *, default: bool) -> str:
    """Return the option that makes uv ask the index at *url*; as *default* it yields to the user's own settings."""
    return f"--{'' if default else 'extra-'}index-url {with_braces(url)}"


def with_braces(text: str) -> str:
    """Return *text* with the variables in it as pip and uv write them: pipenv takes them without braces too."""
    return _SHELL_VARIABLE.sub(r"${\g<name>}", text)


def _from_sources(
    text: str, sources: Mapping[str, tuple[Mapping[str, object], ...]], indexes: Mapping[str, Index], project: Path
) -> Iterator[Line]:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        yield Line(text=text)
        return
    name = canonicalize_name(requirement.name)
    choices = sources.get(name, ())
    found = ((each, _url(each, project), indexes.get(str(each.get("index")))) for each in choices)
    told = [(source, url, index) for source, url, index in found if url or index]
    for source, url, index in told:
        marker = " and ".join(f"({each})" for each in (requirement.marker, source.get("marker")) if each)
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        what = f" @ {url}" if url else str(requirement.specifier)
        assigned = Assigned(name=name, index=index, marker=marker) if index and not url else None
        yield Line(text=f"{requirement.name}{extras}{what}{f' ; {marker}' if marker else ''}", assigned=assigned)
    if not told:
        yield Line(text=text)


def _url(content: Mapping[str, object], project: Path) -> str:
    """Return the URL of the place that a manifest's table names, empty where it names none."""
    subdirectory = f"#subdirectory={content['subdirectory']}" if "subdirectory" in content else ""
    place = content.get("path") or content.get("file") or content.get("url")
    if isinstance(content.get("git"), str):
        reference = next((str(content[key]) for key in _REFERENCES if key in content), "")
        url = str(content["git"])
        url = _SCP.sub(r"ssh://git@\g<host>/", url.removeprefix("git+"))
        return f"git+{with_braces(url)}{f'@{reference}' if reference else ''}{subdirectory}"
    if not isinstance(place, str):
        return ""
    if "://" in place:
        return f"{with_braces(place)}{subdirectory}"
    return f"file:{quote(Path(os.path.normpath(project / place)).as_posix())}"


def _conditions(content: Mapping[str, object]) -> Iterator[str]:
    for key in ("markers", "marker"):
        if isinstance(content.get(key), str):
            yield f"({content[key]})"
    if isinstance(content.get("python"), str):
        from python_function._dependencies.formats import poetry_versions  # noqa: PLC0415 - few projects need it, and it takes its time

        marker = poetry_versions.python_marker(str(content["python"]))
        yield from (f"({marker})",) if marker else ()
    if isinstance(content.get("platform"), str):
        yield f"sys_platform == {str(content['platform'])!r}"
    yield from (f"{key} {content[key]}" for key in _MARKERS if isinstance(content.get(key), str))
