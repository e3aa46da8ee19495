"""Whether a bundle holds anything, and the handler's file."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from python_function._bundle import inputs
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec
from python_function.errors import EntryError


def check(spec: BundleSpec, bundle: Inventory) -> Verdict:
    """Look for what every bundle of *spec* has to hold."""
    error = ""
    if not bundle.files:
        error = f"The bundle of {spec.source.directory} is empty: no file is left in, and there are no dependencies."
        error += " Let command write to /asset-output." if spec.container.command else ""
    elif spec.handler_file is not None and spec.handler_file not in bundle.files:
        error = (
            f"The handler's file {spec.handler_file!r} is not in the bundle of {spec.source.directory}."
            f" At its top are: {', '.join(sorted({path.partition('/')[0] for path in bundle.files}))}."
            " Look at what asset_excludes, hooks and command leave there."
        )
    return Verdict(check="content", errors=(error,) if error else ())


def expect(spec: BundleSpec) -> None:
    """Look through what will be in the bundle of *spec*, unless something may add to it.

    Raises:
        EntryError: There is nothing, or the handler's file is left out.
    """
    if spec.has_own_steps:
        return
    places = own(spec)
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


def own(spec: BundleSpec) -> frozenset[str]:
    """Return the places in the bundle of the user's own files."""
    return frozenset(sources(spec))


def sources(spec: BundleSpec) -> Mapping[str, Path]:
    """Return the user's own files by their places in the bundle."""
    found = inputs.bundled(spec)
    return {str(PurePosixPath(spec.prefix) / file.place): found.directory / file.path for file in found.files}
