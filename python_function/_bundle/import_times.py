"""How long a function takes to import what it needs, measured with a Python like Lambda's."""

import os
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._machine.host import Host
from python_function._target.target import Target
from python_function.errors import BundlingError, CommandError, ProgramNotFoundError

_MARK: Final = "-- the handler's module --"
_PROGRAM: Final = f"""\
import sys
directory, module = sys.argv[1:]
sys.path[:0] = [directory]
sys.stderr.write({_MARK!r} + chr(10))
__import__(module)
"""
_LINE: Final = re.compile(r"^import time:\s*(?P<own>\d+) \|\s*\d+ \|\s*(?P<module>\S+)$")
_TOGETHER: Final = ("sh", "-c", 'exec "$@" 2>&1', "sh")
"""Runs a program whose times come with its output: they are written to standard error."""

_SHOWN: Final = 15
_TASK: Final = "/var/task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A top-level package or module.

    Attributes:
        name: Its name.
        microseconds: How long its own modules took.
        modules: How many of them were imported.
    """

    name: str
    microseconds: int
    modules: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTimes:
    """What importing the handler's module took.

    Attributes:
        python: The interpreter, or the image that it is in.
        microseconds: How long all of it took.
        packages: What was imported, the slowest first.
    """

    python: str
    microseconds: int
    packages: tuple[Package, ...]


def measure(
    bundle: Path, module: str, *, target: Target, image: str, host: Host, variables: Mapping[str, str]
) -> ImportTimes:
    """Import *module* of the finished *bundle* in a fresh interpreter, and return how long that took.

    Args:
        bundle: The directory of the function.
        module: The module of the handler.
        target: What the function is for.
        image: Where a Python for it is, if this machine has none.
        host: The machine.
        variables: What the function's environment holds besides what Lambda sets.

    Raises:
        BundlingError: No such Python is at hand, or the module cannot be imported.
    """
    environment = {**_environment(target), **variables}
    python = _local(target, host)
    where = python or image
    try:
        if python:
            command = (*_TOGETHER, *_program(python, str(bundle), module))
            printed = host.run(command, cwd=bundle, env={"PATH": os.defpath, **environment})
        else:
            printed = _in_container(bundle, module, target=target, image=image, host=host, environment=environment)
    except CommandError as error:
        raise BundlingError(_failed(error, module, where)) from error
    packages = parse(printed)
    return ImportTimes(python=where, microseconds=sum(each.microseconds for each in packages), packages=packages)


def parse(printed: str) -> tuple[Package, ...]:
    """Return the packages that were imported after the mark in what ``-X importtime`` has *printed*, slowest first."""
    times: dict[str, list[int]] = {}
    for match in map(_LINE.match, printed.rpartition(_MARK)[2].splitlines()):
        if match:
            times.setdefault(match["module"].partition(".")[0], []).append(int(match["own"]))
    packages = (Package(name=name, microseconds=sum(own), modules=len(own)) for name, own in times.items())
    return tuple(sorted(packages, key=lambda package: (-package.microseconds, package.name)))


def _program(python: str, directory: str, module: str) -> tuple[str, ...]:
    """Return what imports *module*; like Lambda's Python it has no site-packages, and writes no bytecode."""
    return (python, "-S", "-B", "-X", "importtime", "-c", _PROGRAM, directory, module)


def _environment(target: Target) -> dict[str, str]:
    """Return what of Lambda's own environment modules are known to read when they are imported.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{target.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": _TASK,
        "LANG": "en_US.UTF-8",
    }


def _local(target: Target, host: Host) -> str:
    """Return an interpreter of this machine that is like the target's, empty if there is none."""
    if sys.platform != "linux" or platform.machine() != target.machine:
        return ""
    if ".".join(map(str, sys.version_info[:2])) == target.python_version:
        return host.python
    find = (host.uv, "python", "find", "--no-project", "--no-python-downloads", "--no-config", target.python_version)
    try:
        return host.run(find, cwd=Path("/"), env={**host.environ, "UV_PYTHON_DOWNLOADS": "never"}).strip()
    except BundlingError:
        return ""


def _in_container(
    bundle: Path, module: str, *, target: Target, image: str, host: Host, environment: Mapping[str, str]
) -> str:
    engine = host.environ.get("CDK_DOCKER", "docker")
    options = (
        *("run", "--rm", "--pull=never", "--network=none", f"--platform={target.docker_platform}"),
        *(f"--volume={bundle}:{_TASK}:ro", f"--workdir={_TASK}", "--entrypoint", _TOGETHER[0]),
        *(part for name in environment for part in ("--env", name)),
    )
    command = (engine, *options, image, *_TOGETHER[1:], *_program("python3", _TASK, module))
    try:
        return host.run(command, cwd=bundle, env={**host.environ, **environment})
    except ProgramNotFoundError as error:
        raise BundlingError(_none(target, image)) from error
    except CommandError as error:
        if _MARK not in error.output:
            msg = f"{_none(target, image)}\n{error.output}".rstrip()
            raise BundlingError(msg) from error
        raise


def _none(target: Target, image: str) -> str:
    return (
        f"No Python {target.python_version} for {target.architecture} is at hand to import the function with. Install"
        f" one, or pull {image}, where a container engine can run it."
    )


def _failed(error: CommandError, module: str, where: str) -> str:
    lines = [line for line in error.output.rpartition(_MARK)[2].splitlines() if not _LINE.match(line)]
    shown = "\n".join(line for line in lines[-_SHOWN:] if line.strip())
    return (
        f"Importing {module} with {where} failed. What it reads of its environment is given by --set NAME=VALUE;"
        f" what the runtime or a layer brings is not there.\n{shown}"
    )
