"""What the values of options are held to, whatever type checkers were told."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import PureWindowsPath
from typing import cast

from python_function._machine.environment import is_clients, relative_places
from python_function._machine.redact import masked
from python_function.errors import OptionError


def sequence(name: str, value: object, item: str = "str") -> None:
    """Hold *value* to being a list, which a string is by mistake only, of the class that is called *item*."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        msg = f"{name} must be a list, not {masked(repr(value))}. Write {name}=[...]."
        raise OptionError(msg)
    wrong = [entry for entry in cast("Sequence[object]", value) if not _is(entry, item)]
    if wrong:
        msg = f"{name} must hold {'strings' if item == 'str' else item}, not {masked(repr(wrong[0]))}."
        raise OptionError(msg)


def members(name: str, value: Sequence[str], known: Sequence[str]) -> None:
    """Hold all of *value* to being among *known*."""
    unknown = [entry for entry in value if entry not in known]
    if unknown:
        msg = f"{name} must hold some of {', '.join(map(repr, known))}, not {unknown[0]!r}."
        raise OptionError(msg)


def instance(name: str, value: object, kind: str) -> None:
    """Hold *value* to being None or of the class that is called *kind*, by name: CDK may not be imported yet."""
    if value is not None and not _is(value, kind):
        words = {"str": "a string", "bool": "True or False"}
        msg = f"{name} must be {words.get(kind, f'an {kind}')}, not {value!r}."
        raise OptionError(msg)


def path(name: str, value: object) -> None:
    """Hold *value* to being a path, or None."""
    if value is not None and not isinstance(value, str | PathLike):
        msg = f"{name} must be a path, not {value!r}."
        raise OptionError(msg)


def _is(value: object, kind: str) -> bool:
    return kind.rpartition(".")[2] in {base.__name__ for base in type(value).__mro__}


def mapping(name: str, value: object) -> None:
    """Hold *value* to mapping strings to strings; no value shows, for it may be a secret."""
    if value is None:
        return
    if not isinstance(value, Mapping):
        msg = f"{name} must map names to values, not be of type {type(value).__name__}."
        raise OptionError(msg)
    for key, entry in cast("Mapping[object, object]", value).items():
        if not isinstance(key, str) or not isinstance(entry, str):
            msg = f"{name}[{key!r}] must be a string, not of type {type(entry).__name__}."
            raise OptionError(msg)


def variables(environment: Mapping[str, str], build_args: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Hold variables to what programs can be given; no value shows."""
    for option, given in {"environment": environment, "build_args": build_args, "secrets": secrets}.items():
        for name, value in given.items():
            if not name or "=" in name or "\0" in name + value:
                msg = f"{option}[{name!r}] cannot be a variable: no name has '=', and nothing a NUL character."
                raise OptionError(msg)
    if relative := relative_places({**build_args, **environment}):
        msg = f"environment: {' and '.join(relative)} must be an absolute path, for steps work in several directories."
        raise OptionError(msg)
    if twice := sorted(secrets.keys() & {*environment, *build_args}):
        msg = f"{' and '.join(twice)} cannot be in both secrets and environment. Leave out one."
        raise OptionError(msg)
    if taken := sorted(filter(is_clients, secrets)):
        msg = f"secrets cannot be called {' or '.join(taken)}: container engines read such variables themselves."
        raise OptionError(msg)


def inside(name: str, given: str, whole: str) -> None:
    """Hold *given* to a place inside of what is called *whole*."""
    windows = PureWindowsPath(given)
    if windows.drive or windows.root or ".." in windows.parts or "\\" in given or "\0" in given:
        msg = f"{name} must be a path inside {whole} with / between its parts, not {given!r}."
        raise OptionError(msg)


def hooks(value: object) -> None:
    """Hold *value* to being None or something that hooks can be had from."""
    if value is not None and not all(hasattr(value, phase) for phase in ("before_bundling", "after_bundling")):
        msg = (
            "command_hooks must be a CommandHooks, or an object with the methods before_bundling and after_bundling,"
            f" not {value!r}. Write CommandHooks(before_bundling=...)."
        )
        raise OptionError(msg)
