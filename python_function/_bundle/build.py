"""Builds a bundle: chooses the executor, prepares what it needs, and finishes what it made."""

import time
from collections.abc import Sequence
from pathlib import Path

from python_function._bundle import finish, foreign, inputs, verify, workplace
from python_function._bundle.checks import verdict
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.executors import scratch, shell
from python_function._bundle.executors.container import SCRATCH, UV, ContainerBuild, Directories
from python_function._bundle.executors.local import LocalBuild
from python_function._bundle.plan import plan
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import INPUT, INSTALLED, OUTPUT, Site
from python_function._dependencies import exact
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import environment, uv
from python_function._machine.host import Host
from python_function._source import selection
from python_function._source.walk import TreeError
from python_function.errors import BundlingError, EngineError, NoWheelError


def build(spec: BundleSpec, output: Path, host: Host) -> tuple[Verdict, ...]:
    """Fill the directory *output* with the bundle of *spec*, and return what the checks say of it.

    On failure *output* is left empty.

    Raises:
        PythonFunctionError: It cannot be built.
    """
    started = time.monotonic()
    spec = inputs.find(spec)
    workplace.clear(output)
    with workplace.workplace(output, host) as work:
        requirements = exact.requirements(spec.packaging, host=host, environment=dict(spec.environment))
        built = _build(spec, requirements, work, host)
        finished = work / "bundle"
        finished.mkdir()
        finish.take(built, finished, host.ids)
        if not spec.has_own_steps:
            selection.copy(inputs.of(spec).source, finished / spec.prefix)
        bundle, verdicts = _complete(spec, requirements, finished, known_as=(OUTPUT, str(built)))
        workplace.publish(finished, output)
    for notice in verdict.warnings(verdicts):
        host.report.say(f"warning: {notice.text}")
    host.report.say(verify.summary(bundle, time.monotonic() - started))
    return verdicts


def _build(spec: BundleSpec, requirements: Requirements, work: Path, host: Host) -> Path:
    """Build in *work* and return the directory that holds what was built."""
    what = f"{spec.target.runtime} on {spec.target.architecture}, {spec.packaging.title}"
    if spec.strategy == "docker":
        host.report.say(f"building for {what}, in {spec.container.image}")
        without = 'It is built in a container; strategy="local" would build it without.'
        return _in_container(spec, requirements, work, host, reason=without)
    host.report.say(f"building for {what}, locally")
    try:
        return _locally(spec, requirements, work / "local", host)
    except NoWheelError as error:
        return _instead(spec, requirements, work, host, error)


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


def _refuse_foreign(spec: BundleSpec, requirements: Requirements, host: Host) -> None:
    """Leave to the container what would run other people's code on the host.

    Raises:
        NoWheelError: Something would.
    """
    found = foreign.built_here(
        requirements,
        allowed=spec.build_on_host,
        arguments=spec.installer_args,
        environment=dict(spec.environment),
        configuration=host.uv_config,
    )
    if found:
        reason = "; ".join(f"{name} {why}" for name, why in found.items())
        raise NoWheelError(tuple(found), "", reason=f"{reason}, so that its own code would build it")


def _locally(spec: BundleSpec, requirements: Requirements, work: Path, host: Host) -> Path:
    _refuse_foreign(spec, requirements, host)
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
        uv_config=host.uv_config,
    )
    scratch.lay(requirements, work / "scratch", seen_as=site.scratch, local=found.local)
    LocalBuild(host, site, dict(spec.environment), spec.source.directory).do(plan(spec, requirements, site))
    return output


def _in_container(spec: BundleSpec, requirements: Requirements, work: Path, host: Host, *, reason: str) -> Path:
    directories = Directories(work=work, uv=uv.for_container(host, spec.target.machine, dict(spec.environment), work))
    directories.output.mkdir()
    directories.input.mkdir()
    found = inputs.of(spec)
    if spec.has_own_steps:
        selection.copy(found.source, directories.input)
    scratch.lay(requirements, directories.scratch, seen_as=SCRATCH, local=found.local)
    if found.installed is not None:
        selection.copy(found.installed, directories.scratch / INSTALLED)
    site = Site(input=INPUT, output=OUTPUT, scratch=SCRATCH, uv=f"{UV}/uv", python="python3", is_target=True)
    there = environment.for_installer(host.environ)
    inherited = {name: there[name] for name in requirements.variables if name in there}
    script = shell.render(plan(spec, requirements, site), python="python3", tools=f"{SCRATCH}/tools")
    try:
        ContainerBuild(host, spec.container, {**inherited, **dict(spec.environment)}).run(script, directories)
    except EngineError as error:
        msg = f"{reason} {error}"
        raise EngineError(msg) from error
    return directories.output


def _complete(
    spec: BundleSpec, requirements: Requirements, output: Path, *, known_as: Sequence[str]
) -> tuple[Inventory, tuple[Verdict, ...]]:
    try:
        finish.finish(output, known_as)
    except TreeError as error:
        msg = f"The bundle of {spec.source.directory} cannot be an asset: {error}"
        raise BundlingError(msg) from error
    bundle, verdicts = verify.verify(spec, output, requirements)
    verdict.demand(verdicts)
    return bundle, verdicts
