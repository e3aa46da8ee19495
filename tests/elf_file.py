"""Native files of a few hundred bytes, with just what a loader reads."""

import struct
from collections.abc import Mapping, Sequence
from typing import Final

MACHINES: Final = {"x86_64": 62, "aarch64": 183}  # e_machine, from the ELF specification
_HEADERS: Final = 64 + 2 * 56


def elf_file(
    machine: str = "x86_64",
    *,
    needed: Sequence[str] = (),
    versions: Mapping[str, Sequence[str]] | None = None,
    soname: str = "",
) -> bytes:
    """Return a shared object that needs libraries, and versions of their symbols."""
    strings = bytearray(b"\0")

    def name(text: str) -> int:
        strings.extend(text.encode() + b"\0")
        return len(strings) - len(text.encode()) - 1

    tags = [(1, name(library)) for library in needed]
    tags += [(14, name(soname))] if soname else []
    table = _versions({name(library): [name(v) for v in found] for library, found in (versions or {}).items()})
    table_at = _HEADERS
    strings_at = table_at + len(table)
    tags += [(5, strings_at), (10, len(strings))]
    tags += [(0x6FFFFFFE, table_at), (0x6FFFFFFF, len(versions))] if versions else []
    dynamic = b"".join(struct.pack("<qQ", *tag) for tag in (*tags, (0, 0)))
    dynamic_at = strings_at + len(strings)
    size = dynamic_at + len(dynamic)
    segments = [(1, 4, 0, 0, 0, size, size, 0x1000), (2, 6, dynamic_at, dynamic_at, 0, len(dynamic), len(dynamic), 8)]
    identity = b"\x7fELF" + bytes((2, 1, 1, 0)) + bytes(8)
    header = struct.pack("<HHIQQQIHHHHHH", 3, MACHINES[machine], 1, 0, 64, 0, 0, 64, 56, len(segments), 64, 0, 0)
    return identity + header + b"".join(struct.pack("<IIQQQQQQ", *s) for s in segments) + table + strings + dynamic


def _versions(found: Mapping[int, Sequence[int]]) -> bytes:
    table = b""
    for position, (library, versions) in enumerate(found.items(), start=1):
        size = 16 + 16 * len(versions)
        table += struct.pack("<HHIII", 1, len(versions), library, 16, 0 if position == len(found) else size)
        for number, version in enumerate(versions, start=1):
            table += struct.pack("<IHHII", 0, 0, number + 1, version, 0 if number == len(versions) else 16)
    return table
