"""Zip archives: what is unpacked, and what is refused before anything of it is written."""

import io
import random
import stat
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from python_function._source import archive
from python_function.errors import EntryError

HANDLER = "def handle(event, context): ...\n"
LINK = 0o120777
Change = Callable[[zipfile.ZipInfo], None]


def info(name: str, *, mode: int = 0o100644, system: int = 3) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    made.external_attr = mode << 16
    made.create_system = system
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def pack(file: Path, entries: Sequence[tuple[zipfile.ZipInfo | str, str | bytes]]) -> Path:
    with zipfile.ZipFile(file, "w") as made:
        for name, content in entries:
            made.writestr(info(name) if isinstance(name, str) else name, content)
    return file


def unpacked(file: Path) -> Path:
    directory = file.with_suffix("")
    directory.mkdir()
    archive.unpack(file, archive.members(file), directory)
    return directory


def taken(file: Path, directory: Path) -> None:
    archive.digest(file)
    archive.unpack(file, archive.members(file), directory)


def refusal(file: Path) -> str:
    with pytest.raises(EntryError) as caught:
        taken(file, file.parent / "unpacked")
    assert not (file.parent / "unpacked").exists()
    return str(caught.value)


def test_files_are_unpacked_with_their_content_and_executable_or_not(tmp_path: Path) -> None:
    entries: list[tuple[zipfile.ZipInfo | str, str | bytes]] = [
        ("handler.py", HANDLER),
        ("a/", ""),
        ("a/b/c.txt", b"\x00"),
        (info("run.sh", mode=0o100755), "#!"),
    ]

    directory = unpacked(pack(tmp_path / "my-code.zip", entries))

    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    assert {name: path.read_bytes() for name, path in files.items()} == {
        "handler.py": HANDLER.encode(),
        "a/b/c.txt": b"\x00",
        "run.sh": b"#!",
    }
    assert {name for name, path in files.items() if path.stat().st_mode & stat.S_IXUSR} == {"run.sh"}


def test_names_are_those_of_any_system(tmp_path: Path) -> None:
    windows = info("a\\b.py", mode=0, system=0)
    windows.filename = windows.orig_filename = "a\\b.py"

    made = pack(tmp_path / "a.zip", [(windows, ""), ("./c//d.py", ""), ("ä ö/…", ""), ("__MACOSX/._a", "")])

    assert [member.path for member in archive.members(made)] == ["a/b.py", "c/d.py", "ä ö/…"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("../evil.py", "'../evil.py' leads out of it", id="above"),
        pytest.param("a/../../evil.py", "leads out of it", id="above, by a way round"),
        pytest.param("a/..", "leads out of it", id="dots"),
        pytest.param("/etc/passwd", "'/etc/passwd' leads out of it", id="absolute"),
        pytest.param("//server/share", "leads out of it", id="a share"),
        pytest.param("C:/evil.py", "leads out of it", id="a drive"),
        pytest.param("C:evil.py", "leads out of it", id="a place on a drive"),
        pytest.param("..\\evil.py", "leads out of it", id="above, as Windows writes it"),
        pytest.param("\\evil.py", "leads out of it", id="absolute, as Windows writes it"),
        pytest.param("a\nb.py", r"'a\\nb.py' is no name of a file", id="two lines"),
        pytest.param("a\x1b[31m.py", "is no name of a file", id="an escape"),
        pytest.param("a\u202eyp.py", "is no name of a file", id="turned round"),
        pytest.param(".", "is no name of a file", id="itself"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, why: str, tmp_path: Path) -> None:
    hostile = info("x")
    hostile.filename = hostile.orig_filename = name
    made = pack(tmp_path / "my-code.zip", [("handler.py", HANDLER), (hostile, "x")])

    assert f"{made} cannot be an entry: " in refusal(made)
    assert why.replace("\\\\", "\\") in refusal(made)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my-code.zip"]


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO | 0o600, "is no file"),
        (stat.S_IFCHR | 0o600, "is no file"),
        (stat.S_IFBLK | 0o600, "is no file"),
        (stat.S_IFSOCK | 0o600, "is no file"),
    ],
)
def test_what_is_no_file_is_refused(mode: int, why: str, tmp_path: Path) -> None:
    made = pack(tmp_path / "a.zip", [(info("evil", mode=mode), "/etc/passwd")])

    assert f"'evil' {why}" in refusal(made)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        made = pack(tmp_path / "a.zip", [("a.py", "1"), ("a.py", "2")])

    assert "it holds 'a.py' twice" in refusal(made)


