"""Indexes that hold other packages than they should: of the same name, with another content, in a tool's place."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from integ import kinds, package_index, sdist_backend, synthesis
from integ.wheelhouse import Wheelhouse
from python_function import BundlingOptions, PythonFunction
from python_function._machine.pinned import PINS
from python_function.errors import PythonFunctionError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integ.package_index import PackageIndex

MUSL: Final = "py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"
HANDLER: Final = "def handler(event, context): ...\n"
NAMES: Final = ("app", "corp", "shared")
PROJECT: Final = '[project]\nname = "fn"\nversion = "0"\nrequires-python = ">=3.11"\n'
UV: Final = """\
dependencies = ["app", "corp", "shared"]
[tool.uv.sources]
corp = {{ index = "corp-index" }}
[[tool.uv.index]]
name = "main"
url = "{main}"
default = true
[[tool.uv.index]]
name = "corp-index"
url = "{corp}"
explicit = true
"""
POETRY: Final = """\
[tool.poetry]
package-mode = false
[tool.poetry.dependencies]
python = ">=3.11"
app = "*"
shared = "*"
corp = {{ version = "*", source = "corp-index" }}
[[tool.poetry.source]]
name = "main"
url = "{main}"
[[tool.poetry.source]]
name = "corp-index"
url = "{corp}"
priority = "explicit"
"""
PIPFILE: Final = """\
[[source]]
name = "main"
url = "{main}"
verify_ssl = false
[[source]]
name = "corp-index"
url = "{corp}"
verify_ssl = false
[packages]
app = "*"
shared = "*"
corp = {{ version = "*", index = "corp-index" }}
"""
KINDS: Final = ("uv", "uv unlocked", "script", "poetry 2", "poetry unlocked", "pipenv", "pipenv unlocked", "pylock")


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PackageIndex, PackageIndex]]:
    """Return a public index and one behind a password, each with all packages, which say where they are from."""
    directory = tmp_path_factory.mktemp("indexes")
    houses = {name: Wheelhouse(directory / name) for name in ("main", "corp")}
    for place, house in houses.items():
        house.directory.mkdir()
        for name in NAMES:
            house.wheel(name, requires=("shared",) if name == "app" else (), files={f"{name}/{place}.py": ""})
    with (
        package_index.serve(houses["main"].directory) as main,
        package_index.serve(houses["corp"].directory, user="user", password="s3cret+") as corp,
    ):
        yield main, corp


@pytest.fixture(scope="module")
def projects(indexes: tuple[PackageIndex, PackageIndex], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a project of every kind."""
    root = tmp_path_factory.mktemp("projects")
    urls = {"main": indexes[0].url, "corp": indexes[1].url}
    with_variables = {**urls, "corp": indexes[1].url.replace("://", "://${CORP_USER}:${CORP_PASSWORD}@")}
    for kind in KINDS:
        entry = root / kind
        entry.mkdir()
        index = "def handler(event, context): ...\n"
        match kind.split()[0]:
            case "poetry":
                (entry / "pyproject.toml").write_text(POETRY.format(**urls))
            case "pipenv":
                (entry / "Pipfile").write_text(PIPFILE.format(**with_variables))
            case "script":
                block = "".join(f"# {line}\n" for line in UV.format(**urls).splitlines())
                index = f"# /// script\n{block}# ///\n{index}"
            case _:
                (entry / "pyproject.toml").write_text(PROJECT + UV.format(**urls))
        (entry / "index.py").write_text(index)
        if kind == "pipenv":
            (entry / "Pipfile").unlink()
            (entry / "Pipfile.lock").write_text(pipfile_lock(indexes, with_variables))
        elif "unlocked" not in kind and kind != "script":
            kinds.lock(kind, entry, variables())
    return root


