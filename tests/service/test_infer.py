from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from python_function._service import application, check, infer, servers, service, writing
from python_function.errors import EntryError, OptionError
from tests.service import examples

FASTAPI: Final = "from fastapi import FastAPI\n\napp = FastAPI()\n"
FLASK: Final = "import flask\n\napp = flask.Flask(__name__)\n"
DJANGO: Final = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
ASGI: Final = "async def app(scope, receive, send): ...\n"
WSGI: Final = "def application(environ, start_response): ...\n"
MAIN: Final = "import os\nif __name__ == '__main__':\n    print(os.environ['PORT'])\n"
UVICORN: Final = "python3 -m uvicorn {} --host 0.0.0.0 --port $PORT"
GUNICORN: Final = "python3 -m gunicorn --bind 0.0.0.0:$PORT {}"


def fill(directory: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


@pytest.mark.parametrize(
    ("files", "packages", "command"),
    [
        ({"main.py": FASTAPI}, {"fastapi", "uvicorn"}, UVICORN.format("main:app")),
        ({"main.py": FASTAPI}, {"hypercorn"}, "python3 -m hypercorn main:app --bind 0.0.0.0:$PORT"),
        ({"app.py": FLASK}, {"gunicorn"}, GUNICORN.format("app:app")),
        ({"app.py": FLASK}, {"waitress"}, "python3 -m waitress --listen=0.0.0.0:$PORT app:app"),
        ({"app.py": FLASK}, {"uvicorn", "gunicorn"}, GUNICORN.format("app:app")),
        ({"main.py": FASTAPI}, {"uvicorn", "gunicorn"}, UVICORN.format("main:app")),
        ({"app/main.py": FASTAPI}, {"uvicorn"}, UVICORN.format("app.main:app")),
        ({"app/__init__.py": FLASK}, {"gunicorn"}, GUNICORN.format("app:app")),
        ({"shop/wsgi.py": DJANGO, "manage.py": MAIN}, {"gunicorn"}, GUNICORN.format("shop.wsgi:application")),
        ({"asgi.py": ASGI}, {"uvicorn"}, UVICORN.format("asgi:app")),
        ({"wsgi.py": WSGI}, {"gunicorn"}, GUNICORN.format("wsgi:application")),
        ({"wsgi.py": "from shop import app\n"}, {"gunicorn"}, GUNICORN.format("wsgi:app")),
        ({"main.py": FASTAPI, "app.py": FLASK}, {"gunicorn"}, GUNICORN.format("app:app")),
        ({"app.py": FLASK + MAIN}, set[str](), "python3 app.py"),
        ({"server.py": MAIN, "main.py": MAIN}, set[str](), "python3 server.py"),
        ({"serve_it.py": MAIN, "other.py": ""}, set[str](), "python3 serve_it.py"),
        ({"server.py": examples.SAMPLE_SERVER}, {"pyramid"}, "python3 server.py"),
        ({"Procfile": "web: gunicorn shop:app\n", "app.py": FLASK}, {"gunicorn"}, "python3 -m gunicorn shop:app"),
        ({"Procfile": "release: make\nweb: ./start.sh -p $PORT\n"}, set[str](), "./start.sh -p $PORT"),
    ],
)
def test_what_starts_a_service_is_found(
    files: Mapping[str, str], packages: set[str], command: str, tmp_path: Path
) -> None:
    assert infer.infer(fill(tmp_path, files), frozenset(packages)).command == command


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, r"Nothing in .* says what to start\..*Python files there: none"),
        ({"main.py": FASTAPI}, r"main.py has the application app, and none of uvicorn, hypercorn, granian, daphne is"),
        ({"app.py": FLASK}, r"app.py has the application app, and none of gunicorn, waitress, granian is declared"),
        ({"one.py": MAIN, "two.py": MAIN}, r"Python files there: one.py, two.py"),
        ({"Procfile": "worker: x\n"}, r"has no process web. Processes there: worker"),
        ({"app.py": "app = 3\n"}, "says what to start"),
        ({"app.py": "app = (\n"}, "says what to start"),
    ],
)
def test_where_nothing_says_what_to_start_the_error_says_what_would(
    files: Mapping[str, str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(EntryError, match=told):
        infer.infer(fill(tmp_path, files), frozenset({"requests"}))


def test_what_does_not_read_the_port_is_told(tmp_path: Path) -> None:
    fill(tmp_path, {"server.py": MAIN.replace("PORT", "X")})

    (notice,) = infer.infer(tmp_path, frozenset()).notices

    assert notice.startswith(f"{tmp_path / 'server.py'} does not mention PORT")


def test_other_processes_of_a_procfile_are_told(tmp_path: Path) -> None:
    (notice,) = infer.infer(fill(tmp_path, {"Procfile": "web: x\nworker: y\n"}), frozenset()).notices

    assert "worker is not a part of the service" in notice


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from starlette.applications import Starlette\napp = Starlette()", ("app", "asgi")),
        ("import falcon.asgi\napp = falcon.asgi.App()", ("app", "asgi")),
        ("import falcon\napp = falcon.App()", ("app", "wsgi")),
        ("from flask import Flask as F\napi = F('x')", ("api", "wsgi")),
        ("config = x()\napp = config.make_wsgi_app()", ("app", "wsgi")),
        ("from flask import Flask\nif x:\n    app = Flask('x')\nelse:\n    app = Flask('y')", ("app", "wsgi")),
        ("from flask import Flask\ndef create():\n    app = Flask('x')", None),
        ("from typer import Typer\napp = Typer()", None),
        ("import app", None),
    ],
)
def test_an_application_is_known_by_what_makes_it(text: str, found: tuple[str, str] | None, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(text)

    app = application.find(tmp_path / "app.py")

    assert (app and (app.name, app.interface)) == found


def test_extras_may_bring_a_server() -> None:
    declared = ["fastapi[standard]==0.1", "Flask", "gunicorn>=20; python_version > '3'", "-r other.txt", "# x"]

    assert servers.packages(declared) == {"fastapi", "uvicorn", "flask", "gunicorn"}


SAMPLE_FILE: Final = """\
# How App Runner builds and runs this service: server.py has a __main__.
version: 1.0
runtime: python311
build:
  commands:
    build:
      # A build has to have a command. What one installs outside of the application's directory is
      # lost, so this one only tells which Python it is.
      - python3 --version
run:
  pre-run:
    # These change the image that runs, and stay.
    - pip3 install -r requirements.txt
  command: python3 server.py
  network:
    # The command finds it in the variable PORT.
    port: 8080
"""


def test_the_file_of_the_documented_sample_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    fill(tmp_path, {"server.py": examples.SAMPLE_SERVER, "requirements.txt": examples.SAMPLE_REQUIREMENTS})

    assert writing.write(service.inferred(tmp_path)) == SAMPLE_FILE


@pytest.mark.parametrize(
    "files",
    [
        {"server.py": MAIN, "requirements.txt": "pyramid==2.0\n"},
        {"main.py": FASTAPI, "requirements.txt": "fastapi\nuvicorn\n"},
        {"app.py": FLASK, "pyproject.toml": "[project]\nname='x'\nversion='1'\ndependencies=['flask', 'gunicorn']\n"},
        {"Procfile": "web: make 'all: #x' && run --port $PORT"},
        {"Procfile": "web: it's: here"},
        {"Procfile": "web: - x: {y}"},
    ],
)
def test_what_is_written_passes_the_check_and_says_the_command(files: Mapping[str, str], tmp_path: Path) -> None:
    found = service.inferred(fill(tmp_path, files))

    read, findings = check.check(writing.write(found).encode(), name="apprunner.yaml", directory=tmp_path)

    assert findings == ()
    assert read.port == 8080
    assert [command.text for command in read.pre_run] == [command.text for command in found.configuration.pre_run]
    quoted = found.configuration.command.text.replace("'", "'\"'\"'")
    assert read.command.text in {found.configuration.command.text, f"sh -c 'exec {quoted}'", f"sh -c '{quoted}'"}


def test_a_project_for_another_python_has_no_file(tmp_path: Path) -> None:
    fill(
        tmp_path, {"server.py": MAIN, "pyproject.toml": "[project]\nname='x'\nversion='1'\nrequires-python='>=3.12'\n"}
    )

    with pytest.raises(OptionError, match=r"App Runner's runtime python311 is 'python3.11', but .* is '>=3.12'"):
        writing.write(service.inferred(tmp_path))


def test_a_file_wins_over_what_the_code_says(tmp_path: Path) -> None:
    fill(tmp_path, {"server.py": MAIN, "main.py": MAIN, "apprunner.yaml": SAMPLE_FILE.replace("server.py", "main.py")})

    found = service.find(tmp_path, cwd=tmp_path)

    assert (found.file, found.configuration.command.text) == (tmp_path / "apprunner.yaml", "python3 main.py")


def test_a_file_that_cannot_work_is_an_error_with_every_line(tmp_path: Path) -> None:
    fill(tmp_path, {"apprunner.yaml": SAMPLE_FILE.replace("build:", "bild:", 1)})

    with pytest.raises(EntryError, match=r"(?s)apprunner.yaml cannot work as it is:.*line 4: bild .*line 14: "):
        service.find(tmp_path, cwd=tmp_path)
