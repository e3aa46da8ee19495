"""What starts a service whose directory has no ``apprunner.yaml``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._handler import python_file
from python_function._service import application, commands, servers
from python_function._service.application import Application
from python_function.errors import EntryError

PROCFILE: Final = "Procfile"

_FILES: Final = (
    *("main.py", "app.py", "application.py", "asgi.py", "wsgi.py", "server.py", "api.py"),
    *("app/main.py", "app/app.py", "app/__init__.py", "api/main.py"),
)
"""Where applications are, likeliest first."""

_STARTED: Final = ("server.py", "main.py", "app.py", "application.py", "run.py", "api.py", "wsgi.py", "asgi.py")
"""What is started, likeliest first."""

_PROCESS: Final = re.compile(r"^(?P<name>[\w-]+):\s*(?P<command>.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What starts a service.

    Attributes:
        command: The command, for a shell; the port is in the variable ``PORT``.
        reason: What decided, for people.
        notices: What the user should know.
    """

    command: str
    reason: str
    notices: tuple[str, ...] = ()


def infer(directory: Path, packages: frozenset[str]) -> Start:
    """Return what starts the service in *directory*, whose dependencies are *packages*.

    Raises:
        EntryError: Nothing there says it.
    """
    found = _procfile(directory / PROCFILE)
    if found:
        return found
    lacking: list[str] = []
    for file, app in _applications(directory):
        server = servers.serving(app, packages)
        place = file.relative_to(directory)
        if server:
            command = f"python3 -m {server.arguments.format(app=f'{_module(place)}:{app.name}')}"
            kind = f"the {server.interface.upper()} application {app.name}"
            return Start(command=command, reason=f"{place.as_posix()} has {kind}, and {server.package} is declared")
        wanted = ", ".join(servers.names(app))
        lacking.append(f"{place.as_posix()} has the application {app.name}, and none of {wanted} is declared")
    return _main(directory, lacking)


def _procfile(file: Path) -> Start | None:
    if not file.is_file():
        return None
    text = python_file.read(file).decode("utf-8", errors="replace")
    processes = {found["name"]: found["command"] for found in _PROCESS.finditer(text)}
    if "web" not in processes:
        there = ", ".join(processes) or "none"
        msg = f"{file} has no process web. Processes there: {there}. Write a line web: COMMAND."
        raise EntryError(msg)
    others = [name for name in processes if name != "web"]
    notice = f"{file}: {', '.join(others)} is not a part of the service, which runs web alone."
    return Start(
        command=commands.as_module(processes["web"]),
        reason=f"{PROCFILE} says what web is",
        notices=(notice,) if others else (),
    )


def _applications(directory: Path) -> Iterator[tuple[Path, Application]]:
    """Yield the files that hold an application, likeliest first."""
    usual = [directory / name for name in _FILES]
    of_django = [path for name in ("asgi.py", "wsgi.py") for path in sorted(directory.glob(f"*/{name}"))]
    for file in (*usual, *of_django):
        if file.is_file() and (found := application.find(file)):
            yield file, found


def _module(place: Path) -> str:
    parts = place.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _main(directory: Path, lacking: list[str]) -> Start:
    """Return the start of the Python file that starts something."""
    there = sorted(path.name for path in directory.glob("*.py") if path.is_file())
    mains = {name: text for name in there if application.has_main(text := python_file.read(directory / name))}
    usual: list[str] = [name for name in _STARTED if name in mains]
    chosen = usual[:1] or (list(mains) if len(mains) == 1 else [])
    if not chosen:
        known = f"{'; '.join(lacking)}. " if lacking else ""
        msg = (
            f"Nothing in {directory} says what to start. {known}Write a Procfile with a line web: COMMAND, put an"
            f" application into main.py and its server among the dependencies, or let server.py have a __main__."
            f" Python files there: {', '.join(there) or 'none'}."
        )
        raise EntryError(msg)
    name = chosen[0]
    reads = b"PORT" in mains[name]
    notice = (
        f"{directory / name} does not mention PORT, the variable with the port that requests come to. Read it there."
    )
    return Start(command=f"python3 {name}", reason=f"{name} has a __main__", notices=() if reads else (notice,))
