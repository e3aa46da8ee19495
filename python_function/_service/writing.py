"""Writes an ``apprunner.yaml``: the same service, the same bytes."""

import json
import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from python_function._bundle import runtimes
from python_function._service import commands, yaml_text
from python_function._service.apprunner import REVISED, VERSIONS, Said
from python_function._service.service import Service
from python_function._service.yaml_text import Table, Text
from python_function._source.select import Source
from python_function.errors import EntryError

_WIDTH: Final = 100


def write(service: Service) -> str:
    """Return the file that lets App Runner's own runtime run *service*.

    Raises:
        OptionError: The project needs another Python than that has.
    """
    _ = runtimes.choose(
        (f"python{VERSIONS[REVISED][0]}",),
        option=f"the Python of App Runner's runtime {REVISED}",
        source=Source(directory=service.directory),
        packaging=service.packaging,
        index=None,
    )
    return "\n".join(_lines(service)) + "\n"


def _lines(service: Service) -> Iterator[str]:
    it = service.configuration
    yield from _comment(f"How App Runner builds and runs this service: {service.reason}.", 0)
    yield "version: 1.0"
    yield f"runtime: {it.runtime.text}"
    yield "build:"
    yield "  commands:"
    yield "    build:"
    yield from _comment(
        "A build has to have a command. What one installs outside of the application's directory is lost, so this one"
        " only tells which Python it is.",
        6,
    )
    yield from _listed(it.build, 6)
    yield "run:"
    if it.pre_run:
        yield "  pre-run:"
        yield from _comment("These change the image that runs, and stay.", 4)
        yield from _listed(it.pre_run, 4)
    yield f"  command: {_scalar(_alone(it.command.text))}"
    yield "  network:"
    yield from _comment("The command finds it in the variable PORT.", 4)
    yield f"    port: {it.port}"


def _comment(text: str, indent: int) -> Iterator[str]:
    start = " " * indent + "# "
    yield from textwrap.wrap(text, _WIDTH, initial_indent=start, subsequent_indent=start, break_long_words=False)


def _listed(found: Iterable[Said], indent: int) -> Iterator[str]:
    return (" " * indent + f"- {_scalar(command.text)}" for command in found)


def _alone(command: str) -> str:
    """Return *command* as it works whether or not a shell runs it, which App Runner does not say."""
    if not commands.needs_shell(command):
        return command
    quoted = command.replace("'", "'\"'\"'")
    return f"sh -c '{quoted}'" if commands.is_several(command) else f"sh -c 'exec {quoted}'"


def _scalar(text: str) -> str:
    """Return *text* as YAML has it: as it is, or in quotes where it would be something else."""
    match _parsed(f"a: {text}"):
        case Table(entries=((_, Text(written=written, read=read)),)) if written == read == text:
            return text
        case _:
            return json.dumps(text, ensure_ascii=False)


def _parsed(text: str) -> object:
    try:
        return yaml_text.parse(text.encode(), name="")
    except EntryError:
        return None
