"""Wheels made to get out of their place, into the handler's, or into whoever reads what they are called."""

from __future__ import annotations

import stat
import zipfile
from typing import TYPE_CHECKING, Final

import pytest

from integ import sdist_backend
from integ.synthesis import bundle
from python_function.errors import PythonFunctionError

if TYPE_CHECKING:
    from pathlib import Path

HANDLER: Final = "def handler(event, context):\n    return 'mine'\n"
INFO: Final = "evil-1.0.dist-info"
CODE: Final = "from pathlib import Path\nPath({marker!r}).touch()\ndef handler(event, context): return 'theirs'\n"
TAKES: Final = "which Lambda would load in its place"
OUTSIDE: Final = ("../evil.py", "../../../../evil.py", "/{root}/evil.py", "evil/../../evil.py", "{data}/../../evil.py")
ODD: Final = (
    "evil/__pycache__/inner/x.pyc/y.py",
    "__pycache__/x.py",
    f"{INFO}/direct_url.json/x",
    f"{INFO}/INSTALLER/x",
    f"{INFO}/uv_cache.json/x",
    f"{INFO}/REQUESTED/x",
    "other-1.0.dist-info/METADATA",
    "evil.egg-info/PKG-INFO",
    "evil.pth",
    "sitecustomize.py",
    ".lock",
    "bin/python",
    "evil/a\nb.py",
    "evil/\x1b[31mred.py",
    "evil/-rf",
    "evil/*",
    "evil/" + "a" * 250 + ".py",
    "evil/" + "a" * 300 + ".py",
    "evil/" + "d/" * 600 + "x.py",
    "evil-1.0.data/scripts/evil",
    "evil-1.0.data/data/evil.py",
    "evil-1.0.data/headers/evil.h",
)
TAKING: Final = {
    "index.py": (
        "index/__init__.py",
        "index/__init__.pyc",
        "index.cpython-313-x86_64-linux-gnu.so",
        "index.abi3.so",
        "index/__init__.cpython-313-x86_64-linux-gnu.so",
        "evil-1.0.data/purelib/index/__init__.py",
    ),
    "api/main.py": ("api/__init__.py", "api/main/__init__.py", "api.abi3.so", "api/main.abi3.so"),
}


def wheel(directory: Path, members: dict[str, bytes], *, link: str = "", mode: int | None = None) -> Path:
    """Write a wheel that holds *members*, the last of them as a link, or with a mode of its own."""
    made = sdist_backend.write_wheel(directory, "evil", "1.0", "py3-none-any", members, ())
    if link or mode is not None:
        with zipfile.ZipFile(made, "a") as archive:
            special = zipfile.ZipInfo("evil/special", (1980, 1, 1, 0, 0, 0))
            special.create_system = 3
            special.external_attr = ((stat.S_IFLNK | 0o777) if link else (stat.S_IFREG | (mode or 0))) << 16
            archive.writestr(special, link or "x")
    return made


def outcome(tmp_path: Path, index: str, made: Path) -> Path | str:
    """Bundle a function that needs the wheel *made*: its asset, or what was told of it."""
    entry = tmp_path / "entry"
    (entry / index).parent.mkdir(parents=True)
    (entry / index).write_text(HANDLER)
    (entry / "requirements.txt").write_text(f"--no-index\n--find-links {made.parent}\nevil==1.0\n")
    before = {path for path in tmp_path.rglob("*") if "uv" not in path.parts}
    try:
        found: Path | str = bundle(entry, tmp_path / "outer/out", strategy="local")
    except PythonFunctionError as error:
        found = str(error)
    new = {path for path in tmp_path.rglob("*") if "uv" not in path.parts} - before
    assert [path for path in new if not path.is_relative_to(tmp_path / "outer/out") and path.name != "outer"] == []
    assert not (tmp_path / "it ran").exists()
    return found


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    (tmp_path / "packages").mkdir()
    return tmp_path / "packages"


@pytest.mark.parametrize("member", [*OUTSIDE, *ODD], ids=ascii)
def test_a_wheel_stays_in_its_place_and_runs_nothing(tmp_path: Path, packages: Path, member: str) -> None:
    name = member.format(root=tmp_path, data="evil-1.0.data/data")
    code = CODE.format(marker=str(tmp_path / "it ran"))
    content = f"import pathlib; pathlib.Path({str(tmp_path / 'it ran')!r}).touch()\n" if name.endswith(".pth") else code

    found = outcome(tmp_path, "index.py", wheel(packages, {"evil/__init__.py": b"", name: content.encode()}))

    if isinstance(found, str):
        assert "\x1b" not in found
        return
    assert (found / "index.py").read_text() == HANDLER
    shipped = [path for path in found.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in shipped} <= {0o644, 0o755}
    assert not any(str(tmp_path / "packages").encode() in path.read_bytes() for path in shipped)


@pytest.mark.parametrize(
    ("index", "member"), [(index, member) for index, members in TAKING.items() for member in members]
)
def test_no_dependency_takes_the_handlers_place(tmp_path: Path, packages: Path, index: str, member: str) -> None:
    found = outcome(tmp_path, index, wheel(packages, {member: CODE.format(marker=str(tmp_path / "it ran")).encode()}))

    if isinstance(found, str):
        assert index in found
        return
    assert (found / index).read_text() == HANDLER
    assert member == "api/__init__.py" or not (found / member.removeprefix("evil-1.0.data/purelib/")).exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../../../etc/passwd", "..", "special"])
def test_a_link_in_a_wheel_brings_nothing_of_this_machine(tmp_path: Path, packages: Path, target: str) -> None:
    found = outcome(tmp_path, "index.py", wheel(packages, {"evil/__init__.py": b""}, link=target))

    if not isinstance(found, str):
        assert [path for path in found.rglob("*") if path.is_symlink()] == []
        assert not any(b"root:" in path.read_bytes() for path in found.rglob("*") if path.is_file())


@pytest.mark.parametrize("mode", [0o6755, 0o000, 0o777])
def test_the_modes_of_a_wheel_are_not_those_of_the_asset(tmp_path: Path, packages: Path, mode: int) -> None:
    found = outcome(tmp_path, "index.py", wheel(packages, {"evil/__init__.py": b""}, mode=mode))

    assert not isinstance(found, str)
    assert stat.S_IMODE((found / "evil/special").stat().st_mode) in {0o644, 0o755}
