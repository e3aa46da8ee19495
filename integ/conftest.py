"""Real parts for the tests: engines, the CDK's command line, a package index, Lambda's runtime.

A part that is not there skips its tests, visibly; with CI=true it fails them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest
import uv

from integ import aws as aws_server
from integ import once, package_index
from integ.cdk_cli import ROOT, TOOLS, CdkCli
from integ.engine import Engine
from integ.images import IMAGES, PODMAN_IMAGES, Image, runtime_image
from integ.lambda_runtime import LambdaRuntime
from integ.wheelhouse import Wheelhouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integ.lambda_runtime import ChooseRuntime
    from integ.package_index import PackageIndex, StartIndex

# What this machine's own settings say of indexes would count for every build; a test has its own.
os.environ["PIP_CONFIG_FILE"] = os.devnull
for _name in (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "UV_INDEX",
    "UV_DEFAULT_INDEX",
    "UV_FIND_LINKS",
):
    os.environ.pop(_name, None)

ENGINES = frozenset({"engine", "arm64", "arm64_latest", "podman", "lambda_runtime"})

HOST_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

# What a shell runs in the background ignores Ctrl-C, and so would every program that a test starts there.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process have all tests of a container engine: they move tags, and count what an engine holds."""
    for item in items:
        if isinstance(item, pytest.Function) and ENGINES.intersection(item.fixturenames):
            item.add_marker(pytest.mark.xdist_group("engine"))


def unavailable(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Docker, with the images for this machine."""
    docker = Engine("docker")
    if not docker.answers():
        unavailable("docker does not answer: not installed, or its daemon does not run")
    require_images(docker, [image for image in IMAGES if image.machine == "x86_64"])
    return docker


@pytest.fixture(scope="session")
def arm64(engine: Engine) -> Engine:
    """Docker, with images of arm64 that run here, natively or emulated; their tags are `Image.tag`."""
    images = [image for image in IMAGES if image.machine == "arm64"]
    require_images(engine, images)
    if engine.call("run", "--rm", "--platform=linux/arm64", images[0].tag, "true").returncode:
        unavailable("arm64 programs do not run here: python -m integ.setup registers their emulation")
    return engine


@pytest.fixture
def arm64_latest(arm64: Engine) -> Iterator[Engine]:
    """Docker, with `latest` of the runtimes' images naming the arm64 ones while the test runs."""
    images = [image for image in IMAGES if image.machine == "arm64"]
    native = {image.latest: arm64.identity(image.latest) for image in images}
    for image in images:
        arm64.tag(image.tag, image.latest)
    yield arm64
    for latest, identity in native.items():
        arm64.tag(identity, latest)


@pytest.fixture(scope="session")
def podman() -> Iterator[Engine]:
    """Podman, with some of the images, in a store of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTAINERS_CONF", str(ROOT / "integ" / "podman.conf"))
        podman = Engine("podman")
        if not podman.answers():
            unavailable("podman is not installed")
        for image in PODMAN_IMAGES:
            if podman.machine(image.latest) is None:
                unavailable(f"podman lacks {image.latest}: python -m integ.setup brings it")
        yield podman


def require_images(docker: Engine, images: list[Image]) -> None:
    for image in images:
        if docker.machine(image.tag) != image.engine_machine:
            unavailable(f"image {image.tag} is not there: python -m integ.setup makes it")


@pytest.fixture(scope="session")
def cdk() -> CdkCli:
    """The CDK's real command line."""
    if not (TOOLS / "cdk").is_file():
        pytest.fail("the CDK's command line is not installed: make integ does that first")
    return CdkCli()


@pytest.fixture
def aws() -> Iterator[str]:
    """Return the address of an AWS that is empty and on this machine."""
    with aws_server.serve() as address:
        yield address


@pytest.fixture
def wheelhouse(tmp_path: Path) -> Wheelhouse:
    """An empty directory to make packages in."""
    directory = tmp_path / "wheelhouse"
    directory.mkdir()
    return Wheelhouse(directory)


@pytest.fixture
def index() -> Iterator[StartIndex]:
    """Start an index over a directory; it ends with the test."""
    with ExitStack() as servers:

        def start(directory: Path, *, user: str = "", password: str = "") -> PackageIndex:
            return servers.enter_context(package_index.serve(directory, user=user, password=password))

        yield start


@pytest.fixture(scope="session")
def host_runtime() -> LambdaRuntime:
    """Lambda's runtime on this machine's Python: quick, for bundles without native code for another one."""
    return LambdaRuntime(python=HOST_PYTHON, client=install_client(HOST_PYTHON, os.uname().machine))


@pytest.fixture
def lambda_runtime(request: pytest.FixtureRequest) -> ChooseRuntime:
    """Lambda's runtime in the image of a Python and a machine: `lambda_runtime("3.13", "arm64")`."""
    return partial(container_runtime, request)


def container_runtime(request: pytest.FixtureRequest, python: str, machine: str = "x86_64") -> LambdaRuntime:
    image = runtime_image(python, machine)
    return LambdaRuntime(
        python=python,
        client=install_client(python, {"arm64": "aarch64"}.get(machine, machine)),
        engine=request.getfixturevalue("arm64" if machine == "arm64" else "engine"),
        image=image.tag,
        platform=f"linux/{image.engine_machine}",
    )


def install_client(python: str, machine: str) -> Path:
    """Install AWS's runtime client for a Python that need not be here, once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (pin,) = project["dependency-groups"]["lambda-runtime"]

    def install(directory: Path) -> None:
        target = (f"--target={directory}", f"--python-version={python}", f"--python-platform={machine}-manylinux2014")
        options = ("--quiet", "--only-binary=:all:", f"--python={sys.executable}", *target)
        environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
        subprocess.run((uv.find_uv_bin(), "pip", "install", *options, pin), env=environment, check=True)

    return once.made(ROOT / ".tools" / "lambda-runtime" / f"{pin}-python{python}-{machine}", install)
