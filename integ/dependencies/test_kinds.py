"""Every kind of declaration, for every target, in both executors: the right packages, and they can be imported."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from integ import kinds, package_index
from integ.conftest import HOST_PYTHON
from integ.synthesis import bundle, digest, installed
from integ.wheelhouse import Wheelhouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from integ.lambda_runtime import ChooseRuntime, LambdaRuntime

REAL: Final = {
    "annotated-types": "0.7.0",
    "pydantic": "2.11.7",
    "pydantic-core": "2.33.2",
    "typing-extensions": "4.14.1",
    "typing-inspection": "0.4.1",
}
CONDITIONS: Final = {
    "arm": 'platform_machine == "aarch64"',
    "both": 'python_version >= "3.12" and platform_machine == "x86_64"',
    "mac": 'sys_platform == "darwin"',
    "old": 'python_version < "3.12"',
    "windows": 'os_name == "nt"',
}
EVERYWHERE: Final = {"app": "1.0", "base": "1.0", **REAL}
THERE: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("3.11", "x86_64"): {**EVERYWHERE, "old": "1.0"},
    ("3.11", "arm64"): {**EVERYWHERE, "old": "1.0", "arm": "1.0"},
    ("3.13", "x86_64"): {**EVERYWHERE, "both": "1.0"},
    ("3.13", "arm64"): {**EVERYWHERE, "arm": "1.0"},
}
HANDLER: Final = """\
import importlib
import platform

import pydantic


class Model(pydantic.BaseModel):
    number: int


def handler(event, context):
    versions = {name: importlib.import_module(name).VERSION for name in event}
    return [platform.python_version().rpartition(".")[0], platform.machine(), Model(number="42").number, versions]
"""


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a directory with a locked project of every kind; since they were locked, newer versions have come out."""
    directory = tmp_path_factory.mktemp("kinds")
    house = Wheelhouse(directory / "wheelhouse")
    shutil.copytree(kinds.real_wheels(*(f"{name}=={version}" for name, version in REAL.items())), house.directory)
    house.wheel("app", requires=("base",))
    for name in ("base", *CONDITIONS):
        house.wheel(name)
    dependencies = (
        *(f"{name}=={version}" for name, version in EVERYWHERE.items()),
        *(f"{name}==1.0; {condition}" for name, condition in CONDITIONS.items()),
    )
    with package_index.serve(house.directory) as index:
        for kind in kinds.KINDS:
            entry = kinds.write(kind, directory / kind, dependencies, url=index.url, handler=HANDLER)
            kinds.lock(kind, entry)
        for name in ("app", "base", *CONDITIONS):
            house.wheel(name, "1.1")
        yield directory


@pytest.fixture(scope="module")
def imported() -> dict[tuple[str, str, str], object]:
    """Return what bundles answered, by target and content: the same bytes are run once."""
    return {}


def runtime_of(request: pytest.FixtureRequest, python: str, machine: str) -> LambdaRuntime:
    if (python, machine) == (HOST_PYTHON, "x86_64"):
        found: LambdaRuntime = request.getfixturevalue("host_runtime")
        return found
    choose: ChooseRuntime = request.getfixturevalue("lambda_runtime")
    return choose(python, machine)


def answer(
    asset: Path, request: pytest.FixtureRequest, python: str, machine: str, known: dict[tuple[str, str, str], object]
) -> object:
    """Invoke a bundle, unless one of the same content was invoked before, and return what it answered."""
    (asset / "index.py").write_text(HANDLER)
    key = (python, machine, digest(asset))
    if key not in known:
        names = sorted(set(installed(asset)) - set(REAL))
        invocation = runtime_of(request, python, machine).invoke(asset, "index.handler", names)
        assert invocation.error is None, invocation.log
        known[key] = invocation.result
    return known[key]


@pytest.mark.parametrize("kind", kinds.KINDS)
@pytest.mark.parametrize(("python", "machine"), THERE)
def test_a_local_bundle_holds_what_was_locked_for_its_target(
    request: pytest.FixtureRequest,
    projects: Path,
    tmp_path: Path,
    imported: dict[tuple[str, str, str], object],
    python: str,
    machine: str,
    kind: str,
) -> None:
    asset = bundle(projects / kind, tmp_path, python, machine, strategy="local")

    assert installed(asset) == THERE[python, machine]
    own = {name: version for name, version in THERE[python, machine].items() if name not in REAL}
    expected = [python, {"arm64": "aarch64"}.get(machine, machine), 42, own]
    assert answer(asset, request, python, machine, imported) == expected


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", kinds.KINDS)
@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_a_container_builds_the_same_bytes(projects: Path, tmp_path: Path, python: str, kind: str) -> None:
    built = bundle(projects / kind, tmp_path / "docker", python, "x86_64", strategy="docker", network="host")

    assert installed(built) == THERE[python, "x86_64"]
    assert digest(built) == digest(bundle(projects / kind, tmp_path / "local", python, "x86_64", strategy="local"))
