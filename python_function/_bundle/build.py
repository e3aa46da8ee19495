"""Builds a bundle: chooses the executor, prepares what it needs, and finishes what it made."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from python_function._bundle import access, finish, foreign, inputs, leaks, per_runtime, verify, workplace
from python_function._bundle.checks import verdict
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.executors import left_containers, scratch, shell
from python_function._bundle.executors.container import ContainerBuild
from python_function._bundle.executors.directories import SCRATCH, UV, Directories
from python_function._bundle.executors.lent import lend
from python_function._bundle.executors.local import LocalBuild
from python_function._bundle.plan import plan
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import INPUT, INSTALLED, OUTPUT, Run, Site
from python_function._dependencies import exact
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import redact, uv
from python_function._machine.host import Host
from python_function._source import selection
from python_function._source.walk import TreeError
from python_function.errors import BundlingError, EngineError, NoWheelError

if TYPE_CHECKING:
    from python_function._target.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built, and how.

    Attributes:
        inventory: What it holds; its root was the place that it was built in.
        requirements: What was installed.
        verdicts: What the checks say of it.
        image: The image that it was built in; empty where that was this machine.
        seconds: How long it took.
    """

    inventory: Inventory
    requirements: Requirements
    verdicts: tuple[Verdict, ...]
    image: str
    seconds: float


def build(spec: BundleSpec, output: Path, host: Host) -> Built:
    """Fill the directory *output* with the bundle of *spec*, and return what it is.

    On failure *output* is left empty.

    Raises:
        PythonFunctionError: It cannot be built.
    """
    started = time.monotonic()
    spec = inputs.find(spec)
    workplace.clear(output)
    with redact.hiding(access.known(spec, host)), workplace.workplace(output, host) as work:
        listed = exact.requirements(spec.packaging, host=host, environment=dict(spec.environment))
        spec, requirements = access.granted(spec, listed, host)
        finished, image = _finished(spec, requirements, work, host)
        bundle, verdicts = verify.verify(spec, finished, requirements)
        verdict.demand(verdicts)
        leaks.check(finished, leaks.known(spec, listed, host))
        workplace.publish(finished, output)
    for notice in verdict.warnings(verdicts):
        host.report.say(f"warning: {notice.text}")
    seconds = time.monotonic() - started
    host.report.say(verify.summary(bundle, seconds))
    return Built(inventory=bundle, requirements=requirements, verdicts=verdicts, image=image, seconds=seconds)


def _finished(spec: BundleSpec, requirements: Requirements, work: Path, host: Host) -> tuple[Path, str]:
    """Build in *work* for each target; return where the finished bundle is, and the image that it was built in."""
    made: list[tuple[Target, Path]] = []
    image = ""
    for number, variant in enumerate(spec.variants):
        place = work / str(number) if spec.others else work
        place.mkdir(mode=0o700, exist_ok=True)
        built, image = _build(variant, requirements, place, host)
        _complete(variant, built, place / "bundle", host)
        made.append((variant.target, place / "bundle"))
    if not spec.others:
        return made[0][1], image
    finished = work / "bundle"
    finished.mkdir()
    per_runtime.arrange(made, finished)
    return finished, image


def _build(spec: BundleSpec, requirements: Requirements, work: Path, host: Host) -> tuple[Path, str]:
    """Build in *work*; return the directory that holds what was built, and the image that it was built in."""
    what = f"{spec.target.runtime} on {spec.target.architecture}, {spec.packaging.title}"
    what += f", {spec.source.root}/ as its root" if spec.source.root else ""
    if spec.strategy == "docker":
        host.report.say(f"building for {what}, in {spec.container.image}")
        without = 'It is built in a container; strategy="local" would build it without.'
        return _in_container(spec, requirements, work, host, reason=without), spec.container.image
    host.report.say(f"building for {what}, locally")
    try:
        return _locally(spec, requirements, work / "local", host), ""
    except NoWheelError as error:
        return _instead(spec, requirements, work, host, error), spec.container.image


