"""What the user sees of a build: at most three lines an asset, unless more is asked for."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Lines about one asset.

    Attributes:
        name: The construct that they are about.
        write: Takes a line.
        detail: Whether the output of programs is wanted, as it is on a terminal.
    """

    name: str
    write: Callable[[str], None]
    detail: bool = False

    def say(self, text: str) -> None:
        """Tell what happens."""
        self.write(f"{self.name}: {text}")

    def show(self, line: str) -> None:
        """Show a line that a command of the user's own has printed."""
        self.write(f"  {line}")

    def progress(self, line: str) -> None:
        """Show a line of a program's output."""
        if self.detail and line:
            self.write(f"  {line}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the user should know.

    Attributes:
        id: What it is acknowledged by; stable.
        text: The whole story.
    """

    id: str
    text: str
