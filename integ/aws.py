"""An AWS on this machine, and how to ask it."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uv

if TYPE_CHECKING:
    from collections.abc import Generator

MOTO = "moto[server]==5.2.2"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "CDK_DEFAULT_ACCOUNT": "123456789012",
    "CDK_DEFAULT_REGION": "us-east-1",
}


@contextmanager
def serve() -> Generator[str]:
    """Return the address of an AWS that is empty and on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = (uv.find_uv_bin(), "tool", "run", "--quiet", "--from", MOTO, "moto_server", "-H", "127.0.0.1", "-p", port)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 180
        while not answers(int(port)):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.2)
        yield f"http://localhost:{port}"  # by this name its CloudFormation finds templates in its own S3
    finally:
        server.terminate()
        server.wait()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def fetched(url: str, service: str) -> bytes:
    """Return what a service answers, which is told from others by what a request is signed for."""
    scope = f"testing/20260101/us-east-1/{service}/aws4_request"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"}
    request = urllib.request.Request(url, headers=signed)
    with urllib.request.urlopen(request) as response:
        content = response.read()
    assert isinstance(content, bytes)
    return content
