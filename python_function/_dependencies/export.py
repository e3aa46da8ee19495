"""What the exporters of locks have in common: what they keep, how they read an answer, and what a refusal means."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from python_function._dependencies import complete
from python_function._dependencies.declared import Locked
from python_function._dependencies.formats import manifest_lines
from python_function._dependencies.marker import Environments
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import cache
from python_function._machine.host import Host
from python_function._machine.redact import holds_credentials
from python_function.errors import CommandError, PackagingError


def kept(key: object, ask: Callable[[], str], host: Host) -> str:
    """Return what *ask* says, from the cache if it was asked before and the answer is still what it was.

    Args:
        key: All that decides the answer.
        ask: Asks the tool that owns a lock.
        host: This machine.
    """
    name = hashlib.sha256(repr(key).encode()).hexdigest()
    found = cache.read(host, "exports", name)
    if found is not None:
        return found
    text = ask()
    if not holds_credentials(text):
        cache.write(host, "exports", name, text)
    return text


def parsed(text: str, locked: Locked, environments: Environments) -> Requirements:
    """Return what the *text* asks for that a tool makes of the lock *locked*.

    Raises:
        PackagingError: It lacks what the lock holds for *environments*.
    """
    lock = locked.file
    lines = (
        manifest_lines.with_braces(line) if "index-url" in line or line.startswith("-i ") else line
        for line in text.splitlines()
    )
    found = read.parse("\n".join(lines), base=lock.parent, source=f"what {lock} exports", exact=True)
    complete.demand(lock, locked.needs(locked), found.lines, environments)
    return replace(found, links=(*found.links, *locked.part.links))


def refuse(lock: Path, command: str, error: CommandError, *, stale: Sequence[str] = ()) -> NoReturn:
    """Tell that a tool will not export *lock*.

    Args:
        lock: The lock.
        command: What refreshes it.
        error: How the tool failed.
        stale: The words that it has for a stale lock.
    """
    if any(words in error.output for words in stale):
        raise PackagingError(stale_message(lock, command)) from error
    msg = f"{lock} cannot be exported. If it is stale, run '{command}' in {lock.parent} and commit it. {error}"
    raise PackagingError(msg) from error


def stale_message(lock: Path, command: str) -> str:
    """Return what to do about a stale *lock*."""
    return (
        f"{lock} is stale: it was made for another state of the manifest beside it. "
        f"Run '{command}' in {lock.parent} and commit {lock.name}."
    )
