"""The command ``service``."""

import argparse
import json
from pathlib import Path
from typing import Any

from python_function._cli import render
from python_function._cli.terminal import Terminal
from python_function._handler import place
from python_function._service import service
from python_function._service.apprunner import NAME, Configuration, Finding
from python_function._service.service import Service
from python_function.errors import EntryError, OptionError


def run(given: argparse.Namespace, terminal: Terminal) -> None:
    """Do what is asked of a service.

    Raises:
        PythonFunctionError: It cannot be done.
    """
    match given.action:
        case "check":
            _check(given, terminal)
        case _:
            _write(given, terminal)


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
