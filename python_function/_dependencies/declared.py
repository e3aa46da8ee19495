"""What the files of one packaging tool declare."""

from dataclasses import dataclass, field
from pathlib import Path

from python_function._dependencies.lock_part import LockPart
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.report import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What one tool's files say.

    Attributes:
        part: The part of a lock that is needed, where its tool has to say the rest.
        requirements: What to install, where the files alone say it.
        warnings: What the user should know.
    """

    part: LockPart = field(default_factory=LockPart)
    requirements: Requirements | None = None
    warnings: tuple[Notice, ...] = ()


def no_lock(file: Path, command: str, *, lock: str) -> Notice:
    """Return the warning about a manifest without its lock."""
    text = (
        f"{file} has no {lock} beside it: its dependencies are resolved anew in every build, which may differ. "
        f"Run '{command}' and commit {lock}."
    )
    return Notice(id="noLock", text=text)


def unpinned(file: Path, requirements: Requirements) -> tuple[Notice, ...]:
    """Return the one warning about all that does not say exactly which version it wants."""
    if not requirements.unpinned:
        return ()
    loose = "; ".join(requirements.unpinned)
    text = f"{file} does not pin everything, so builds may differ: {loose}. Pin each with ==, or use a lock."
    return (Notice(id="unpinned", text=text),)
