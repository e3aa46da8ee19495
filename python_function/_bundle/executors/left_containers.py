"""Whose a container is, and what becomes of those whose build was killed."""

import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from python_function._machine import lock
from python_function._machine.host import Host
from python_function.errors import BundlingError

_HOST: Final = "cdk-python-function.host"
_OWNER: Final = "cdk-python-function.owner"
"""The labels of our containers: the machine and the lock of the build that one belongs to."""

PATIENCE: Final = 20.0
"""Seconds that an engine gets to answer when nothing is built."""


def engine(host: Host) -> str:
    """Return the command of the engine."""
    return host.environ.get("CDK_DOCKER", "docker")


def labels(work: Path) -> tuple[str, ...]:
    """Return the options that label a container of the build that works in *work*."""
    pairs = (f"{_HOST}={socket.gethostname()}", f"{_OWNER}={work / lock.NAME}")
    return tuple(part for pair in pairs for part in ("--label", pair))


def remove(host: Host) -> None:
    """Remove the containers of builds on this machine that were killed; an engine that does not answer has none."""
    shown = f'{{{{.ID}}}} {{{{.Label "{_OWNER}"}}}}'
    listing = ("ps", "--all", "--no-trunc", "--filter", f"label={_HOST}={socket.gethostname()}", "--format", shown)
    with suppress(BundlingError):
        found = host.run((engine(host), *listing), cwd=Path.cwd(), env=host.environ, limit=PATIENCE)
        places = (line.partition(" ") for line in found.splitlines())
        left = tuple(name for name, _, place in places if lock.is_free(Path(place)))
        if left:
            removal = (engine(host), "rm", "--force", "--volumes", *left)
            host.run(removal, cwd=Path.cwd(), env=host.environ, limit=PATIENCE)
