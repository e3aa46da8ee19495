"""Runs a service in containers, where this machine has no Python like the service's."""

import shlex
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from python_function._bundle.executors import engine_errors, left_containers
from python_function._machine import environment
from python_function._machine.host import Host
from python_function._service import phases, port, run
from python_function._service.phases import Phase
from python_function._service.run import Order
from python_function.errors import BundlingError, CommandError, ProgramNotFoundError

_APPLICATION: Final = "/app"
"""Where App Runner has the application."""


def anywhere(order: Order, *, image: str) -> None:
    """Run the service with this machine's Python if it has the right one, and else in containers of *image*.

    Raises:
        BundlingError: The port is taken, a command failed, or the service ended.
    """
    port.demand(order.port)
    python = run.interpreter(order.python, order.host)
    if python:
        run.locally(order, python)
        return
    order.host.report.say(f"there is no Python {order.python} here: running in {image}")
    in_containers(order, image)


def in_containers(order: Order, image: str) -> None:
    """Run the service in containers of *image* until it ends or is interrupted; nothing of it is left.

    Raises:
        BundlingError: There is no engine, a command failed, or the service ended.
    """
    it, host = order.service.configuration, order.host
    left_containers.remove(host)
    with run.place(host) as work:
        application = run.copied(order.service, work)
        first, then = phases.building(it), phases.preparing(it)
        if phases.forgets(it) and first:
            _built(order, image, application, first)
            first = ()
        variables = {**phases.run_variables(it, order.port), **order.variables}
        lines = (
            *_lines((*first, *then), phases.build_variables(it), hidden=variables),
            phases.start(it.command.text),
        )
        publish = ("--publish", f"127.0.0.1:{order.port}:{order.port}")
        container = _Container(host, image, work, {**environment.for_container(host.environ), **variables})
        try:
            container.make(lines, application, publish)
            with left_containers.noted(host, container.name, work):
                argv = (left_containers.engine(host), "start", "--attach", container.name)
                run.serve(order, argv, cwd=work, env=container.env)
        finally:
            container.remove()


def _built(order: Order, image: str, application: Path, found: tuple[Phase, ...]) -> None:
    """Let the build change *application* in a container of its own, of which nothing else is left."""
    host = order.host
    container = _Container(host, image, application.parent, environment.for_container(host.environ))
    try:
        container.make(_lines(found, phases.build_variables(order.service.configuration)), application)
        container.call("start", "--attach", container.name)
        container.call("cp", f"{container.name}:{_APPLICATION}/.", str(application))
    except CommandError as error:
        msg = f"The build of {order.service.directory} failed with exit code {error.returncode}.\n{error.output}"
        raise BundlingError(msg.rstrip()) from error
    finally:
        container.remove()


def _lines(found: Iterable[Phase], variables: Mapping[str, str], *, hidden: Iterable[str] = ()) -> Iterator[str]:
    """Yield a script that runs the phases *found*, each command with *variables* and not those *hidden*."""
    exports = [f"export {shlex.quote(f'{name}={value}')}" for name, value in variables.items()]
    given = "; ".join((*(f"unset {name}" for name in sorted(set(hidden) - set(variables))), *exports))
    for phase in found:
        for command in phase.commands:
            yield f"echo {shlex.quote(f'{phase.name}: {command.text}')} >&2"
            yield f"(\n{given}\n{command.text}\n) || exit"


class _Container:
    """A container with a script and the application in it."""

    def __init__(self, host: Host, image: str, work: Path, variables: Mapping[str, str]) -> None:
        self.name = f"python-function-{uuid.uuid4().hex}"
        self.env = {**host.environ, **variables}
        self._is_there = True
        self._host, self._image, self._work, self._variables = host, image, work, variables

    def make(self, script: Iterable[str], application: Path, options: Iterable[str] = ()) -> None:
        """Make it, without starting it."""
        engine = left_containers.engine(self._host)
        named = (part for name in sorted(self._variables) for part in ("--env", name))
        own = ("--name", self.name, *left_containers.labels(self._work), "--workdir", _APPLICATION)
        try:
            self.call("create", *own, *named, *options, "--entrypoint", "sh", self._image, "-c", "\n".join(script))
            self.call("cp", f"{application}/.", f"{self.name}:{_APPLICATION}")
        except CommandError as error:
            raise engine_errors.of_engine(error, engine=engine, image=self._image) from error
        except ProgramNotFoundError as error:
            self._is_there = False
            raise engine_errors.missing(engine) from error

    def call(self, *arguments: str, limit: float | None = None) -> None:
        """Call the engine."""
        self._host.run((left_containers.engine(self._host), *arguments), cwd=self._work, env=self.env, limit=limit)

    def remove(self) -> None:
        """Remove it, whatever it does, and however much of it was made."""
        if not self._is_there:
            return
        try:
            self.call("rm", "--force", "--volumes", self.name, limit=left_containers.PATIENCE)
        except BundlingError as error:
            if "no such container" not in str(error).lower():
                self._host.report.say(f"the container {self.name} may be left behind: {error}")
