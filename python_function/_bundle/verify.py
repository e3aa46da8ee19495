"""The finished bundle against what was asked for."""

from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from python_function._bundle.spec import BundleSpec
from python_function._source import select
from python_function._source.tree import module_names
from python_function.errors import BundlingError, EntryError

_MEGABYTE = 1_000_000


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
