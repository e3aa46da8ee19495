"""The servers of applications, and how each is started as a module, listening to all the world at ``PORT``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from packaging.utils import canonicalize_name

from python_function._service.application import Application, Interface

_NAME: Final = re.compile(r"\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[(?P<extras>[^\]]*)\])?")

_BRINGS: Final = {("fastapi", "standard"): "uvicorn", ("fastapi", "all"): "uvicorn"}
"""Extras that bring a server."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server.

    Attributes:
        package: The distribution that it is.
        interface: How it speaks to applications.
        arguments: What starts it, behind ``python3 -m``.
    """

    package: str
    interface: Interface
    arguments: str


SERVERS: Final = (
    Server("uvicorn", "asgi", "uvicorn {app} --host 0.0.0.0 --port $PORT"),
    Server("hypercorn", "asgi", "hypercorn {app} --bind 0.0.0.0:$PORT"),
    Server("granian", "asgi", "granian --interface asgi --host 0.0.0.0 --port $PORT {app}"),
    Server("daphne", "asgi", "daphne --bind 0.0.0.0 --port $PORT {app}"),
    Server("gunicorn", "wsgi", "gunicorn --bind 0.0.0.0:$PORT {app}"),
    Server("waitress", "wsgi", "waitress --listen=0.0.0.0:$PORT {app}"),
    Server("granian", "wsgi", "granian --interface wsgi --host 0.0.0.0 --port $PORT {app}"),
)
"""Those that are known, of each interface the likeliest first."""


def packages(declared: Iterable[str]) -> frozenset[str]:
    """Return the names of the packages that the lines *declared* ask for, with the servers that their extras bring."""
    found: set[str] = set()
    for line in declared:
        if match := _NAME.match(line):
            name = canonicalize_name(match["name"])
            extras = [extra.strip().lower() for extra in (match["extras"] or "").split(",")]
            found |= {name, *(_BRINGS.get((name, extra), "") for extra in extras)}
    return frozenset(found - {""})


def serving(application: Application, available: frozenset[str]) -> Server | None:
    """Return the first server among *available* packages that can serve *application*."""
    fitting = (server for server in SERVERS if application.interface in {server.interface, None})
    return next((server for server in fitting if server.package in available), None)


def names(application: Application) -> tuple[str, ...]:
    """Return the packages of which one would serve *application*."""
    return tuple(
        dict.fromkeys(server.package for server in SERVERS if application.interface in {server.interface, None})
    )
