"""Tidies what an installer leaves; the standard library only, for it also runs in build containers.

Run as a program in a container: ``clean DIRECTORY`` or ``pin WHEELS CONSTRAINTS PACKAGES``, the functions of these
names. It stays within the grammar of Python 3.8, as ``tree`` does.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Sequence


def clean(directory: Path) -> None:
    """Take out of *directory* what an installer writes for itself, and what names the machine it ran on.

    The metadata of the distributions stays, for ``importlib.metadata``: their ``RECORD`` lists what is still there.
    """
    _unlink(directory / ".lock")
    for caches in list(directory.rglob("__pycache__")):
        shutil.rmtree(caches)
    for script in (directory / "bin").glob("*"):
        _unbind(script)
    for info in directory.glob("*.dist-info"):
        for name in ("direct_url.json", "uv_cache.json", "uv_build.json"):
            _unlink(info / name)
        _tidy_record(info / "RECORD", directory)


_BOUND_SCRIPT = re.compile(rb"\A(?:#!/bin/sh\n'''exec' [^\n]*\n' '''|#![^\n]*python[^\n]*)\n")


def _unbind(script: Path) -> None:
    """Let a console script start with the Python of the path instead of the one it was installed with."""
    if not script.is_file():
        return
    content = script.read_bytes()
    unbound = _BOUND_SCRIPT.sub(b"#!/usr/bin/env python3\n", content, count=1)
    if unbound != content:
        _replace(script, unbound)


def _tidy_record(record: Path, directory: Path) -> None:
    if not record.is_file():
        return
    with record.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row and (directory / row[0]).is_file()]
    lines = [",".join(_quoted(column) for column in _unsigned(row)) for row in sorted(rows)]
    _replace(record, "".join(f"{line}\n" for line in lines).encode())


def _unsigned(row: list[str]) -> list[str]:
    """Drop the digest of a console script, which was taken before the script lost its machine."""
    return [row[0], "", ""] if row[0].startswith(("bin/", "../../bin/")) else row


def _quoted(column: str) -> str:
    return '"{}"'.format(column.replace('"', '""')) if re.search(r'[",\n]', column) else column


def _replace(path: Path, content: bytes) -> None:
    """Write a new file in the place of *path*, which may share its content with an installer's cache."""
    mode = path.stat().st_mode
    path.unlink()
    path.write_bytes(content)
    path.chmod(mode)


def _unlink(path: Path) -> None:
    if path.exists():
        path.unlink()


def pin(wheels: Path, constraints: Path, packages: Sequence[tuple[str, str]]) -> None:
    """Write *constraints* that let every requirement on one of *packages* mean the wheel that was built of it.

    Args:
        wheels: The directory with one directory a package, numbered in their order, each with one wheel.
        constraints: The file to write.
        packages: Name and marker of each package.
    """
    lines: list[str] = []
    for number, (name, marker) in enumerate(packages):
        (wheel,) = (wheels / str(number)).glob("*.whl")
        lines.append(f"{name} @ {wheel.as_uri()}" + (f" ; {marker}" if marker else "") + "\n")
    constraints.write_text("".join(lines), encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Do what *arguments* say."""
    operation, *rest = arguments
    if operation == "pin":
        wheels, constraints, packages = rest
        pin(Path(wheels), Path(constraints), [(name, marker) for name, marker in json.loads(packages)])
    else:
        clean(Path(rest[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
