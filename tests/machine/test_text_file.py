"""Only regular files are read, and nothing without an end."""

import os
from pathlib import Path

import pytest

from python_function._machine import text_file
from python_function.errors import PackagingError


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\0\r\nx")

    assert text_file.read(tmp_path / "a") == b"\0\r\nx"


@pytest.mark.parametrize("kind", ["nothing", "directory", "fifo", "device", "name of 300 characters", "nul"])
def test_everything_else_is_told(tmp_path: Path, kind: str) -> None:
    place = tmp_path / {"name of 300 characters": "a" * 300, "nul": "a\0"}.get(kind, "a")
    match kind:
        case "directory":
            place.mkdir()
        case "fifo":
            os.mkfifo(place)
        case "device":
            place.symlink_to("/dev/zero")
        case _:
            pass

    with pytest.raises(PackagingError, match="cannot be read: "):
        text_file.read(place)
