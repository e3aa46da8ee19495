"""The regular expressions of the package, read off its source: none has what Python 3.11.0 to 3.11.2 match wrongly."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import python_function

_PACKAGE = Path(python_function.__file__).parent
_WRONG = re.compile(r"(?<!\\)(?:\(\?>|[*+?}]\+)")
"""Atomic groups and possessive quantifiers: https://github.com/python/cpython/issues/106052."""
_NO_PATTERNS = frozenset({"libstdc++.so.6"})
"""Names that would be wrong if they were patterns."""


def patterns(source: str) -> Iterator[str]:
    """Yield the texts that are or may be a part of a regular expression."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.JoinedStr(values=values):
                yield "".join(str(value.value) if isinstance(value, ast.Constant) else "(?:x)" for value in values)
            case ast.Constant(value=str(text)):
                yield text
            case _:
                pass


def is_wrong(text: str) -> bool:
    if _WRONG.search(text) is None:
        return False
    try:
        re.compile(text, re.VERBOSE)
    except (re.error, OverflowError):
        return False
    return True


@pytest.mark.parametrize("text", ["a*+", "(?>a)", "x{2}+", "[ab]?+c", "(?: a++ )"])
def test_such_patterns_are_told(text: str) -> None:
    assert is_wrong(text)


@pytest.mark.parametrize("text", ["a*", r"\*+", "a+b", "https://[^/]+", "(?:a)+?"])
def test_all_others_are_not(text: str) -> None:
    assert not is_wrong(text)


def test_no_pattern_of_the_package_is_such_a_one() -> None:
    found = [
        (path.name, text)
        for path in _PACKAGE.rglob("*.py")
        for text in patterns(path.read_text("utf-8"))
        if text not in _NO_PATTERNS and is_wrong(text)
    ]

    assert found == []
