"""What AWS Lambda does with a bundle: AWS's own runtime client calls the handler, this side speaks the Runtime API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from integ.engine import Engine

API = "/2018-06-01/runtime"
REQUEST = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
TIMEOUT = 120  # seconds; an emulated Python takes its time


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What came of one event: a result, or the error that Lambda would report."""

    result: Any
    error: dict[str, Any] | None
    log: str


@dataclass(slots=True)
class Exchange:
    """One event on its way through the Runtime API, and what the client posted for it."""

    event: object
    delivered: bool = False
    posted: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaRuntime:
    """A Python that runs functions: this machine's, or the one of an image.

    Attributes:
        client: The directory with awslambdaric for that Python.
        engine: Runs the image; None is this machine.
    """

    python: str
    client: Path
    engine: Engine | None = None
    image: str = ""
    platform: str = ""

    def invoke(
        self,
        bundle: Path,
        handler: str,
        event: object = None,
        *,
        layers: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Invocation:
        """Start the function as Lambda does, hand it one event, and return what it made of it.

        The bundle cannot be written to in a container, and nothing outside it and the layers can be imported but the
        standard library and the runtime client.
        """
        exchange = Exchange(event)
        with serve(exchange) as address:
            variables = {"AWS_LAMBDA_RUNTIME_API": address, "_HANDLER": handler, **FUNCTION, **(environment or {})}
            command = self.on_host if self.engine is None else self.in_container
            finished = command(bundle, handler, layers, variables)
        log = finished.stdout + finished.stderr
        assert exchange.posted, f"the runtime client posted nothing:\n{log}"
        return Invocation(result=exchange.posted.get("response"), error=exchange.posted.get("error"), log=log)

    def on_host(
        self, bundle: Path, handler: str, layers: Sequence[Path], variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        path = self.search_path([str(layer) for layer in layers], str(self.client))
        command = (sys.executable, *ARGUMENTS, handler)
        environment = {"PATH": os.defpath, "PYTHONPATH": path, "LAMBDA_TASK_ROOT": str(bundle), **variables}
        return run(command, cwd=bundle, env=environment)

    def in_container(
        self, bundle: Path, handler: str, layers: Sequence[Path], variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        assert self.engine is not None
        mounts = {bundle: "/var/task", self.client: "/var/runtime"}
        mounts |= {layer: f"/opt/{number}" for number, layer in enumerate(layers)}
        path = self.search_path([mounts[layer] for layer in layers], "/var/runtime")
        environment = {"PYTHONPATH": path, "LAMBDA_TASK_ROOT": "/var/task", **variables}
        options = (
            *(f"--volume={source}:{target}:ro" for source, target in mounts.items()),
            *(f"--env={name}={value}" for name, value in environment.items()),
            *("--rm", "--pull=never", "--network=host", "--workdir=/var/task", f"--platform={self.platform}"),
        )
        command = (self.engine.command, "run", *options, self.image, "python3", *ARGUMENTS, handler)
        return run(command, cwd=bundle, env=None)

    def search_path(self, layers: Sequence[str], client: str) -> str:
        """Return PYTHONPATH in Lambda's order: after the function its layers, then the runtime."""
        site_packages = f"python/lib/python{self.python}/site-packages"
        return ":".join((*(f"{layer}/{part}" for layer in layers for part in (site_packages, "python")), client))


class ChooseRuntime(Protocol):
    """The fixture `lambda_runtime`."""

    def __call__(self, python: str, machine: str = "x86_64") -> LambdaRuntime: ...


# -S: no site-packages, so that a bundle that lacks something fails here as it fails in Lambda. -B: leaves no .pyc.
ARGUMENTS = ("-S", "-B", "-m", "awslambdaric")
FUNCTION = {
    "AWS_LAMBDA_FUNCTION_NAME": "function",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_REGION": "us-east-1",
    "LANG": "en_US.UTF-8",
}


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, exchange: Exchange, *arguments: Any) -> None:  # noqa: ANN401, what a server hands to its handlers
        self.exchange = exchange
        super().__init__(*arguments)

    def do_GET(self) -> None:
        if self.exchange.delivered or self.path != f"{API}/invocation/next":
            self.reply(HTTPStatus.GONE)  # ends the client: there is one event
            return
        self.exchange.delivered = True
        headers = {
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
            "Lambda-Runtime-Aws-Request-Id": REQUEST,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + TIMEOUT) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:function",
        }
        self.reply(HTTPStatus.OK, json.dumps(self.exchange.event).encode(), headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.exchange.posted["response" if self.path.endswith("/response") else "error"] = json.loads(body)
        self.reply(HTTPStatus.ACCEPTED)

    def reply(self, status: HTTPStatus, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        # Without a type, or without a trace for an event, AWS's client dies of a segmentation fault.
        always = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in {**always, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: what matters is in the exchange."""


@contextmanager
def serve(exchange: Exchange) -> Generator[str]:
    """Speak the Runtime API for one event at the address that is returned."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, exchange)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def run(command: Sequence[str], *, cwd: Path | None, env: Mapping[str, str] | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
