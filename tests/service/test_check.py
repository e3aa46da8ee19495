from pathlib import Path
from typing import Final

import pytest

from python_function._service import check, commands
from tests.service import examples

GOOD: Final = """\
version: 1.0
runtime: python311
build:
  commands:
    build:
      - python3 --version
  env:
    - name: MODE
      value: release
run:
  runtime-version: 3.11
  pre-run:
    - pip3 install -r requirements.txt
  command: python3 server.py
  network:
    port: 8000
    env: APP_PORT
  env:
    - name: LOG
      value: info
  secrets:
    - name: TOKEN
      value-from: token
"""


def found(text: str, directory: Path | None = None) -> list[tuple[int, str, bool]]:
    _, findings = check.check(text.encode(), name="apprunner.yaml", directory=directory)
    return [(finding.line, finding.text, finding.is_error) for finding in findings]


def test_nothing_is_told_of_a_file_that_works(tmp_path: Path) -> None:
    (tmp_path / "server.py").touch()

    assert found(GOOD, tmp_path) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [(examples.MINIMAL, [2]), (examples.EXTENDED, [2]), (examples.SAMPLE, [2])],
    ids=["minimal", "extended", "sample"],
)
def test_the_examples_of_the_documentation_are_told_that_their_runtime_has_ended(text: str, lines: list[int]) -> None:
    told = found(text)

    assert [line for line, _, _ in told] == lines
    assert not any(is_error for _, _, is_error in told)
    assert all("has not supported since 2025-12-01" in text and "runtime: python311" in text for _, text, _ in told)


@pytest.mark.parametrize(
    ("before", "after", "line", "told", "is_error"),
    [
        ("python311", "python312", 2, "is no runtime of App Runner's. There are python3 and python311", True),
        ("python311", "nodejs22", 2, "is no Python runtime", True),
        ("runtime-version: 3.11", 'runtime-version: "3.10"', 11, "is 3.10, and runtime python311 has 3.11", True),
        ("runtime-version: 3.11", "runtime-version: 3.1", 11, "is 3.1, and runtime python311 has 3.11", True),
        ("runtime-version: 3.11", "runtime-version: latest", 11, "has to be like 3.11 or 3.11.9", True),
        ("python311", "python3", 13, "run.pre-run is there for python311 alone", True),
        ("command: python3", "command: python", 14, "calls python, where python311 has python3", False),
        ("    - pip3", "    - pip", 13, "calls pip, where python311 has pip3", False),
        ("python3 --version", "echo $LOG", 6, "reads LOG, which the build does not have", True),
        ("python3 --version", "echo ${TOKEN}", 6, "reads TOKEN, which the build does not have", True),
        ("python3 --version", "echo $PORT", 6, "the port is known when the service runs. Take it out", True),
        ("python3 --version", "echo $APP_PORT", 6, "reads APP_PORT", True),
        ("pip3 install", "LOG=1; echo $TOKEN; pip3 install", 13, "reads TOKEN, which run.pre-run does not have", True),
        ("python3 server.py", "python3 server.py $MODE", 14, "run.command reads MODE", True),
        ("python3 server.py", "sh -c 'x $MODE'", 14, "run.command reads MODE", True),
        ("name: LOG", "name: PORT", 19, "run.env sets PORT to info", True),
        ("python3 server.py", "uvicorn a:b --host 127.0.0.1 --port 8000", 14, "listens to this machine alone", True),
        ("python3 server.py", "gunicorn --bind localhost:8000 a:b", 14, "listens to this machine alone", True),
        ("python3 server.py", "uvicorn a:b --host 0.0.0.0 --port 8080", 14, "listens to port 8080, and requests", True),
        ("python3 server.py", "gunicorn -b 0.0.0.0:9000 a:b", 14, "listens to port 9000", True),
        ("python3 server.py", "gunicorn -b :9000 a:b", 14, "listens to port 9000", True),
        ("python3 server.py", "waitress-serve --listen=*:9000 a:b", 14, "listens to port 9000", True),
    ],
)
def test_what_would_fail_is_told_with_its_line(before: str, after: str, line: int, told: str, is_error: bool) -> None:
    assert before in GOOD

    wrong = found(GOOD.replace(before, after, 1))

    assert [each for each in wrong if each[0] == line and told in each[1] and each[2] is is_error], wrong


@pytest.mark.parametrize(
    "command",
    [
        "pip3 install -r requirements.txt",
        "pip install flask",
        "python3 -m pip install flask",
        "pip3 -q install flask",
        "pipenv install --deploy",
        "poetry install",
        "uv pip install -r requirements.txt",
    ],
)
def test_what_is_installed_in_the_build_alone_is_lost(command: str) -> None:
    text = GOOD.replace("python3 --version", command).replace(
        "  pre-run:\n    - pip3 install -r requirements.txt\n", ""
    )

    assert [(line, is_error) for line, told, is_error in found(text) if "during the build alone" in told] == [(6, True)]
    assert not any("alone" in told for _, told, _ in found(text.replace("python311", "python3")))


@pytest.mark.parametrize(
    "command",
    [
        "pip3 install --target . -r requirements.txt",
        "python3 -m venv .venv && .venv/bin/pip install flask",
        "uv sync --locked",
        "pip3 download flask",
    ],
)
def test_what_is_installed_into_the_application_stays(command: str) -> None:
    text = GOOD.replace("python3 --version", command).replace(
        "  pre-run:\n    - pip3 install -r requirements.txt\n", ""
    )

    assert found(text) == []


def test_a_script_may_install_what_the_build_did() -> None:
    text = GOOD.replace("python3 --version", "pip3 install flask").replace("python3 server.py", "sh start.sh")

    assert found(text.replace("pip3 install -r requirements.txt", "true-ish")) == []


@pytest.mark.parametrize(
    ("command", "read"),
    [
        ("echo $A ${B} ${C:-default} \\$D '$E'", {"A", "B"}),
        ("sh -c 'run $A'", {"A"}),
        ("A=1 B=$C run $A", {"C"}),
        ("export A=1; run $A", set[str]()),
        ("run $1 $$ $?", set[str]()),
    ],
)
def test_the_variables_of_a_command_are_those_that_a_shell_would_look_for(command: str, read: set[str]) -> None:
    assert commands.variables(command) == read


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "app.py").touch()

    told = found(GOOD, tmp_path)

    assert told == [
        (
            14,
            f"'python3 server.py' starts server.py, which is not in {tmp_path}. Python files there: app.py.",
            True,
        )
    ]
    assert found(GOOD.replace("python3 --version", "make server.py"), tmp_path) == []


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("gunicorn app:app", "python3 -m gunicorn app:app"),
        ("pipenv run gunicorn app:app --log-file -", "python3 -m gunicorn app:app --log-file -"),
        ("uv run uvicorn main:app", "python3 -m uvicorn main:app"),
        ("waitress-serve --port=80 app:app", "python3 -m waitress --port=80 app:app"),
        ("exec python server.py", "python3 server.py"),
        ("./start.sh", "./start.sh"),
    ],
)
def test_servers_are_started_as_modules(command: str, module: str) -> None:
    assert commands.as_module(command) == module
