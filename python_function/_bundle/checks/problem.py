"""Why a native file cannot be loaded, and what helps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Reason: TypeAlias = Literal["machine", "python", "abi3", "glibc", "library", "broken"]

_SHOWN: Final = 10

_WAYS_OUT: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        "machine": "Pass the architecture that the files are for, or let the build install them in place of bringing"
        " them.",
        "python": "Pass the runtime that the files are for, or let the build install them in place of bringing them.",
        "abi3": "Choose a newer runtime, or a version of the package with a wheel for this one.",
        "glibc": "Choose a newer runtime, a version of the package with a manylinux wheel for this one, or have it"
        ' built in the image of the runtime by strategy="docker".',
        "library": "Choose a package that brings its libraries (psycopg2-binary, opencv-python-headless), or put them"
        " into the lib directory of the bundle or of a layer.",
        "broken": "Install the package anew, or bring the whole file.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why one native file cannot be loaded on the target.

    Attributes:
        file: Its path in the bundle.
        distribution: What it came with, name and version; empty for a file of the user's own.
        reason: What does not fit.
        needs: What it needs.
        has: What the target has.
        is_certain: Whether an import leads to the file, so that something is sure to fail.
    """

    file: str
    distribution: str = ""
    reason: Reason
    needs: str
    has: str
    is_certain: bool = True

    @property
    def text(self) -> str:
        """What is wrong, in a sentence."""
        origin = f" of {self.distribution}" if self.distribution else ""
        return f"{self.file}{origin} {self.needs}; {self.has}."


def listed(found: Sequence[Problem]) -> str:
    """Return *found* as lines, and what helps."""
    lines = [f"  {problem.text}" for problem in found[:_SHOWN]]
    lines += [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    reasons = {problem.reason for problem in found}
    ways = [text for reason, text in _WAYS_OUT.items() if reason in reasons]
    return "\n".join((*lines, *ways, 'skip_checks=["native"] takes the bundle as it is.'))
