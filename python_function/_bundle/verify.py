"""The finished bundle against what was asked for."""

from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath
from typing import Final

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

from python_function._bundle.spec import BundleSpec
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._source import select
from python_function._source.tree import module_names
from python_function._target.target import Target
from python_function.errors import BundlingError, EntryError

_MEGABYTE: Final = 1_000_000
_SHOWN: Final = 5
_LATE: Final = 99
"""A patch level that no Python reaches."""


def check(spec: BundleSpec, output: Path) -> None:
    """Look through the bundle *output* of *spec*.

    Raises:
        BundlingError: It is empty, or Lambda could not import its handler.
    """
    if not any(output.iterdir()):
        raise BundlingError(_empty_message(spec))
    if spec.handler_file is not None and not (output / spec.handler_file).is_file():
        msg = (
            f"The handler's file {spec.handler_file!r} is not in the bundle of {spec.source.directory}."
            f" At its top are: {', '.join(sorted(path.name for path in output.iterdir()))}."
            " Look at what asset_excludes, hooks and command leave there."
        )
        raise BundlingError(msg)


def check_installed(spec: BundleSpec, requirements: Requirements, output: Path) -> None:
    """Make sure that something of what is declared for the target has been installed, unless the user's steps decide.

    Raises:
        BundlingError: Nothing has.
    """
    if spec.container.command or spec.after or _installed(output / spec.prefix):
        return
    declared = [line for line in requirements.lines if _is_for(spec.target, line)]
    if declared:
        names = ", ".join(declared[:_SHOWN]) + (f" and {len(declared) - _SHOWN} more" if declared[_SHOWN:] else "")
        msg = (
            f"The bundle of {spec.source.directory} holds none of the packages that {spec.packaging.file} declares for"
            f" Python {spec.target.python_full_version} on {spec.target.architecture}: {names}."
            " Look at their markers, and at exclude_packages."
        )
        raise BundlingError(msg)


def _is_for(target: Target, line: str) -> bool:
    """Tell whether the marker of a requirement holds for *target* at whatever patch level of its Python."""
    marker = line.partition(" --hash")[0].partition(";")[2].strip()
    try:
        return not marker or any(
            Marker(marker).evaluate({**replace(target, patch=patch).markers, "extra": ""}) for patch in (None, 0, _LATE)
        )
    except (InvalidMarker, UndefinedEnvironmentName):
        return True


def expect(spec: BundleSpec) -> None:
    """Look through what will be in the bundle of *spec*, unless something may add to it.

    Raises:
        EntryError: There is nothing, or the handler's file is left out.
    """
    if spec.has_own_steps:
        return
    places = {str(PurePosixPath(spec.prefix) / place) for _, place in select.files(spec.source)}
    directory = spec.source.directory
    if spec.handler_file is not None and spec.handler_file not in places:
        msg = (
            f"The handler's file {spec.handler_file!r} of {directory} is left out of the bundle, by default or by"
            f" asset_excludes={list(spec.source.excludes)}. '!name' takes something back."
        )
        raise EntryError(msg)
    if not places and spec.packaging.kind == "none":
        msg = f"{directory} holds nothing to bundle: no file that is left in, and nothing that declares dependencies."
        raise EntryError(msg)


def _empty_message(spec: BundleSpec) -> str:
    message = f"The bundle of {spec.source.directory} is empty: no file is left in, and there are no dependencies."
    if spec.container.command:
        message += " Let command write to /asset-output."
    return message


def hidden(spec: BundleSpec, output: Path, source: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the modules of *source* that have taken the place of installed ones, each with the distribution."""
    own = module_names(place for _, place in source)
    found = {
        (name, distribution.name)
        for distribution in _installed(output / spec.prefix)
        for line in (distribution.read_text("RECORD") or "").splitlines()
        if (name := line.split("/")[0].partition(".")[0]) in own
    }
    return tuple(sorted(found))


def _installed(root: Path) -> list[Distribution]:
    return list(distributions(path=[str(root)]))


def summary(spec: BundleSpec, output: Path, seconds: float) -> str:
    """Return what the build of *output* took and what it weighs, in a line."""
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    count = len(_installed(output / spec.prefix))
    packages = "1 package" if count == 1 else f"{count} packages"
    return f"built in {seconds:.1f} s: {packages}, {size / _MEGABYTE:.1f} MB unzipped"
