"""The example app, built locally and in containers."""

import json
import struct
import sys
from pathlib import Path

import pytest

from integ.cdk_cli import ROOT, CdkCli
from integ.synthesis import digest

APP = ROOT / "examples" / "app"
AARCH64 = 183  # e_machine, from the ELF specification
ENGINE = """\
#!{python}
# Docker, with an image for every platform under one name, as a registry has and a store without one cannot.
import os, sys
foreign = "linux/arm64" in sys.argv
words = [word + ":latest-arm64" if foreign and word.startswith("public.ecr.aws/") else word for word in sys.argv[1:]]
os.execvp("docker", ["docker", *words])
"""


def contents(output: Path) -> dict[str, Path]:
    """Return the asset of every function and layer, by its logical id."""
    template = json.loads((output / "Shop.template.json").read_text())
    properties = {name: resource.get("Properties", {}) for name, resource in template["Resources"].items()}
    code = {name: found.get("Code") or found.get("Content") for name, found in properties.items()}
    return {name: output / f"asset.{place['S3Key'].removesuffix('.zip')}" for name, place in code.items() if place}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, cdk: CdkCli) -> Path:
    """Return the assembly of a synthesis that can start no engine."""
    output = tmp_path_factory.mktemp("local")
    done = cdk("synth", "--quiet", cwd=APP, output=output, env={"CDK_DOCKER": "no-such-engine"})
    assert done.returncode == 0, done.stderr
    return output


def test_an_arm64_function_gets_aarch64_code_only(local: Path) -> None:
    (asset,) = (path for name, path in contents(local).items() if name.startswith("RatesOnArm"))

    libraries = list(asset.rglob("*.so*"))

    assert libraries
    assert {struct.unpack_from("<H", library.read_bytes(), 18)[0] for library in libraries} == {AARCH64}


@pytest.mark.usefixtures("arm64")
def test_containers_build_the_same_bytes(local: Path, cdk: CdkCli, tmp_path: Path) -> None:
    engine = tmp_path / "engine"
    engine.write_text(ENGINE.format(python=sys.executable))
    engine.chmod(0o755)

    done = cdk(
        *("synth", "--quiet", "-c", "strategy=docker"),
        cwd=APP,
        output=tmp_path / "out",
        env={"CDK_DOCKER": str(engine)},
    )

    assert done.returncode == 0, done.stderr
    here = [line for line in done.stderr.splitlines() if line.endswith(", locally")]
    assert here, "functions with nothing to install and no hooks need no container"
    assert all(line.endswith(", no dependencies, locally") for line in here)
    built = {name: digest(asset) for name, asset in contents(tmp_path / "out").items()}
    assert built == {name: digest(asset) for name, asset in contents(local).items()}
    assert len(built) >= 7
