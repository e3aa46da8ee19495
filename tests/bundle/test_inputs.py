"""The user's files are looked for once, and what is built is what was looked at."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from python_function import BundlingOptions, CommandHooks, PythonFunction
from python_function._bundle import build, inputs
from python_function._bundle.executors import scratch
from python_function._bundle.fingerprint import fingerprint
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.host import Host
from python_function.errors import BundlingError
from tests.doubles import Recorder

HOOKED = BundlingOptions(command_hooks=CommandHooks(before_bundling="true"), strategy="local")


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the directories that were looked through, one after the other."""
    found: list[str] = []
    scandir = os.scandir

    def noting(path: str | int) -> object:
        found.append(str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noting)
    return found


@pytest.mark.parametrize("context", [{}, {"aws:cdk:bundling-stacks": []}], ids=["bundled", "skipped"])
@pytest.mark.parametrize("options", [None, HOOKED], ids=["plain", "hooked"])
def test_a_synthesis_looks_through_the_source_once(
    entry: Path, tmp_path: Path, looked_at: list[str], context: dict[str, list[str]], options: BundlingOptions | None
) -> None:
    (entry / "lib/deep").mkdir(parents=True)
    (entry / "lib/deep/x.py").touch()

    stack = Stack(App(outdir=str(tmp_path / "cdk.out"), context=context), "Stack")
    PythonFunction(stack, "Function", entry=entry, bundling=options)

    assert [path for path in looked_at if path.startswith(f"{entry}/")] == [f"{entry}/lib", f"{entry}/lib/deep"]


def test_what_is_left_out_is_not_looked_at(entry: Path, tmp_path: Path, looked_at: list[str]) -> None:
    for name in (".venv/lib/deep", "node_modules/a/b", "data/cache"):
        (entry / name).mkdir(parents=True)

    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")
    PythonFunction(stack, "Function", entry=entry, bundling=BundlingOptions(asset_excludes=["/data"]))

    assert [path for path in looked_at if path.startswith(f"{entry}/")] == []


@pytest.fixture
def local(tmp_path: Path) -> LocalPackage:
    directory = tmp_path / "lib"
    directory.mkdir()
    (directory / "lib.py").write_text("first")
    return LocalPackage(name="lib", directory=directory)


def plain(spec: BundleSpec) -> BundleSpec:
    return spec


def hooked(spec: BundleSpec) -> BundleSpec:
    return replace(spec, before=("true",), strategy="local")


@pytest.mark.parametrize("made", [plain, hooked])
def test_an_edit_while_the_bundle_is_built_never_lands_under_the_old_name(
    spec: BundleSpec,
    entry: Path,
    tmp_path: Path,
    make_host: Callable[..., Host],
    made: Callable[[BundleSpec], BundleSpec],
) -> None:
    hashed = inputs.read(made(spec))
    before = fingerprint(hashed)
    (entry / "index.py").write_text("edited\n")

    assert fingerprint(hashed) == before
    (tmp_path / "out").mkdir()
    with pytest.raises(BundlingError, match=r"entry/index\.py changed while its bundle was built"):
        build.build(hashed, tmp_path / "out", make_host(Recorder()))
    assert list((tmp_path / "out").iterdir()) == []


def test_an_edit_of_a_local_package_never_lands_under_the_old_name(
    spec: BundleSpec, tmp_path: Path, local: LocalPackage, make_host: Callable[..., Host]
) -> None:
    requirements = Requirements(local=(local,))
    hashed = inputs.read(replace(spec, packaging=Packaging(kind="pip", content=Listed(requirements=requirements))))
    assert hashed.inputs is not None
    (local.directory / "lib.py").write_text("edited")

    with pytest.raises(BundlingError, match=r"lib/lib\.py changed while its bundle was built"):
        scratch.lay(
            requirements,
            tmp_path / "scratch",
            seen_as="/scratch",
            host=make_host(Recorder()),
            known=hashed.inputs,
        )


def test_an_archive_that_is_replaced_never_lands_under_the_old_name(
    spec: BundleSpec, tmp_path: Path, make_host: Callable[..., Host]
) -> None:
    wheel = tmp_path / "house/lib-1-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"first")
    archive = LocalArchive(name="lib", path=wheel)
    requirements = Requirements(archives=(archive,), links=(wheel.parent,))
    hashed = inputs.read(replace(spec, packaging=Packaging(kind="pip", content=Listed(requirements=requirements))))
    before = fingerprint(hashed)
    (wheel.parent / "notes.txt").touch()
    (wheel.parent / "lib-2-py3-none-any.whl").touch()

    scratch.lay(requirements, tmp_path / "one", seen_as="/scratch", host=make_host(Recorder()), known=hashed.inputs)

    assert [path.name for path in (tmp_path / "one/links/0").iterdir()] == [wheel.name]
    assert fingerprint(replace(hashed, inputs=None)) != before
    wheel.write_bytes(b"other")
    with pytest.raises(BundlingError, match=r"lib-1-py3-none-any\.whl changed while its bundle was built"):
        scratch.lay(requirements, tmp_path / "two", seen_as="/scratch", host=make_host(Recorder()), known=hashed.inputs)
