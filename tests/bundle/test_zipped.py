"""A zip as the entry: a directory in the cache that is believed only as far as it is the archive's."""

import os
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from python_function._bundle import fingerprint, resolve, zipped
from python_function._bundle.resolve import Wanted
from python_function._machine.host import Host
from python_function.errors import EntryError, PackagingError
from tests.doubles import Recorder

CODE = "def handle(event, context):\n    return event.body\n"
Unpack = Callable[..., Path]


def pack(file: Path, files: Mapping[str, str], year: int = 2020) -> Path:
    with zipfile.ZipFile(file, "w") as made:
        for name, text in files.items():
            made.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), text)
    return file


@pytest.fixture
def unpack(tmp_path: Path, make_host: Callable[..., Host]) -> Unpack:
    def run(entry: Path | str, *, index: str | None = None, handler: str | None = None) -> Path:
        host = make_host(Recorder())
        found = zipped.unpacked(entry, cwd=tmp_path, host=lambda: host, index=index, handler=handler)
        assert found is not None
        return Path(found)

    return run


def function(entry: Path) -> resolve.Resolved:
    return resolve.function(Wanted(entry=entry, architecture="x86_64", cwd=entry))


def test_a_zip_is_an_entry_like_its_directory(tmp_path: Path, unpack: Unpack) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "handler.py").write_text(CODE)
    pack(tmp_path / "my-code.zip", {"handler.py": CODE})

    found = function(unpack("my-code.zip"))

    assert found.handler == "_python_function_http.handler"
    assert found.spec.source.directory.name == "my-code.zip"
    assert fingerprint.fingerprint(found.spec) == fingerprint.fingerprint(function(plain).spec)


def test_the_hash_is_of_the_content_and_not_of_dates(tmp_path: Path, unpack: Unpack) -> None:
    files = {"handler.py": CODE, "requirements.txt": ""}
    one, other, changed = (
        fingerprint.fingerprint(function(unpack(pack(tmp_path / f"{number}.zip", content, year))).spec)
        for number, (content, year) in enumerate(
            [(files, 2001), (dict(reversed(files.items())), 2026), ({**files, "handler.py": f"\n{CODE}"}, 2001)]
        )
    )

    assert one == other != changed


def test_it_is_unpacked_once_and_for_this_user_alone(tmp_path: Path, unpack: Unpack) -> None:
    made = pack(tmp_path / "my-code.zip", {"handler.py": CODE})

    first = unpack(made)
    number = (first / "handler.py").stat().st_ino
    again = unpack(made)

    assert again == first
    assert (again / "handler.py").stat().st_ino == number
    assert stat.S_IMODE((tmp_path / "cache/entries").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "cache/entries").iterdir()] == [first.parent.name]


def test_what_was_changed_since_is_unpacked_anew(tmp_path: Path, unpack: Unpack) -> None:
    made = pack(tmp_path / "my-code.zip", {"handler.py": CODE})
    directory = unpack(made)
    (directory / "handler.py").write_text("evil = 1\n")
    (directory / "more.py").touch()

    assert (unpack(made) / "handler.py").read_text() == CODE
    assert not (directory / "more.py").exists()


def test_what_was_not_used_for_a_month_goes(tmp_path: Path, unpack: Unpack) -> None:
    old = unpack(pack(tmp_path / "old.zip", {"handler.py": CODE}))
    os.utime(old.parent, (0, 0))

    new = unpack(pack(tmp_path / "new.zip", {"handler.py": f"\n{CODE}"}))

    assert new.is_dir()
    assert not old.exists()


def test_one_folder_around_everything_is_the_entry_and_told(tmp_path: Path, unpack: Unpack, lines: list[str]) -> None:
    made = pack(tmp_path / "my-code.zip", {"fn/handler.py": CODE, "fn/lib/a.py": ""})

    assert function(unpack(made)).entry is not None
    assert unpack(made).name == "fn"
    assert any("everything in my-code.zip is in the folder fn, which is the entry" in line for line in lines)


@pytest.mark.parametrize(
    ("index", "handler"), [("fn/handler.py", None), ("fn\\handler.py", None), (None, "fn.handler.handle")]
)
def test_a_folder_that_is_named_is_not_the_entry(
    index: str | None, handler: str | None, tmp_path: Path, unpack: Unpack
) -> None:
    made = pack(tmp_path / "my-code.zip", {"fn/handler.py": CODE})

    assert unpack(made, index=index, handler=handler).name == "my-code.zip"


def test_errors_of_what_is_in_it_name_the_archive_and_the_file(tmp_path: Path, unpack: Unpack) -> None:
    broken = unpack(pack(tmp_path / "broken.zip", {"handler.py": "def handle(event, context:\n"}))
    lists = unpack(pack(tmp_path / "lists.zip", {"handler.py": CODE, "requirements.txt": "six\nsix==\n"}))
    none = unpack(pack(tmp_path / "none.zip", {"README.md": ""}))

    with pytest.raises(EntryError, match=r"broken\.zip/handler\.py:1: "):
        function(broken)
    with pytest.raises(PackagingError, match=r"lists\.zip/requirements\.txt:2: "):
        function(lists)
    with pytest.raises(EntryError, match=r"No Python file in .*none\.zip defines"):
        function(none)


def test_what_is_refused_leaves_nothing_behind(tmp_path: Path, unpack: Unpack) -> None:
    made = pack(tmp_path / "my-code.zip", {"handler.py": CODE, "a.py": "x" * 1000})
    content = bytearray(made.read_bytes())
    content[content.index(b"x" * 100)] ^= 1
    made.write_bytes(content)

    with pytest.raises(EntryError, match=r"my-code\.zip cannot be an entry: 'a\.py' of it cannot be unpacked: Bad CRC"):
        unpack(made)
    assert list((tmp_path / "cache/entries").iterdir()) == []


def test_without_a_place_for_it_that_is_told(tmp_path: Path, unpack: Unpack) -> None:
    (tmp_path / "cache").write_text("no directory")

    with pytest.raises(EntryError, match=r"my-code\.zip has to be unpacked, and there is no place for it"):
        unpack(pack(tmp_path / "my-code.zip", {"handler.py": CODE}))


@pytest.mark.parametrize("name", ["fn.zip", "fn", "main.py", "none.zip", "a\0.zip"])
def test_what_is_no_archive_is_left_as_it_is(name: str, tmp_path: Path, unpack: Unpack) -> None:
    (tmp_path / "fn.zip").mkdir()
    (tmp_path / "main.py").touch()

    assert unpack(name) == Path(name)
    assert not (tmp_path / "cache").exists()