def _instead(spec: BundleSpec, requirements: Requirements, work: Path, host: Host, error: NoWheelError) -> Path:
    """Build in the container what has no wheels, if that is wanted."""
    packages = ", ".join(error.packages)
    why = error.reason or f"{packages} has no wheel for {spec.target.runtime} on {spec.target.architecture}"
    if spec.strategy == "local":
        ways_out = (
            'strategy="local" builds nothing of others. Choose a version that has a wheel, pass strategy="auto", or '
            f"let its code run on this machine by build_on_host={list(error.packages)}."
        )
        msg = f"{why}, and {ways_out}\n{error}".rstrip()
        raise BundlingError(msg) from error
    host.report.say(f"{why}: building in {spec.container.image}")
    reason = f"{why}, so it has to be built in a container, or a version chosen that has a wheel."
    return _in_container(spec, requirements, work, host, reason=reason)


def _refuse_foreign(spec: BundleSpec, requirements: Requirements) -> None:
    """Leave to the container what would run other people's code on the host.

    Raises:
        NoWheelError: Something would.
    """
    found = foreign.built_here(
        requirements,
        allowed=spec.build_on_host,
        arguments=spec.installer_args,
        environment=dict(spec.environment),
    )
    if found:
        reason = "; ".join(f"{name} {why}" for name, why in found.items())
        raise NoWheelError(tuple(found), "", reason=f"{reason}, so that its own code would build it")


def _locally(spec: BundleSpec, requirements: Requirements, work: Path, host: Host) -> Path:
    _refuse_foreign(spec, requirements)
    output = work / "output"
    output.mkdir(parents=True)
    found = inputs.of(spec)
    if spec.has_own_steps:
        selection.copy(found.source, work / "input")
    site = Site(
        input=(work / "input" if spec.has_own_steps else spec.source.directory).as_posix(),
        output=output.as_posix(),
        scratch=(work / "scratch").as_posix(),
        uv=host.uv,
        python=host.python,
        is_target=False,
    )
    scratch.lay(requirements, work / "scratch", seen_as=site.scratch, local=found.local, host=host)
    here = LocalBuild(host, site, dict(spec.environment), spec.source.directory)
    here.do(plan(spec, requirements, site))
    return output


def _in_container(spec: BundleSpec, requirements: Requirements, work: Path, host: Host, *, reason: str) -> Path:
    site = Site(input=INPUT, output=OUTPUT, scratch=SCRATCH, uv=f"{UV}/uv", python="python3", is_target=True)
    steps = () if spec.container.command else plan(spec, requirements, site)
    installs = any(isinstance(step, Run) for step in steps)
    installer = uv.for_container(host, spec.target.machine, dict(spec.environment), work) if installs else None
    directories = Directories(work=work, uv=installer)
    directories.output.mkdir()
    directories.input.mkdir()
    found = inputs.of(spec)
    if spec.has_own_steps:
        selection.copy(found.source, directories.input)
    scratch.lay(requirements, directories.scratch, seen_as=SCRATCH, local=found.local, host=host)
    if found.installed is not None:
        selection.copy(found.installed, directories.scratch / INSTALLED)
    lent = lend(
        host.environ,
        dict(spec.environment),
        directories.scratch,
        seen_as=SCRATCH,
        copies=spec.container.copies,
    )
    container = replace(spec.container, volumes=(*spec.container.volumes, *lent.volumes))
    script = shell.render(steps, python="python3", tools=f"{SCRATCH}/tools", given=lent.environment)
    left_containers.remove(host)
    try:
        ContainerBuild(host, container, lent.environment).run(script, directories)
    except EngineError as error:
        msg = f"{reason} {error}"
        raise EngineError(msg) from error
    return directories.output


def _complete(spec: BundleSpec, built: Path, output: Path, host: Host) -> None:
    output.mkdir()
    finish.take(built, output, host.ids)
    if not spec.has_own_steps:
        selection.copy(inputs.of(spec).source, output / spec.prefix)
    try:
        finish.finish(output, (OUTPUT, str(built)))
    except TreeError as error:
        msg = f"The bundle of {spec.source.directory} cannot be an asset: {error}"
        raise BundlingError(msg) from error
