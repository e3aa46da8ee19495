"""The two places where steps are done: prepared for one part of a build, used, and left with what was made."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from python_function._bundle import foreign, inputs
from python_function._bundle.executors import left_containers, scratch, shell
from python_function._bundle.executors.container import ContainerBuild
from python_function._bundle.executors.directories import SCRATCH, UV, Directories
from python_function._bundle.executors.lent import lend
from python_function._bundle.executors.local import LocalBuild
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import INPUT, INSTALLED, OUTPUT, Run, Site, Step
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import uv
from python_function._machine.host import Host
from python_function._source import selection
from python_function.errors import EngineError, NoWheelError

Plan: TypeAlias = Callable[[Site], tuple[Step, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a build.

    Attributes:
        spec: The bundle that it is for.
        host: This machine.
        work: The directory that the bundle is built in, which is locked meanwhile.
        name: What the part's own directory in it is called.
        requirements: What it installs.
        only_dependencies: Whether it looks at nothing but these.
    """

    spec: BundleSpec
    host: Host
    work: Path
    name: str
    requirements: Requirements = field(default_factory=Requirements)
    only_dependencies: bool = False

    @property
    def place(self) -> Path:
        """A directory of its own to work in."""
        return self.work / self.name

    @property
    def output(self) -> Path:
        """What it fills, here and in a container."""
        return self.place / OUTPUT.removeprefix("/")

    @property
    def sees_source(self) -> bool:
        """Whether the user's own commands take part in it."""
        return self.spec.has_own_steps and not self.only_dependencies


def locally(part: Part, plan: Plan) -> None:
    """Do *plan* on this machine.

    Raises:
        NoWheelError: What is to be installed cannot be without running the code of others.
        BundlingError: A step failed.
    """
    _refuse_foreign(part)
    spec, host, found = part.spec, part.host, inputs.of(part.spec)
    part.output.mkdir(parents=True, exist_ok=True)
    source = spec.source.directory
    if part.sees_source:
        source = part.place / "input"
        selection.copy(found.source, source)
    site = Site(
        input=source.as_posix(),
        output=part.output.as_posix(),
        scratch=(part.place / "scratch").as_posix(),
        uv=host.uv,
        python=host.python,
        is_target=False,
    )
    place, named = part.place / "scratch", spec.installer_files
    scratch.lay(part.requirements, place, seen_as=site.scratch, host=host, known=found, named=named)
    LocalBuild(host, site, dict(part.spec.environment), spec.source.directory).do(plan(site))


def in_container(part: Part, plan: Plan, *, reason: str) -> None:
    """Do *plan* in a container.

    Args:
        part: What is done.
        plan: The steps.
        reason: Why it cannot be done elsewhere, for whoever has no engine.

    Raises:
        BundlingError: The engine or the image is not there, or a step failed.
    """
    spec, host, found = part.spec, part.host, inputs.of(part.spec)
    site = Site(input=INPUT, output=OUTPUT, scratch=SCRATCH, uv=f"{UV}/uv", python="python3", is_target=True)
    steps = () if spec.container.command else plan(site)
    installs = any(isinstance(step, Run) for step in steps)
    given = dict(spec.environment)
    installer = uv.for_container(host, spec.target.machine, given, part.place) if installs else None
    directories = Directories(work=part.place, owner=part.work, uv=installer)
    directories.output.mkdir(parents=True, exist_ok=True)
    directories.input.mkdir()
    if part.sees_source:
        selection.copy(found.source, directories.input)
    place, named = directories.scratch, spec.installer_files
    scratch.lay(part.requirements, place, seen_as=SCRATCH, host=host, known=found, named=named)
    if found.installed is not None and not part.only_dependencies:
        selection.copy(found.installed, directories.scratch / INSTALLED)
    copies = spec.container.copies
    lent = lend(host.environ, dict(part.spec.environment), directories.scratch, seen_as=SCRATCH, copies=copies)
    container = replace(spec.container, volumes=(*spec.container.volumes, *lent.volumes))
    script = shell.render(steps, python="python3", tools=f"{SCRATCH}/tools", given=lent.environment)
    left_containers.remove(host)
    try:
        ContainerBuild(host, container, lent.environment).run(script, directories)
    except EngineError as error:
        msg = f"{reason} {error}"
        raise EngineError(msg) from error


def _refuse_foreign(part: Part) -> None:
    """Leave to the container what would run other people's code on the host.

    Raises:
        NoWheelError: Something would.
    """
    found = foreign.built_here(
        part.requirements,
        allowed=part.spec.build_on_host,
        arguments=part.spec.installer_args,
        environment=dict(part.spec.environment),
    )
    if part.spec.strategy == "docker":
        found = {**found, **{package.name: "is a local package" for package in part.requirements.local}}
    if found:
        reason = "; ".join(f"{name} {why}" for name, why in found.items())
        raise NoWheelError(tuple(found), "", reason=f"{reason}, so that its own code would build it")
