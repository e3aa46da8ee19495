"""What a native file says of itself to the loader of Linux, read with bounds: no file is too odd, none takes long.

Only what the loader reads is read: program headers and the dynamic section they lead to, never section headers. Format:
https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html.

pyelftools finds the versions of symbols by section headers alone, which stripped files do not have (``strip_native``):
of these it could not tell which glibc they need. It also takes five to seven times as long for what is in wheels, and
seconds for some odd headers. What it finds by sections is what is found here without them; a test says so.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

_MACHINES: Final = MappingProxyType(
    {
        3: "i386",
        20: "ppc",
        21: "ppc64",
        22: "s390x",
        40: "arm",
        62: "x86_64",
        183: "aarch64",
        243: "riscv64",
    }
)
_OTHER_SYSTEMS: Final = MappingProxyType(
    {
        b"\xcf\xfa\xed\xfe": "macOS",
        b"\xce\xfa\xed\xfe": "macOS",
        b"\xca\xfe\xba\xbe": "macOS",
        b"MZ\x90\x00": "Windows",
    }
)
_MAGIC: Final = b"\x7fELF"
_WIDE_AND_LITTLE: Final = b"\2\1"
"""64 bits, little-endian: what both instruction sets of Lambda are."""

_HEADER: Final = struct.Struct("<16xHHIQQQIHHH")
_SEGMENT: Final = struct.Struct("<IIQQQQQQ")
_TAG: Final = struct.Struct("<qQ")
_NEED: Final = struct.Struct("<HHIII")
_NEED_VERSION: Final = struct.Struct("<IHHII")

_LOAD, _DYNAMIC = 1, 2
_NEEDED, _STRINGS, _SONAME, _VERSIONS, _VERSION_COUNT = 1, 5, 14, 0x6FFFFFFE, 0x6FFFFFFF

_MOST_SEGMENTS: Final = 256
_MOST_TAGS: Final = 4096
_MOST_VERSIONS: Final = 4096
_LONGEST_TABLE: Final = 1 << 18
_LONGEST_NAME: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """A native file.

    Attributes:
        machine: The instruction set, as ``uname -m`` calls it; the system where it is not Linux.
        needed: The names of the libraries that it needs.
        soname: The name that others need it by.
        versions: The versions of symbols that it needs: the library and the version.
        broken: Why nothing can load it; empty if that is not plain.
    """

    machine: str
    needed: tuple[str, ...] = ()
    soname: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    broken: str = ""


class _BrokenError(Exception):
    """A file is not what it begins as."""


def is_native(head: bytes) -> bool:
    """Tell whether a file that begins with the four bytes *head* is native."""
    return head == _MAGIC or head in _OTHER_SYSTEMS


def read(path: Path) -> Elf | None:
    """Return what the file at *path* says, or ``None`` if it is not native, or nothing to be loaded."""
    with path.open("rb", buffering=0) as file:
        head = file.read(_HEADER.size)
        if not is_native(head[:4]):
            return None
        if head[:4] in _OTHER_SYSTEMS:
            return Elf(machine=_OTHER_SYSTEMS[head[:4]])
        try:
            return _read(file, head)
        except _BrokenError as error:
            return Elf(machine=_machine(head), broken=str(error))


def _read(file: IO[bytes], head: bytes) -> Elf | None:
    if len(head) < _HEADER.size:
        msg = "it ends in its header"
        raise _BrokenError(msg)
    if head[4:6] != _WIDE_AND_LITTLE:
        return Elf(machine=_machine(head))
    kind, _, _, _, segments, _, _, _, size, count = _HEADER.unpack(head)
    if kind not in {2, 3}:
        return None
    loaded: list[tuple[int, int, int]] = []
    dynamic: tuple[int, int] | None = None
    length = file.seek(0, 2)
    table = _part(file, segments, min(count, _MOST_SEGMENTS) * _SEGMENT.size) if size == _SEGMENT.size else b""
    for kind, _, offset, address, _, held, _, _ in _SEGMENT.iter_unpack(table):
        if kind == _LOAD:
            loaded.append((address, offset, held))
        elif kind == _DYNAMIC:
            dynamic = (offset, held)
    if not loaded:
        msg = "it has nothing to load"
        raise _BrokenError(msg)
    if any(offset + held > length for _, offset, held in loaded):
        msg = "it is shorter than its header says"
        raise _BrokenError(msg)
    if dynamic is None:
        return Elf(machine=_machine(head))
    return _linked(file, head, loaded, _part(file, dynamic[0], min(dynamic[1] // _TAG.size, _MOST_TAGS) * _TAG.size))


def _linked(file: IO[bytes], head: bytes, loaded: list[tuple[int, int, int]], table: bytes) -> Elf:
    tags: dict[int, list[int]] = {}
    for tag, value in _TAG.iter_unpack(table):
        if tag == 0:
            break
        tags.setdefault(tag, []).append(value)
    strings = _offset(loaded, tags.get(_STRINGS, [0])[0])

    def names(tag: int) -> tuple[str, ...]:
        return tuple(_name(file, strings + value) for value in tags.get(tag, ()))

    versions: tuple[tuple[str, str], ...] = ()
    if _VERSIONS in tags:
        start, count = _offset(loaded, tags[_VERSIONS][0]), tags.get(_VERSION_COUNT, [0])[0]
        versions = tuple(_needed_versions(file, start, min(count, _MOST_VERSIONS), strings))
    return Elf(
        machine=_machine(head),
        needed=names(_NEEDED),
        soname=next(iter(names(_SONAME)), ""),
        versions=versions,
    )


def _needed_versions(file: IO[bytes], start: int, count: int, strings: int) -> Iterator[tuple[str, str]]:
    table = _part(file, start, _LONGEST_TABLE, whole=False)
    place, left = 0, _MOST_VERSIONS
    for _ in range(count):
        _, versions, library, first, following = _unpack(_NEED, table, place)
        name, inner = _name(file, strings + library), place + first
        for _ in range(min(versions, left)):
            _, _, _, version, further = _unpack(_NEED_VERSION, table, inner)
            yield name, _name(file, strings + version)
            left -= 1
            inner += further
        if not following:
            return
        place += following


def _unpack(structure: struct.Struct, table: bytes, place: int) -> tuple[int, ...]:
    try:
        return structure.unpack_from(table, place)
    except struct.error:
        msg = "its list of symbol versions leads out of it"
        raise _BrokenError(msg) from None


def _offset(loaded: list[tuple[int, int, int]], address: int) -> int:
    for start, offset, held in loaded:
        if start <= address < start + held:
            return address - start + offset
    msg = "its dynamic section leads out of it"
    raise _BrokenError(msg)


def _part(file: IO[bytes], offset: int, size: int, *, whole: bool = True) -> bytes:
    try:
        file.seek(offset)
        part = file.read(size)
    except (OSError, OverflowError, ValueError):
        part = b""
    if whole and len(part) < size:
        msg = "its header leads out of it"
        raise _BrokenError(msg)
    return part


def _name(file: IO[bytes], offset: int) -> str:
    return _part(file, offset, _LONGEST_NAME, whole=False).partition(b"\0")[0].decode(errors="replace")


def _machine(head: bytes) -> str:
    number = int.from_bytes(head[18:20], "little" if head[5:6] == b"\1" else "big")
    return _MACHINES.get(number, f"machine {number}")
