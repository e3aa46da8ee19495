"""The list of formats, and what elsewhere has to agree with it."""

from pathlib import Path
from typing import get_args

import pytest

from python_function import options
from python_function._dependencies.files import FORMATS, KINDS
from python_function._dependencies.formats.record import Format
from python_function._source.select import MANIFESTS

DOCS = Path(__file__).parents[2] / "docs"


def _id(format_: Format) -> str:
    return format_.file or format_.kind


def test_the_option_takes_every_kind_and_no_other() -> None:
    assert get_args(options.Packaging) == KINDS


@pytest.mark.parametrize("format_", FORMATS, ids=_id)
def test_a_format_has_its_page(format_: Format) -> None:
    page = DOCS / "packaging" / format_.docs

    assert format_.file in page.read_text(encoding="utf-8")
    assert f"packaging/{format_.docs}" in (DOCS / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("format_", [each for each in FORMATS if each.file], ids=_id)
def test_the_file_of_a_format_is_no_source(format_: Format) -> None:
    assert f"/{format_.file}" in MANIFESTS


def test_what_stands_for_a_missing_lock_is_a_kind() -> None:
    assert {each.unlocked for each in FORMATS} - {""} <= set(KINDS)
