import base64
import hashlib
import os
import stat
import time
import zipfile
from pathlib import Path

import pytest

from python_function._bundle import package
from python_function.errors import BundlingError, OptionError


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    directory = tmp_path / "bundle"
    for name in ("index.py", "lib/__init__.py", "lib-1.dist-info/RECORD", "lib/ä.txt"):
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name}\n" * 100)
        file.chmod(0o644)
    (directory / "bin").mkdir()
    (directory / "bin" / "tool").write_bytes(b"")
    (directory / "bin" / "tool").chmod(0o755)
    return directory


def test_a_package_holds_the_bundle_at_its_root_with_its_modes(bundle: Path, tmp_path: Path) -> None:
    written = package.write(bundle, tmp_path / "package.zip")

    with zipfile.ZipFile(written.file) as archive:
        assert archive.testzip() is None
        modes = {entry.filename: stat.filemode(entry.external_attr >> 16) for entry in archive.infolist()}
        assert archive.read("lib/ä.txt") == "lib/ä.txt\n".encode() * 100
        assert {entry.create_system for entry in archive.infolist()} == {3}
    assert modes == {
        "bin/": "drwxr-xr-x",
        "bin/tool": "-rwxr-xr-x",
        "index.py": "-rw-r--r--",
        "lib/": "drwxr-xr-x",
        "lib/__init__.py": "-rw-r--r--",
        "lib/ä.txt": "-rw-r--r--",
        "lib-1.dist-info/": "drwxr-xr-x",
        "lib-1.dist-info/RECORD": "-rw-r--r--",
    }


def test_what_is_told_of_a_package_is_what_lambda_tells(bundle: Path, tmp_path: Path) -> None:
    written = package.write(bundle, tmp_path / "package.zip")

    content = written.file.read_bytes()
    assert written.bytes == len(content) < 2000
    assert base64.b64decode(written.sha256) == hashlib.sha256(content).digest()


def test_the_same_bundle_gives_the_same_bytes(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once = package.write(bundle, tmp_path / "once.zip")
    other = tmp_path / "elsewhere" / "bundle"
    for path in sorted(bundle.rglob("*"), key=lambda path: path.name):
        if path.is_file():
            copy = other / path.relative_to(bundle)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            copy.chmod(path.stat().st_mode)
            os.utime(copy, (1, 1))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    before = os.umask(0o077)
    try:
        again = package.write(other, tmp_path / "again.zip")
    finally:
        os.umask(before)
        monkeypatch.undo()
        time.tzset()

    assert again.file.read_bytes() == once.file.read_bytes()


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_package_has_the_mode_of_any_new_file(bundle: Path, tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        written = package.write(bundle, tmp_path / "package.zip")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)

    assert stat.S_IMODE(written.file.stat().st_mode) == mode


def test_a_failure_leaves_what_was_there_and_nothing_else(bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "out" / "package.zip"
    file.parent.mkdir()
    file.write_text("from before")
    (bundle / os.fsdecode(b"caf\xe9.py")).write_text("")

    with pytest.raises(BundlingError, match=r"The name of 'caf\\udce9\.py' is not in UTF-8"):
        package.write(bundle, file)

    assert [path.name for path in file.parent.iterdir()] == ["package.zip"]
    assert file.read_text() == "from before"


def test_a_relative_destination_starts_at_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    assert package.destination("out/../out/p.zip", cwd=tmp_path) == tmp_path / "out" / "p.zip"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param("out", r"/out is a directory\. Name the file to write: --output out/package\.zip", id="directory"),
        pytest.param("none/p.zip", r"/none is not there, so p\.zip cannot be written", id="nowhere"),
    ],
)
def test_a_destination_that_cannot_be_is_told_before_anything_is_built(
    tmp_path: Path, given: str, message: str
) -> None:
    (tmp_path / "out").mkdir()

    with pytest.raises(OptionError, match=message):
        package.destination(given, cwd=tmp_path)


def test_a_place_that_is_not_ours_is_told_before_anything_is_built(unprivileged: Path) -> None:
    (unprivileged / "out").mkdir(mode=0o500)

    with pytest.raises(OptionError, match=r"out cannot be written to: Permission denied\."):
        package.destination("out/p.zip", cwd=unprivileged)
