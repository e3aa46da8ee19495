"""Steps as one shell script for a container."""

import json
import shlex
from collections.abc import Callable, Iterable
from typing import Final, assert_never

from python_function._bundle.steps import CleanInstalled, CopySource, Hook, PinLocal, Run, Step
from python_function._machine import environment, variables
from python_function._machine.environment import UNSET

_PROLOGUE: Final = """\
umask 022
failed() {
    code=$?
    printf '%s\\n' "could not $1 (exit code $code)"
    exit "$code"
}
"""

_BLAME: Final = """\
exec 2>&1
trap 'code=$?; [ "$code" = 0 ] || printf "%s failed with exit code %s\\n" "$_hook" "$code" >&2' EXIT
"""
EPOCH: Final = "315532800"
"""The first day that a zip file can hold: what a build dates its work by, unless the user says otherwise."""

_DATE: Final = f'export SOURCE_DATE_EPOCH="${{SOURCE_DATE_EPOCH:-{EPOCH}}}"'

_GO_ON: Final = '_code=$?; [ "$_code" = 0 ] || exit "$_code"\n'

_NO_MOUNTS: Final = (
    "the container does not see the directories mounted into it: the engine is remote, or in another container, or does"
    " not share them. Pass bundling_file_access=BundlingFileAccess.VOLUME_COPY to have them copied."
)

_NO_PYTHON: Final = "the image lacks a python3 of 3.8 or newer, which a build needs. It says: "
_OLD: Final = "import sys; sys.exit(sys.version_info < (3, 8))"

_HOOK_SHELL: Final = 'exec "$(command -v bash || command -v sh)" -c "$0"'
"""What gives a hook's lines to bash where there is one, as the CDK peer does, and to any shell where there is none."""


def render(steps: Iterable[Step], *, python: str, tools: str, given: Iterable[str] = ()) -> str:
    """Return the script that does *steps* one after the other and ends with the exit code of the first that fails.

    Args:
        steps: What to do.
        python: The interpreter for the steps that are not programs.
        tools: The directory that holds ``tree.py``, ``installed.py`` and ``pip_conf.py``.
        given: The names of the variables that count, whatever they do; of the image's own, only what says where indexes
            are and how to reach them.
    """
    seen = f"test -f {shlex.quote(tools)}/tree.py || {{ printf '%s\\n' {shlex.quote(_NO_MOUNTS)} >&2; exit 1; }}\n"
    start = (_PROLOGUE, seen, _checked(python), _of_image(python, tools, given))
    return "".join((*start, *(_rendered(step, python, tools) for step in steps)))


def _of_image(python: str, tools: str, given: Iterable[str]) -> str:
    """Return the lines that let the image's own settings of indexes count where there are no others."""
    allowed = sorted({*(name for name in given if name.startswith("UV_")), *environment.TRAVELLING, "UV_CACHE_DIR"})
    program = shlex.join((python, f"{tools}/pip_conf.py", *allowed))
    read = (
        f'_settings="$({program})" || failed {shlex.quote("read the configuration of the image")}\neval "$_settings"\n'
    )
    return read + "".join(_translation(name, others[-1]) for name, others in variables.PIP_TO_UV.items())


def _translation(name: str, other: str) -> str:
    """Return the line that lets the variable *name* of pip mean the variable *other* of uv, if that is not set."""
    values = {"": f'"$(echo ${name})"', " ": f'"$(echo ${name})"', ",": f'"$(echo ${name} | tr " " ,)"'}
    value = values[variables.SEPARATORS[name]] if name in variables.SEPARATORS else f'"${name}"'
    return f'[ -n "${{{other}-}}" ] || [ -z "${{{name}-}}" ] || export {other}={value}\n'


def _checked(python: str) -> str:
    """Return the lines that end the script where our programs cannot run."""
    command = shlex.quote(python)
    told = f'{shlex.quote(_NO_PYTHON)} "$({command} --version 2>&1)"'
    return f"{command} -c {shlex.quote(_OLD)} 2>/dev/null || {{ printf '%s%s\\n' {told} >&2; exit 1; }}\n"


def _rendered(step: Step, python: str, tools: str) -> str:
    match step:
        case Run():
            unset = (part for name in sorted(UNSET) for part in ("-u", name))
            return f"{_DATE}\n" + _line(("env", *unset, *step.argv), step.purpose)
        case Hook():
            return _attempt(("sh", "-c", _HOOK_SHELL, hook_text(step)), f"run the hooks of {step.phase}") + "\n"
        case CopySource():
            rules = json.dumps(step.rules)
            argv = (python, f"{tools}/tree.py", step.source, step.destination, rules, step.strip)
            return _line(argv, "copy the source")
        case PinLocal():
            names = json.dumps((step.packages, step.local))
            argv = (python, f"{tools}/installed.py", "pin", step.wheels, step.constraints, names)
            return _line(argv, "find the wheels of the local packages")
        case CleanInstalled():
            return _line((python, f"{tools}/installed.py", "clean", step.directory), "tidy the dependencies")
        case _:
            assert_never(step)


def _line(argv: Iterable[str], purpose: str) -> str:
    """Return what leaves standard output to the user's own commands."""
    return f"{{ {_attempt(argv, purpose)}; }} >&2\n"


def _attempt(argv: Iterable[str], purpose: str) -> str:
    return f"{shlex.join(argv)} || failed {shlex.quote(purpose)}"


def hook_text(hook: Hook, placed: Callable[[str], str] = str) -> str:
    """Return the lines of *hook* as one script: a line that fails, or exits, ends it and is named.

    All that it prints goes to one place, which keeps its order.

    Args:
        hook: What to run.
        placed: Puts the places of a site into a line.
    """
    names = (f"{hook.phase}, command {number}: {line!r}" for number, line in enumerate(hook.lines, start=1))
    named = zip(names, hook.lines, strict=True)
    place = shlex.quote(hook.directory)
    start = f"mkdir -p {place} && cd {place} || exit\n" if hook.directory else ""
    return _BLAME + start + "".join(f"_hook={shlex.quote(name)}\n{placed(line)}\n{_GO_ON}" for name, line in named)
