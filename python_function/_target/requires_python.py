"""The Pythons that a project says it runs on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from python_function._dependencies.formats import script
from python_function._machine.toml import read_toml, table
from python_function.errors import PackagingError

if TYPE_CHECKING:
    from poetry.core.constraints.version import VersionConstraint

_LOCKS: Final = frozenset({"uv.lock", "pylock.toml"})
"""Locks that say for which Pythons they hold: a workspace's for those of all its members."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one file says about the Python it needs.

    Attributes:
        text: As written.
        source: The file and the setting, for people.
        wanted: What it means.
    """

    text: str
    source: str
    wanted: "SpecifierSet | VersionConstraint"

    def admits(self, version: str) -> bool:
        """Tell whether the Python *version*, ``3.13.9``, will do."""
        match self.wanted:
            case SpecifierSet() as specifiers:
                return specifiers.contains(version)
            case constraint:
                from poetry.core.constraints.version import Version  # noqa: PLC0415 - few projects need it, and it takes its time

                return constraint.allows(Version.parse(version))


def find(places: Sequence[Path], index: Path | None, lock: Path | None = None) -> tuple[Requirement, ...]:
    """Return what the script metadata of *index*, or else the projects in *places* and their *lock*, require."""
    if index is not None and script.has(index):
        return tuple(_standard(script.requires_python(index), f"requires-python in {index}"))
    files = [place / "pyproject.toml" for place in places]
    found = [requirement for file in files if file.is_file() for requirement in _declared(file)]
    if lock is not None and lock.name in _LOCKS:
        found += _standard(read_toml(lock).get("requires-python"), f"requires-python in {lock}")
    return tuple({requirement.text: requirement for requirement in reversed(found)}.values())[::-1]


def _declared(file: Path) -> Iterator[Requirement]:
    content = read_toml(file)
    yield from _standard(table(content, "project").get("requires-python"), f"requires-python in {file}")
    poetry = table(content, "tool", "poetry", "dependencies").get("python")
    yield from _poetry(poetry, f"tool.poetry.dependencies in {file}")


def _standard(text: object, source: str) -> Iterator[Requirement]:
    if text is None:
        return
    try:
        yield Requirement(str(text), source, SpecifierSet(str(text)))
    except InvalidSpecifier as error:
        raise PackagingError(_invalid(text, source)) from error


def _poetry(value: object, source: str) -> Iterator[Requirement]:
    """Read poetry's notation: carets, tildes, wildcards, and alternatives parted by bars."""
    text = table(value).get("version", value)
    if text is None:
        return
    from poetry.core.constraints.version import parse_constraint  # noqa: PLC0415 - few projects need it, and it takes its time
    from poetry.core.constraints.version.exceptions import ParseConstraintError  # noqa: PLC0415 - few projects need it, and it takes its time

    try:
        yield Requirement(str(text), source, parse_constraint(str(text)))
    except ParseConstraintError as error:
        raise PackagingError(_invalid(text, source)) from error


def _invalid(text: object, source: str) -> str:
    return f"{source}: {text!r} is no valid set of Python versions. Write for example '>=3.12'."
