"""Deployment packages: unpacked, uploaded by AWS's own command line, and loaded by AWS's own runtime client."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uv

from integ.aws import CREDENTIALS
from integ.conftest import HOST_PYTHON
from integ.synthesis import HANDLER, PINNED, bundle

if TYPE_CHECKING:
    from integ.lambda_runtime import LambdaRuntime
    from integ.wheelhouse import Wheelhouse

AWS = (uv.find_uv_bin(), "tool", "run", "--quiet", "--from", "awscli==1.46.3", "aws")


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    directory = tmp_path / "function"
    directory.mkdir()
    (directory / "index.py").write_text(HANDLER)
    (directory / "requirements.txt").write_text(PINNED)
    return directory


def build(entry: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "python_function", "build", str(entry), "-o", str(entry.parent / "package.zip"))
    done = subprocess.run((*command, *arguments), capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def unpacked(package: Path) -> Path:
    """Unpack with a tool that keeps modes, as a user whose own files nobody else may see."""
    assert (
        "No errors detected"
        in subprocess.run(("unzip", "-t", package), capture_output=True, text=True, check=True).stdout
    )
    place = package.with_suffix("")
    subprocess.run(("sh", "-c", 'umask 077; exec unzip -q "$0" -d "$1"', package, place), check=True)
    return place


def test_a_package_is_uploaded_and_answers(entry: Path, aws: str, host_runtime: LambdaRuntime, tmp_path: Path) -> None:
    built = json.loads(build(entry, "--runtime", f"python{HOST_PYTHON}", "--json").stdout)
    package = Path(built["output"])

    place = unpacked(package)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*")}
    invocation = host_runtime.invoke(place, built["handler"], {})
    deployed = _deployed(aws, package, tmp_path)

    assert modes <= {0o644, 0o755}
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*") if path.is_dir()} == {0o755}
    assert (invocation.error, f"requests=={invocation.result}" in PINNED) == (None, True)
    assert deployed["CodeSha256"] == built["code_sha256"]
    assert deployed["CodeSize"] == built["bytes"]


def _deployed(aws: str, package: Path, tmp_path: Path) -> Any:  # noqa: ANN401 - JSON
    """Make a function of nothing, and give it the code of *package*."""
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("index.py", "")
    made = ("--function-name=f", "--runtime=python3.13", "--handler=index.handler", f"--zip-file=fileb://{empty}")
    role = json.dumps({"Version": "2012-10-17", "Statement": []})
    _aws(aws, "iam", "create-role", "--role-name=role", f"--assume-role-policy-document={role}")
    _aws(aws, "lambda", "create-function", *made, "--role=arn:aws:iam::123456789012:role/role")
    return json.loads(_aws(aws, "lambda", "update-function-code", "--function-name=f", f"--zip-file=fileb://{package}"))


def _aws(address: str, *arguments: str) -> str:
    environment = {**os.environ, **CREDENTIALS, "AWS_ENDPOINT_URL": address, "AWS_PAGER": ""}
    return subprocess.run((*AWS, *arguments), env=environment, capture_output=True, text=True, check=True).stdout


def test_a_package_holds_what_the_construct_makes_an_asset_of(entry: Path, tmp_path: Path) -> None:
    asset = bundle(entry, tmp_path / "cdk.out", machine="arm64")

    build(entry, "--runtime=python3.13", "--architecture=arm64")
    first = (tmp_path / "package.zip").read_bytes()
    build(entry, "--runtime=python3.13", "--architecture=arm64")

    place = unpacked(tmp_path / "package.zip")
    assert tree(place) == tree(asset)
    assert (tmp_path / "package.zip").read_bytes() == first


def tree(directory: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(directory).as_posix(): (stat.S_IMODE(path.stat().st_mode), path.read_bytes())
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def environment(tmp_path: Path, entry: Path) -> Path:
    """Return a virtual environment of this Python with what the entry declares."""
    place = tmp_path / "venv"
    run_uv("venv", "--quiet", "--seed", f"--python={sys.executable}", str(place))
    run_uv(
        "pip", "install", "--quiet", f"--python={place}/bin/python", "--requirements", str(entry / "requirements.txt")
    )
    return place


def run_uv(*arguments: str) -> None:
    subprocess.run((uv.find_uv_bin(), *arguments), check=True, env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"})


def test_a_virtual_environment_that_fits_is_packaged(
    entry: Path, environment: Path, host_runtime: LambdaRuntime, tmp_path: Path
) -> None:
    (entry / "requirements.txt").unlink()
    machine = {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)

    build(entry, f"--from-venv={environment}", f"--runtime=python{HOST_PYTHON}", f"--architecture={machine}")

    place = unpacked(tmp_path / "package.zip")
    invocation = host_runtime.invoke(place, "index.handler", {})
    assert (invocation.error, f"requests=={invocation.result}" in PINNED) == (None, True)
    assert not (place / "pip").exists()


def test_a_virtual_environment_of_another_machine_is_refused(entry: Path, environment: Path, tmp_path: Path) -> None:
    other = "x86_64" if os.uname().machine == "aarch64" else "arm64"

    done = build(
        entry, f"--from-venv={environment}", f"--runtime=python{HOST_PYTHON}", f"--architecture={other}", code=3
    )

    assert "charset_normalizer" in done.stderr
    assert "cannot be loaded" in done.stderr
    assert not (tmp_path / "package.zip").exists()


def test_a_virtual_environment_feeds_a_build_in_a_container(
    entry: Path, wheelhouse: Wheelhouse, tmp_path: Path, engine: object
) -> None:
    del engine
    (entry / "index.py").write_text("import lib\n\n\ndef handler(event, context):\n    return lib.VERSION\n")
    run_uv("venv", "--quiet", f"--python={sys.executable}", str(tmp_path / "venv"))
    run_uv("pip", "install", "--quiet", f"--python={tmp_path}/venv/bin/python", str(wheelhouse.wheel("lib")))

    build(entry, f"--from-venv={tmp_path}/venv", "--runtime=python3.13", "--strategy=docker")
    in_container = tree(unpacked(tmp_path / "package.zip"))
    build(entry, f"--from-venv={tmp_path}/venv", "--runtime=python3.13", "--strategy=local")
    (tmp_path / "package").rename(tmp_path / "first")

    assert in_container == tree(unpacked(tmp_path / "package.zip"))
    assert "lib/__init__.py" in in_container
