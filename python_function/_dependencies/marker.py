"""Where environment markers hold, in the environments that a target may turn out to have."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

Environments: TypeAlias = Sequence[Mapping[str, str]]
"""What markers are held against: one target, at several patch levels of its Python."""


def of_line(line: str) -> str:
    """Return the marker of the requirement *line*, empty if it has none."""
    return line.partition(" --hash")[0].partition(";")[2].strip()


def may_hold(marker: str, environments: Environments) -> bool:
    """Tell whether *marker* holds in any of *environments*, or cannot be understood."""
    return any(_verdicts(marker, environments, if_unknown=True))


def is_sure_to_hold(marker: str, environments: Environments) -> bool:
    """Tell whether *marker* holds in all of *environments*, without asking for an extra."""
    return "extra" not in marker and all(_verdicts(marker, environments, if_unknown=False))


def _verdicts(marker: str, environments: Environments, *, if_unknown: bool) -> Iterable[bool]:
    if not marker:
        return (True,)
    try:
        parsed = _parsed(marker)
        return tuple(parsed.evaluate({**environment, "extra": ""}) for environment in environments)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return (if_unknown,)


@lru_cache(maxsize=1024)
def _parsed(marker: str) -> Marker:
    return Marker(marker)
