"""What native files say, and that none is too odd to be read."""

import io
import struct
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from hypothesis import given
from hypothesis import strategies as st

from python_function._bundle.checks import elf
from tests.elf_file import elf_file

WHOLE = elf_file(
    "aarch64",
    needed=["libc.so.6", "libpq.so.5"],
    versions={"libc.so.6": ["GLIBC_2.17", "GLIBC_2.38"], "libm.so.6": ["GLIBC_2.29"]},
    soname="libdemo.so.1",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "demo.so"


def test_a_native_file_says_what_it_needs(file: Path) -> None:
    file.write_bytes(WHOLE)

    assert elf.read(file) == elf.Elf(
        machine="aarch64",
        needed=("libc.so.6", "libpq.so.5"),
        soname="libdemo.so.1",
        versions=(("libc.so.6", "GLIBC_2.17"), ("libc.so.6", "GLIBC_2.38"), ("libm.so.6", "GLIBC_2.29")),
    )


def test_the_files_of_these_tests_are_what_others_take_for_native_files() -> None:
    (segment,) = (s for s in ELFFile(io.BytesIO(WHOLE)).iter_segments() if isinstance(s, DynamicSegment))

    assert [vars(tag)["needed"] for tag in segment.iter_tags("DT_NEEDED")] == ["libc.so.6", "libpq.so.5"]


@pytest.mark.parametrize("content", [b"", b"\x7f", b"\x7fEL", b"#!/bin/sh\n", b"!<arch>\n" + WHOLE])
def test_what_is_not_native_says_nothing(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    assert elf.read(file) is None


@pytest.mark.parametrize(("magic", "system"), [(b"\xcf\xfa\xed\xfe", "macOS"), (b"MZ\x90\x00", "Windows")])
def test_native_files_of_other_systems_are_told(file: Path, magic: bytes, system: str) -> None:
    file.write_bytes(magic + bytes(100))

    found = elf.read(file)

    assert found is not None
    assert found.machine == system


@pytest.mark.parametrize("length", range(4, len(WHOLE), 7))
def test_a_truncated_file_is_broken(file: Path, length: int) -> None:
    file.write_bytes(WHOLE[:length])

    found = elf.read(file)

    assert found is not None
    assert found.broken


@pytest.mark.parametrize(
    ("place", "form", "value"),
    [
        pytest.param(32, "<Q", 2**64 - 1, id="segments behind the end"),
        pytest.param(56, "<H", 65535, id="as many segments as can be"),
        pytest.param(64 + 56 + 32, "<Q", 2**63, id="a dynamic section of exabytes"),
        pytest.param(64 + 8, "<Q", 2**64 - 8, id="a segment behind the end"),
    ],
)
def test_absurd_headers_are_broken_and_take_no_time(file: Path, place: int, form: str, value: int) -> None:
    content = bytearray(WHOLE)
    struct.pack_into(form, content, place, value)
    file.write_bytes(content)

    found = elf.read(file)

    assert found is not None
    assert found.broken


def test_versions_that_lead_to_themselves_end(file: Path) -> None:
    content = bytearray(WHOLE)
    at = 64 + 2 * 56
    struct.pack_into("<HHIII", content, at, 1, 65535, 1, 16, 0)
    struct.pack_into("<IHHII", content, at + 16, 0, 0, 2, 1, 0)
    file.write_bytes(content)

    found = elf.read(file)

    assert found is not None
    assert len(found.versions) <= 4096


@given(
    st.lists(st.tuples(st.integers(4, len(WHOLE) - 1), st.integers(0, 255)), max_size=12), st.integers(4, len(WHOLE))
)
def test_no_native_file_is_too_odd(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], length: int
) -> None:
    content = bytearray(WHOLE)
    for place, value in changes:
        content[place] = value
    file = tmp_path_factory.mktemp("odd") / "x.so"
    file.write_bytes(content[:length])

    elf.read(file)
