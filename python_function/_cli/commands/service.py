"""The command ``service``."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

from python_function._cli import render, wanted
from python_function._cli.terminal import Terminal
from python_function._handler import place
from python_function._machine import here, signals
from python_function._machine.process import Process
from python_function._service import contained, service
from python_function._service.apprunner import NAME, Configuration, Finding
from python_function._service.run import Order
from python_function._service.service import Service
from python_function.errors import EntryError, OptionError

_REMEMBERED: Final = 200
"""The lines of a service that its error shows."""


def run(given: argparse.Namespace, terminal: Terminal) -> None:
    """Do what is asked of a service.

    Raises:
        PythonFunctionError: It cannot be done.
    """
    match given.action:
        case "check":
            _check(given, terminal)
        case "write":
            _write(given, terminal)
        case _:
            _run(given, terminal)


def _check(given: argparse.Namespace, terminal: Terminal) -> None:
    directory = place.directory(given.entry, cwd=Path.cwd())
    if (directory / NAME).exists():
        configuration, findings = service.checked(directory)
        told = str(directory / NAME)
        reason = f"{NAME} says so"
    else:
        found = service.inferred(directory)
        configuration, findings, told, reason = found.configuration, found.findings, str(directory), found.reason
    errors = [finding for finding in findings if finding.is_error]
    if given.json:
        terminal.print(json.dumps(_data(configuration, findings, reason), indent=2))
    else:
        for finding in findings:
            terminal.print(f"{told}:{finding.line}: {'error' if finding.is_error else 'warning'}: {finding.text}")
        if not errors:
            terminal.labelled(_lines(configuration, reason), width=render.LABEL)
    if errors:
        msg = f"{told} cannot work like that: {len(errors)} {'error' if len(errors) == 1 else 'errors'}."
        raise EntryError(msg)


def _data(configuration: Configuration, findings: tuple[Finding, ...], reason: str) -> dict[str, Any]:
    return {
        "command": configuration.command.text or None,
        "port": configuration.port,
        "reason": reason,
        "findings": [{"line": finding.line, "error": finding.is_error, "text": finding.text} for finding in findings],
    }


def _lines(it: Configuration, reason: str) -> str:
    rows = (
        ("runtime", (it.runtime.text,)),
        ("build", tuple(command.text for command in it.building)),
        ("pre-run", tuple(command.text for command in it.pre_run)),
        ("command", (it.command.text, reason)),
        ("port", (str(it.port),)),
    )
    return render.labelled(rows)


def _write(given: argparse.Namespace, terminal: Terminal) -> None:
    found = service.inferred(place.directory(given.entry, cwd=Path.cwd()))
    text = _written(found)
    if given.output == "-":
        terminal.print(text.rstrip("\n"))
        return
    file = Path.cwd() / given.output if given.output else found.directory / NAME
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        msg = f"{file} is there already, and stays as it is. Remove it first, or print the new one: --output -."
        raise OptionError(msg) from error
    except OSError as error:
        msg = f"{file} cannot be written: {error.strerror}. Choose another place: --output FILE."
        raise OptionError(msg) from error
    terminal.print(str(file))


def _written(found: Service) -> str:
    try:
        from python_function._service import writing
    except ModuleNotFoundError as error:
        msg = f"{NAME} needs a library to be written, {error.name}. Install cdk-python-function[service]."
        raise OptionError(msg) from error
    return writing.write(found)


def _run(given: argparse.Namespace, terminal: Terminal) -> None:
    found = service.find(given.entry, cwd=Path.cwd())
    variables = wanted.variables(given.set, terminal.environ, "--set")
    runtime = service.runtime(found, given.runtime)
    kept = {variable.name for variable in found.configuration.secrets}
    secrets = frozenset(value for name, value in variables.items() if name in kept)
    host = here.host(
        found.directory.name,
        environ=terminal.environ,
        write=terminal.tell,
        detail=terminal.is_watched,
        secrets=secrets,
    )
    for finding in found.findings:
        host.report.say(f"warning: {finding.text}")
    for name in sorted(kept - variables.keys()):
        host.report.say(f"warning: {name} is a secret, which only the service on AWS gets. Set it: --set {name}=...")
    order = Order(
        service=found,
        python=runtime.python_version,
        port=given.port or found.configuration.port,
        variables=variables,
        host=host,
        foreground=Process(
            progress=terminal.tell,
            show=terminal.print,
            waiting=_ignore,
            secrets=secrets,
            kept=_REMEMBERED,
            leaves_nothing=True,
        ),
    )
    with signals.ending_in_order():
        contained.anywhere(order, image=runtime.bundling_image)


def _ignore(_: str) -> None:
    """Say nothing of a service that has nothing to say."""
