"""The finished bundle against what was asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from python_function._bundle import per_runtime
from python_function._bundle.checks import (
    content,
    elsewhere,
    imported,
    inventory,
    modules,
    native,
    size,
    unprovided,
)
from python_function._bundle.checks.imported import Place
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.size import LayerSize
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec

_MEGABYTE: Final = 1_000_000
_VERSION: Final = 2
"""Counts the changes of the checks that give other verdicts."""

_Layers: TypeAlias = Mapping[str, Inventory | None]


def verify(spec: BundleSpec, output: Path, known: Inventory | None = None) -> tuple[Inventory, tuple[Verdict, ...]]:
    """Return what the bundle *output* of *spec* holds, which may be *known*, and what every check says of it."""
    variants = [_as_laid_out(variant, output) for variant in spec.variants]
    bundle = known or inventory.take(output, frozenset[str]().union(*map(content.own, variants)))
    there = content.check(spec, bundle)
    if there.errors:
        return bundle, (there,)
    layers = {layer.name: inventory.take(layer.directory) if layer.directory else None for layer in spec.layers}
    checks: dict[tuple[str, str], Callable[[], Verdict]] = {("size", ""): partial(_size, spec, bundle, layers)}
    for variant in variants:
        seen = bundle if len(variants) == 1 else _seen_by(variant, bundle)
        checks |= {(name, str(variant.target)): check for name, check in _of_target(variant, seen, layers).items()}
    return bundle, tuple(dict.fromkeys(check() for (name, _), check in checks.items() if name not in spec.skip_checks))


def _as_laid_out(spec: BundleSpec, output: Path) -> BundleSpec:
    """Return *spec* with the folder that its runtime has for itself in a layer for several."""
    own = per_runtime.directory(spec.target)
    if not spec.is_layer or not (output / own).is_dir():
        return spec
    return replace(spec, prefix=str(PurePosixPath(own, *PurePosixPath(spec.prefix).parts[1:])))


def _seen_by(spec: BundleSpec, bundle: Inventory) -> Inventory:
    """Return what of a layer for several runtimes functions of one of them look at."""

    def is_seen(path: str) -> bool:
        return not path.startswith("python/lib/python3.") or f"{path}/".startswith(
            f"{per_runtime.directory(spec.target)}/"
        )

    return replace(
        bundle,
        files={path: size for path, size in bundle.files.items() if is_seen(path)},
        distributions=tuple(found for found in bundle.distributions if is_seen(found.place)),
        own=frozenset(filter(is_seen, bundle.own)),
    )


def is_image(spec: BundleSpec, bundle: Inventory) -> bool:
    """Tell whether the *bundle* of *spec* is made an image."""
    return spec.image is not None and bundle.size > spec.image.beyond


def _size(spec: BundleSpec, bundle: Inventory, layers: _Layers) -> Verdict:
    file = spec.packaging.file
    sizes = [LayerSize(name=name, bytes=layer.size if layer else None) for name, layer in layers.items()]
    declared_in = file.name if file else ""
    form: size.Form = "image" if is_image(spec, bundle) else "layer" if spec.is_layer else "function"
    return size.check(bundle, entry=str(spec.source.directory), declared_in=declared_in, layers=sizes, form=form)


def _of_target(spec: BundleSpec, bundle: Inventory, layers: _Layers) -> Mapping[str, Callable[[], Verdict]]:
    entry, target = str(spec.source.directory), spec.target
    known = tuple(layer for layer in layers.values() if layer is not None)
    unknown = tuple(name for name, layer in layers.items() if layer is None)
    handler = spec.handler_file
    checks: dict[str, Callable[[], Verdict]] = {
        "modules": partial(
            modules.check,
            bundle,
            handler_file=handler,
            entry=entry,
            target=target,
            layers=known,
            is_layer=spec.is_layer,
        ),
        "native": partial(native.check, bundle, entry=entry, target=target, layers=known, unknown=unknown),
    }
    places = _places(spec, bundle, known)
    if spec.handler_elsewhere:
        checks["handler"] = partial(
            elsewhere.check, bundle, spec.handler_elsewhere, entry, places, target, unknown=unknown
        )
    else:
        sources = content.sources(spec)
        checks["imports"] = partial(
            unprovided.check,
            bundle,
            handler_file=handler,
            places=places,
            target=target,
            sources=sources,
            unknown=unknown,
        )
    return checks


def _places(spec: BundleSpec, bundle: Inventory, layers: Sequence[Inventory]) -> tuple[Place, ...]:
    """Return where the modules of a bundle are looked for; a folder of its own is taken for one, too."""
    if spec.is_layer:
        return (*imported.search_path(spec.target, bundle, [bundle])[1:], Place(bundle, spec.prefix))
    own = (Place(bundle, spec.prefix),) if spec.prefix else ()
    return (*imported.search_path(spec.target, bundle, layers), *own)


def circumstances(spec: BundleSpec) -> str:
    """Return what besides the bundle of *spec* decides the verdicts on it, as text."""
    layers = [(layer.name, layer.directory.name if layer.directory else None) for layer in spec.layers]
    return json.dumps(
        (_VERSION, str(spec.source.directory), spec.handler_file, spec.handler_elsewhere, layers, spec.skip_checks)
    )


def summary(bundle: Inventory, seconds: float) -> str:
    """Return what the build of *bundle* took and what it weighs, in a line."""
    count = len(bundle.distributions)
    packages = "1 package" if count == 1 else f"{count} packages"
    return f"built in {seconds:.1f} s: {packages}, {bundle.size / _MEGABYTE:.1f} MB unzipped"
