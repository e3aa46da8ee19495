"""Secrets for a container: in a file that our script reads and removes, so that no inspection of it shows them."""

import re
import shlex
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from python_function._bundle.executors.directories import SCRATCH
from python_function._machine import environment

_FILE: Final = "variables"
_SHELLS: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""The names that a shell can give to its children."""

READING: Final = f"[ ! -f {SCRATCH}/{_FILE} ] || {{ . {SCRATCH}/{_FILE}; rm -f {SCRATCH}/{_FILE}; }}\n"
"""The line of the script that makes variables of the file, if the container sees it."""


def names(variables: Mapping[str, str], known: Collection[str]) -> frozenset[str]:
    """Return which of *variables* hold a secret: one of the *known*, or what is one by its name or form."""
    secrets = {secret for secret in (*known, *environment.secrets(variables)) if secret}
    return frozenset(
        name
        for name, value in variables.items()
        if _SHELLS.fullmatch(name) and not environment.is_clients(name) and any(secret in value for secret in secrets)
    )


def write(variables: Mapping[str, str], scratch: Path) -> None:
    """Write *variables* to the directory *scratch*, for nobody else to read."""
    file = scratch / _FILE
    file.touch(mode=0o600)
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in sorted(variables.items()))
    file.write_text("".join(lines), encoding="utf-8")
