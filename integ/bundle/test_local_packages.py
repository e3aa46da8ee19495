"""Local packages are built of the user's own, and of nobody else's: no index and no build script gets in between."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest

from integ import sdist_backend
from integ.local_projects import HANDLER, function, package
from integ.synthesis import bundle

if TYPE_CHECKING:
    from pathlib import Path

    from integ.package_index import StartIndex
    from integ.wheelhouse import Wheelhouse

SOURCES: Final = '\n[tool.uv.sources]\nother = { path = "../other" }\ntool = { path = "../tool" }\n'
KINDS: Final = {
    "requirements": {"requirements.txt": "-e ../lib\nthird\n"},
    "pyproject": {
        "pyproject.toml": '[project]\nname = "fn"\nversion = "0"\ndependencies = ["lib", "third"]\n'
        '[tool.uv.sources]\nlib = { path = "../lib" }\n'
    },
    "script": {
        "index.py": '# /// script\n# dependencies = ["lib", "third"]\n# [tool.uv.sources]\n'
        f'# lib = {{ path = "../lib" }}\n# ///\n{HANDLER}'
    },
    "Pipfile": {"Pipfile": '[packages]\nlib = { path = "../lib", editable = true }\nthird = "*"\n'},
}
BACKEND: Final = '[build-system]\nrequires = []\nbuild-backend = "sdist_backend"\nbackend-path = ["."]\n'


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_local_by_declaration_is_never_asked_of_an_index(
    tmp_path: Path, wheelhouse: Wheelhouse, index: StartIndex, kind: str
) -> None:
    for name in ("other", "tool", "lib"):
        wheelhouse.wheel(name, "9.0")
    wheelhouse.wheel("third", requires=["other"])
    public = index(wheelhouse.directory)
    package(tmp_path / "other")
    package(tmp_path / "tool")
    package(tmp_path / "lib", "other", builds_with='"tool"', more=SOURCES)
    entry = function(tmp_path / "fn", KINDS[kind])

    asset = bundle(entry, tmp_path / "cdk.out", environment={"UV_DEFAULT_INDEX": public.url})

    assert (asset / "other/__init__.py").read_text() == "VERSION = 'local'\n"
    assert (asset / "lib/__init__.py").read_text() == "VERSION = 'local'\n"
    assert {path for _, path in public.requests if "third" not in path} == set()
    assert not (asset / "tool").exists()


def test_an_edit_deep_down_is_another_asset(tmp_path: Path) -> None:
    package(tmp_path / "other")
    package(tmp_path / "lib", "other", more=SOURCES)
    entry = function(tmp_path / "fn", {"requirements.txt": "../lib\n"})
    first = bundle(entry, tmp_path / "one")
    (tmp_path / "other/other/__init__.py").write_text("VERSION = 'edited'\n")

    second = bundle(entry, tmp_path / "two")

    assert first.name != second.name
    assert (second / "other/__init__.py").read_text() == "VERSION = 'edited'\n"


@pytest.mark.parametrize("requirement", ["setuptools", "hatchling"])
def test_every_python_and_every_version_of_a_tool_give_one_tree(tmp_path: Path, requirement: str) -> None:
    backends = {"setuptools": "setuptools.build_meta", "hatchling": "hatchling.build"}
    system = f'[build-system]\nrequires = ["{requirement}"]\nbuild-backend = "{backends[requirement]}"\n'
    (tmp_path / "lib/lib").mkdir(parents=True)
    (tmp_path / "lib/pyproject.toml").write_text(f'[project]\nname = "lib"\nversion = "1.0"\n{system}')
    (tmp_path / "lib/lib/__init__.py").write_text("")
    entry = function(tmp_path / "fn", {"requirements.txt": "../lib\n"})

    asset = bundle(entry, tmp_path / "one")

    text = (asset / "lib-1.0.dist-info/WHEEL").read_text()
    assert "Generator: cdk-python-function\n" in text
    assert requirement not in text


def test_credentials_of_a_local_package_are_used_and_not_shipped(
    tmp_path: Path, wheelhouse: Wheelhouse, index: StartIndex
) -> None:
    wheel = wheelhouse.wheel("app")
    private = index(wheelhouse.directory, user="somebody", password="s3cr3t-p4ssw0rd")
    url = private.url_with_credentials.removesuffix("simple/") + f"files/{wheel.name}"
    package(tmp_path / "lib", f"app @ {url}")
    entry = function(tmp_path / "fn", {"requirements.txt": "../lib\n"})

    asset = bundle(entry, tmp_path / "one")

    assert (asset / "app/__init__.py").is_file()
    shipped = b"".join(path.read_bytes() for path in asset.rglob("*") if path.is_file())
    assert b"s3cr3t-p4ssw0rd" not in shipped
    assert b"Requires-Dist: app" in shipped


def test_a_place_that_only_the_build_knows_is_an_error(tmp_path: Path) -> None:
    lib = package(tmp_path / "lib")
    text = (lib / "sdist_backend.py").read_text()
    assert sdist_backend.build_wheel.__name__ in text
    needs = 'project.get("dependencies", ())'
    (lib / "sdist_backend.py").write_text(text.replace(needs, '["other @ file:///somewhere/other"]'))
    entry = function(tmp_path / "fn", {"requirements.txt": "../lib\n"})

    with pytest.raises(Exception, match=r"requires other from file:///somewhere/other.* cannot be followed"):
        bundle(entry, tmp_path / "one", strategy="local")


def repository_with(tmp_path: Path, place: str, manifest: str) -> Path:
    """Make a repository at version 1.2 with a package somewhere in it that has its version from git."""
    root = tmp_path / "repository"
    directory = root / place
    (directory / "lib").mkdir(parents=True)
    for name, text in {"lib/__init__.py": "", "lib/data.txt": "", "pyproject.toml": manifest}.items():
        (directory / name).write_text(text)
    (root / "elsewhere.txt").write_text("")
    (root / "link").symlink_to("elsewhere.txt")
    for command in (("init", "-b", "main"), ("add", "."), ("commit", "-m", "One"), ("tag", "v1.2")):
        git(root, *command)
    return directory


def git(directory: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@b.c")
    subprocess.run(("git", *identity, *arguments), cwd=directory, check=True, capture_output=True)


VERSIONED: Final = {
    "setuptools-scm": '[build-system]\nrequires = ["setuptools>=77", "setuptools-scm>=8"]\n'
    'build-backend = "setuptools.build_meta"\n[project]\nname = "lib"\ndynamic = ["version"]\n'
    "[tool.setuptools_scm]\nroot = {root!r}\n[tool.setuptools]\npackages = ['lib']\n",
    "hatch-vcs": '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"\n'
    '[project]\nname = "lib"\ndynamic = ["version"]\n[tool.hatch.version]\nsource = "vcs"\n'
    "raw-options = {{ root = {root!r} }}\n",
}


@pytest.mark.parametrize(("place", "root"), [(".", "."), ("packages/lib", "../..")])
@pytest.mark.parametrize("tool", VERSIONED)
def test_a_version_that_comes_from_git_is_the_one_that_git_has(
    tmp_path: Path, tool: str, place: str, root: str
) -> None:
    directory = repository_with(tmp_path, place, VERSIONED[tool].format(root=root))
    requirement = f"lib @ {directory.as_uri()}\n"
    entry = function(tmp_path / "fn", {"requirements.txt": requirement})

    if place != ".":
        (tmp_path / "repository/elsewhere.txt").write_text("that is none of the package's\n")
    tagged = bundle(entry, tmp_path / "one")
    (directory / "lib/__init__.py").write_text("# edited\n")
    edited = bundle(entry, tmp_path / "two")
    git(directory, "commit", "-a", "-m", "Two")
    later = bundle(entry, tmp_path / "three")

    versions = [next(asset.glob("lib-*.dist-info")).name for asset in (tagged, edited, later)]
    assert versions[0] == "lib-1.2.dist-info"
    assert versions[1].startswith("lib-1.3.dev0+g")
    assert versions[2].startswith("lib-1.3.dev1+g")
    assert len({asset.name for asset in (tagged, edited, later)}) == 3
    assert (tagged / "lib/data.txt").is_file()  # what git tracks is the package's data
    assert not list(tagged.rglob(".git"))


def test_builds_leave_nothing_in_the_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    (tmp_path / "lib/lib").mkdir(parents=True)
    (tmp_path / "lib/lib/__init__.py").write_text("")
    (tmp_path / "lib/pyproject.toml").write_text(f'[project]\nname = "lib"\nversion = "1.0"\n{system}')
    entry = function(tmp_path / "fn", {"requirements.txt": "../lib\n"})
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))

    bundle(entry, tmp_path / "one")

    assert [path.name for path in temporary.iterdir() if "jsii" not in path.name] == []


@pytest.mark.parametrize("strategy", ["local", "docker"])
@pytest.mark.parametrize("way", ["installer_args", "environment"])
def test_constraints_count_and_go_along(
    tmp_path: Path, wheelhouse: Wheelhouse, index: StartIndex, strategy: str, way: str, request: pytest.FixtureRequest
) -> None:
    if strategy == "docker":
        request.getfixturevalue("engine")
    for version in ("1.0", "2.0"):
        wheelhouse.wheel("app", version)
    entry = function(tmp_path / "fn", {"requirements.txt": "app\n", "limits.txt": "-c more.txt\n"})
    environment = {"UV_DEFAULT_INDEX": index(wheelhouse.directory).url}
    arguments = ["--constraint", "limits.txt"] if way == "installer_args" else []
    environment |= {"UV_CONSTRAINT": "limits.txt"} if way == "environment" else {}
    options: dict[str, Any] = {"strategy": strategy, "network": "host"} if strategy == "docker" else {}

    found: dict[str, str] = {}
    for version in ("1.0", "2.0"):
        (entry / "more.txt").write_text(f"app=={version}\n")
        asset = bundle(
            entry,
            tmp_path / version,
            environment=environment,
            installer_args=arguments,
            asset_excludes=["*.txt"],
            **options,
        )
        found[asset.name] = (asset / "app/__init__.py").read_text()

    assert list(found.values()) == ["VERSION = '1.0'\n", "VERSION = '2.0'\n"]
