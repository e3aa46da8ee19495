"""Tidies what an installer leaves; the standard library only, for it also runs in build containers.

Run as a program in a container: ``clean DIRECTORY`` or ``pin WHEELS CONSTRAINTS NAMES``, the functions of these
names. It stays within the grammar of Python 3.8, as ``tree`` does.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import shutil
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Iterator, Mapping, Sequence


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


class InstalledError(Exception):
    """A wheel says what no bundle can mean."""


def pin(wheels: Path, constraints: Path, packages: Sequence[tuple[str, str]], local: Sequence[str] = ()) -> None:
    """Write *constraints* that let every requirement on one of *packages* mean the wheel that was built of it.

    Args:
        wheels: The directory with one directory a package, numbered in their order, each with one wheel.
        constraints: The file to write.
        packages: Name and marker of each package.
        local: The names of all that is pinned elsewhere, so that the metadata needs to tell no place of it.

    Raises:
        InstalledError: A package needs something at a place that nobody told before it was built.
    """
    lines: list[str] = []
    for number, (name, marker) in enumerate(packages):
        (wheel,) = (wheels / str(number)).glob("*.whl")
        _free(wheel, local)
        lines.append(f"{name} @ {wheel.as_uri()}" + (f" ; {marker}" if marker else "") + "\n")
    constraints.write_text("".join(lines), encoding="utf-8")


_NEED = re.compile(
    r"(?P<what>Requires-Dist: *(?P<name>[\w.-]+)(?: *\[[^\]]*\])?) *@ *(?P<url>[^\s;]+)(?P<marker>.*)", re.IGNORECASE
)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def _free(wheel: Path, local: Sequence[str]) -> None:
    """Write *wheel* anew without what its metadata says of this machine, of who built it, and of credentials."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [(info, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        msg = f"{wheel.name}, which the package's own build made, is no wheel: {error}"
        raise InstalledError(msg) from error
    changed = dict(_freed(members, local, wheel.name))
    if not changed:
        return
    partial = wheel.with_name(wheel.name + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            is_record = info.filename.endswith(".dist-info/RECORD")
            member = zipfile.ZipInfo(info.filename, _EPOCH)
            member.external_attr = info.external_attr
            archive.writestr(member, _recorded(content, changed) if is_record else changed.get(info.filename, content))
    partial.replace(wheel)


def _freed(
    members: Sequence[tuple[zipfile.ZipInfo, bytes]], local: Sequence[str], wheel: str
) -> Iterator[tuple[str, bytes]]:
    for info, content in members:
        folder, _, name = info.filename.partition("/")
        if folder.endswith(".dist-info") and name in ("METADATA", "WHEEL"):
            lines = content.decode("utf-8", "surrogateescape").split("\n")
            free = _metadata(lines, local, wheel) if name == "METADATA" else _generated(lines)
            freed = "\n".join(free).encode("utf-8", "surrogateescape")
            if freed != content:
                yield info.filename, freed


def _generated(lines: Sequence[str]) -> list[str]:
    """Say nothing of the version of the tool that made the wheel: another one gives the same bytes."""
    return ["Generator: cdk-python-function" if line.startswith("Generator:") else line for line in lines]


def _metadata(lines: Sequence[str], local: Sequence[str], wheel: str) -> list[str]:
    end = lines.index("") if "" in lines else len(lines)
    return [*(_need(line, local, wheel) for line in lines[:end]), *lines[end:]]


def _need(line: str, local: Sequence[str], wheel: str) -> str:
    match = _NEED.match(line)
    if match is None:
        return line
    is_pinned = re.sub(r"[-_.]+", "-", match["name"]).lower() in local
    bare = _USER_INFO.sub(_bare_user_info, match["url"])
    is_file = match["url"].lower().startswith("file:")
    if is_pinned and (is_file or bare != match["url"]):
        return match["what"] + match["marker"]
    if not is_file:
        return match["what"] + " @ " + bare + match["marker"]
    if re.search(r"\bextra *==", match["marker"]):
        return f"{match['what']} @ file:///not-followed{match['marker']}"
    msg = (
        f"{wheel} requires {match['name']} from {match['url']}, which is only known once it is built, so that it cannot"
        " be followed. Declare it in pyproject.toml: by its name, with its place in [tool.uv.sources]."
    )
    raise InstalledError(msg)


def _bare_user_info(match: re.Match[str]) -> str:
    return match[0] if match[0] == "git@" else ""


def _recorded(record: bytes, changed: Mapping[str, bytes]) -> bytes:
    rows = [row for row in csv.reader(io.StringIO(record.decode("utf-8"))) if row]
    lines = [[row[0], *_signature(changed[row[0]])] if row[0] in changed else row for row in rows]
    return "".join(",".join(map(_quoted, row)) + "\n" for row in lines).encode()


def _signature(content: bytes) -> tuple[str, str]:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"sha256={digest}", str(len(content))


def main(arguments: Sequence[str]) -> None:
    """Do what *arguments* say."""
    operation, *rest = arguments
    if operation == "pin":
        wheels, constraints, names = rest
        packages, local = json.loads(names)
        pin(Path(wheels), Path(constraints), [(name, marker) for name, marker in packages], local)
    else:
        clean(Path(rest[0]))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InstalledError as problem:
        sys.exit(str(problem))
