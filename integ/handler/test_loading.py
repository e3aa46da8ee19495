"""What Lambda's own runtime client makes of names, modules and whole projects, held against what the library says."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import uv

from integ.conftest import HOST_PYTHON, install_client
from python_function._bundle import resolve
from python_function._bundle.resolve import Wanted
from python_function._handler.check import LOADED_BEFORE, LOADED_UNTIL_3_12
from tests.corpus import GOOD
from tests.handler.loading import HANDLER, NAMES, Name

if TYPE_CHECKING:
    from collections.abc import Sequence

LOADER: Final = Path(__file__).with_name("loader.py")
MACHINE: Final = os.uname().machine


def load(rows: Sequence[tuple[Path, str, Sequence[str]]]) -> list[str]:
    """Return what Lambda's client says of each row, a bundle, a handler and the modules that layers would provide."""
    client = install_client(HOST_PYTHON, MACHINE)
    request = json.dumps([(str(bundle), handler, list(provided)) for bundle, handler, provided in rows])
    run = subprocess.run(
        (sys.executable, "-I", LOADER, client), input=request, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    said: list[str] = json.loads(run.stdout)
    return said


def test_the_table_of_names_is_what_lambdas_client_loads(tmp_path: Path) -> None:
    bundles = [write(name, tmp_path / str(number)) for number, name in enumerate(NAMES)]

    said = load([(bundle, lambdas(name), ()) for bundle, name in zip(bundles, NAMES, strict=True)])

    wrong = {name.id: answer for name, answer in zip(NAMES, said, strict=True) if (not answer) != name.loads}
    assert wrong == {}


def test_what_the_library_makes_of_a_name_is_loaded(tmp_path: Path) -> None:
    rows: list[tuple[Path, str, Sequence[str]]] = []
    for number, name in enumerate(name for name in NAMES if name.loads):
        bundle = write(name, tmp_path / str(number))
        wanted = Wanted(entry=bundle, architecture="x86_64", cwd=tmp_path)
        rows.append((bundle, resolve.function(wanted, index=name.index, handler=name.given or "handler").handler, ()))

    assert [answer for answer in load(rows) if answer] == []


def write(name: Name, bundle: Path) -> Path:
    for path, text in name.files.items():
        (bundle / path).parent.mkdir(parents=True, exist_ok=True)
        (bundle / path).write_text(HANDLER if text is None else text)
    return bundle


def lambdas(name: Name) -> str:
    """Return the handler as Lambda gets it from somebody who does without the library."""
    module = (name.index or "").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return name.given or f"{module}.handler"


def test_every_project_is_loaded(tmp_path: Path) -> None:
    rows: list[tuple[Path, str, Sequence[str]]] = []
    for project in GOOD:
        found = project.bundle(tmp_path / project.name)
        if found.handler and found.handler != "run.sh":
            rows.append((tmp_path / project.name, found.handler, project.provided))

    said = load(rows)

    assert {f"{row[0].name}: {answer}" for row, answer in zip(rows, said, strict=True) if answer} == set()
    assert len(rows) >= 60


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_the_list_of_loaded_modules_is_that_of_lambdas_client(version: str) -> None:
    python = interpreter(version)
    client = install_client(version, MACHINE)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import awslambdaric.bootstrap; "
        "print({name.partition('.')[0] for name in (*sys.modules, *sys.builtin_module_names)})"
    )
    run = subprocess.run((python, "-I", "-S", "-c", script, client), capture_output=True, text=True, check=True)
    loaded: set[str] = ast.literal_eval(run.stdout)

    ours = LOADED_BEFORE | LOADED_UNTIL_3_12 if version in {"3.11", "3.12"} else LOADED_BEFORE
    public = {name for name in loaded if not name.startswith("_") and name != "xxsubtype"}
    assert public == {name for name in ours if not name.startswith("_") and name != "site"}


def interpreter(version: str) -> str:
    """Return a Python of this version that is on the machine."""
    argv = (uv.find_uv_bin(), "python", "find", "--no-python-downloads", "--no-project", "--system", version)
    run = subprocess.run(argv, capture_output=True, text=True, check=False)
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    if run.returncode and not kept:
        pytest.skip(f"there is no Python {version} on this machine")
    return str(kept[-1]) if kept else run.stdout.strip()
