"""The text of a requirements file as logical lines: decoded, joined, without comments."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from python_function._machine import text_file
from python_function._machine.redact import masked
from python_function.errors import PackagingError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; those of UTF-32 start with those of UTF-16."""

_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LONGEST: Final = 100_000
"""How many characters a line may have: the hashes of a package with hundreds of wheels take a tenth of it."""

_GAP: Final = re.compile(r"\s{500}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A logical line, and where it starts.

    Attributes:
        text: What it says; never empty.
        source: The file, or whatever else the text came from.
        number: The number of its first physical line, from 1.
    """

    text: str
    source: str
    number: int

    def error(self, what: str) -> PackagingError:
        """Return the error that says *what* is wrong with this line."""
        return PackagingError(f"{self.source}:{self.number}: {masked(self.text)!r}: {masked(what)}")


def decode(path: Path) -> str:
    """Return the text of the file at *path*, as pip and Python read it: byte order mark, cookie, UTF-8.

    Raises:
        PackagingError: The file cannot be read or decoded.
    """
    data = text_file.read(path)
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", _cookie(data)))
    try:
        return data[len(mark) :].decode(encoding)
    except (UnicodeError, LookupError) as error:
        msg = f"{path} cannot be decoded: {error}. Save it as UTF-8."
        raise PackagingError(msg) from error


def lines(text: str, *, source: str) -> Iterator[Line]:
    """Yield the logical lines of *text*; a comment ends a continued line, as in pip."""
    parts: list[str] = []
    start = 1
    for number, raw in enumerate([*text.splitlines(), ""], start=1):
        start = start if parts else number
        content = _without_comment(raw)
        parts.append(content.removesuffix("\\"))
        if content == raw and raw.endswith("\\"):
            continue
        joined = "".join(parts).strip()
        parts.clear()
        if joined:
            line = Line(text=joined, source=source, number=start)
            if len(joined) > _LONGEST or _GAP.search(joined):
                msg = f"a line has at most {_LONGEST} characters, and no gap of 500."
                raise replace(line, text=f"{joined[:60]}...").error(msg)
            yield line


def _without_comment(text: str) -> str:
    place = text.find("#")
    while place > 0 and not text[place - 1].isspace():
        place = text.find("#", place + 1)
    return text if place < 0 else text[:place].rstrip()


def _cookie(data: bytes) -> str:
    found = (_COOKIE.match(line) for line in data.split(b"\n")[:2])
    return next((match[1].decode("ascii") for match in found if match), "utf-8")
