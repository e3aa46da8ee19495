"""The tools that own locks, for real: what they lock, what we export of it, and what they say of stale locks."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import uv

from integ.wheelhouse import project
from python_function._dependencies import detect, exact
from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Locked
from python_function._dependencies.formats import poetry_lock
from python_function._machine.environment import for_installer
from python_function._machine.host import Host
from python_function._machine.process import Process
from python_function._machine.report import Report
from python_function._machine.toml import read_toml
from python_function._target.target import Target
from python_function.errors import PackagingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from integ.package_index import PackageIndex, StartIndex
    from integ.wheelhouse import Wheelhouse
    from python_function._dependencies.requirements_txt.read import Requirements

ENVIRONMENTS = Target("python3.13", "x86_64").environments
_UV = uv.find_uv_bin()
_TOOLS = {
    "poetry 2": ("--from", "poetry==2.5.1", "poetry", "lock"),
    "poetry 1": ("--from", "poetry==1.8.5", "poetry", "lock"),
    "pipenv": ("--from", "pipenv==2026.10.3", "pipenv", "lock"),
}
_ENVIRONMENT = {
    "UV_PYTHON_DOWNLOADS": "never",
    "PIPENV_IGNORE_VIRTUALENVS": "1",
    "PIPENV_NOSPIN": "1",
    "POETRY_VIRTUALENVS_CREATE": "false",
}

_POETRY = """
[tool.poetry]
package-mode = false
[tool.poetry.dependencies]
python = ">=3.11"
{dependencies}
more = {{version = "*", optional = true}}
[tool.poetry.extras]
extra = ["more"]
[tool.poetry.group.dev.dependencies]
devtool = "*"
[[tool.poetry.source]]
name = "main"
url = "{url}"
priority = "primary"
"""
_POETRY_DEPENDENCIES = """
app = "^1.0"
elsewhere = {version = "*", markers = "sys_platform == 'win32'"}
lib = {path = "../lib", develop = true}
"""
_PROJECT = """
[project]
name = "fn"
version = "0"
requires-python = ">=3.11"
dependencies = ["app>=1", "elsewhere; sys_platform == 'win32'", "lib"]
[project.optional-dependencies]
extra = ["more"]
[dependency-groups]
dev = ["devtool"]
"""
_PIPFILE = """
[[source]]
url = "{url}"
verify_ssl = false
name = "main"
[packages]
app = "*"
lib = {{path = "../lib", editable = true}}
[dev-packages]
devtool = "*"
[extra]
more = "*"
"""


def _host(directory: Path, environ: Mapping[str, str] | None = None) -> Host:
    return Host(
        environ={**os.environ, **(environ or {})},
        run=Process(progress=print, waiting=print),
        report=Report(name="test", write=print),
        cache=directory / "cache",
        uv=_UV,
        python=sys.executable,
        ids=None,
    )


@pytest.fixture
def packages(wheelhouse: Wheelhouse) -> Wheelhouse:
    """`app` needs `base`; `lib`, made elsewhere, needs `base` and `below`."""
    wheelhouse.wheel("app", requires=("base",))
    for name in ("base", "below", "devtool", "elsewhere", "more"):
        wheelhouse.wheel(name)
    return wheelhouse


@pytest.fixture
def main(packages: Wheelhouse, index: StartIndex) -> PackageIndex:
    return index(packages.directory)


def _lib(directory: Path) -> Path:
    lib = directory / "lib"
    lib.mkdir()
    for name, text in project("lib", "1.0", ("base", "below")).items():
        (lib / name).write_text(text)
    with (lib / "sdist_backend.py").open("a") as backend:
        backend.write("\nbuild_editable = build_wheel\n")
    (lib / "lib").mkdir()
    (lib / "lib" / "__init__.py").write_text("VERSION = 'local'\n")
    return lib


def _project(directory: Path, name: str, text: str) -> Path:
    entry = directory / "fn"
    entry.mkdir(exist_ok=True)
    (entry / name).write_text(text)
    return entry


def _lock(entry: Path, tool: str, environ: Mapping[str, str] | None = None) -> None:
    argv = (_UV, "lock") if tool == "uv" else (_UV, "tool", "run", "--quiet", "--python", sys.executable, *_TOOLS[tool])
    # Poetry keeps what it has seen by the index's name, which is the same in every test.
    own = {"WORKON_HOME": str(entry.parent / "environments"), "POETRY_CACHE_DIR": str(entry.parent / "poetry")}
    environment = {**os.environ, **_ENVIRONMENT, **own, **(environ or {})}
    environment.pop("VIRTUAL_ENV", None)
    subprocess.run(argv, cwd=entry, env=environment, check=True, stdin=subprocess.DEVNULL)


def _export_of(entry: Path, choice: Choice | None = None, environ: Mapping[str, str] | None = None) -> Requirements:
    packaging = detect.detect(entry, choice=choice or Choice())
    return exact.requirements(packaging, host=_host(entry.parent, environ), environment={}, environments=ENVIRONMENTS)


def _state(directory: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(directory)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def _names(requirements: Requirements) -> list[str]:
    return sorted(line.split("=")[0].split(" ")[0] for line in requirements.lines)


def _make(directory: Path, tool: str, url: str) -> Path:
    _lib(directory)
    match tool:
        case "uv":
            sources = '[tool.uv.sources]\nlib = { path = "../lib", editable = true }\n'
            indexes = f'[[tool.uv.index]]\nname = "main"\nurl = "{url}"\ndefault = true\n'
            return _project(directory, "pyproject.toml", _PROJECT + sources + indexes)
        case "poetry 2, project":
            manifest = (
                _PROJECT.replace('"lib"', f'"lib @ file://{directory}/lib"') + "[tool.poetry]\npackage-mode = false\n"
            )
            source = f'[[tool.poetry.source]]\nname = "main"\nurl = "{url}"\n'
            return _project(directory, "pyproject.toml", manifest + source)
        case "pipenv":
            return _project(directory, "Pipfile", _PIPFILE.format(url=url))
        case _:
            text = _POETRY.format(url=url, dependencies=_POETRY_DEPENDENCIES)
            return _project(directory, "pyproject.toml", text)


@pytest.mark.parametrize("tool", ["uv", "poetry 2", "poetry 2, project", "poetry 1", "pipenv"])
def test_an_export_holds_what_was_locked_and_leaves_the_project_alone(
    tmp_path: Path, main: PackageIndex, tool: str
) -> None:
    entry = _make(tmp_path, tool, main.url)
    _lock(entry, tool.split(",", maxsplit=1)[0])
    before = _state(tmp_path / "fn") | _state(tmp_path / "lib")

    plain = _export_of(entry)
    groups, extras = (("dev", "extra"), ()) if tool == "pipenv" else (("dev",), ("extra",))
    everything = _export_of(entry, Choice(groups=groups, extras=extras))

    expected = ["app", "base", "below", "elsewhere", "lib"]
    assert _names(plain) == [name for name in expected if tool != "pipenv" or name != "elsewhere"]
    assert set(_names(everything)) - set(_names(plain)) == {"devtool", "more"}
    assert plain.exact
    assert all("--hash=sha256:" in line for line in plain.lines if not line.startswith("lib"))
    assert [(package.name, package.directory) for package in plain.local] == [("lib", tmp_path / "lib")]
    assert {(p.name, p.directory) for p in detect.detect(entry).local} == {("lib", tmp_path / "lib")}
    content = detect.detect(entry).content
    assert not isinstance(content, Locked) or content.part.fresh
    assert _state(tmp_path / "fn") | _state(tmp_path / "lib") == before


@pytest.mark.parametrize(
    ("tool", "old", "new", "command"),
    [
        ("uv", '"app>=1"', '"app>=1", "more"', "uv lock"),
        ("poetry 2", 'app = "^1.0"', 'app = "*"', "poetry lock"),
        ("poetry 2, project", '"app>=1"', '"app>=1", "more"', "poetry lock"),
        ("poetry 1", 'app = "^1.0"', 'app = "*"', "poetry lock --no-update"),
        ("pipenv", 'app = "*"', 'app = ">=1"', "pipenv lock"),
    ],
)
def test_a_stale_lock_is_an_error(
    tmp_path: Path, main: PackageIndex, tool: str, old: str, new: str, command: str
) -> None:
    entry = _make(tmp_path, tool, main.url)
    _lock(entry, tool.split(",", maxsplit=1)[0])
    fresh = detect.detect(entry).identity
    manifest = entry / ("Pipfile" if tool == "pipenv" else "pyproject.toml")
    manifest.write_text(manifest.read_text().replace(old, new))

    with pytest.raises(PackagingError, match=f"is stale.*Run '{command}' in {entry}"):
        _export_of(entry)

    assert tool == "pipenv" or detect.detect(entry).identity != fresh


def test_a_poetry_lock_of_old_is_exported(tmp_path: Path) -> None:
    text = (
        '[tool.poetry]\nname = "fn"\nversion = "0"\ndescription = ""\nauthors = []\n'
        '[tool.poetry.dependencies]\npython = "*"\nsix = "*"\n'
    )
    entry = _project(tmp_path, "pyproject.toml", text)
    digest = poetry_lock.content_hash(read_toml(entry / "pyproject.toml"))
    sha = "8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254"
    (entry / "poetry.lock").write_text(
        '[[package]]\nname = "six"\nversion = "1.16.0"\ndescription = ""\ncategory = "main"\noptional = false\n'
        f'python-versions = "*"\n[metadata]\nlock-version = "1.1"\npython-versions = "*"\ncontent-hash = "{digest}"\n'
        f'[metadata.files]\nsix = [{{file = "six-1.16.0-py2.py3-none-any.whl", hash = "sha256:{sha}"}}]\n'
    )

    (line,) = _export_of(entry).lines

    assert line.startswith("six==1.16.0")
    assert line.endswith(f"--hash=sha256:{sha}")


def test_a_project_for_newer_pythons_than_the_running_one_is_exported(tmp_path: Path, main: PackageIndex) -> None:
    entry = _make(tmp_path, "uv", main.url)
    _lock(entry, "uv")
    for name in ("uv.lock", "pyproject.toml"):
        text = (entry / name).read_text()
        (entry / name).write_text(text.replace('requires-python = ">=3.11"', 'requires-python = ">=3.99"'))

    assert _names(_export_of(entry)) == ["app", "base", "below", "elsewhere", "lib"]


@pytest.mark.parametrize("extras", [(), ("extra",)])
def test_a_pylock_that_uv_writes_is_what_uv_exports(
    tmp_path: Path, main: PackageIndex, extras: tuple[str, ...]
) -> None:
    entry = _make(tmp_path, "uv", main.url)
    _lock(entry, "uv")
    theirs = _export_of(entry, Choice(extras=extras))
    flags = (
        "--format=pylock.toml",
        "--no-default-groups",
        "--no-emit-project",
        *(f"--extra={name}" for name in extras),
    )
    written = (_UV, "export", "--quiet", "--python", sys.executable, *flags, "--output-file", "pylock.toml")
    subprocess.run(written, cwd=entry, check=True)
    (entry / "uv.lock").unlink()

    ours = _export_of(entry)

    assert detect.detect(entry).kind == "pylock"
    assert (sorted(ours.lines), ours.local) == (sorted(theirs.lines), theirs.local)


def test_what_is_exported_is_what_uv_itself_installs(tmp_path: Path, main: PackageIndex) -> None:
    entry = _make(tmp_path, "uv", main.url)
    _lock(entry, "uv")
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(tmp_path / "venv")}
    sync = (_UV, "sync", "--quiet", "--locked", "--no-dev", "--no-install-project", "--python", sys.executable)
    subprocess.run(sync, cwd=entry, env=environment, check=True)
    listing = (_UV, "pip", "list", "--format=freeze", "--python", str(tmp_path / "venv"))
    theirs = subprocess.run(listing, cwd=entry, check=True, capture_output=True, text=True).stdout

    ours = _export_of(entry)

    assert sorted(line.partition("=")[0].partition(" ")[0] for line in theirs.splitlines()) == [
        name for name in _names(ours) if name != "elsewhere"
    ]


def _install(found: Requirements, directory: Path, environ: Mapping[str, str]) -> set[str]:
    lists = directory / "requirements.txt"
    lists.write_text("\n".join((*found.options, *found.lines)))
    argv = (_UV, "pip", "install", "--quiet", "--no-deps", "--no-build", "--no-cache", "--python", sys.executable)
    target = directory / "target"
    subprocess.run(
        (*argv, "--target", str(target), "--requirements", str(lists), *found.flags),
        env=for_installer(os.environ, environ),
        check=True,
    )
    return {path.name for path in target.iterdir() if not path.name.startswith(".") and "-" not in path.name}


@pytest.mark.parametrize(
    ("tool", "variables"),
    [
        ("uv", ("UV_INDEX_MAIN_USERNAME", "UV_INDEX_MAIN_PASSWORD")),
        ("poetry 2", ("POETRY_HTTP_BASIC_MAIN_USERNAME", "POETRY_HTTP_BASIC_MAIN_PASSWORD")),
        ("pipenv", ("INDEX_USER", "INDEX_PASSWORD")),
    ],
)
def test_a_private_index_keeps_its_password_to_itself(
    tmp_path: Path, packages: Wheelhouse, index: StartIndex, tool: str, variables: tuple[str, str]
) -> None:
    private = index(packages.directory, user="user", password="s3cret")
    environ = dict(zip(variables, ("user", "s3cret"), strict=True))
    user_info = f"${{{variables[0]}}}:${{{variables[1]}}}@" if tool == "pipenv" else ""
    entry = _make(tmp_path, tool, private.url.replace("://", f"://{user_info}"))
    manifest = entry / ("Pipfile" if tool == "pipenv" else "pyproject.toml")
    manifest.write_text(
        "".join(line for line in manifest.read_text().splitlines(keepends=True) if not line.startswith("lib = "))
        .replace(', "lib"', "")
        .replace('"lib"', "")
    )
    _lock(entry, tool, environ)

    found = _export_of(entry, environ=environ)

    assert "s3cret" not in repr(found)
    assert not any(b"s3cret" in path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert _install(found, tmp_path, environ) == {"app", "base"}
