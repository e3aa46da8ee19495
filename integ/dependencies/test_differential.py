"""What we install for a target is what the tools themselves install when they run on it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

import pytest

from integ import kinds, package_index
from integ.conftest import HOST_PYTHON
from integ.images import runtime_image
from integ.synthesis import bundle, installed
from integ.wheelhouse import Wheelhouse, project
from python_function._cdk.bundler import host
from python_function._machine.uv import for_container
from python_function._target.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from integ.engine import Engine

TARGETS: Final = (("3.11", "x86_64"), ("3.13", "x86_64"), ("3.13", "arm64"))
HANDLER: Final = "def handler(event, context): ...\n"
LIST: Final = """\
import importlib.metadata, json, sys
found = importlib.metadata.distributions(path=[sys.argv[1]])
print(json.dumps({each.metadata["Name"]: each.version for each in found}))
"""
APP: Final = (
    "base",
    'shim; python_version < "3.12"',
    'helper; platform_machine == "aarch64"',
    'mac; sys_platform == "darwin"',
    'turbo; extra == "fast"\nProvides-Extra: fast',
)
REQUIREMENTS: Final = """\
--index-url {url}
-c constraints.txt
-r more.txt
app[fast]
native
beta>=0.5
old==1.0 ; python_version < "3.12"
direct @ {files}/direct-1.0-py3-none-any.whl
./lib
./found-1.0-py3-none-any.whl ; sys_platform == "linux"
"""
MORE: Final = """\
windows ; sys_platform == "win32"
new ; platform_python_implementation == "CPython" and python_full_version >= "3.13"
both ; (python_version < "3.12" and platform_machine == "x86_64") or platform_machine == "aarch64"
"""
MANIFEST: Final = """\
[project]
name = "fn"
version = "0"
requires-python = ">=3.11"
dependencies = [
    "app[fast]",
    "native<2",
    "old==1.0; python_version < '3.12'",
    "windows; os_name == 'nt'",
    "direct @ {files}/direct-1.0-py3-none-any.whl",
    "found",
    "lib",
]

[project.optional-dependencies]
more = ["both; platform_machine == 'x86_64'"]

[dependency-groups]
tools = ["new>=1; python_version >= '3.13'", {{ include-group = "others" }}]
others = ["beta"]
dev = ["unwanted"]

[tool.uv.sources]
lib = {{ path = "lib" }}
found = {{ path = "found-1.0-py3-none-any.whl" }}

[[tool.uv.index]]
url = "{url}"
default = true
"""
POETRY: Final = """\
[tool.poetry]
package-mode = false

[tool.poetry.dependencies]
python = ">=3.11"
app = {{ version = "*", extras = ["fast"] }}
native = "<2"
old = {{ version = "1.0", python = "<3.12" }}
windows = {{ version = "*", platform = "win32" }}
direct = {{ url = "{files}/direct-1.0-py3-none-any.whl" }}
lib = {{ path = "lib" }}
both = {{ version = "*", optional = true }}

[tool.poetry.extras]
more = ["both"]

[tool.poetry.group.tools.dependencies]
beta = "*"

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
app = {{ version = "*", extras = ["fast"] }}
native = "*"
old = {{ version = "==1.0", markers = "python_version < '3.12'" }}
windows = {{ version = "*", sys_platform = "== 'win32'" }}
direct = {{ file = "{files}/direct-1.0-py3-none-any.whl" }}
lib = {{ path = "./lib" }}

[dev-packages]
unwanted = "*"

