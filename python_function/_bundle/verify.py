"""The finished bundle against what was asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from python_function._bundle.checks import content, declared, imported, inventory, modules, native, size, unprovided
from python_function._bundle.checks.imported import Place
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.size import LayerSize
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.requirements_txt.read import Requirements

_MEGABYTE: Final = 1_000_000
_VERSION: Final = 1
"""Counts the changes of the checks that give other verdicts."""

_Checks: TypeAlias = Mapping[str, Callable[[], Verdict]]


def verify(
    spec: BundleSpec, output: Path, requirements: Requirements | None = None
) -> tuple[Inventory, tuple[Verdict, ...]]:
    """Return what the bundle *output* of *spec* holds, and what every check says of it.

    What was to be installed is told by *requirements* while it is built.
    """
    bundle = inventory.take(output, content.own(spec))
    for first in (declared.check(spec, requirements, bundle), content.check(spec, bundle)):
        if first.errors:
            return bundle, (first,)
    return bundle, tuple(check() for name, check in _checks(spec, bundle).items() if name not in spec.skip_checks)


def _checks(spec: BundleSpec, bundle: Inventory) -> _Checks:
    entry = str(spec.source.directory)
    layers = {layer.name: inventory.take(layer.directory) if layer.directory else None for layer in spec.layers}
    known = tuple(layer for layer in layers.values() if layer is not None)
    sizes = [LayerSize(name=name, bytes=layer.size if layer else None) for name, layer in layers.items()]
    file = spec.packaging.file
    checks: dict[str, Callable[[], Verdict]] = {
        "modules": partial(
            modules.check, bundle, handler_file=spec.handler_file, entry=entry, target=spec.target, layers=known
        ),
        "native": partial(native.check, bundle, entry=entry, target=spec.target, layers=known),
        "size": partial(size.check, bundle, entry=entry, declared_in=file.name if file else "", layers=sizes),
    }
    if None not in layers.values():  # what an imported layer brings, nobody here knows
        checks["imports"] = partial(
            unprovided.check,
            bundle,
            handler_file=spec.handler_file,
            places=_places(spec, bundle, known),
            target=spec.target,
            sources=content.sources(spec),
        )
    return checks


def _places(spec: BundleSpec, bundle: Inventory, layers: Sequence[Inventory]) -> tuple[Place, ...]:
    """Return where the modules of a bundle are looked for; a folder of its own is taken for one, too."""
    if spec.handler_file is None:
        return (*imported.search_path(spec.target, bundle, [bundle])[1:], Place(bundle, spec.prefix))
    own = (Place(bundle, spec.prefix),) if spec.prefix else ()
    return (*imported.search_path(spec.target, bundle, layers), *own)


def circumstances(spec: BundleSpec) -> str:
    """Return what besides the bundle of *spec* decides the verdicts on it, as text."""
    layers = [(layer.name, layer.directory.name if layer.directory else None) for layer in spec.layers]
    return json.dumps((_VERSION, str(spec.source.directory), spec.handler_file, layers, spec.skip_checks))


def summary(bundle: Inventory, seconds: float) -> str:
    """Return what the build of *bundle* took and what it weighs, in a line."""
    count = len(bundle.distributions)
    packages = "1 package" if count == 1 else f"{count} packages"
    return f"built in {seconds:.1f} s: {packages}, {bundle.size / _MEGABYTE:.1f} MB unzipped"
