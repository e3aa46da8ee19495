"""What is taken out of installed files."""

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_function._bundle import slim
from python_function._bundle.checks import elf
from python_function._bundle.slim import Saved
from python_function._source.patterns import compile_rules
from tests.elf_file import elf_file

FILES = {
    "demo/__init__.py": "12345",
    "demo/tests/test_it.py": "123",
    "demo/data/big.csv": "1234567",
    "demo/py.typed": "",
    "tests/test_mine.py": "mine",
    "demo-1.dist-info/METADATA": "Name: demo\nVersion: 1\n",
    "demo-1.dist-info/tests/x": "",
}
RECORD = "".join(f"{file},,\n" for file in FILES if not file.startswith("tests/"))


def make(root: Path, files: Mapping[str, str], place: str = "") -> Path:
    for name, text in {**files, "demo-1.dist-info/RECORD": RECORD}.items():
        (root / place / name).parent.mkdir(parents=True, exist_ok=True)
        (root / place / name).write_text(text)
    return root


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", ["", "python"])
def test_patterns_take_out_what_was_installed_and_nothing_else(tmp_path: Path, place: str) -> None:
    bundle = make(tmp_path, FILES, place)
    before = files(bundle)

    saved = slim.leave_out(bundle, compile_rules(["tests", "*.csv", "!py.typed"]), [])

    gone = {str(Path(place, name)) for name in ("demo/tests/test_it.py", "demo/data/big.csv")}
    assert before - files(bundle) == gone
    assert saved == Saved(files=2, bytes=10)


def test_a_pattern_starts_where_modules_do(tmp_path: Path) -> None:
    bundle = make(tmp_path, FILES, "python")

    assert slim.leave_out(bundle, compile_rules(["/demo/data"]), []) == Saved(files=1, bytes=7)


def test_what_the_user_put_over_it_stays(tmp_path: Path) -> None:
    bundle = make(tmp_path, FILES)

    assert slim.leave_out(bundle, compile_rules(["demo"]), ["demo/__init__.py"]).files == 3
    assert (bundle / "demo/__init__.py").exists()


def with_sections(library: bytes, debug: bytes = b"D" * 500) -> bytes:
    """Return *library* with debug information and a table of sections behind it."""
    sections = [(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), (1, 1, 0, 0, len(library), len(debug), 0, 0, 1, 0)]
    table = b"".join(struct.pack("<IIQQQQIIQQ", *section) for section in sections)
    changed = bytearray(library + debug + table)
    struct.pack_into("<Q", changed, 40, len(library) + len(debug))
    struct.pack_into("<HHH", changed, 58, 64, len(sections), 0)
    return bytes(changed)


LIBRARY = elf_file(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.17"]}, soname="libx.so.1")


def test_a_stripped_library_loads_as_before(tmp_path: Path) -> None:
    stripped = slim.without_sections(with_sections(LIBRARY))
    (tmp_path / "a.so").write_bytes(stripped)
    (tmp_path / "b.so").write_bytes(LIBRARY)

    assert len(stripped) == len(LIBRARY)
    assert elf.read(tmp_path / "a.so") == elf.read(tmp_path / "b.so")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"#!/bin/sh\n", id="no library"),
        pytest.param(LIBRARY, id="no sections"),
        pytest.param(with_sections(LIBRARY) + b"P" * 100, id="something added"),
        pytest.param(with_sections(LIBRARY)[:-80], id="truncated"),
    ],
)
def test_anything_else_stays_as_it_is(content: bytes) -> None:
    assert slim.without_sections(content) == content


@given(st.lists(st.tuples(st.integers(4, 900), st.integers(0, 255)), max_size=12))
def test_no_library_is_too_odd(changes: list[tuple[int, int]]) -> None:
    content = bytearray(with_sections(LIBRARY))
    for place, value in changes:
        content[place % len(content)] = value

    assert len(slim.without_sections(bytes(content))) <= len(content)


def test_stripping_keeps_the_mode_and_other_names_of_a_file(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    cached = tmp_path / "cached.so"
    cached.write_bytes(with_sections(LIBRARY))
    cached.chmod(0o755)
    (bundle / "libx.so.1").hardlink_to(cached)

    saved = slim.strip(bundle)

    assert saved.bytes == len(with_sections(LIBRARY)) - len(LIBRARY)
    assert cached.read_bytes() == with_sections(LIBRARY)
    assert (bundle / "libx.so.1").stat().st_mode & 0o777 == 0o755
