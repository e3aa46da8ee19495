"""What a container gets of this machine, and what our script leaves there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._bundle.steps import INPUT, OUTPUT

SCRATCH: Final = "/asset-scratch"
UV: Final = "/asset-uv"
MARKS: Final = ("began", "ended")
"""The files of the scratch directory that tell how far our script came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directories:
    """The directories on the host that the container gets.

    Attributes:
        work: The directory that holds all but the installer, each under its name in the container.
        uv: The directory of the installer, where one is needed.
        owner: The directory of the build, whose lock tells that it lives.
    """

    work: Path
    owner: Path
    uv: Path | None = None

    @property
    def input(self) -> Path:
        """What the container reads."""
        return self.work / INPUT.removeprefix("/")

    @property
    def output(self) -> Path:
        """What the container fills."""
        return self.work / OUTPUT.removeprefix("/")

    @property
    def scratch(self) -> Path:
        """What the container works with."""
        return self.work / SCRATCH.removeprefix("/")

    @property
    def has_begun(self) -> bool:
        """Whether our script has."""
        return (self.scratch / MARKS[0]).is_file()

    @property
    def has_ended(self) -> bool:
        """Whether our script has, without an error."""
        return (self.scratch / MARKS[1]).is_file()

    def open(self) -> None:
        """Let whoever builds in the container write to what it gets; the directory around it stays closed."""
        for directory in (self.input, self.output, self.scratch):
            for path in (directory, *directory.rglob("*")):
                path.chmod(0o777 if path.is_dir() or path.stat().st_mode & 0o100 else 0o666)


def marked(script: str) -> str:
    """Return *script* so that it leaves marks when it begins and ends: an engine's word is not always to be had."""
    began, ended = (f"{{ true > {SCRATCH}/{name}; }} 2>/dev/null" for name in MARKS)
    return f"{began}\n{script}\n{ended}\n"
