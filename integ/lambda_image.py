"""Lambda's images on this machine: a stand-in for the one that functions are made from, and what runs them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from integ.images import STAND_IN, runtime_image
from integ.lambda_runtime import ARGUMENTS, FUNCTION, Exchange, Invocation, run, serve

if TYPE_CHECKING:
    from pathlib import Path

    from integ.engine import Engine

PYTHON = "3.13"
BASE = f"public.ecr.aws/lambda/python:{PYTHON}"

_ENTRYPOINT = f"""\
#!/bin/sh
export _HANDLER="$1"
exec python3 {" ".join(ARGUMENTS)} "$1"
"""
_DOCKERFILE = f"""\
FROM {runtime_image(PYTHON).tag}
COPY client /var/runtime
COPY lambda-entrypoint.sh /
ENV LAMBDA_TASK_ROOT=/var/task PYTHONPATH=/var/runtime LANG=en_US.UTF-8
LABEL {STAND_IN}=true
WORKDIR /var/task
ENTRYPOINT ["/lambda-entrypoint.sh"]
"""


def ensure_base(engine: Engine, client: Path, directory: Path) -> None:
    """Make the image under AWS's name, of AWS's runtime client in *client*; one that is not ours is never replaced.

    As AWS's own, it starts a client for the handler that its command names, in `/var/task`.
    """
    if engine.machine(BASE) is not None:
        return
    shutil.copytree(client, directory / "client")
    (directory / "lambda-entrypoint.sh").write_text(_ENTRYPOINT)
    (directory / "lambda-entrypoint.sh").chmod(0o755)
    (directory / "Dockerfile").write_text(_DOCKERFILE)
    engine.call("build", "--tag", BASE, str(directory)).check_returncode()


def invoke(engine: Engine, image: str, event: object) -> Invocation:
    """Start an image as Lambda does, under a user that is nobody in it and on files that cannot be written to."""
    exchange = Exchange(event)
    with serve(exchange) as address:
        variables = {"AWS_LAMBDA_RUNTIME_API": address, **FUNCTION}
        options = (
            *(f"--env={name}={value}" for name, value in variables.items()),
            *("--rm", "--pull=never", "--network=host", "--read-only", "--tmpfs=/tmp", "--user=993:990"),
        )
        finished = run((engine.command, "run", *options, image), cwd=None, env=None)
    log = finished.stdout + finished.stderr
    assert exchange.posted, f"the runtime client posted nothing:\n{log}"
    return Invocation(result=exchange.posted.get("response"), error=exchange.posted.get("error"), log=log)