@pytest.mark.parametrize("name", ["./a.py", "a//../a.py", "x/./../a.py"])
def test_two_spellings_of_one_name_are_refused(name: str, tmp_path: Path) -> None:
    made = pack(tmp_path / "a.zip", [("a.py", "1"), (name, "2")])

    assert "twice" in refusal(made) or "leads out" in refusal(made)


def test_a_file_that_is_a_folder_too_is_refused(tmp_path: Path) -> None:
    made = pack(tmp_path / "a.zip", [("a", "1"), ("a/b/c", "2")])

    assert "'a' is a file and a folder" in refusal(made)


def patched(file: Path, change: Change) -> Path:
    """Write the archive's own directory anew, with what *change* makes of its first entry."""
    with zipfile.ZipFile(file, "a") as made:
        change(made.infolist()[0])
        made._didModify = True  # type: ignore[attr-defined]  # noqa: SLF001 - no writer lies by itself
    return file


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    def encrypt(first: zipfile.ZipInfo) -> None:
        first.flag_bits |= 0x1

    assert "'a.py' is encrypted" in refusal(patched(pack(tmp_path / "a.zip", [("a.py", "1")]), encrypt))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(method: int, tmp_path: Path) -> None:
    other = info("a.py")
    other.compress_type = method

    assert "'a.py' is compressed in another way" in refusal(pack(tmp_path / "a.zip", [(other, "1")]))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    made = pack(tmp_path / "a.zip", [("zeros", bytes(20 * 1024 * 1024))])

    assert "would unpack to 20,971,520" in refusal(made)


def test_more_than_a_function_can_hold_is_refused(tmp_path: Path) -> None:
    def grow(first: zipfile.ZipInfo) -> None:
        first.file_size = 600 * 1024 * 1024

    assert "would unpack to 629,145,600" in refusal(patched(pack(tmp_path / "a.zip", [("a.py", "1")]), grow))


def test_too_many_files_are_refused_before_the_archive_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_MEMBERS", 2)
    made = pack(tmp_path / "a.zip", [(f"{number}.py", "") for number in range(3)])
    monkeypatch.setattr(zipfile, "ZipFile", None)

    assert "it holds more than 2 files" in refusal(made)


def test_a_heavy_archive_is_refused_unread(tmp_path: Path) -> None:
    made = tmp_path / "a.zip"
    with made.open("wb") as file:
        file.truncate(300 * 1024 * 1024)

    assert "it weighs 314,572,800 bytes" in refusal(made)


def test_files_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    made = pack(tmp_path / "a.zip", [(f"{number}", random.Random(1).randbytes(5000)) for number in range(2)])  # noqa: S311 - not a secret

    def both(first: zipfile.ZipInfo) -> None:
        first.compress_size *= 2

    assert "its files overlap" in refusal(patched(made, both))


def test_a_file_that_is_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    def shrink(first: zipfile.ZipInfo) -> None:
        first.file_size = 1

    made = patched(pack(tmp_path / "a.zip", [("a.py", "longer than that")]), shrink)
    directory = tmp_path / "unpacked"
    directory.mkdir()

    with pytest.raises(EntryError, match=r"a\.zip cannot be an entry: 'a\.py' of it cannot be unpacked: Bad CRC-32"):
        archive.unpack(made, archive.members(made), directory)
    assert sum(path.stat().st_size for path in directory.iterdir()) <= 1


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"no archive at all", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(100)],
    ids=["nothing", "two bytes", "text", "an empty archive", "its start"],
)
def test_what_is_no_archive_is_told(content: bytes, tmp_path: Path) -> None:
    made = tmp_path / "my-code.zip"
    made.write_bytes(content)

    assert f"{made} cannot be an entry: it " in refusal(made)


