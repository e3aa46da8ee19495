"""The Pythons that a project says it runs on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from python_function._dependencies.formats import script
from python_function._machine.toml import read_toml, table
from python_function.errors import PackagingError

_LOCKS: Final = frozenset({"uv.lock", "pylock.toml"})
"""Locks that say for which Pythons they hold: a workspace's for those of all its members."""

_CLAUSE: Final = re.compile(
    r"(?P<operator>\^|~=|~|===?|!=|<=|>=|<|>|)\s*v?(?P<version>\d+(?:\.\d+)*(?:\.\*)?|\*)\s*(?:,\s*)?"
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one file says about the Python it needs.

    Attributes:
        text: As written.
        source: The file and the setting, for people.
        alternatives: The sets of specifiers, of which one is to be met.
    """

    text: str
    source: str
    alternatives: tuple[SpecifierSet, ...]

    def admits(self, version: str) -> bool:
        """Tell whether the Python *version*, ``3.13.9``, will do."""
        return any(alternative.contains(version) for alternative in self.alternatives)


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
        yield Requirement(str(text), source, (SpecifierSet(str(text)),))
    except InvalidSpecifier as error:
        raise PackagingError(_invalid(text, source)) from error


def _poetry(value: object, source: str) -> Iterator[Requirement]:
    """Read Poetry's notation: carets, tildes, wildcards, and alternatives parted by bars."""
    text = table(value).get("version", value)
    if text is None:
        return
    alternatives = re.split(r"\s*\|\|?\s*", str(text).strip())
    try:
        yield Requirement(
            str(text), source, tuple(SpecifierSet(_specifiers(alternative)) for alternative in alternatives)
        )
    except (InvalidSpecifier, ValueError) as error:
        raise PackagingError(_invalid(text, source)) from error


def _specifiers(clauses: str) -> str:
    position, found = 0, list[str]()
    while position < len(clauses):
        clause = _CLAUSE.match(clauses, position)
        if clause is None:
            raise ValueError(clauses)
        found += _clause(clause["operator"], clause["version"])
        position = clause.end()
    return ",".join(found)


def _clause(operator: str, version: str) -> list[str]:
    numbers = [int(number) for number in version.split(".") if number != "*"]
    match operator:
        case _ if not numbers:
            return []
        case "^":
            return [f">={version}", f"<{numbers[0] + 1}"]
        case "~" if len(numbers) > 1:
            return [f">={version}", f"<{numbers[0]}.{numbers[1] + 1}"]
        case "~" | "":
            return [f"=={version}" if "*" in version or (len(numbers) > 1 and not operator) else f"=={version}.*"]
        case _:
            return [f"{operator}{version}"]


def _invalid(text: object, source: str) -> str:
    return f"{source}: {text!r} is no valid set of Python versions. Write for example '>=3.12'."
