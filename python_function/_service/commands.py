"""What the commands of a service are, as far as their words say."""

import re
import shlex
from typing import Final

_INSTALLS: Final = re.compile(
    r"\b(?:pip3?(?:\.\d+)?|python3?(?:\.\d+)? -m pip|pipenv|poetry|uv pip|uv)\s+(?:-\S+\s+)*(?:install|sync)\b"
)
_KEPT: Final = re.compile(
    r"--target\b|\s-t[\s=]|--prefix\b|\bvenv\b|\bvirtualenv\b|\buv\s+sync\b|VENV_IN_PROJECT|IN_PROJECT"
)
"""What is installed into the application's own directory by."""

_REFERENCE: Final = re.compile(r"(?<!\\)\$(?:\{(?P<braced>[A-Za-z_]\w*)(?P<default>:?-)?|(?P<plain>[A-Za-z_]\w*))")
_QUOTED: Final = re.compile(r"'[^']*'")
_ASSIGNED: Final = re.compile(r"(?:^|[;&|(]\s*|\bexport\s+)([A-Za-z_]\w*)=")
_BARE: Final = re.compile(r"(?:^|[;&|(]\s*)(?P<word>python|pip)(?=\s)")
_ALONE: Final = re.compile(r"[;&|<>()`$]")
_SHELL: Final = re.compile(r"^(?:ba)?sh\s+-c\b")

_WRAPPERS: Final = (("pipenv", "run"), ("poetry", "run"), ("uv", "run"), ("exec",))
"""What stands before a command that runs in an environment of some tool's making."""

MODULES: Final = {
    "gunicorn": "gunicorn",
    "uvicorn": "uvicorn",
    "hypercorn": "hypercorn",
    "daphne": "daphne",
    "granian": "granian",
    "waitress-serve": "waitress",
    "flask": "flask",
    "fastapi": "fastapi",
}
"""Programs that are modules, too: those need no script with the path of somebody's Python in it."""


def installs(command: str) -> bool:
    """Tell whether *command* installs packages where the Python that runs it has them."""
    return bool(_INSTALLS.search(command)) and not _KEPT.search(command)


def keeps(command: str) -> bool:
    """Tell whether *command* makes or uses an environment of its own."""
    return bool(_KEPT.search(command))


def bare_word(command: str) -> str | None:
    """Return the ``python`` or ``pip`` that *command* calls without saying that it is version 3."""
    found = _BARE.search(command)
    return found["word"] if found else None


def variables(command: str) -> frozenset[str]:
    """Return the variables that *command* reads, apart from those that it sets, or has a default for."""
    visible = command if _SHELL.match(command) else _QUOTED.sub("", command)
    read = {found["braced"] or found["plain"] for found in _REFERENCE.finditer(visible) if not found["default"]}
    return frozenset(read - set(_ASSIGNED.findall(command)))


def script(command: str) -> str | None:
    """Return the Python file that *command* starts, if it is that plain."""
    words = _words(command)
    while words and words[0] in {"python", "python3", "exec", "-u", "-O", "-B"}:
        words = words[1:]
    is_python = re.match(r"(?:exec\s+)?python3?\s", command) is not None
    return words[0] if is_python and words and words[0].endswith(".py") else None


def needs_shell(command: str) -> bool:
    """Tell whether *command* has what only a shell understands."""
    return bool(_ALONE.search(command)) and not _SHELL.match(command)


def is_several(command: str) -> bool:
    """Tell whether *command* is more than one program."""
    return bool(re.search(r"[;&|]", command))


def as_module(command: str) -> str:
    """Return *command* as it works wherever ``python3`` finds the packages: no script, no tool around it."""
    words = command.split(" ")
    for wrapper in _WRAPPERS:
        if tuple(words[: len(wrapper)]) == wrapper:
            words = words[len(wrapper) :]
    if words[0] == "python":
        words[0] = "python3"
    elif words[0] in MODULES:
        words = ["python3", "-m", MODULES[words[0]], *words[1:]]
    return " ".join(words)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()