def pipfile_lock(indexes: tuple[PackageIndex, PackageIndex], urls: dict[str, str]) -> str:
    """Return a lock as pipenv writes it; it does not find a second index behind a password."""
    sources = [
        {"name": name, "url": urls[key], "verify_ssl": False}
        for name, key in (("main", "main"), ("corp-index", "corp"))
    ]
    names = {"app": 0, "corp": 1, "shared": 0}
    wheels = {name: indexes[place].directory / f"{name}-1.0-py3-none-any.whl" for name, place in names.items()}
    default = {
        name: {
            "version": "==1.0",
            "index": sources[names[name]]["name"],
            "hashes": [f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"],
        }
        for name, wheel in wheels.items()
    }
    return json.dumps({"_meta": {"sources": sources}, "default": default, "develop": {}})


def variables() -> dict[str, str]:
    tools = ("UV_INDEX", "POETRY_HTTP_BASIC")
    found = {f"{tool}_CORP_INDEX_USERNAME": "user" for tool in tools}
    found |= {f"{tool}_CORP_INDEX_PASSWORD": "s3cret+" for tool in tools}
    return {**found, "CORP_USER": "user", "CORP_PASSWORD": "s3cret%2B"}


def origins(entry: Path, outdir: Path, **options: Any) -> dict[str, list[str]]:  # noqa: ANN401 - any option
    stack = Stack(App(outdir=str(outdir)), "Stack")
    runtime = lambda_.Runtime.PYTHON_3_13
    PythonFunction(stack, "Function", entry=entry, runtime=runtime, bundling=BundlingOptions(**options))
    (asset,) = outdir.glob("asset.*")
    return {name: [place for place in ("main", "corp") if (asset / name / f"{place}.py").is_file()] for name in NAMES}


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_comes_from_the_index_that_it_is_assigned_to(
    projects: Path, indexes: tuple[PackageIndex, PackageIndex], tmp_path: Path, kind: str
) -> None:
    # A pylock.toml has no names for its indexes, so the credentials are in a URL there.
    user_info = "://user:s3cret%2B@"
    unnamed = {"PIP_EXTRA_INDEX_URL": indexes[1].url.replace("://", user_info)} if kind == "pylock" else {}

    found = origins(projects / kind, tmp_path, strategy="local", environment={**variables(), **unnamed})

    assert found == {"app": ["main"], "corp": ["corp"], "shared": ["main"]}


@pytest.mark.parametrize("kind", ["uv", "pipenv"])  # poetry itself is not on the mirror
def test_another_default_index_replaces_the_default_one_alone(
    projects: Path, indexes: tuple[PackageIndex, PackageIndex], tmp_path: Path, kind: str
) -> None:
    with package_index.serve(indexes[0].directory) as mirror:
        environment = {**variables(), "PIP_INDEX_URL": mirror.url}

        found = origins(
            projects / kind, tmp_path, strategy="local", environment=environment, installer_args=["--no-cache"]
        )

        assert found == {"app": ["main"], "corp": ["corp"], "shared": ["main"]}
        assert any(path.startswith("/simple/app") for _, path in mirror.requests)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", ["uv", "poetry 2", "pipenv unlocked"])
def test_a_container_keeps_to_the_assigned_index(projects: Path, tmp_path: Path, kind: str) -> None:
    found = origins(projects / kind, tmp_path, strategy="docker", network="host", environment=variables())

    assert found == {"app": ["main"], "corp": ["corp"], "shared": ["main"]}


@pytest.mark.parametrize("kind", ["uv", "poetry 2", "pylock", "hashed requirements"])
def test_another_content_than_was_locked_is_an_error(tmp_path: Path, kind: str) -> None:
    house = Wheelhouse(tmp_path / "house")
    house.directory.mkdir()
    house.wheel("victim")
    with package_index.serve(house.directory) as index:
        entry = kinds.write(
            kind, tmp_path / "entry", ["victim==1.0"], url=index.url, handler="def handler(e, c): ...\n"
        )
        kinds.lock(kind, entry)
        house.wheel("victim", files={"victim/planted.py": ""})

        with pytest.raises(PythonFunctionError, match=r"(?is)victim.*hash"):
            synthesis.bundle(entry, tmp_path / "out", strategy="local", installer_args=["--no-cache"])

    assert list((tmp_path / "out").glob("asset.*")) == []


def offered(tmp_path: Path, tool: str, version: str, tag: str, lock: str, **options: Any) -> str:  # noqa: ANN401 - any option
    """Return what is told of an index that offers a *tool* of its own, which never runs, and no asset comes to be."""
    ran, house = tmp_path / "it ran", Wheelhouse(tmp_path / "house")
    house.directory.mkdir()
    files = {
        f"{tool}/__main__.py": f"from pathlib import Path\nPath({str(ran)!r}).touch()\n".encode(),
        f"{tool}-{version}.data/scripts/{tool}": f"#!/bin/sh\ntouch {ran}\n".encode(),
    }
    sdist_backend.write_wheel(house.directory, tool, version, tag, files, ())
    house.wheel("victim")
    with package_index.serve(house.directory) as index:
        entry = kinds.write(lock, tmp_path / "entry", ["victim==1.0"], url=index.url, handler=HANDLER)
        kinds.lock(lock, entry)
        with pytest.raises(PythonFunctionError) as caught:
            synthesis.bundle(entry, tmp_path / "out", environment={"PIP_INDEX_URL": index.url}, **options)
    assert not ran.exists()
    assert list((tmp_path / "out").glob("asset.*")) == []
    return str(caught.value)


def test_a_poetry_that_an_index_offers_in_the_place_of_ours_never_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    told = offered(tmp_path, "poetry", "2.5.1", "py3-none-any", "poetry 2", strategy="local")

    assert "poetry 2.5.1, which exports the lock, cannot be installed" in told


@pytest.mark.usefixtures("engine")
def test_an_installer_that_an_index_offers_in_the_place_of_ours_never_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    version = PINS["x86_64"].version

    told = offered(tmp_path, "uv", version, MUSL, "uv", strategy="docker", network="host")

    assert f"uv {version}, which installs in the container, cannot be had" in told
