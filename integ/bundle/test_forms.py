"""Bundles that are stripped, and that bring their bytecode: they work as before, where their Python runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import uv
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from integ.conftest import unavailable
from integ.synthesis import digest
from python_function import RUNTIME_PACKAGES, BundlingOptions, PythonFunction

HANDLER: Final = """\
import numpy

def handler(event, context):
    return round(numpy.linalg.det(numpy.eye(3) * 2))
"""


def python(version: str) -> str:
    """Return a Python of this machine."""
    find = (uv.find_uv_bin(), "python", "find", "--no-project", "--system", f"cpython@{version}")
    found = subprocess.run(
        find,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PYENV_VERSION": version},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or unavailable(f"there is no Python {version}")


def bundle(tmp_path: Path, requirements: str, **options: Any) -> Path:  # noqa: ANN401 - options of any type
    entry = tmp_path / "entry"
    entry.mkdir(exist_ok=True)
    (entry / "index.py").write_text(HANDLER)
    (entry / "requirements.txt").write_text(requirements)
    outdir = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
    stack = Stack(App(outdir=str(outdir)), "Stack")
    PythonFunction(stack, "F", entry=entry, runtime=lambda_.Runtime.PYTHON_3_13, bundling=BundlingOptions(**options))
    (asset,) = (path for path in outdir.glob("asset.*") if path.is_dir())
    return asset


def answer(asset: Path) -> str:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import index; print(index.handler({}, None))"
    done = subprocess.run(
        [python("3.13"), "-I", "-B", "-c", code, str(asset)],
        env={**os.environ, "PYENV_VERSION": "3.13"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr


def size(asset: Path) -> int:
    return sum(path.stat().st_size for path in asset.rglob("*") if path.is_file())


def test_a_slimmed_bundle_works_as_before(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    whole = bundle(tmp_path, "numpy==2.3.4\n")
    slim = bundle(tmp_path, "numpy==2.3.4\n", strip_native=True, dependency_excludes=["tests", "*.pyi", "*.h"])

    assert answer(slim) == answer(whole) == "8"
    assert size(slim) < 0.9 * size(whole)
    assert not list(slim.rglob("*.pyi"))
    assert (slim / "numpy-2.3.4.dist-info/METADATA").is_file()
    said = capfd.readouterr().err
    assert "dependency_excludes leaves out" in said
    assert "strip_native saves" in said


def test_what_the_runtime_brings_is_left_out_with_what_only_it_needs(tmp_path: Path) -> None:
    pinned = "boto3==1.40.50\nnumpy==2.3.4\n"

    asset = bundle(tmp_path, pinned, exclude_packages=RUNTIME_PACKAGES)

    assert {path.name for path in asset.iterdir()} & {"boto3", "botocore", "urllib3", "six.py"} == set()
    assert (asset / "numpy").is_dir()


def test_bytecode_is_run_in_the_place_of_its_source(tmp_path: Path) -> None:
    python("3.13")
    asset = bundle(tmp_path, "numpy==2.3.4\n", compile_bytecode=True, strategy="local")

    (asset / "index.py").write_text("def handler(event, context): return 'source'\n")

    assert answer(asset) == "8"
    assert len(list(asset.rglob("*.pyc"))) == len(list(asset.rglob("*.py")))
    assert all(b"/var/task/" in path.read_bytes() for path in asset.rglob("*.pyc"))
    again = shutil.move(asset, tmp_path / "first")
    (tmp_path / "entry" / "index.py").touch()
    other = bundle(tmp_path, "numpy==2.3.4\n", compile_bytecode=True, strategy="local")
    (Path(again) / "index.py").write_text(HANDLER)
    assert digest(Path(again)) == digest(other)


@pytest.mark.usefixtures("engine")
def test_a_container_compiles_with_its_own_python(tmp_path: Path) -> None:
    asset = bundle(tmp_path, "idna==3.10\n", compile_bytecode=True, strategy="docker", network="host")

    names = [path.name for path in (asset / "idna/__pycache__").iterdir()]
    assert names
    assert all(name.endswith(".cpython-313.pyc") for name in names)
    assert {oct(path.stat().st_mode & 0o777) for path in asset.rglob("*") if path.is_file()} <= {"0o644", "0o755"}
