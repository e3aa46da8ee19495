import errno
import io

import pytest

from python_function._cli.terminal import Terminal, aligned


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_columns_stand_below_each_other() -> None:
    rows = [("name", "size"), ("a", "1 B"), ("longer", "10 kB")]

    assert aligned(rows, right=[1]) == "name     size\na         1 B\nlonger  10 kB"
    assert aligned([("a", ""), ("b", "c")]) == "a\nb  c"


def test_a_terminal_gets_a_table_and_a_pipe_plain_columns() -> None:
    pipe, screen = io.StringIO(), Screen()
    for stream in (pipe, screen):
        Terminal(out=stream, err=stream, environ={}).table(("name",), [("[red]a",)])

    assert pipe.getvalue() == "name\n[red]a\n"
    assert "\x1b[" in screen.getvalue()
    assert "[red]a" in screen.getvalue()


def test_what_is_shown_while_it_works_is_no_markup() -> None:
    screen = Screen()
    with Terminal(out=screen, err=screen, environ={"NO_COLOR": "1"}).working("[bold]x") as write:
        write("[green]line")

    assert "[green]line" in screen.getvalue()


def test_no_color_leaves_an_error_uncoloured() -> None:
    plain, coloured = Screen(), Screen()
    Terminal(out=plain, err=plain, environ={"NO_COLOR": "1"}).fail("it [failed]")
    Terminal(out=coloured, err=coloured, environ={"NO_COLOR": ""}).fail("it [failed]")

    assert plain.getvalue() == "it [failed]\n"
    assert coloured.getvalue() == "\x1b[31mit [failed]\x1b[0m\n"


class Full(io.StringIO):
    """A stream that takes nothing, as one to a full disk."""

    def write(self, text: str, /) -> int:
        raise OSError(errno.ENOSPC, text)


@pytest.mark.parametrize("closed", [False, True])
def test_that_nobody_reads_of_progress_and_errors_ends_nothing(closed: bool) -> None:
    stream = Full()
    if closed:
        stream.close()
    terminal = Terminal(out=io.StringIO(), err=stream, environ={})

    with terminal.working("building") as write:
        write("a line")
    terminal.fail("an error")


def test_what_is_printed_moves_no_terminal() -> None:
    out = io.StringIO()

    Terminal(out=out, err=out, environ={}).print("entry  /srv/a\x1b]0;title\x07b")

    assert out.getvalue() == "entry  /srv/a\\x1b]0;title\\x07b\n"
