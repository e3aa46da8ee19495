"""``pyproject.toml`` without a lock: what it asks for, to be resolved."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Listed, no_lock
from python_function._dependencies.formats import extras, groups, manifest_lines, poetry_lock, poetry_sources
from python_function._dependencies.formats.manifest_lines import Line
from python_function._dependencies.formats.record import Format
from python_function._dependencies.formats.uv_lock import default_groups
from python_function._machine.toml import NOTHING, read_toml, strings, table, tables

_COMMANDS: Final = {"poetry": ("poetry lock", "poetry.lock"), "uv": ("uv lock", "uv.lock")}


def declares(file: Path, choice: Choice) -> bool:
    """Tell whether the manifest *file* is there and asks for anything to be installed."""
    manifest = read_toml(file) if file.is_file() else NOTHING
    poetry = set(table(manifest, "tool", "poetry", "dependencies")) - {"python"}
    chosen = any(map(choice.takes_group, _groups(manifest))) or any(map(choice.takes_extra, _extras(manifest)))
    return bool(strings(manifest, "project", "dependencies") or poetry or chosen or default_groups(manifest))


def declared(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the manifest *file* asks for, with the chosen groups and extras."""
    manifest = read_toml(file)
    poetry = table(manifest, "tool", "poetry")
    choice.check(file, groups=_groups(manifest), extras=_extras(manifest))
    texts = tuple(_texts(file, manifest, choice))
    own = tuple(_poetry_lines(manifest, choice, project))
    placed = tuple(poetry_sources.of(texts, manifest, project))
    told = {line.text: line for line in placed if line.assigned}
    standard = (told.get(line.text, line) for line in manifest_lines.lines([p.text for p in placed], manifest, project))
    lines = (*standard, *_poetry_indexes(poetry), *own)
    requirements = manifest_lines.parsed(lines, base=project, source=f"{file} (dependencies)")
    requirements = manifest_lines.held(requirements, manifest)
    command, lock = _COMMANDS["poetry" if poetry else "uv"]
    content = Listed(requirements=requirements, manifest=manifest)
    return Declared(content=content, warnings=(no_lock(file, command, lock=lock),))


def _groups(manifest: Mapping[str, object]) -> tuple[str, ...]:
    poetry = table(manifest, "tool", "poetry")
    old = "dev-dependencies" in poetry or "dev-dependencies" in table(manifest, "tool", "uv")
    return (*table(manifest, "dependency-groups"), *table(poetry, "group"), *(("dev",) if old else ()))


def _extras(manifest: Mapping[str, object]) -> tuple[str, ...]:
    return (*table(manifest, "project", "optional-dependencies"), *table(manifest, "tool", "poetry", "extras"))


def _texts(file: Path, manifest: Mapping[str, object], choice: Choice) -> Iterator[str]:
    yield from strings(manifest, "project", "dependencies")
    yield from extras.texts(manifest, choice)
    yield from groups.texts(file, manifest, (*choice.groups, *default_groups(manifest)))
    if choice.takes_group("dev"):
        yield from strings(manifest, "tool", "uv", "dev-dependencies")


def _poetry_lines(manifest: Mapping[str, object], choice: Choice, project: Path) -> Iterator[Line]:
    poetry = table(manifest, "tool", "poetry")
    own = {**poetry, "dependencies": NOTHING} if "dependencies" in table(manifest, "project") else poetry
    for name, one in poetry_lock.wanted(own, choice):
        text = manifest_lines.line(name, one, project)
        yield poetry_sources.from_source(text, table(one).get("source"), manifest)


def _poetry_indexes(poetry: Mapping[str, object]) -> Iterator[Line]:
    for source in tables(poetry, "source"):
        priority = source.get("priority", "primary")
        if "url" in source and priority != "explicit":
            default = priority in {"primary", "default"}
            yield Line(text=manifest_lines.index_line(str(source["url"]), default=default))


FORMAT: Final = Format(
    kind="pyproject",
    file="pyproject.toml",
    part="list of dependencies",
    docs="uv.md",
    read=declared,
    declares=declares,
)
