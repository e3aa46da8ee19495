"""Version constraints of poetry and of Pipfiles as version specifiers: https://python-poetry.org/docs/dependency-specification/."""

import re
from collections.abc import Iterator
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from python_function.errors import PackagingError

_SHORT: Final = re.compile(r"(?P<operator>\^|~(?!=)|=(?!=)|)\s*(?P<version>[vV]?\d[^\s,]*)")


def specifier(constraint: str) -> str:
    """Return *constraint* as a version specifier; empty for any version.

    Raises:
        PackagingError: There is none that means the same.
    """
    if "||" in constraint or "|" in constraint:
        msg = f"version constraint {constraint!r} has alternatives, which only a lock resolves. Commit the lock."
        raise PackagingError(msg)
    parts = re.findall(r"(?:[\^~<>=!]+\s*)?[^\s,]+", constraint)
    try:
        return str(SpecifierSet(",".join(text for part in parts for text in _specifiers(part))))
    except (InvalidSpecifier, InvalidVersion) as error:
        msg = f"version constraint {constraint!r} cannot be understood: {error}."
        raise PackagingError(msg) from error


def python_markers(constraint: str) -> Iterator[str]:
    """Yield the environment markers that mean that the Python fulfills *constraint*."""
    for one in SpecifierSet(specifier(constraint)):
        name = (
            "python_version"
            if one.version.removesuffix(".*").count(".") < len(("minor", "micro"))
            else "python_full_version"
        )
        yield f"{name} {one.operator} '{one.version}'"


def _specifiers(part: str) -> Iterator[str]:
    short = _SHORT.fullmatch(part)
    if part == "*":
        return
    if short is None:
        yield part
        return
    operator, text = short["operator"], short["version"]
    if text.endswith(".*"):
        yield f"=={text}"
        return
    if operator in ("", "="):
        yield f"=={text}"
        return
    release = Version(text).release
    yield f">={text}"
    yield f"<{_next(release, _kept(operator, release))}"


def _kept(operator: str, release: tuple[int, ...]) -> int:
    """Return how many numbers of *release* stay: up to the first that is not zero for a caret, two for a tilde."""
    if operator == "~":
        return min(len(release), 2)
    return next((place for place, number in enumerate(release, start=1) if number), len(release))


def _next(release: tuple[int, ...], kept: int) -> str:
    return ".".join(map(str, (*release[: kept - 1], release[kept - 1] + 1)))
