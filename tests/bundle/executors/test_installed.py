"""What the wheels of local packages say of the machine and the tools that they were built with."""

import base64
import csv
import hashlib
import zipfile
from pathlib import Path

import pytest

from python_function._bundle.executors import installed
from python_function._bundle.executors.installed import InstalledError

_WHEEL = "Wheel-Version: 1.0\nGenerator: {}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _wheel(directory: Path, *needs: str, generator: str = "uv 0.13.8", more: str = "") -> Path:
    metadata = "Metadata-Version: 2.4\nName: lib\nVersion: 1\n" + "".join(f"Requires-Dist: {need}\n" for need in needs)
    files = {
        "lib/run.sh": "#!/bin/sh\n",
        "lib-1.dist-info/METADATA": metadata + more,
        "lib-1.dist-info/WHEEL": _WHEEL.format(generator),
        "lib-1.dist-info/RECORD": "lib/run.sh,,\nlib-1.dist-info/METADATA,sha256=x,1\nlib-1.dist-info/RECORD,,\n",
    }
    path = directory / "0" / "lib-1-py3-none-any.whl"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
            wheel.writestr(info, text)
    return path


def _pinned(path: Path, *local: str) -> dict[str, str]:
    wheels = path.parent.parent
    installed.pin(wheels, wheels / "local.txt", [("lib", "")], local)
    with zipfile.ZipFile(path) as wheel:
        return {name: wheel.read(name).decode() for name in wheel.namelist()}


def test_another_version_of_the_tool_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = [_wheel(tmp_path / name, generator=name) for name in ("setuptools (75.1)", "setuptools (80.2)")]

    first, second = (_pinned(path) and path.read_bytes() for path in paths)

    assert first == second


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ("other @ file:///home/me/other", "other"),
        ("Other[x] @ file:../other ; python_version > '3'", "Other[x] ; python_version > '3'"),
        ("app @ https://user:SECRET@h.invalid/app.whl", "app @ https://h.invalid/app.whl"),
        (
            "app[x] @ git+https://TOKEN@h.invalid/app@v1 ; extra == 'y'",
            "app[x] @ git+https://h.invalid/app@v1 ; extra == 'y'",
        ),
        ("app @ git+ssh://git@h.invalid/app", "app @ git+ssh://git@h.invalid/app"),
        ("unasked @ file:///home/me/unasked ; extra == 'dev'", "unasked @ file:///not-followed ; extra == 'dev'"),
        ("other @ https://user:SECRET@h.invalid/other.whl", "other"),
        ("other @ https://h.invalid/other.whl", "other @ https://h.invalid/other.whl"),
        ("plain>=1", "plain>=1"),
    ],
)
def test_the_metadata_says_neither_places_nor_credentials(tmp_path: Path, need: str, said: str) -> None:
    more = "\nThe text below is no header.\nRequires-Dist: x @ file:///of/a/readme\n"

    files = _pinned(_wheel(tmp_path, need, more=more), "other", "lib")

    assert f"Requires-Dist: {said}\n" in files["lib-1.dist-info/METADATA"]
    assert files["lib-1.dist-info/METADATA"].endswith(more)


def test_a_place_that_only_the_build_knew_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InstalledError, match=r"lib-1.*requires other from file:///home/me/other.* cannot be followed"):
        _pinned(_wheel(tmp_path, "other @ file:///home/me/other"), "lib")


def test_the_record_follows_and_modes_stay(tmp_path: Path) -> None:
    path = _wheel(tmp_path)

    files = _pinned(path)

    rows = {row[0]: row[1:] for row in csv.reader(files["lib-1.dist-info/RECORD"].splitlines())}
    assert rows["lib-1.dist-info/METADATA"] == ["sha256=x", "1"]  # it did not change
    assert list(rows) == ["lib/run.sh", "lib-1.dist-info/METADATA", "lib-1.dist-info/RECORD"]
    with zipfile.ZipFile(path) as wheel:
        assert wheel.getinfo("lib/run.sh").external_attr >> 16 == 0o755
    changed = _pinned(_wheel(tmp_path / "other", "a @ file:/x"), "a")
    rows = {row[0]: row[1:] for row in csv.reader(changed["lib-1.dist-info/RECORD"].splitlines())}
    content = changed["lib-1.dist-info/METADATA"].encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    assert rows["lib-1.dist-info/METADATA"] == [f"sha256={digest}", str(len(content))]


def test_what_is_no_wheel_is_told(tmp_path: Path) -> None:
    path = _wheel(tmp_path)
    path.write_bytes(b"no archive")

    with pytest.raises(InstalledError, match=r"lib-1-py3-none-any.whl, .* is no wheel"):
        _pinned(path)


def test_what_an_installer_writes_for_itself_goes(tmp_path: Path) -> None:
    own = ("direct_url.json", "uv_cache.json", "uv_build.json")
    for path in (".lock", "lib/__init__.py", "lib/__pycache__/x.pyc", *(f"lib-1.dist-info/{name}" for name in own)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    record = tmp_path / "lib-1.dist-info/RECORD"
    record.write_text("".join(f"lib-1.dist-info/{name},,\n" for name in (*own, "RECORD")) + "lib/__init__.py,,\n")

    installed.clean(tmp_path)

    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"lib/__init__.py", "lib-1.dist-info/RECORD"}
    assert record.read_text() == "lib-1.dist-info/RECORD,,\nlib/__init__.py,,\n"
