"""From a directory of code to an answer: synthesized, deployed, downloaded, and invoked as Lambda does."""

import io
import json
import socket
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Generator
from pathlib import Path

import pytest
import uv

from integ.cdk_cli import CdkCli
from integ.lambda_runtime import LambdaRuntime
from integ.synthesis import PINNED, write_app

MOTO = "moto[server]==5.2.2"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "CDK_DEFAULT_ACCOUNT": "123456789012",
    "CDK_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def aws() -> Generator[str]:
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


def test_what_is_deployed_answers(aws: str, cdk: CdkCli, tmp_path: Path, host_runtime: LambdaRuntime) -> None:
    app = write_app(tmp_path / "app")
    env = {**CREDENTIALS, "AWS_ENDPOINT_URL": aws}

    for arguments in (("bootstrap", "aws://123456789012/us-east-1"), ("deploy", "--require-approval", "never")):
        done = cdk(*arguments, cwd=app, env=env)
        assert done.returncode == 0, done.stderr

    (function,) = json.loads(fetched(f"{aws}/2015-03-31/functions/", "lambda"))["Functions"]
    assert function["Handler"] == "index.handler"
    template = json.loads((app / "cdk.out/Stack.template.json").read_text())
    (code,) = (r["Properties"]["Code"] for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function")
    bucket = "cdk-hnb659fds-assets-123456789012-us-east-1"
    archive = zipfile.ZipFile(io.BytesIO(fetched(f"{aws}/{bucket}/{code['S3Key']}", "s3")))
    archive.extractall(tmp_path / "deployed")
    assert {entry.external_attr >> 16 & 0o777 for entry in archive.infolist() if not entry.is_dir()} <= {0o644, 0o755}
    invocation = host_runtime.invoke(tmp_path / "deployed", "index.handler", {})
    assert invocation.error is None
    assert f"requests=={invocation.result}" in PINNED
