"""What the program writes: plain text for files and pipes, colours and progress for a terminal only."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from python_function._machine.report import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from rich.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where the program writes to.

    Attributes:
        out: Gets what was asked for.
        err: Gets everything else.
        environ: The environment of the process.
    """

    out: TextIO
    err: TextIO
    environ: Mapping[str, str]

    def print(self, text: str) -> None:
        """Write what was asked for, even where a file's name is not in the encoding of the stream."""
        _write(self.out, text)

    def flush(self) -> None:
        """Find out now whether anybody reads what was written."""
        self.out.flush()

    def labelled(self, text: str, *, width: int) -> None:
        """Write lines that start with a label of *width* characters, on a terminal with the labels in colour."""
        if not _is_terminal(self.out):
            self.print(text)
            return
        from rich.text import Text

        console = self._console(self.out)
        for line in text.split("\n"):
            style = "yellow" if line.startswith("warning") else "bold cyan"
            console.print(Text.assemble((line[:width], style), line[width:]), soft_wrap=True)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
        """Write a table; the columns whose numbers are in *right* are aligned at their right."""
        if not _is_terminal(self.out):
            self.print(aligned((headings, *rows), right=right))
            return
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, header_style="bold cyan", pad_edge=False)
        for number, heading in enumerate(headings):
            table.add_column(heading, justify="right" if number in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        self._console(self.out).print(table)

    def tell(self, text: str) -> None:
        """Write what somebody may want to know meanwhile."""
        _tell(self.err, text)

    def fail(self, text: str) -> None:
        """Write an error."""
        if not _is_terminal(self.err):
            _tell(self.err, text)
            return
        from rich.text import Text

        self._console(self.err).print(Text(printable(text), style="red"), soft_wrap=True)

    @contextmanager
    def working(self, what: str) -> Generator[Callable[[str], None]]:
        """Show on a terminal that *what* is done, and give what writes lines about it."""
        if not _is_terminal(self.err):
            yield lambda line: _tell(self.err, line)
            return
        from rich.text import Text

        console = self._console(self.err)
        with console.status(Text(what)):
            yield lambda line: console.print(Text(printable(line)), soft_wrap=True)

    @property
    def is_watched(self) -> bool:
        """Whether somebody sees what happens while it does."""
        return _is_terminal(self.err)

    def _console(self, stream: TextIO) -> Console:
        from rich.console import Console

        return Console(file=stream, highlight=False, no_color=bool(self.environ.get("NO_COLOR")))


def aligned(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Return *rows* as lines whose columns stand below each other, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            f"{cell:>{width}}" if number in right else f"{cell:{width}}"
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _is_terminal(stream: TextIO) -> bool:
    return not stream.closed and stream.isatty()


def _tell(stream: TextIO, text: str) -> None:
    """Write what somebody may read: that nobody does, or can, ends nothing."""
    with suppress(OSError, ValueError):
        _write(stream, text)


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(printable(text).encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()
