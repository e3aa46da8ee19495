"""Local packages of every tool: only the needed ones are bundled, as they are now, and the tree is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from integ import kinds, package_index, wheelhouse
from integ.conftest import HOST_PYTHON
from integ.synthesis import bundle, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integ.lambda_runtime import LambdaRuntime
    from python_function.options import Strategy

IMAGES_THERE: Final = ("3.11", "3.13")
PYTHON: Final = HOST_PYTHON if HOST_PYTHON in IMAGES_THERE else "3.12"
HANDLER: Final = "import lib\n\n\ndef handler(event, context):\n    return lib.VERSION\n"
WORKSPACE: Final = '[tool.uv.workspace]\nmembers = ["packages/*", "functions/*"]\n'
MEMBER: Final = """\
[project]
name = "{name}"
version = "0"
requires-python = ">=3.11"
dependencies = ["{needed}"]

[tool.uv.sources]
{needed} = {source}
"""
POETRY: Final = """\
[tool.poetry]
package-mode = false

[tool.poetry.dependencies]
python = ">=3.11"
lib = {source}

[[tool.poetry.source]]
name = "main"
url = "{url}"
priority = "primary"
"""
PIPFILE: Final = """\
[[source]]
url = "{url}"
verify_ssl = false
name = "main"

[packages]
lib = {source}
"""
DECLARATIONS: Final = {
    "uv, path": ("uv", MEMBER.format(name="fn", needed="lib", source='{ path = "../lib" }')),
    "uv, editable": ("uv", MEMBER.format(name="fn", needed="lib", source='{ path = "../lib", editable = true }')),
    "poetry 2, path": ("poetry 2", POETRY.replace("{source}", '{ path = "../lib" }')),
    "poetry 2, develop": ("poetry 2", POETRY.replace("{source}", '{ path = "../lib", develop = true }')),
    "pipenv, editable": ("pipenv", PIPFILE.replace("{source}", '{ path = "../lib", editable = true }')),
    "requirements, -e ../lib": ("requirements", "-e ../lib\n"),
    "requirements, ../lib": ("requirements", "../lib\n"),
    "requirements, lib @ file:": ("requirements", "lib @ file:{lib}\n"),
    "pylock": ("pylock", MEMBER.format(name="fn", needed="lib", source='{ path = "../lib" }')),
    "pyproject without lock": ("", MEMBER.format(name="fn", needed="lib", source='{ path = "../lib" }')),
    "script": (
        "script",
        '# /// script\n# dependencies = ["lib"]\n# [tool.uv.sources]\n# lib = { path = "../lib" }\n# ///\n',
    ),
}
FILES: Final = {"pipenv": "Pipfile", "requirements": "requirements.txt", "script": "index.py"}


@dataclass(frozen=True, slots=True)
class Repository:
    """A tree with several functions and packages."""

    directory: Path

    def package(self, place: str) -> Path:
        """Add a package that says where it comes from, with a backend that needs no network."""
        path = self.directory / place
        (path / path.name).mkdir(parents=True)
        for name, text in wheelhouse.project(path.name, "1.0").items():
            (path / name).write_text(text)
        with (path / "sdist_backend.py").open("a") as backend:
            backend.write("\nbuild_editable = build_wheel\n")
        self.edit(place, "first")
        return path

    def function(self, place: str, **files: str) -> Path:
        path = self.directory / place
        path.mkdir(parents=True)
        for name, text in {"index.py": HANDLER, **files}.items():
            (path / name).write_text(text)
        return path

    def edit(self, place: str, version: str) -> None:
        """Change the source of a package and nothing else."""
        path = self.directory / place
        (path / path.name / "__init__.py").write_text(f"VERSION = {version!r}\n")

    def build(self, place: str, *, strategy: Strategy = "local") -> Path:
        """Bundle a function and return its asset, named after its hash."""
        outdir = self.directory.with_name(f"cdk.out.{len(list(self.directory.parent.iterdir()))}")
        before = state(self.directory)
        network = "host" if strategy == "docker" else None
        asset = bundle(self.directory / place, outdir, PYTHON, strategy=strategy, network=network)
        assert state(self.directory) == before
        return asset


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of an index without packages, for tools that want one."""
    with package_index.serve(tmp_path_factory.mktemp("empty")) as index:
        yield index.url


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture
def workspace(repository: Repository) -> Repository:
    """Return a uv workspace with two functions, a package of each and one of nobody."""
    for package in ("lib", "other", "unrelated"):
        repository.package(f"packages/{package}")
    for name, needed in (("fn_a", "lib"), ("fn_b", "other")):
        manifest = MEMBER.format(name=name, needed=needed, source="{ workspace = true }")
        repository.function(f"functions/{name}", **{"pyproject.toml": manifest})
    (repository.directory / "pyproject.toml").write_text(WORKSPACE)
    kinds.run(repository.directory, None, "lock")
    return repository


