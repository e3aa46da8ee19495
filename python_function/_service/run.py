"""Runs a service on this machine, as App Runner would: its phases one after the other, in a copy of its code."""

import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from python_function._bundle import workplace
from python_function._machine import environment
from python_function._machine.host import Host
from python_function._machine.process import Runner
from python_function._service import phases, port
from python_function._service.phases import Phase
from python_function._service.service import Service
from python_function._source import select, selection
from python_function._source.select import Source
from python_function.errors import BundlingError, CommandError

_OF_AWS: Final = ("AWS_",)
"""What the variables are called that let a service reach what it needs on AWS."""

_SETUPTOOLS: Final = "setuptools==65.5.*"
"""What Pythons up to 3.11 are made with; packages may rely on it, and newer ones lack ``pkg_resources``.

https://github.com/python/cpython/tree/v3.11.14/Lib/ensurepip/_bundled
"""

WITH_SETUPTOOLS: Final = frozenset({"3.8", "3.9", "3.10", "3.11"})

_NOTHING_FOUND: Final = frozenset({126, 127})
"""How a shell ends that finds no such program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run.

    Attributes:
        service: The service.
        python: The version of Python that runs it.
        port: The port that it listens to.
        variables: What it gets to see besides, secrets among them.
        host: This machine.
        foreground: Runs what may run for ever.
    """

    service: Service
    python: str
    port: int
    variables: Mapping[str, str] = field(repr=False)
    host: Host
    foreground: Runner


def interpreter(version: str, host: Host) -> str | None:
    """Return a Python of *version* on this machine, if there is one; none is fetched."""
    if ".".join(map(str, sys.version_info[:2])) == version:
        return host.python
    find = (host.uv, "python", "find", "--quiet", "--no-config", "--no-project", "--system", f"cpython@{version}")
    try:
        return host.run(find, cwd=Path(os.sep), env={**host.environ, "UV_PYTHON_DOWNLOADS": "never"}).strip()
    except BundlingError:
        return None


def place(host: Host) -> AbstractContextManager[Path]:
    """Return a directory to work in that is gone afterwards; what was killed is swept away by the next."""
    return workplace.workplace(Path(tempfile.gettempdir(), "service"), host)


def copied(service: Service, directory: Path) -> Path:
    """Return a copy of the code below *directory*: nothing that runs writes to the user's own."""
    application = directory / "app"
    application.mkdir()
    selection.copy(select.staged_files(Source(directory=service.directory)), application)
    return application


def locally(order: Order, python: str) -> None:
    """Run the service with the interpreter *python* until it ends or is interrupted; nothing of it is left.

    Raises:
        BundlingError: A command failed, or the service ended.
    """
    it, host = order.service.configuration, order.host
    with place(host) as work:
        application = copied(order.service, work)
        build_env = phases.build_variables(it)
        building, preparing = phases.building(it), phases.preparing(it)
        made = _environment(work / "build", python, order)
        _run(order, building, application, {**build_env, **made})
        if phases.forgets(it):
            made = _environment(work / "run", python, order)
        _run(order, preparing, application, {**build_env, **made})
        own = {name: value for name, value in host.environ.items() if name.startswith(_OF_AWS)}
        variables = {**own, **phases.run_variables(it, order.port), **order.variables, **made}
        argv = ("sh", "-c", phases.start(it.command.text))
        serve(order, argv, cwd=application, env=environment.for_hooks(host.environ, variables))


def serve(order: Order, argv: tuple[str, ...], *, cwd: Path, env: Mapping[str, str]) -> None:
    """Run what is the service until it ends, which it should not.

    Raises:
        BundlingError: It ended.
    """
    command = order.service.configuration.command
    order.host.report.say(f"starting {command.text!r} with PORT={order.port}; Ctrl-C ends it")
    try:
        with port.watched(order.port, order.host.report.say):
            order.foreground(argv, cwd=cwd, env=env, shown=True)
    except CommandError as error:
        missing = error.returncode in _NOTHING_FOUND
        why = " The command is not there: is what brings it among the dependencies?" if missing else ""
        msg = (
            f"{_place(order.service, 'run.command', command.line)}: {command.text!r} ended with exit code"
            f" {error.returncode}.{why}"
        )
        raise BundlingError(msg) from error
    msg = f"{_place(order.service, 'run.command', command.line)}: {command.text!r} ended, and a service has to stay."
    raise BundlingError(msg)


def _environment(directory: Path, python: str, order: Order) -> Mapping[str, str]:
    """Return the variables of a fresh environment of *python* in *directory*, with what such a Python brings."""
    host, env = order.host, environment.for_installer(order.host.environ)
    made = (host.uv, "venv", "--quiet", "--no-project", "--python", python, str(directory))
    host.run(made, cwd=directory.parent, env=env)
    brought = ("pip", *((_SETUPTOOLS,) if order.python in WITH_SETUPTOOLS else ()))
    host.run((host.uv, "pip", "install", "--quiet", "--python", str(directory), *brought), cwd=directory, env=env)
    path = os.pathsep.join((str(directory / "bin"), host.environ.get("PATH", os.defpath)))
    return {"PATH": path, "VIRTUAL_ENV": str(directory), "PYTHONUNBUFFERED": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _run(order: Order, found: tuple[Phase, ...], application: Path, variables: Mapping[str, str]) -> None:
    env = environment.for_hooks(order.host.environ, variables)
    for phase in found:
        for command in phase.commands:
            order.host.report.say(f"{phase.name}: {command.text}")
            try:
                order.host.run(("sh", "-c", command.text), cwd=application, env=env)
            except CommandError as error:
                place = _place(order.service, phase.name, command.line)
                msg = f"{place}: {command.text!r} failed with exit code {error.returncode}.\n{error.output}"
                raise BundlingError(msg.rstrip()) from error


def _place(service: Service, key: str, line: int) -> str:
    """Return where a command is from."""
    return f"{service.file}, line {line}" if service.file else f"{key} of {service.directory}"
