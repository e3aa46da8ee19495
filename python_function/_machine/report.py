"""What the user sees of a build: at most three lines an asset, unless more is asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field

from python_function._machine import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Lines about one asset.

    Attributes:
        name: The construct that they are about.
        write: Takes a line.
        detail: Whether the output of programs is wanted, as it is on a terminal.
        secrets: What no line may show.
    """

    name: str
    write: Callable[[str], None]
    detail: bool = False
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    def say(self, text: str) -> None:
        """Tell what happens."""
        self._write(f"{self.name}: {text}")

    def show(self, line: str) -> None:
        """Show a line that a command of the user's own has printed."""
        self._write(f"  {line}")

    def progress(self, line: str) -> None:
        """Show a line of a program's output."""
        if self.detail and line:
            self._write(f"  {line}")

    def _write(self, line: str) -> None:
        self.write(printable(redact.mask(line, self.secrets)))


def printable(text: str) -> str:
    """Return *text* without what moves or colours a terminal: a file's name may hold anything."""
    return "".join(
        character if character.isprintable() or character in "\t\n" else character.encode("unicode_escape").decode()
        for character in text
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the user should know.

    Attributes:
        id: What it is acknowledged by; stable.
        text: The whole story.
    """

    id: str
    text: str
