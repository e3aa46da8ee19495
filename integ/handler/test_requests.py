"""Handlers of requests under Lambda's own runtime client, and side by side with the template that they are written for.

The template is Flask around the handler, by the rules of OpenFaaS' ``python3-http``; apig-wsgi hands it the events.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import uv

from integ.conftest import HOST_PYTHON, install_client
from integ.lambda_runtime import LambdaRuntime
from tests.http_events import FORMS, Request, received
from tests.request_examples import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE: Final = """\
import json, sys
from apig_wsgi import make_lambda_handler
from flask import Flask, jsonify, request
from types import SimpleNamespace

def made(returned):
    if returned is None:
        return "", 200
    if type(returned) is not dict:
        return returned
    body = returned.get("body", "")
    content = jsonify(body) if type(body) is dict else str(body)
    return content, returned.get("statusCode", 200), list(returned.get("headers", {}).items())

def answer(code, event):
    names = {}
    exec(code, names)
    app = Flask("template")
    @app.route("/", defaults={"path": ""}, methods=["GET", "PUT", "POST", "PATCH", "DELETE"])
    @app.route("/<path:path>", methods=["GET", "PUT", "POST", "PATCH", "DELETE"])
    def call(path):
        event = SimpleNamespace(
            body=Text(request.get_data()), headers=request.headers, method=request.method, query=request.args,
            path=request.path,
        )
        return made(names["handle"](event, None))
    return make_lambda_handler(app, binary_support=True)(event, None)

class Text(bytes):
    def __str__(self):
        return self.decode()

print(json.dumps([answer(code, event) for code, event in json.load(sys.stdin)]))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a zip of the handler that tells all it sees, from a zip."""
    place = tmp_path_factory.mktemp("requests")
    code = """\
        def handle(event, context):
            seen = [event.method, event.path, event.query["q"], event.headers["X-TAG"], str(event.body)]
            return {"statusCode": "201", "body": [*seen, context.aws_request_id], "headers": {"Set-Cookie": ["a", "b"]}}
    """
    with zipfile.ZipFile(place / "my-code.zip", "w") as archive:
        archive.writestr("handler.py", code.replace("\n        ", "\n").lstrip())
    command = (sys.executable, "-m", "python_function", "build", "my-code.zip", "-o", "package.zip", "--json")
    environment = {**os.environ, "XDG_CACHE_HOME": str(place / "cache"), "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["handler"] == "_python_function_http.handler"
    with zipfile.ZipFile(place / "package.zip") as archive:
        archive.extractall(place / "bundle")
    return place / "bundle"


@pytest.mark.parametrize("form", list(FORMS))
def test_a_handler_answers_under_lambdas_own_client(form: str, package: Path) -> None:
    runtime = LambdaRuntime(python=HOST_PYTHON, client=install_client(HOST_PYTHON, os.uname().machine))
    request = Request(method="POST", path="/a%20b", query="q=1%2B1", headers=(("X-Tag", "t"),), body="wörld".encode())

    invocation = runtime.invoke(package, "_python_function_http.handler", FORMS[form](request))

    assert invocation.error is None, invocation.log
    got = received(form, invocation.result)
    *seen, request_id = json.loads(got.body)
    assert seen == ["POST", "/a b", "1+1", "t", "wörld"]
    assert request_id
    assert (got.status, got.header("content-type")) == (201, "application/json")
    assert [value for name, value in got.headers if name == "set-cookie"] == ["a", "b"]


def test_an_exception_is_in_the_log_of_lambda_and_not_in_the_response(package: Path) -> None:
    runtime = LambdaRuntime(python=HOST_PYTHON, client=install_client(HOST_PYTHON, os.uname().machine))
    event = FORMS["function URL"](Request(query="q=1"))
    event["body"], event["isBase64Encoded"] = "a", True  # no base64

    invocation = runtime.invoke(package, "_python_function_http.handler", event)

    assert invocation.result["statusCode"] == 500
    assert invocation.result["body"] == "Internal Server Error"
    assert "Traceback" in invocation.log


def templated(asked: list[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return what the template answers each event with the code of each handler."""
    libraries = ("--with", "flask", "--with", "apig-wsgi")
    options = ("--quiet", "--no-project", "--python", sys.executable, *libraries)
    command = (uv.find_uv_bin(), "run", *options, "python", "-c", TEMPLATE)
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def test_the_examples_answer_as_in_the_template() -> None:
    forms = [form for form in FORMS if form not in {"HTTP API 2.0", "HTTP API 1.0"}]  # it leaves the stage in the path
    asked = [(form, example, FORMS[form](example.request)) for form in forms for example in EXAMPLES]

    answers = templated([(example.code, event) for _, example, event in asked])

    for (form, example, _), answer in zip(asked, answers, strict=True):
        body = answer["body"] if example.status != 400 or example.is_json else example.body
        got: object = json.loads(answer["body"]) if example.is_json else body
        headers = {**answer.get("headers", {}), **answer.get("multiValueHeaders", {})}
        types = [str(value) for name, value in headers.items() if name.lower() == "content-type"]
        assert answer["statusCode"] == example.status, (form, example.title)
        assert got == example.body, (form, example.title)
        if example.content_type != "text/plain; charset=utf-8":
            assert example.content_type in types[0], (form, example.title)
