"""From a directory of code to an answer: synthesized, deployed, downloaded, and invoked as Lambda does."""

import io
import json
import zipfile
from pathlib import Path

from integ.aws import CREDENTIALS, fetched
from integ.cdk_cli import CdkCli
from integ.lambda_runtime import LambdaRuntime
from integ.synthesis import PINNED, write_app


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
