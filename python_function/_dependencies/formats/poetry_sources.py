"""What ``[tool.poetry.dependencies]`` says beside the standard ``[project]``: where a package is from."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.assigned import Index, of_lines
from python_function._dependencies.formats import manifest_lines
from python_function._dependencies.formats.manifest_lines import Line
from python_function._machine.toml import alternatives, table, tables

_PLACES: Final = frozenset({"path", "git", "url", "file"})


def of(texts: Iterable[str], manifest: Mapping[str, object], directory: Path) -> Iterator[Line]:
    """Yield the requirements *texts* of the project in *directory*, each from where poetry's table has it."""
    settings = table(manifest, "tool", "poetry", "dependencies")
    values = {canonicalize_name(name): alternatives(value) for name, value in settings.items()}
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            yield Line(text=text)
            continue
        told = values.get(canonicalize_name(requirement.name), [])
        own = {
            "extras": sorted(requirement.extras),
            **({"markers": str(requirement.marker)} if requirement.marker else {}),
        }
        located = [{**own, **one} for one in told if _PLACES & set(one)]
        for one in located:
            yield Line(text=manifest_lines.line(requirement.name, one, directory))
        if not located:
            yield from_source(text, next((one["source"] for one in told if "source" in one), None), manifest)


def from_source(text: str, source: object, manifest: Mapping[str, object]) -> Line:
    """Return the requirement *text*, which comes from the *source* of that name that *manifest* has, if it has one."""
    known = (each for each in tables(manifest, "tool", "poetry", "source") if each.get("name") == source)
    index: Index | None = next((manifest_lines.index_of(each) for each in known if "url" in each), None)

    def chosen(_requirement: Requirement, _line: str) -> Index | None:
        return index

    return Line(text=text, assigned=next(of_lines((text,), chosen), None))