def test_what_cannot_be_read_is_told(unprivileged: Path) -> None:
    made = unprivileged / "my-code.zip"
    made.touch(mode=0)

    assert "Permission denied" in refusal(made)


def test_a_directory_is_held_against_its_archive(tmp_path: Path) -> None:
    made = pack(tmp_path / "a.zip", [("a.py", "1"), (info("run.sh", mode=0o100755), "#!")])
    files, directory = archive.members(made), unpacked(made)

    assert archive.is_in(files, directory)
    (directory / "a.py").write_text("2")
    assert not archive.is_in(files, directory)
    (directory / "a.py").write_text("1")
    assert archive.is_in(files, directory)
    (directory / "run.sh").chmod(0o644)
    assert not archive.is_in(files, directory)
    (directory / "run.sh").chmod(0o755)
    (directory / "more.py").touch()
    assert not archive.is_in(files, directory)
    (directory / "more.py").unlink()
    (directory / "a.py").unlink()
    assert not archive.is_in(files, directory)
    (directory / "a.py").symlink_to("run.sh")
    assert not archive.is_in(files, directory)
    assert not archive.is_in(files, tmp_path / "none")


@pytest.mark.parametrize(
    ("names", "folder"),
    [
        (("fn/handler.py", "fn/lib/a.py"), "fn"),
        (("fn/handler.py", "fn/.DS_Store", ".DS_Store"), "fn"),
        (("fn/handler.py", "__MACOSX/fn/._handler.py"), "fn"),
        (("handler.py",), None),
        (("fn/handler.py", "README.md"), None),
        (("fn/__init__.py", "fn/handler.py"), None),
        (("src/handler.py",), None),
    ],
)
def test_one_folder_around_everything_is_found(names: tuple[str, ...], folder: str | None, tmp_path: Path) -> None:
    assert archive.around(archive.members(pack(tmp_path / "a.zip", [(name, "") for name in names]))) == folder


def test_equal_content_has_one_digest_of_its_own_dates(tmp_path: Path) -> None:
    one, other = (pack(tmp_path / name, [("a.py", "1")]) for name in ("a.zip", "b.zip"))

    assert archive.digest(one) == archive.digest(other)


@pytest.mark.parametrize("seed", range(4))
def test_no_damage_of_an_archive_leads_anywhere(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same damage every time
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in ("handler.py", "lib/a.py", "data.bin"):
            made.writestr(info(name), HANDLER * 20)
    whole, file, inside = buffer.getvalue(), tmp_path / "a.zip", tmp_path / "x/y"
    names = [b"../../../e", b"/evil.abcd", b"\\\\a\\evil.p", b"lib/a.py\0\0"]
    told = 0
    for number in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            match dice.randint(0, 3):
                case 0:
                    damaged[dice.randrange(len(damaged))] = dice.randrange(256)
                case 1:
                    at = dice.randrange(len(damaged))
                    damaged[at : at + 4] = struct.pack("<I", dice.choice((0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)))
                case 2:
                    damaged = damaged.replace(b"handler.py", dice.choice(names))
                case _:
                    damaged = damaged[: dice.randrange(1, len(damaged))] or damaged
        file.write_bytes(damaged)
        directory = inside / str(number)
        directory.mkdir(parents=True)
        try:
            taken(file, directory)
        except EntryError as error:
            told += str(file) in str(error)
    assert told > 20
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "x"}
    assert {path.name for path in (tmp_path / "x").iterdir()} == {"y"}
    assert all(path.name.isdigit() for path in inside.iterdir())
