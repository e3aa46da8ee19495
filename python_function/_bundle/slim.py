"""Takes out of what was installed what the user does not want, and out of native code what no loader reads."""

import struct
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._bundle.checks import content, inventory
from python_function._bundle.spec import BundleSpec
from python_function._machine.host import Host
from python_function._source.patterns import compile_rules
from python_function._source.rules import Matcher, Rule

_HEADER: Final = struct.Struct("<16xHHIQQQIHHHHHH")
_SEGMENT: Final = struct.Struct("<IIQQQQQQ")
_SECTION: Final = struct.Struct("<IIQQQQIIQQ")
_SECTIONS_AT: Final = 40
_SECTION_COUNTS_AT: Final = 58
_LIBRARY: Final = 3
_NO_BITS: Final = 8
_MEGABYTE: Final = 1_000_000
_SLACK: Final = 64
"""How many bytes may follow the last section; more is something else that was added to the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What slimming saves.

    Attributes:
        files: How many files were left out.
        bytes: How many bytes these had, and what was stripped.
    """

    files: int = 0
    bytes: int = 0


def slim(spec: BundleSpec, output: Path, host: Host) -> None:
    """Do with the installed files in *output* what *spec* asks for, and tell what that saves."""
    if spec.dependency_excludes:
        left_out = leave_out(output, compile_rules(spec.dependency_excludes), content.own(spec))
        host.report.say(f"dependency_excludes leaves out {left_out.files} files, {left_out.bytes / _MEGABYTE:.1f} MB")
    if spec.strip_native:
        host.report.say(f"strip_native saves {strip(output).bytes / _MEGABYTE:.1f} MB")


def leave_out(bundle: Path, rules: Collection[Rule], own: Collection[str]) -> Saved:
    """Remove what *rules* take out of the installed files of *bundle*; metadata and the user's *own* files stay."""
    found = inventory.take(bundle, own)
    matcher = Matcher(rules)
    saved = Saved()
    for place in {distribution.place for distribution in found.distributions}:
        prefix = f"{place}/" if place else ""
        inside = [
            path.removeprefix(prefix)
            for path, owner in found.owners.items()
            if owner.place == place and path.startswith(prefix) and ".dist-info/" not in path
        ]
        for path in set(inside).difference(matcher.left_in(inside)):
            (bundle / prefix / path).unlink()
            saved = Saved(files=saved.files + 1, bytes=saved.bytes + found.files[prefix + path])
    return saved


def strip(bundle: Path) -> Saved:
    """Take symbols and debug information out of the libraries of *bundle*, which no loader reads."""
    saved = Saved()
    for path in sorted(bundle.rglob("*.so*")):
        if path.is_file() and not path.is_symlink():
            whole = path.read_bytes()
            stripped = without_sections(whole)
            if len(stripped) < len(whole):
                mode = path.stat().st_mode
                path.unlink()  # it may have another name in a cache
                path.write_bytes(stripped)
                path.chmod(mode)
                saved = Saved(files=saved.files, bytes=saved.bytes + len(whole) - len(stripped))
    return saved


def without_sections(library: bytes) -> bytes:
    """Return a library up to the end of what is loaded; anything else, or with more behind it, as it is.

    Format: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
    """
    if library[:6] != b"\x7fELF\2\1" or len(library) < _HEADER.size:
        return library
    kind, _, _, _, segments_at, sections_at, _, size, segment, segments, section, sections, _ = _HEADER.unpack(
        library[: _HEADER.size]
    )
    if kind != _LIBRARY or segment != _SEGMENT.size or section != _SECTION.size or not sections:
        return library
    try:
        parts = [_SEGMENT.unpack_from(library, segments_at + n * segment) for n in range(segments)]
        rest = [_SECTION.unpack_from(library, sections_at + n * section) for n in range(sections)]
    except (struct.error, OverflowError):
        return library
    loaded = max([size, segments_at + segments * segment, *(offset + held for _, _, offset, _, _, held, _, _ in parts)])
    known = max(
        [sections_at + sections * section, *(at + held for _, kind, _, _, at, held, *_ in rest if kind != _NO_BITS)]
    )
    if known + _SLACK < len(library) or loaded >= len(library):
        return library
    stripped = bytearray(library[:loaded])
    struct.pack_into("<Q", stripped, _SECTIONS_AT, 0)
    struct.pack_into("<HHH", stripped, _SECTION_COUNTS_AT, 0, 0, 0)
    return bytes(stripped)
