"""Which imports a file is sure to run."""

import pytest

from python_function._bundle.checks import source_imports


def modules(text: str, package: str = "") -> list[str]:
    return [found.module for found in source_imports.read(text.encode(), package)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import a, b.c as d", ["a", "b.c"]),
        ("from a.b import c, d", ["a.b"]),
        ("with open('x'):\n    import a", ["a"]),
        ("if True:\n    import a\nelse:\n    import b", ["a"]),
        ("try:\n    import a\nexcept ImportError:\n    import b\nelse:\n    import c", []),
        ("def f():\n    import a", []),
        ("async def f():\n    import a", []),
        ("f = lambda: __import__('a')", []),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", ["typing"]),
        ("import typing as t\nif t.TYPE_CHECKING:\n    import a", ["typing"]),
        ("import sys\nif sys.version_info < (3, 11):\n    import tomli", ["sys"]),
        ("import contextlib\nwith contextlib.suppress(ImportError):\n    import a", ["contextlib"]),
        ("with suppress(ImportError):\n    if True:\n        import a", []),
        ("if __name__ == '__main__':\n    import a", []),
        ("for x in y:\n    import a", []),
        ("import (", []),
        ("\0", []),
    ],
)
def test_what_is_sure_to_be_imported(text: str, found: list[str]) -> None:
    assert modules(text) == found


@pytest.mark.parametrize(
    ("text", "package", "found"),
    [
        ("from . import a", "shop", ["shop"]),
        ("from .a import b", "shop.api", ["shop.api.a"]),
        ("from ..a import b", "shop.api", ["shop.a"]),
        ("from .. import a", "shop.api", ["shop"]),
        ("from . import a", "", []),
        ("from ...a import b", "shop", []),
    ],
)
def test_relative_imports_are_of_the_package(text: str, package: str, found: list[str]) -> None:
    assert modules(text, package) == found
    assert all(each.is_relative for each in source_imports.read(text.encode(), package))


def test_an_import_knows_its_line_and_what_it_takes() -> None:
    (found,) = source_imports.read(b"\n\nfrom a import (\n    b,\n    c,\n)\n", "")

    assert (found.line, found.members) == (3, ("b", "c"))
