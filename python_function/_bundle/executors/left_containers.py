"""Whose a container is, and what becomes of those whose build was killed."""

import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from python_function._machine import cache, lock
from python_function._machine.host import Host
from python_function.errors import BundlingError

_HOST: Final = "cdk-python-function.host"
_OWNER: Final = "cdk-python-function.owner"
"""The labels of our containers: the machine and the lock of the build that one belongs to."""

_NOTES: Final = "containers"
"""The directory of the cache with a note of each container, for nobody asks an engine what need not be there."""

PATIENCE: Final = 20.0
"""Seconds that an engine gets to answer when nothing is built."""


def engine(host: Host) -> str:
    """Return the command of the engine."""
    return host.environ.get("CDK_DOCKER", "docker")


def labels(work: Path) -> tuple[str, ...]:
    """Return the options that label a container of the build that works in *work*."""
    pairs = (f"{_HOST}={socket.gethostname()}", f"{_OWNER}={work / lock.NAME}")
    return tuple(part for pair in pairs for part in ("--label", pair))


@contextmanager
def noted(host: Host, name: str, work: Path) -> Generator[None]:
    """Keep a note of the container *name* while the build that works in *work* has it, and after an interruption."""
    notes = cache.directory(host, _NOTES)
    note = notes / name if notes else None
    with suppress(OSError):
        if note:
            note.write_text("\n".join((socket.gethostname(), str(work / lock.NAME), engine(host))), encoding="utf-8")
    with ExitStack() as ended:
        if note:
            ended.callback(note.unlink, missing_ok=True)
        try:
            yield
        except BundlingError:
            raise
        except BaseException:
            ended.pop_all()
            raise


def remove(host: Host) -> None:
    """Remove the containers of this machine's builds that were killed."""
    notes = cache.directory(host, _NOTES)
    for note in sorted(notes.iterdir()) if notes else ():
        with suppress(OSError, ValueError):
            machine, owner, command = note.read_text(encoding="utf-8").split("\n")
            if machine == socket.gethostname() and lock.is_free(Path(owner)):
                _remove(host, command, note.name)
                note.unlink()


def live(cache_root: Path) -> bool:
    """Tell whether a build of this machine has a container just now; it is noted in the cache at *cache_root*."""
    for note in (cache_root / _NOTES).glob("*"):
        with suppress(OSError, ValueError):
            machine, owner, _ = note.read_text(encoding="utf-8").split("\n")
            if machine == socket.gethostname() and not lock.is_free(Path(owner)):
                return True
    return False


def _remove(host: Host, command: str, name: str) -> None:
    """Remove a container, which may be gone as well as the engine that had it."""
    with suppress(BundlingError):
        host.run((command, "rm", "--force", "--volumes", name), cwd=Path.cwd(), env=host.environ, limit=PATIENCE)
