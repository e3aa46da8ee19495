"""The phases of a service: which commands run in which, and what each gets to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from python_function._service import commands
from python_function._service.apprunner import REVISED, Configuration, Said


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase.

    Attributes:
        name: The key of the file that has its commands.
        commands: What runs, one after the other.
    """

    name: str
    commands: tuple[Said, ...]


def building(it: Configuration) -> tuple[Phase, ...]:
    """Return the phases of the build, apart from what changes the image that runs."""
    named = (("pre-build", it.pre_build), ("build", it.build), ("post-build", it.post_build))
    return tuple(Phase(f"build.commands.{name}", found) for name, found in named if found)


def preparing(it: Configuration) -> tuple[Phase, ...]:
    """Return the phases after the application was copied to the image that runs."""
    return (Phase("run.pre-run", it.pre_run),) if it.pre_run else ()


def forgets(it: Configuration) -> bool:
    """Tell whether what the build installs is gone when the service runs."""
    return it.runtime.text == REVISED


def build_variables(it: Configuration) -> Mapping[str, str]:
    """Return what the commands of the build, and those before the run, get to see."""
    return MappingProxyType({variable.name: variable.value for variable in it.build_env})


def run_variables(it: Configuration, port: int) -> Mapping[str, str]:
    """Return what the service gets to see, secrets apart."""
    ports = ("PORT", it.port_env.text) if it.port_env else ("PORT",)
    return MappingProxyType(
        {**{variable.name: variable.value for variable in it.env}, **dict.fromkeys(ports, str(port))}
    )


def start(command: str) -> str:
    """Return what a shell runs to start a service, which then is in its place."""
    return command if commands.is_several(command) or command.startswith("exec ") else f"exec {command}"
