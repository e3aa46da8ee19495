"""The encodings that a file with inline script metadata may have."""

from pathlib import Path

import pytest

from python_function._dependencies.choice import Choice
from python_function._dependencies.formats import script
from python_function.errors import PackagingError

BLOCK = '# /// script\n# requires-python = ">=3.12"\n# dependencies = ["six==1.17.0"]  # für alle\n# ///\n'


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(BLOCK.encode(), id="utf-8"),
        pytest.param(BLOCK.encode("utf-8-sig"), id="byte-order-mark"),
        pytest.param(f"# -*- coding: latin-1 -*-\n{BLOCK}".encode("latin-1"), id="latin-1"),
        pytest.param(
            f"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n{BLOCK}".encode("cp1252"), id="second-line"
        ),
    ],
)
def test_a_block_is_read_in_the_encoding_of_its_file(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "index.py"
    file.write_bytes(content)

    found = script.declared(file, tmp_path, Choice()).content

    assert found.shown == ("six==1.17.0",)
    assert script.requires_python(file) == ">=3.12"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(BLOCK.encode("latin-1"), id="latin-1-that-does-not-say-so"),
        pytest.param(f"# coding: klingon\n{BLOCK}".encode(), id="no-encoding"),
        pytest.param(f"# coding: undefined\n{BLOCK}".encode(), id="one-that-decodes-nothing"),
    ],
)
def test_a_file_that_cannot_be_decoded_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "index.py"
    file.write_bytes(content)

    with pytest.raises(PackagingError, match=r"index\.py cannot be decoded: .* Save it as UTF-8\."):
        script.has(file)