def answer(asset: Path, repository: Repository, runtime: LambdaRuntime) -> object:
    """Return what the handler says where the repository is not."""
    assert [path.name for path in asset.rglob("*") if path.suffix == ".pth" or path.name == "direct_url.json"] == []
    assert kinds.scan(asset, str(repository.directory)) == []
    away = repository.directory.with_name("away")
    repository.directory.rename(away)
    try:
        invocation = runtime.invoke(asset, "index.handler")
    finally:
        away.rename(repository.directory)
    assert invocation.error is None, invocation.log
    return invocation.result


def test_a_function_of_a_workspace_gets_its_own_packages_only(
    workspace: Repository, host_runtime: LambdaRuntime
) -> None:
    asset = workspace.build("functions/fn_a")

    assert answer(asset, workspace, host_runtime) == "first"
    assert {path.name for path in asset.iterdir()} == {"index.py", "lib", "lib-1.0.dist-info"}


def test_what_a_function_of_a_workspace_does_not_need_changes_nothing(workspace: Repository) -> None:
    first = workspace.build("functions/fn_a")

    workspace.edit("packages/other", "second")
    workspace.edit("packages/unrelated", "second")
    (workspace.directory / "functions/fn_b/index.py").write_text("def handler(event, context): ...\n")

    assert workspace.build("functions/fn_a").name == first.name


def test_dependencies_of_a_sibling_change_nothing(workspace: Repository) -> None:
    first = workspace.build("functions/fn_a")
    manifest = MEMBER.format(name="fn_b", needed="unrelated", source="{ workspace = true }")
    (workspace.directory / "functions/fn_b/pyproject.toml").write_text(manifest)
    kinds.run(workspace.directory, None, "lock")

    assert workspace.build("functions/fn_a").name == first.name


def test_a_package_of_a_workspace_ships_as_it_is_now(workspace: Repository, host_runtime: LambdaRuntime) -> None:
    first = workspace.build("functions/fn_a")
    assert answer(first, workspace, host_runtime) == "first"

    workspace.edit("packages/lib", "second")

    second = workspace.build("functions/fn_a")
    assert second.name != first.name
    assert answer(second, workspace, host_runtime) == "second"


@pytest.mark.parametrize("declared", DECLARATIONS)
def test_a_local_package_ships_as_it_is_now(
    repository: Repository, index: str, host_runtime: LambdaRuntime, declared: str
) -> None:
    declare(repository, declared, index)
    first = repository.build("fn")
    assert answer(first, repository, host_runtime) == "first"

    repository.edit("lib", "second")

    second = repository.build("fn")
    assert second.name != first.name
    assert answer(second, repository, host_runtime) == "second"


def declare(repository: Repository, declared: str, index: str) -> None:
    """Write and lock a function that needs the package beside it."""
    kind, text = DECLARATIONS[declared]
    lib = repository.package("lib")
    text = text.replace("{lib}", str(lib)).replace("{url}", index)
    name = FILES.get(kind, "pyproject.toml")
    entry = repository.function("fn", **{name: text + HANDLER if kind == "script" else text})
    if kind not in {"requirements", "script", ""}:
        kinds.lock(kind, entry)


def test_a_package_inside_the_entry_is_installed_too(repository: Repository, host_runtime: LambdaRuntime) -> None:
    repository.package("fn/lib")
    (repository.directory / "fn/index.py").write_text(HANDLER)
    (repository.directory / "fn/requirements.txt").write_text("./lib\n")

    assert answer(repository.build("fn"), repository, host_runtime) == "first"


@pytest.mark.usefixtures("engine")
@pytest.mark.skipif(HOST_PYTHON not in IMAGES_THERE, reason="there is an image of 3.11 and of 3.13")
@pytest.mark.parametrize("declared", ["uv, editable", "requirements, -e ../lib"])
def test_a_container_ships_a_local_package_as_it_is_now(
    repository: Repository, index: str, host_runtime: LambdaRuntime, declared: str
) -> None:
    declare(repository, declared, index)
    first = repository.build("fn", strategy="docker")
    assert answer(first, repository, host_runtime) == "first"

    repository.edit("lib", "second")

    second = repository.build("fn", strategy="docker")
    assert second.name != first.name
    assert answer(second, repository, host_runtime) == "second"
