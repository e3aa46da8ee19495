"""What is copied is what was read, or an error."""

import os
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._source import select, selection
from python_function._source.select import Source
from python_function._source.selection import Selection
from python_function.errors import BundlingError, EntryError


@pytest.fixture
def known(entry: Path) -> Selection:
    """Return the files of an entry, read."""
    (entry / "lib").mkdir()
    (entry / "lib/data.csv").write_bytes(b"a\r\nb\n")
    (entry / "run.sh").write_text("true\n")
    (entry / "run.sh").chmod(0o700)
    return selection.read(select.files(Source(directory=entry)))


def test_what_is_copied_is_what_was_read(known: Selection, tmp_path: Path) -> None:
    selection.copy(known, tmp_path / "out")

    copied = selection.read(select.files(Source(directory=tmp_path / "out")))
    assert copied == replace(known, directory=tmp_path / "out")
    assert [(file.path, file.executable) for file in copied.files] == [
        ("index.py", False),
        ("lib/data.csv", False),
        ("run.sh", True),
    ]
    assert (tmp_path / "out/lib/data.csv").read_bytes() == b"a\r\nb\n"


def edited(entry: Path) -> None:
    (entry / "index.py").write_text("edited")


def of_the_same_size(entry: Path) -> None:
    (entry / "lib/data.csv").write_bytes(b"b\r\na\n")


def line_ends(entry: Path) -> None:
    (entry / "lib/data.csv").write_bytes(b"a\nb\n")


def longer(entry: Path) -> None:
    with (entry / "run.sh").open("a") as file:
        file.write("more")


def emptied(entry: Path) -> None:
    (entry / "run.sh").write_text("")


@pytest.mark.parametrize("change", [edited, of_the_same_size, line_ends, longer, emptied])
def test_what_changes_between_the_hash_and_the_copy_is_told(
    known: Selection, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(known.directory)

    with pytest.raises(BundlingError, match=r"/entry/.* changed while its bundle was built, .* synthesize again"):
        selection.copy(known, tmp_path / "out")


def removed(entry: Path) -> None:
    (entry / "index.py").unlink()


def directory_instead(entry: Path) -> None:
    (entry / "index.py").unlink()
    (entry / "index.py").mkdir()


def fifo_instead(entry: Path) -> None:
    (entry / "index.py").unlink()
    os.mkfifo(entry / "index.py")


def endless_instead(entry: Path) -> None:
    (entry / "index.py").unlink()
    (entry / "index.py").symlink_to("/dev/zero")


def copied(known: Selection) -> None:
    selection.copy(known, known.directory.parent / "out")


@pytest.mark.parametrize("change", [removed, directory_instead, fifo_instead, endless_instead])
@pytest.mark.parametrize("use", [selection.read, copied])
def test_what_is_no_file_any_more_is_told_and_never_waited_for(
    entry: Path, change: Callable[[Path], None], use: Callable[[Selection], object]
) -> None:
    found = select.files(Source(directory=entry))
    change(entry)

    with pytest.raises(EntryError, match=r"index\.py (is no file any more|cannot be read: No such file)"):
        use(found)


def test_new_files_are_neither_in_the_hash_nor_in_the_copy(known: Selection, tmp_path: Path) -> None:
    (known.directory / "new.py").touch()
    (known.directory / "run.sh").chmod(0o600)

    selection.copy(known, tmp_path / "out")

    assert not (tmp_path / "out/new.py").exists()
    assert (tmp_path / "out/run.sh").stat().st_mode & 0o777 == 0o755


def test_without_digests_nothing_is_held_against_them(entry: Path, tmp_path: Path) -> None:
    found = select.files(Source(directory=entry))
    edited(entry)

    selection.copy(found, tmp_path / "out")

    assert (tmp_path / "out/index.py").read_text() == "edited"


def test_large_files_are_read_and_copied_in_pieces(entry: Path, tmp_path: Path) -> None:
    with (entry / "large.bin").open("wb") as file:
        file.truncate(64 << 20)
    found = select.files(Source(directory=entry))

    tracemalloc.start()
    try:
        selection.copy(selection.read(found), tmp_path / "out")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 << 20
    assert (tmp_path / "out/large.bin").stat().st_size == 64 << 20


def test_nothing_is_written_through_a_link_that_is_in_the_way(known: Selection, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("kept")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/run.sh").symlink_to(tmp_path / "victim")
    (tmp_path / "out/lib").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "out/index.py").hardlink_to(tmp_path / "victim")

    selection.copy(known, tmp_path / "out")

    assert (tmp_path / "victim").read_text() == "kept"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_hooks_see_and_the_bundle_holds_are_told_from_one_walk(entry: Path) -> None:
    source = Source(directory=entry, excludes=("tests", "*.md", "!keep.md", "data/*", "!data/b"), root="src")
    for path in ("src/app.py", "tests/deep/t.py", "a.md", "keep.md", "data/a", "data/b", "src/x/tests/y", ".venv/z"):
        (entry / path).parent.mkdir(parents=True, exist_ok=True)
        (entry / path).touch()

    assert select.bundled(select.staged_files(source), source).files == select.files(source).files
