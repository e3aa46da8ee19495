"""What the arguments ask for, in the words of the constructs."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from python_function._bundle import resolve, virtual_env, zipped
from python_function._bundle.resolve import Resolved, Wanted
from python_function._bundle.spec import Container
from python_function._cli.flags import BUILD, CONTAINER, CONTENT, Flag
from python_function.errors import OptionError
from python_function.options import BundlingOptions, CommandHooks

if TYPE_CHECKING:
    from python_function._machine.host import Host


def resolved(given: argparse.Namespace, *, cwd: Path, environ: Mapping[str, str]) -> Resolved:
    """Find what the arguments *given* ask for.

    Raises:
        PythonFunctionError: It would be no function, or no layer.
    """
    asked = wanted(given, cwd=cwd, environ=environ)
    return resolve.layer(asked) if given.layer else resolve.function(asked, index=given.index, handler=given.handler)


def from_environment(given: argparse.Namespace, *, cwd: Path, environ: Mapping[str, str]) -> Resolved:
    """Find what the arguments *given* ask for, with what is installed in a virtual environment.

    Raises:
        PythonFunctionError: It would be no function or no layer, or nothing that can be taken elsewhere.
    """
    asked = {"packaging": given.packaging, "groups": given.groups, "extras": given.extras}
    chosen = [flag.name for flag in CONTENT if asked.get(flag.option)]
    if chosen:
        msg = f"--from-venv takes what is installed, which {', '.join(chosen)} cannot choose from. Leave one out."
        raise OptionError(msg)
    plain = argparse.Namespace(**{**vars(given), "packaging": "none", "exclude_packages": None})
    found = resolved(plain, cwd=cwd, environ=environ)
    target, exclude = found.spec.target, given.exclude_packages or ()
    installed, notices = virtual_env.find(given.from_venv, target=target, exclude=exclude, cwd=cwd)
    spec = replace(found.spec, installed=installed, notices=(*found.spec.notices, *notices))
    return replace(found, spec=spec)


def wanted(given: argparse.Namespace, *, cwd: Path, environ: Mapping[str, str]) -> Wanted:
    """Return what the arguments *given* ask for.

    Raises:
        OptionError: They contradict each other.
    """
    container = _given(given, CONTAINER)
    options = _options(given, environ)
    if container and options.strategy == "local":
        names = ", ".join(flag.name for flag in CONTAINER if flag.option in container)
        msg = f"--strategy local builds without a container, which {names} would need. Leave one out."
        raise OptionError(msg)
    host = partial(_host, Path(given.entry).name, environ)
    return Wanted(
        entry=zipped.unpacked(given.entry, cwd=cwd, host=host, index=given.index, handler=given.handler),
        runtimes=(given.runtime,) if given.runtime else (),
        architecture=given.architecture,
        options=replace(options, strategy="docker") if container else options,
        container=_container(container),
        cwd=cwd,
        adapter=given.adapter,
    )


def _host(name: str, environ: Mapping[str, str]) -> "Host":
    """Return this machine, for what has to be unpacked on it; nothing else needs to know it here."""
    from python_function._machine import here

    return here.host(name, environ=environ, write=_write, detail=False)


def _write(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _options(given: argparse.Namespace, environ: Mapping[str, str]) -> BundlingOptions:
    found = _given(given, (*CONTENT, *BUILD))
    before, after = found.pop("before_bundling", ()), found.pop("after_bundling", ())
    if before or after:
        found["command_hooks"] = CommandHooks(before_bundling=before, after_bundling=after)
    if "environment" in found:
        found["environment"] = variables(given.environment, environ, "--environment")
    if "secrets" in found:
        found["secrets"] = dict(_secret(name, environ) for name in given.secrets)
    return BundlingOptions(**found)


def _secret(name: str, environ: Mapping[str, str]) -> tuple[str, str]:
    if name not in environ:
        shown = name.partition("=")[0]
        msg = f"--secret {shown} has to name a variable of this environment: arguments show to everybody."
        raise OptionError(msg)
    return name, environ[name]


def variables(texts: Sequence[str], environ: Mapping[str, str], flag: str) -> dict[str, str]:
    """Return the variables that *texts* set, ``NAME=VALUE``, or name, whose values are those of *environ*.

    Raises:
        OptionError: One that is named is not there.
    """
    pairs = [text.partition("=") for text in texts]
    missing = [name for name, has_value, _ in pairs if not has_value and name not in environ]
    if missing:
        msg = f"{flag} {missing[0]}: there is no such variable here. Write {missing[0]}=VALUE."
        raise OptionError(msg)
    return {name: value if has_value else environ[name] for name, has_value, value in pairs}


def _container(found: dict[str, Any]) -> Container:
    volumes = found.pop("volumes", ())
    return Container(**found, volumes=tuple(_volume(text) for text in volumes))


def _volume(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(":"))
    if len(parts) not in {2, 3} or not all(parts):
        msg = f"--volume {text!r} must be a directory here and one in the container: /here:/there."
        raise OptionError(msg)
    return parts


def _given(given: argparse.Namespace, flags: Sequence[Flag]) -> dict[str, Any]:
    """Return the options that were given, lists as tuples."""
    values: dict[str, Any] = {flag.option: getattr(given, flag.option) for flag in flags}
    lists = {flag.option for flag in flags if flag.takes in {"many", "pairs"}}
    return {name: tuple(value) if name in lists else value for name, value in values.items() if value is not None}
