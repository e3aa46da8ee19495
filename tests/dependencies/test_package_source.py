"""Local packages are built from what their build tool would see."""

import os
import subprocess
from pathlib import Path

import pytest

from python_function._dependencies import package_source
from python_function._dependencies.local_packages import LocalPackage
from python_function.errors import EntryError

_BACKENDS = {"setuptools": "setuptools.build_meta", "hatchling": "hatchling.build", "poetry": "poetry.core.masonry.api"}


def _package(tmp_path: Path, *files: str, backend: str = "setuptools", more: str = "") -> LocalPackage:
    directory = tmp_path / "lib"
    for name in files:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    manifest = f'[build-system]\nbuild-backend = "{_BACKENDS[backend]}"\n[project]\nname = "lib"\nversion = "1"\n{more}'
    (directory / "pyproject.toml").write_text(manifest)
    return LocalPackage(name="lib", directory=directory)


def _ignore(tmp_path: Path, *patterns: str) -> None:
    (tmp_path / ".gitignore").write_text("".join(f"{pattern}\n" for pattern in patterns))
    subprocess.run(("git", "init", "--quiet"), cwd=tmp_path, check=True)


def _files(package: LocalPackage) -> set[str]:
    return set(package_source.files(package).places) - {"pyproject.toml"}


def test_what_builds_and_tools_leave_is_no_source(tmp_path: Path) -> None:
    left = (
        *("build/lib/lib/old.py", "build/lib.linux-x86_64-cpython-311/lib/x.so", "build/bdist.linux-x86_64/x"),
        *(
            "lib.egg-info/SOURCES.txt",
            "src/lib.egg-info/PKG-INFO",
            ".env",
            "lib/.env",
            ".venv/x",
            "lib/__pycache__/x.pyc",
        ),
    )
    own = ("lib/__init__.py", "lib/build/lib/own.py", "build/own.py")

    assert _files(_package(tmp_path, *left, *own)) == set(own)


@pytest.mark.parametrize("backend", ["hatchling", "poetry"])
def test_what_git_ignores_is_left_out(tmp_path: Path, backend: str) -> None:
    package = _package(tmp_path, "lib/a.py", "lib/secret.json", "lib/made.py", "data/x.bin", backend=backend)
    _ignore(tmp_path, "secret.json", "made.py", "/lib/data/")

    assert _files(package) == {"lib/a.py"}


def test_modules_that_git_ignores_are_kept_where_the_build_tool_does_not_ask_git(tmp_path: Path) -> None:
    files = ("lib/a.py", "lib/x_pb2.py", "lib/x_pb2.pyi", "lib/py.typed", "lib/fast.so", "lib/secret.json", "lib/x.log")
    package = _package(tmp_path, *files)
    _ignore(tmp_path, "*_pb2.py*", "py.typed", "*.so", "secret.json", "*.log")

    assert _files(package) == set(files) - {"lib/secret.json", "lib/x.log"}


@pytest.mark.parametrize(
    ("backend", "more"),
    [
        ("hatchling", '[tool.hatch.build]\nartifacts = ["*.bin"]\n'),
        ("hatchling", '[tool.hatch.build.targets.wheel]\nartifacts = ["/data/"]\n'),
        ("hatchling", '[tool.hatch.build.targets.wheel.force-include]\n"data/x.bin" = "lib/x.bin"\n'),
        ("poetry", '[tool.poetry]\ninclude = ["data/**/*.bin"]\n'),
        ("poetry", '[tool.poetry]\ninclude = [{ path = "data/*", format = ["wheel"] }]\n'),
    ],
)
def test_what_a_tool_is_told_to_take_even_so_is_taken(tmp_path: Path, backend: str, more: str) -> None:
    package = _package(tmp_path, "data/x.bin", "y.log", backend=backend, more=more)
    _ignore(tmp_path, "data", "*.log")

    assert _files(package) == {"data/x.bin"}


def test_links_to_nowhere_and_what_no_copy_holds_are_left_out(tmp_path: Path) -> None:
    package = _package(tmp_path, "lib/a.py")
    (package.directory / "lib/.#a.py").symlink_to("somebody@machine.1234")
    (package.directory / "circle").symlink_to("circle")
    os.mkfifo(package.directory / "fifo")

    assert _files(package) == {"lib/a.py"}


def test_links_may_lead_to_what_the_project_holds(tmp_path: Path) -> None:
    package = _package(tmp_path, "lib/a.py")
    (tmp_path / "shared.py").write_text("")
    (package.directory / "lib/shared.py").symlink_to(tmp_path / "shared.py")

    with pytest.raises(EntryError, match=r"lib/shared\.py is a link .* outside"):
        package_source.files(package)
    inside = LocalPackage(name="lib", directory=package.directory, within=tmp_path)
    assert _files(inside) == {"lib/a.py", "lib/shared.py"}


def test_the_output_of_cdk_is_no_source(tmp_path: Path) -> None:
    package = _package(tmp_path, "lib/a.py", "my out/asset.1/x", "other/my out/y")

    apart = LocalPackage(name="lib", directory=package.directory, leaves_out=("my out",))

    assert _files(apart) == {"lib/a.py", "other/my out/y"}
