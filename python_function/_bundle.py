"""Builds a bundle: chooses the executor, prepares what it needs, and finishes what it made."""

import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from python_function import _environment, _export, _finish, _scratch, _script, _source, _uv, _verify
from python_function._container import SCRATCH, UV, ContainerBuild, Directories
from python_function._host import Host
from python_function._local import LocalBuild
from python_function._plan import BundleSpec, plan
from python_function._requirements import Requirements
from python_function._steps import INPUT, OUTPUT, Site
from python_function._tree import TreeError
from python_function.errors import BundlingError, EngineError, NoWheelError


def build(spec: BundleSpec, output: Path, host: Host) -> None:
    """Fill the directory *output* with the bundle of *spec*; on failure it is left empty.

    Raises:
        PythonFunctionError: It cannot be built.
    """
    started = time.monotonic()
    try:
        _empty(output)
        with _workplace(output) as work:
            requirements = _export.requirements(spec.packaging, host=host, environment=dict(spec.environment))
            built = _build(spec, requirements, work, host)
            _finish.take(built, output, host.ids)
        _complete(spec, output, host)
    except BaseException:
        _empty(output)
        raise
    host.report.say(_verify.summary(spec, output, time.monotonic() - started))


def _empty(directory: Path) -> None:
    for path in directory.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextmanager
def _workplace(output: Path) -> Generator[Path]:
    """Give a directory to work in.

    In *output* it is on the file system of the finished bundle and shared with the engine if that is, and CDK removes
    it should this process not live to.
    """
    work = output / ".python-function"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work)


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
    why = f"{packages} has no wheel for {spec.target.runtime} on {spec.target.architecture}"
    if spec.strategy == "local":
        ways_out = 'strategy="local" builds none. Choose a version that has one, or pass strategy="auto".'
        msg = f"{why}, and {ways_out}\n{error}"
        raise BundlingError(msg) from error
    host.report.say(f"{why}: building in {spec.container.image}")
    reason = f"{why}, so it has to be built in a container, or a version chosen that has a wheel."
    return _in_container(spec, requirements, work, host, reason=reason)


def _locally(spec: BundleSpec, requirements: Requirements, work: Path, host: Host) -> Path:
    output = work / "output"
    output.mkdir(parents=True)
    staged = bool(spec.before or spec.after or spec.source.only or spec.source.within)
    if staged:
        _source.copy(spec.source.directory, work / "input", _source.staged_files(spec.source))
    site = Site(
        input=str(work / "input" if staged else spec.source.directory),
        output=str(output),
        scratch=str(work / "scratch"),
        uv=host.uv,
        python=host.python,
        is_target=False,
    )
    _scratch.lay(requirements, work / "scratch", seen_as=site.scratch)
    LocalBuild(host, site, dict(spec.environment)).do(plan(spec, requirements, site))
    return output


def _in_container(spec: BundleSpec, requirements: Requirements, work: Path, host: Host, *, reason: str) -> Path:
    directories = Directories(work=work, uv=_uv.for_container(host, spec.target, spec.environment))
    directories.output.mkdir()
    _source.copy(spec.source.directory, directories.input, _source.staged_files(spec.source))
    _scratch.lay(requirements, directories.scratch, seen_as=SCRATCH)
    site = Site(input=INPUT, output=OUTPUT, scratch=SCRATCH, uv=f"{UV}/uv", python="python3", is_target=True)
    there = _environment.for_installer(host.environ)
    inherited = {name: there[name] for name in requirements.variables if name in there}
    script = _script.render(plan(spec, requirements, site), python="python3", tools=f"{SCRATCH}/tools")
    try:
        ContainerBuild(host, spec.container, {**inherited, **dict(spec.environment)}).run(script, directories)
    except EngineError as error:
        msg = f"{reason} {error}"
        raise EngineError(msg) from error
    return directories.output


def _complete(spec: BundleSpec, output: Path, host: Host) -> None:
    try:
        _finish.finish(output)
    except TreeError as error:
        msg = f"The bundle of {spec.source.directory} cannot be an asset: {error}"
        raise BundlingError(msg) from error
    _verify.check(spec, output)
    for module, distribution in _verify.hidden(spec, output, _source.files(spec.source)):
        host.report.say(f"warning: the source has its own {module}, which hides the installed {distribution}")
