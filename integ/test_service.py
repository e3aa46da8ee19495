"""Services answer: run on this machine, in containers, and as images."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import uv
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from integ.engine import Engine
from integ.images import runtime_image
from python_function import PythonService
from tests.service import examples

FASTAPI: Final = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def hello() -> dict[str, str]:
    return {"hello": "world"}
"""

FLASK: Final = """\
from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "Hello, world!\\n"
"""

SAMPLE: Final = {
    "apprunner.yaml": examples.SAMPLE,
    "requirements.txt": examples.SAMPLE_REQUIREMENTS,
    "server.py": examples.SAMPLE_SERVER,
}

LOCAL: Final = {".python-version": ".".join(map(str, sys.version_info[:2])) + "\n"}

SERVICES: Final[Mapping[str, tuple[Mapping[str, str], str]]] = {
    "pyramid": (SAMPLE, "Hello, world!\n"),
    "fastapi": ({"main.py": FASTAPI, "requirements.txt": "fastapi\nuvicorn\n"}, '{"hello":"world"}'),
    "flask": ({"app.py": FLASK, "requirements.txt": "flask\ngunicorn\n"}, "Hello, world!\n"),
}


@pytest.fixture
def make_service(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    def make(files: Mapping[str, str]) -> Path:
        directory = tmp_path / "web"
        directory.mkdir()
        for name, text in files.items():
            (directory / name).write_text(text)
        return directory

    return make


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def running(directory: Path, port: int, *options: str) -> Generator[subprocess.Popen[str]]:
    """Run the service in *directory* in a place of its own for what it makes."""
    temporary = directory.parent / "tmp"
    temporary.mkdir()
    argv = (sys.executable, "-m", "python_function", "service", "run", str(directory), "--port", str(port), *options)
    env = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as program:
        try:
            yield program
        finally:
            program.kill()


def answer(program: subprocess.Popen[str], port: int) -> str:
    """Return what the service answers, as soon as it does."""
    for _ in range(900):
        assert program.poll() is None, program.communicate()[0]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as response:
                return str(response.read().decode())
        except OSError:
            time.sleep(0.1)
    pytest.fail("nothing answers")


def interrupt(program: subprocess.Popen[str]) -> str:
    program.send_signal(signal.SIGINT)
    printed, _ = program.communicate(timeout=60)
    assert program.returncode == 130, printed
    return printed


def processes(text: str) -> list[str]:
    """Return the command lines of all processes that have *text* in theirs."""
    lines = subprocess.run(("ps", "-eo", "args"), capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if text in line and "service run" not in line and "ps -eo" not in line]


def has_python(version: str) -> bool:
    find = (uv.find_uv_bin(), "python", "find", "--no-project", "--system", "--no-python-downloads", version)
    return subprocess.run(find, capture_output=True, check=False, cwd="/").returncode == 0


def containers(engine: Engine, place: Path) -> list[str]:
    """Return the containers whose owner works below *place*."""
    listed = engine.call("ps", "--all", "--format", "{{.ID}} {{.Labels}}").stdout.splitlines()
    return [line for line in listed if str(place) in line]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_answers_and_an_interruption_leaves_nothing(
    name: str, make_service: Callable[[Mapping[str, str]], Path]
) -> None:
    files, expected = SERVICES[name]
    directory = make_service(files if "apprunner.yaml" in files else {**files, **LOCAL})
    port = free_port()

    with running(directory, port) as program:
        assert answer(program, port) == expected
        printed = interrupt(program)

    assert "ends it" in printed
    assert sorted(path.name for path in directory.iterdir()) == sorted({*files, *({} if name == "pyramid" else LOCAL)})
    assert list((directory.parent / "tmp").iterdir()) == []
    assert processes(str(directory.parent)) == []


def test_what_dies_at_its_start_is_told_and_leaves_nothing(make_service: Callable[[Mapping[str, str]], Path]) -> None:
    lines = (
        "import subprocess",
        "if __name__ == '__main__':",
        "    subprocess.Popen(['sleep', '4321'])",
        "    exit(3)",
    )
    directory = make_service({"server.py": "\n".join(lines), **LOCAL})

    with running(directory, free_port()) as program:
        printed, _ = program.communicate(timeout=100)

    assert program.returncode == 3
    assert f"run.command of {directory}: 'python3 server.py' ended with exit code 3." in printed
    assert list((directory.parent / "tmp").iterdir()) == []
    assert processes("sleep 4321") == []


def test_a_command_that_is_not_there_is_told(make_service: Callable[[Mapping[str, str]], Path]) -> None:
    directory = make_service({"Procfile": "web: no-such-server --port $PORT\n", **LOCAL})

    with running(directory, free_port()) as program:
        printed, _ = program.communicate(timeout=100)

    assert program.returncode == 3
    assert "ended with exit code 127. The command is not there" in printed


def test_a_port_in_use_is_told_before_anything_runs(make_service: Callable[[Mapping[str, str]], Path]) -> None:
    directory = make_service(SAMPLE)

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        with running(directory, port) as program:
            printed, _ = program.communicate(timeout=100)

    assert program.returncode == 3
    assert f"Port {port} cannot be listened to" in printed
    assert "starting" not in printed


def test_without_the_python_a_service_answers_from_a_container(
    make_service: Callable[[Mapping[str, str]], Path], engine: Engine
) -> None:
    other = next((version for version in ("3.13", "3.11") if not has_python(version)), "")
    if not other:
        pytest.skip("this machine has every Python that there is an image with")
    files, expected = SERVICES["flask"]
    directory = make_service({**files, ".python-version": f"{other}\n"})
    port = free_port()

    with running(directory, port) as program:
        assert answer(program, port) == expected
        assert len(containers(engine, directory.parent)) == 1
        printed = interrupt(program)

    assert f"there is no Python {other} here: running in public.ecr.aws/sam/build-python{other}" in printed
    assert containers(engine, directory.parent) == []
    assert list((directory.parent / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", SERVICES)
def test_the_image_of_a_service_answers(
    name: str, engine: Engine, make_service: Callable[[Mapping[str, str]], Path], tmp_path: Path
) -> None:
    files, said = SERVICES[name]
    directory = make_service(files)
    outdir, tag, port = tmp_path / "cdk.out", f"localhost/cdk-python-function/service:{name}", free_port()
    stack = Stack(App(outdir=str(outdir)), "Stack")
    PythonService(
        stack, "Web", entry=directory, runtime=lambda_.Runtime.PYTHON_3_11, base_image=runtime_image("3.11").tag
    )
    (dockerfile,) = outdir.glob("asset.*/Dockerfile")

    engine.call("build", "--tag", tag, str(dockerfile.parent)).check_returncode()
    try:
        options = ("--rm", "--network=host", "--read-only", "--tmpfs=/tmp", f"--env=PORT={port}")
        argv = (engine.command, "run", *options, "--name", f"service-{port}", tag)
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as program:
            try:
                answered = answer(program, port)
                user = engine.call("exec", f"service-{port}", "id", "-u").stdout.strip()
            finally:
                engine.call("rm", "--force", f"service-{port}")
    finally:
        engine.call("image", "rm", "--force", tag)

    assert answered == said
    assert user not in {"", "0"}
