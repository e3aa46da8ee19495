"""Whether installed files are what their distributions say they are: a cache that they came from may be damaged."""

import base64
import binascii
import csv
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path

_DIGEST = "sha256="


def damaged(directory: Path, digests: Mapping[str, str]) -> dict[str, str]:
    """Return the distributions in *directory* that hold something else than their ``RECORD`` says.

    Each by the name of its directory of metadata, with the first file that is wrong. What ``RECORD`` has no digest of,
    like itself and the scripts that an installer makes, is not looked at.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file

    Args:
        directory: Where they are installed.
        digests: The SHA-256 of every file there, by its path.
    """
    found: dict[str, str] = {}
    for info in sorted(directory.glob("*.dist-info")):
        recorded = _recorded(info / "RECORD")
        wrong = next((path for path, digest in recorded if digests.get(posixpath.normpath(path)) != digest), None)
        if wrong is not None:
            found[info.name] = wrong
    return found


def _recorded(record: Path) -> Iterator[tuple[str, str]]:
    """Yield path and digest of each file that *record* has a digest of and that is not outside."""
    if not record.is_file():
        return
    with record.open(newline="", encoding="utf-8", errors="replace") as file:
        for row in csv.reader(file):
            if len(row) > 1 and row[1].startswith(_DIGEST) and not row[0].startswith(("/", "../")):
                yield row[0], _hexadecimal(row[1].removeprefix(_DIGEST).rstrip("="))


def _hexadecimal(digest: str) -> str:
    """Return a digest as ``RECORD`` writes it in hexadecimal; empty if it is none."""
    try:
        return base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4)).hex()
    except (binascii.Error, ValueError):
        return ""
