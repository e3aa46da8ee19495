import pytest

from python_function._machine.report import Report, printable


def test_no_line_shows_a_secret_or_moves_the_terminal() -> None:
    lines: list[str] = []
    report = Report(name="Stack/\x1b[2JFunction", write=lines.append, detail=True, secrets=frozenset({"s3ntinel"}))

    report.say("built s3ntinel")
    report.show("a\x1b]0;title\x07b s3ntinel")
    report.progress("c\rd s3ntinel")

    assert lines == ["Stack/\\x1b[2JFunction: built ***", "  a\\x1b]0;title\\x07b ***", "  c\\rd ***"]
    assert "s3ntinel" not in repr(report)


@pytest.mark.parametrize("text", ["plain", "ünïcödé 日本", "two\nlines", "a\ttab"])
def test_what_is_only_text_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize("text", ["\x1b[31m", "\x9b31m", "\x07", "\u202etxt.exe", "\udcff", "\x7f", "\x00"])
def test_what_is_more_than_text_is_shown_as_what_it_is(text: str) -> None:
    assert printable(text).isascii()
    assert printable(text).startswith("\\")
