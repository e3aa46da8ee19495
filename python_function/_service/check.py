"""What of an ``apprunner.yaml`` cannot work, or will not as it is meant."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from python_function._service import commands, reading
from python_function._service.apprunner import ENDED, ORIGINAL, REVISED, VERSIONS, Configuration, Finding

_VERSION: Final = re.compile(r"\d+(?:\.\d+){0,2}")
_OWN_ADDRESS: Final = re.compile(r"(?:--host|--bind|-b|-h|--listen)[ =](?:127\.0\.0\.1|localhost)")
_PORT: Final = re.compile(
    r"(?:--port[ =]|-p |(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\*|\[::\]|(?<=[ =])):)(?P<port>\d+)\b"
)


def check(content: bytes, *, name: str, directory: Path | None = None) -> tuple[Configuration, tuple[Finding, ...]]:
    """Return what the file *name* with *content* says, and all that is wrong with it, in the order of its lines.

    Args:
        content: The bytes of the file.
        name: What errors call it.
        directory: The directory with the application, where its files are looked for.

    Raises:
        EntryError: It is no YAML at all.
    """
    configuration, findings = reading.read(content, name=name)
    more = (finding for rule in _RULES for finding in rule(configuration))
    files = _files(configuration, directory) if directory else ()
    return configuration, tuple(sorted((*findings, *more, *files), key=lambda finding: finding.line))


def _runtime(it: Configuration) -> Iterator[Finding]:
    name = it.runtime.text
    if name and name not in VERSIONS:
        kind = "is no runtime of App Runner's" if name.startswith("python") else "is no Python runtime"
        yield Finding(it.runtime.line, f"runtime {name} {kind}. There are {' and '.join(VERSIONS)}; write {REVISED}.")
    elif name in ENDED:
        pythons = " and ".join(VERSIONS[name])
        text = (
            f"runtime {name} is Python {pythons}, which App Runner has not supported since {ENDED[name]}."
            f" Write runtime: {REVISED}, python3 and pip3 for python and pip, and install below run.pre-run."
        )
        yield Finding(it.runtime.line, text, is_error=False)


def _version(it: Configuration) -> Iterator[Finding]:
    known = VERSIONS.get(it.runtime.text)
    if it.version is None or known is None:
        return
    text, line = it.version.text, it.version.line
    if not _VERSION.fullmatch(text):
        yield Finding(line, f"run.runtime-version is {text}, and has to be like 3.11 or 3.11.9.")
    elif not any(f"{version}.".startswith(f"{text}.") or f"{text}.".startswith(f"{version}.") for version in known):
        pythons = " and ".join(known)
        remedy = f"Write {known[-1]}, or leave it out."
        yield Finding(line, f"run.runtime-version is {text}, and runtime {it.runtime.text} has {pythons}. {remedy}")


def _phases(it: Configuration) -> Iterator[Finding]:
    if it.runtime.text == ORIGINAL and it.pre_run:
        text = f"run.pre-run is there for {REVISED} alone, not for {ORIGINAL}. Write runtime: {REVISED}, or move the"
        yield Finding(it.pre_run[0].line, f"{text} commands below build.commands.")
    if it.runtime.text != REVISED:
        return
    installing = [command for command in it.building if commands.installs(command.text)]
    elsewhere = any(commands.keeps(command.text) for command in (*it.building, it.command))
    late = (*it.pre_run, it.command)
    if installing and not elsewhere and not any("install" in each.text or "sh " in each.text for each in late):
        text = (
            f"{installing[0].text!r} installs during the build alone, and {REVISED} keeps nothing of that outside of"
            " the application's directory. Write it below run.pre-run."
        )
        yield Finding(installing[0].line, text)
    for command in () if elsewhere else (*it.building, *late):
        if word := commands.bare_word(command.text):
            text = f"{command.text!r} calls {word}, where {REVISED} has {word}3. Write {word}3."
            yield Finding(command.line, text, is_error=False)


def _variables(it: Configuration) -> Iterator[Finding]:
    build = {variable.name for variable in it.build_env}
    port = {"PORT", *((it.port_env.text,) if it.port_env else ())}
    run = {*(variable.name for variable in (*it.env, *it.secrets)), *port}
    for command in (*it.building, *it.pre_run):
        for name in sorted(commands.variables(command.text) & (run - build)):
            phase = "run.pre-run" if command in it.pre_run else "the build"
            where = (
                "the port is known when the service runs"
                if name in port
                else "run.env and run.secrets are for run.command"
            )
            remedy = "Take it out" if name in port else f"Write {name} below build.env, too"
            yield Finding(
                command.line, f"{command.text!r} reads {name}, which {phase} does not have: {where}. {remedy}."
            )
    for name in sorted(commands.variables(it.command.text) & (build - run)):
        text = f"run.command reads {name}, which it does not have: build.env is for the build."
        yield Finding(it.command.line, f"{text} Write {name} below run.env, too.")
    for variable in it.env:
        if variable.name in port and variable.value != str(it.port):
            text = f"run.env sets {variable.name} to {variable.value}, and App Runner to run.network.port, {it.port}."
            yield Finding(variable.line, f"{text} Leave it out, and write the port below run.network.")


def _address(it: Configuration) -> Iterator[Finding]:
    if _OWN_ADDRESS.search(it.command.text):
        text = "run.command listens to this machine alone, which nobody else reaches. Write 0.0.0.0."
        yield Finding(it.command.line, text)
    found = _PORT.search(it.command.text)
    if found and int(found["port"]) != it.port:
        text = f"run.command listens to port {found['port']}, and requests come to {it.port}."
        yield Finding(it.command.line, f'{text} Write "network:" with "  port: {found["port"]}" below run.')


_RULES: Final[tuple[Callable[[Configuration], Iterator[Finding]], ...]] = (
    _runtime,
    _version,
    _phases,
    _variables,
    _address,
)


def _files(it: Configuration, directory: Path) -> Iterator[Finding]:
    """Tell of files that commands start, and that are not there."""
    for command in (it.command, *it.building, *it.pre_run):
        name = commands.script(command.text)
        if name and not name.startswith("/") and not (directory / name).is_file() and not _made(it, name):
            yield Finding(
                command.line, f"{command.text!r} starts {name}, which is not in {directory}. {_beside(directory)}"
            )


def _made(it: Configuration, name: str) -> bool:
    """Tell whether some command before has to do with the file *name*, and may make it."""
    return any(name in command.text and commands.script(command.text) != name for command in it.building)


def _beside(directory: Path) -> str:
    there = sorted(path.name for path in directory.glob("*.py"))
    return f"Python files there: {', '.join(there)}." if there else "There are no Python files."
