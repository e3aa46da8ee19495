"""Whether text that the running Python cannot parse may be in the grammar of a newer one."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from python_function._handler import outline

_FIELD: Final = r"\{ (?: (?!(?P=f))[^{}\\\n\#] | \{ (?: (?!(?P=f))[^{}\\\n\#] )*+ \} )*+ \}"
_CLOSED: Final = re.compile(
    rf"""
    \#[^\n]*+
    | \b(?:f|fr|rf) (?P<f>(?>["]{{3}}|[']{{3}}|["'])) (?P<text> (?:
        \{{\{{ | \}}\}} | \\. | {_FIELD} | (?!(?P=f))[^{{}}\\] )*+ ) (?P=f)
    | (?P<quotes>["]{{3}}|[']{{3}}|["']) (?: \\. | (?!(?P=quotes))[^\\] )*+ (?P=quotes)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""A comment, or a string that every Python reads alike; no f-string that a newer grammar may end elsewhere."""

_GAP: Final = r"(?:[ \t]|\\\n)"
_BRACKETED: Final = rf"{_GAP}*\*?{_GAP}*\([^()]*\)\s*(?:as\b|:)"
_SEVERAL: Final = rf"\bexcept\b(?!{_BRACKETED})(?:[^\n\\]|\\.){{0,2000}}?,"
_NEW: Final[Mapping[tuple[int, int], str]] = MappingProxyType(
    {
        # https://peps.python.org/pep-0695/ and https://peps.python.org/pep-0701/
        (3, 12): rf"\btype{_GAP}+[^\W\d] | \b(?:def|class){_GAP}+\w+{_GAP}*\[ | \b(?i:f|fr|rf)[\"']",
        (3, 13): r"(?!)",
        # https://peps.python.org/pep-0750/ and https://peps.python.org/pep-0758/
        (3, 14): rf"\b(?i:t|tr|rt)[\"'] | {_SEVERAL}",
    }
)
"""What each Python's grammar added, in text whose closed strings are empty; rather too much than too little."""


def may_explain(source: bytes, *, running: tuple[int, int], version: tuple[int, int]) -> bool:
    """Tell whether *source*, which the *running* Python cannot parse, may be right for the Python *version*."""
    if version > max(_NEW):
        return True
    text = _CLOSED.sub(lambda found: f'""{_fields(found["text"] or "")}', outline.decoded(source))
    added = (pattern for since, pattern in _NEW.items() if running < since <= version)
    return any(re.search(pattern, text, re.VERBOSE | re.DOTALL) for pattern in added)


def _fields(text: str) -> str:
    return " ".join(re.findall(r"\{.*?\}", text, re.DOTALL))
