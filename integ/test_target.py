"""The target's patch level, for real: what a project declares for one is installed, whatever tool declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from integ import kinds
from integ.wheelhouse import project
from python_function import BundlingOptions, PythonFunction
from python_function.errors import PythonFunctionError

if TYPE_CHECKING:
    from pathlib import Path

    from integ.package_index import StartIndex
    from integ.wheelhouse import Wheelhouse

HANDLER: Final = "def handler(event, context):\n    return 1\n"
UV: Final = """\
[project]
name = "fn"
version = "0"
requires-python = ">=3.11.4"
dependencies = ["late; python_full_version >= '3.11.4'"{more}]
[[tool.uv.index]]
name = "main"
url = "{url}"
default = true
"""
POETRY: Final = """\
[tool.poetry]
package-mode = false
[tool.poetry.dependencies]
python = "^3.11.1"
late = "*"
[[tool.poetry.source]]
name = "main"
url = "{url}"
priority = "primary"
"""
MEMBER: Final = '[tool.uv.sources]\nmember = {path = "../member"}\n'
DECLARED: Final = {
    "requirements": ("requirements.txt", "-i {url}\nlate==1.0; python_full_version >= '3.11.4'\n", ""),
    "no lock": ("pyproject.toml", UV.replace("{more}", ""), ""),
    "uv": ("pyproject.toml", UV.replace("{more}", ""), "uv"),
    "poetry": ("pyproject.toml", POETRY, "poetry 2"),
    "local package": ("pyproject.toml", UV.replace("{more}", ', "member"') + MEMBER, "uv"),
}


@pytest.mark.parametrize("name", DECLARED)
def test_a_patch_level_drops_nothing(name: str, tmp_path: Path, wheelhouse: Wheelhouse, index: StartIndex) -> None:
    wheelhouse.wheel("late")
    write_member(tmp_path / "member")
    file, text, tool = DECLARED[name]
    entry = write(tmp_path / "fn", file, text.replace("{url}", index(wheelhouse.directory).url))
    if tool:
        kinds.lock(tool, entry)

    asset = build(entry, tmp_path / "cdk.out")

    assert (asset / "late").is_dir()
    assert (asset / "member").is_dir() == (name == "local package")


def test_what_no_patch_level_needs_is_left_out(tmp_path: Path, wheelhouse: Wheelhouse, index: StartIndex) -> None:
    wheelhouse.wheel("late")
    lines = ("late; python_full_version >= '3.11.4'", "none; python_full_version < '3.11.3'")
    text = "\n".join((f"-i {index(wheelhouse.directory).url}", *lines))

    asset = build(write(tmp_path / "fn", "requirements.txt", text), tmp_path / "cdk.out")

    assert (asset / "late").is_dir()
    assert not (asset / "none").exists()


def test_a_project_that_comes_down_to_nothing_is_an_error(
    tmp_path: Path, wheelhouse: Wheelhouse, index: StartIndex
) -> None:
    wheelhouse.wheel("late")
    text = f"-i {index(wheelhouse.directory).url}\nlate==1.0; python_full_version >= '3.11.60'\n"
    entry = write(tmp_path / "fn", "requirements.txt", text)

    with pytest.raises(PythonFunctionError, match=r"holds none of the packages that .*requirements\.txt declares"):
        build(entry, tmp_path / "cdk.out")


def write(entry: Path, file: str, text: str) -> Path:
    entry.mkdir()
    (entry / "index.py").write_text(HANDLER)
    (entry / file).write_text(text)
    return entry


def write_member(directory: Path) -> None:
    """Write a local package that the first releases of Python 3.11 do not do for."""
    (directory / "member").mkdir(parents=True)
    version = 'version = "1.0"\n'
    for name, text in project("member", "1.0").items():
        (directory / name).write_text(text.replace(version, f'{version}requires-python = ">=3.11.4"\n'))
    (directory / "member/__init__.py").touch()


def build(entry: Path, outdir: Path) -> Path:
    stack = Stack(App(outdir=str(outdir)), "Stack")
    runtime = lambda_.Runtime.PYTHON_3_11
    PythonFunction(stack, "Function", entry=entry, runtime=runtime, bundling=BundlingOptions(strategy="local"))
    (asset,) = outdir.glob("asset.*")
    return asset
