"""Measures bundling side by side in one run: the installer alone, this library both ways, and the CDK's own construct.

Run with ``python -m benchmarks.bundling``. Needs a container engine, the images of ``python -m integ.setup`` and the
default package index. Prints the median of some rounds in seconds, and each as a multiple of the installer alone.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uv

REQUIREMENTS = "boto3==1.36.0\npydantic==2.10.5\nrequests==2.32.3\n"
PEER = "aws-cdk.aws-lambda-python-alpha==2.275.0a0"
APP = """\
import sys, time
import aws_cdk
from aws_cdk import aws_lambda as lambda_
{imports}

stack = aws_cdk.Stack(aws_cdk.App(outdir=sys.argv[1]), "Stack")
runtime = lambda_.Runtime.PYTHON_3_13
started = time.perf_counter()
{construct}
print(time.perf_counter() - started)
"""
OURS = "from python_function import BundlingOptions, PythonFunction"
LOCAL = "PythonFunction(stack, 'Function', entry='function', runtime=runtime)"
DOCKER = LOCAL[:-1] + ", bundling=BundlingOptions(strategy='docker'))"
THEIRS = "from aws_cdk import aws_lambda_python_alpha"
THEIR_CONSTRUCT = "aws_lambda_python_alpha.PythonFunction(stack, 'Function', entry='function', runtime=runtime)"


def floor(directory: Path, environment: Mapping[str, str]) -> float:
    """Return the seconds that the installer takes, resolution included, with what it needs in its cache."""
    target = directory / "floor"
    shutil.rmtree(target, ignore_errors=True)
    options = ("--quiet", "--python", sys.executable, "--python-version", "3.13", "--no-build")
    platform = ("--python-platform", "x86_64-manylinux_2_34", "--target", str(target))
    command = (uv.find_uv_bin(), "pip", "install", *options, *platform, "-r", "function/requirements.txt")
    started = time.perf_counter()
    subprocess.run(command, cwd=directory, env=environment, check=True)
    return time.perf_counter() - started


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app with one function, which measures the construct itself."""

    imports: str
    construct: str
    python: str = sys.executable
    fresh: bool = True


def constructing(directory: Path, environment: Mapping[str, str], app: App) -> float:
    """Return the seconds that the construct takes."""
    file = directory / "app.py"
    file.write_text(APP.format(imports=app.imports, construct=app.construct))
    if app.fresh:
        shutil.rmtree(directory / "cdk.out", ignore_errors=True)
    command = (app.python, str(file), str(directory / "cdk.out"))
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return float(done.stdout.split()[-1])


def peer(directory: Path) -> str:
    """Return a Python that has the CDK's own construct beside the installed aws-cdk-lib."""
    venv = directory / "peer"
    subprocess.run((uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, str(venv)), check=True)
    python = str(venv / "bin" / "python")
    subprocess.run((uv.find_uv_bin(), "pip", "install", "--quiet", "--python", python, PEER), check=True)
    return python


def measured(directory: Path, rounds: int) -> dict[str, float]:
    """Return the median of every subject; a round before the first fills caches and makes the peer's image."""
    (directory / "function").mkdir()
    (directory / "function/index.py").write_text("def handler(event, context): ...\n")
    (directory / "function/requirements.txt").write_text(REQUIREMENTS)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "PYTHONPATH": str(Path(__file__).parent.parent)}
    apps = {
        "ours, locally": App(imports=OURS, construct=LOCAL),
        "ours, again": App(imports=OURS, construct=LOCAL, fresh=False),
        "ours, in a container": App(imports=OURS, construct=DOCKER),
        "the CDK's own": App(imports=THEIRS, construct=THEIR_CONSTRUCT, python=peer(directory)),
    }
    subjects: dict[str, Callable[[], float]] = {
        "the installer alone": partial(floor, directory, environment),
        **{name: partial(constructing, directory, environment, app) for name, app in apps.items()},
    }
    times = {name: [subject() for _ in range(rounds + 1)][1:] for name, subject in subjects.items()}
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as directory:
        results = measured(Path(directory), rounds)
    base = results["the installer alone"]
    for name, seconds in results.items():
        sys.stdout.write(f"{name:22} {seconds:6.2f} s {seconds / base:6.1f} x\n")


if __name__ == "__main__":
    main()
