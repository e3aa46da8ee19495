"""Files of the user's are read in one place: regular ones alone, and no more of them than can be meant."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from python_function._machine import text_file
from python_function.errors import PackagingError

PACKAGE = Path(__file__).parents[1] / "python_function"
READERS = frozenset({"open", "read_text", "read_bytes", "fdopen"})
OWN = frozenset(
    {
        "_machine/text_file.py",  # the one place
        "_machine/pip_conf.py",  # runs in images too, alone: only what is a file, and bounded
        "_machine/cache.py",  # what the library itself keeps, for this user alone
        "_machine/lock.py",
        "_machine/uv.py",
        "_source/archive.py",  # a zip, in pieces and within bounds, which its caller knows to be a file
        "_source/selection.py",  # copies what is selected, in pieces, and opens nothing but regular files
        "_dependencies/formats/poetry_tool.py",  # files of the package itself
        "_cli/page.py",
        "_cli/program.py",  # the null device
        "_cli/commands/service.py",  # writes a file that was not there
    }
)
FINISHED = ("_bundle/",)
"""What reads bundles, trees and scratch directories of the library's own, which were made of regular files."""

OF_THE_USER = frozenset(
    {
        "_bundle/arguments.py",
        "_bundle/given.py",
        "_bundle/resolve.py",
        "_bundle/inputs.py",
        "_bundle/fingerprint.py",
        "_bundle/virtual_env.py",
        "_bundle/checks/snap_start.py",
    }
)
"""What of the same room reads what users have."""


def readers(file: Path) -> Iterator[str]:
    """Yield what *file* calls that reads."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in READERS:
                yield f"{file.relative_to(PACKAGE).as_posix()}:{node.lineno}: {name}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="json" | "tomllib"), attr="load")):
                yield f"{file.relative_to(PACKAGE).as_posix()}:{node.lineno}: load"
            case _:
                pass


def test_what_users_have_is_read_by_one_module() -> None:
    files = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    held = [name for name in files if name not in OWN and (not name.startswith(FINISHED) or name in OF_THE_USER)]

    assert set(OWN | OF_THE_USER) <= files.keys()
    assert [line for name in sorted(held) for line in readers(files[name])] == []
    assert all(any(readers(files[name])) for name in OWN), "a reason for nothing"


@pytest.mark.parametrize("kind", ["fifo", "device", "directory", "missing", "closed", "bytes", "huge"])
def test_what_is_no_text_is_told_at_once(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "file"
    match kind:
        case "fifo":
            os.mkfifo(place)
        case "device":
            place.symlink_to("/dev/zero")
        case "directory":
            place.mkdir()
        case "closed":
            place.symlink_to("file")
        case "bytes":
            place.write_bytes(b"\xff")
        case "huge":
            with place.open("wb") as file:
                file.truncate(10**12)
        case _:
            pass

    with pytest.raises(PackagingError, match=r"/file cannot be read: "):
        text_file.text(place)
    if kind not in {"bytes", "huge"}:
        with pytest.raises(PackagingError, match=r"/file cannot be read: "):
            text_file.start(place, 1)
        with pytest.raises(PackagingError, match=r"/file cannot be read: "):
            text_file.digest(place)


@pytest.mark.parametrize("odd", ["a\0b", "\ud800"])
def test_a_path_that_is_none_is_told(odd: str) -> None:
    with pytest.raises(PackagingError, match="cannot be read"):
        text_file.read(Path(odd))
