"""Verdicts that are kept for the next synthesis."""

from pathlib import Path

import pytest

from python_function._bundle.checks import kept
from python_function._bundle.checks.verdict import Verdict
from python_function._machine.report import Notice

VERDICTS = (
    Verdict(check="size", errors=("e",), warnings=(Notice(id="size", text="near\n"),)),
    Verdict(check="native", unknown=("u",)),
)


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    kept.write(tmp_path / "checks.json", VERDICTS, "these circumstances")

    assert kept.read(tmp_path / "checks.json", "these circumstances") == VERDICTS


def test_under_other_circumstances_it_does_not_count(tmp_path: Path) -> None:
    kept.write(tmp_path / "checks.json", VERDICTS, "these circumstances")

    assert kept.read(tmp_path / "checks.json", "others") is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"of": "x"}', b'{"of": "x", "verdicts": [1]}', b"\xff", b"[" * 9000])
def test_a_file_that_was_damaged_does_not_count(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "checks.json").write_bytes(content)

    assert kept.read(tmp_path / "checks.json", "x") is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    kept.write(tmp_path / "gone" / "checks.json", VERDICTS, "x")

    assert kept.read(tmp_path / "gone" / "checks.json", "x") is None