[tools]
beta = "*"
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of an index whose answer depends on who asks."""
    house = Wheelhouse(tmp_path_factory.mktemp("wheelhouse"))
    house.wheel("app", requires=APP)
    for name in ["base", "both", "direct", "helper", "mac", "new", "old", "shim", "turbo", "unwanted", "windows"]:
        house.wheel(name)
    house.wheel("base", "2.0")
    house.wheel("beta")
    house.wheel("beta", "2.0b1")
    for python in ("cp311", "cp313"):
        for machine in ("x86_64", "aarch64"):
            house.wheel("native", tag=f"{python}-{python}-manylinux2014_{machine}")
    house.wheel("native", "2.0", tag="cp313-cp313-manylinux_2_28_x86_64")
    with package_index.serve(house.directory) as index:
        yield index.url


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """Return a function with a package and a wheel of its own."""
    directory = tmp_path / "fn"
    (directory / "lib" / "lib").mkdir(parents=True)
    (directory / "index.py").write_text(HANDLER)
    for name, text in {**project("lib", "1.0", ("base",)), "lib/__init__.py": ""}.items():
        (directory / "lib" / name).write_text(text)
    with (directory / "lib" / "sdist_backend.py").open("a") as backend:
        backend.write("\nbuild_editable = build_wheel\n")
    Wheelhouse(directory).wheel("found")
    return directory


def filled(text: str, url: str) -> str:
    return text.format(url=url, files=url.replace("/simple/", "/files"))


def in_image(request: pytest.FixtureRequest, entry: Path, target: tuple[str, str], script: str) -> dict[str, str]:
    """Return what a shell script installs to /tmp/there in the image of a target, without what comes with any venv."""
    python, machine = target
    engine: Engine = request.getfixturevalue("arm64" if machine == "arm64" else "engine")
    image = runtime_image(python, machine)
    work = request.getfixturevalue("tmp_path_factory").mktemp("uv")
    uv = for_container(host("tests"), Target(f"python{python}", machine).machine, {}, work)
    options = (
        *(f"--volume={entry}:{entry}", f"--volume={uv}:/uv:ro", f"--workdir={entry}"),
        *("--network=host", f"--platform=linux/{image.engine_machine}", "--env=UV_PYTHON_DOWNLOADS=never"),
    )
    said = engine.run(image.tag, "sh", "-ec", script, "sh", LIST, options=options)
    return normal(said.splitlines()[-1])


def normal(listing: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(listing)
    return {package_index.normalized(name): version for name, version in found.items()}


@pytest.mark.parametrize("target", TARGETS[:2], ids="-".join)  # an emulated pip takes half a minute
def test_requirements_are_what_pip_installs(
    request: pytest.FixtureRequest, url: str, entry: Path, tmp_path: Path, target: tuple[str, str]
) -> None:
    (entry / "requirements.txt").write_text(filled(REQUIREMENTS, url))
    (entry / "more.txt").write_text(MORE)
    (entry / "constraints.txt").write_text("base<2\nunwanted==1.0\n")
    options = "--quiet --no-cache-dir --disable-pip-version-check --root-user-action=ignore"
    script = f'python3 -m pip install {options} --target /tmp/there -r requirements.txt; python3 -c "$1" /tmp/there'

    theirs = in_image(request, entry, target, script)

    ours = installed(bundle(entry, tmp_path / "cdk.out", *target, strategy="local"))
    assert ours == theirs
    assert {"app", "base", "beta", "direct", "found", "lib", "native", "turbo"} <= set(ours)


@pytest.mark.parametrize(
    ("target", "extras", "groups"),
    [(TARGETS[0], (), ()), *((target, ("more",), ("tools",)) for target in TARGETS)],
    ids=lambda value: "-".join(value) or "none",
)
def test_a_uv_project_is_what_uv_syncs(
    request: pytest.FixtureRequest,
    url: str,
    entry: Path,
    tmp_path: Path,
    target: tuple[str, str],
    extras: Sequence[str],
    groups: Sequence[str],
) -> None:
    (entry / "pyproject.toml").write_text(filled(MANIFEST, url))
    kinds.lock("uv", entry)
    chosen = " ".join((*(f"--extra {name}" for name in extras), *(f"--group {name}" for name in groups)))
    sync = f"/uv/uv sync --quiet --locked --no-default-groups --no-install-project --python python3 {chosen}"
    script = f'UV_PROJECT_ENVIRONMENT=/tmp/there {sync}; python3 -c "$1" /tmp/there/lib/python3.*/site-packages'

    theirs = in_image(request, entry, target, script)

    ours = installed(bundle(entry, tmp_path / "cdk.out", *target, strategy="local", extras=extras, groups=groups))
    assert ours == theirs
    assert ("beta" in ours) == bool(groups)


def on_host(entry: Path, *tool: str, **variables: str) -> dict[str, str]:
    """Return what a tool installs to a virtual environment in the project, without what comes with it."""
    kinds.run(entry, variables, "tool", "run", *tool)
    (packages,) = (entry / ".venv").glob("lib/python*/site-packages")
    found = installed(packages)
    return {name: version for name, version in found.items() if name not in {"pip", "setuptools", "wheel"}}


@pytest.mark.skipif(HOST_PYTHON not in {"3.11", "3.13"}, reason="the packages are for 3.11 and 3.13")
def test_a_poetry_project_is_what_poetry_installs(url: str, entry: Path, tmp_path: Path) -> None:
    (entry / "pyproject.toml").write_text(filled(POETRY, url))
    kinds.lock("poetry 2", entry)
    ours = installed(
        bundle(entry, tmp_path / "out", HOST_PYTHON, "x86_64", strategy="local", groups=["tools"], extras=["more"])
    )

    wanted = ("install", "--quiet", "--no-root", "--only=main,tools", "--extras=more")
    theirs = on_host(
        entry,
        *(*kinds.TOOLS["poetry 2"][:-1], *wanted),
        POETRY_VIRTUALENVS_CREATE="true",
        POETRY_VIRTUALENVS_IN_PROJECT="true",
    )

    assert ours == theirs
    assert {"app", "beta", "both", "direct", "lib", "native", "turbo"} <= set(ours)


@pytest.mark.skipif(HOST_PYTHON not in {"3.11", "3.13"}, reason="the packages are for 3.11 and 3.13")
def test_a_pipenv_project_is_what_pipenv_syncs(url: str, entry: Path, tmp_path: Path) -> None:
    (entry / "Pipfile").write_text(filled(PIPFILE, url))
    kinds.lock("pipenv", entry)
    ours = installed(bundle(entry, tmp_path / "out", HOST_PYTHON, "x86_64", strategy="local", groups=["tools"]))

    wanted = ("sync", "--quiet", f"--python={sys.executable}", "--categories=packages,tools")
    theirs = on_host(entry, *(*kinds.TOOLS["pipenv"][:-1], *wanted), PIPENV_VENV_IN_PROJECT="1")

    assert ours == theirs
    assert {"app", "beta", "direct", "lib", "native", "turbo"} <= set(ours)
