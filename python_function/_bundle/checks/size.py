"""What a bundle weighs, and whether Lambda takes it with its layers."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from packaging.utils import canonicalize_name

from python_function._bundle.checks.inventory import Distribution, Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._machine.report import Notice

LIMIT: Final = 262_144_000
"""How many bytes a function and its layers may have unzipped.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

IMAGE_LIMIT: Final = 10 * 1024**3
"""How many bytes an image may have uncompressed, its base among them; from the same page."""

Form: TypeAlias = Literal["function", "layer", "image"]

_NEAR: Final = 0.8
_SHOWN: Final = 10
_MEGABYTE: Final = 1_000_000
_SAMPLE: Final = 1 << 15
_SAMPLES: Final = 32
_ENTRY: Final = 120
"""How many bytes the headers of a file take in an archive, besides its name twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What one part of a bundle weighs.

    Attributes:
        name: The distribution, its name and version; or what else it is.
        bytes: The size of its files.
        files: How many they are.
        asked_for_by: What requires it, the nearest things alone.
    """

    name: str
    bytes: int
    files: int
    asked_for_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSize:
    """What a layer weighs; ``None`` where nobody here knows."""

    name: str
    bytes: int | None


def weights(bundle: Inventory, declared_in: str = "") -> tuple[Weight, ...]:
    """Return what the parts of *bundle* weigh, the heaviest first; its dependencies are declared in *declared_in*."""
    owned: dict[Distribution, list[int]] = {distribution: [] for distribution in bundle.distributions}
    rest = {"your own files": list[int](), "other files": list[int]()}
    for path, size in bundle.files.items():
        owner = bundle.owners.get(path)
        if owner is not None:
            owned[owner].append(size)
        else:
            rest["your own files" if path in bundle.own else "other files"].append(size)
    found = [
        *(
            Weight(
                name=distribution.title,
                bytes=sum(sizes),
                files=len(sizes),
                asked_for_by=_asking(distribution, bundle.distributions) or tuple(filter(None, (declared_in,))),
            )
            for distribution, sizes in owned.items()
        ),
        *(Weight(name=name, bytes=sum(sizes), files=len(sizes)) for name, sizes in rest.items() if sizes),
    ]
    return tuple(sorted(found, key=lambda weight: (-weight.bytes, weight.name)))


def _asking(distribution: Distribution, others: Sequence[Distribution]) -> tuple[str, ...]:
    name = canonicalize_name(distribution.name)
    always = sorted(other.name for other in others if name in other.requires)
    return tuple(always or sorted(other.name for other in others if name in other.optional))


def zipped(bundle: Inventory) -> int:
    """Return about how many bytes *bundle* has zipped, from samples all over it."""
    every = max(1, bundle.size // _SAMPLES)
    before = after = 0
    for sample in _samples(bundle, every):
        before += len(sample)
        after += len(zlib.compress(sample))
    names = sum(_ENTRY + 2 * len(path) for path in bundle.files)
    return round(bundle.size * (after / before if before else 1)) + names


def _samples(bundle: Inventory, every: int) -> Iterator[bytes]:
    position = next_at = 0
    for path, size in bundle.files.items():
        while next_at < position + size:
            with (bundle.root / path).open("rb", buffering=0) as file:
                file.seek(next_at - position)
                yield file.read(_SAMPLE)
            next_at += every
        position += size


def check(
    bundle: Inventory,
    *,
    entry: str,
    declared_in: str = "",
    layers: Sequence[LayerSize] = (),
    form: Form = "function",
) -> Verdict:
    """Hold *bundle* and its *layers* against what Lambda takes of the *form* that it is given as."""
    total = bundle.size + sum(layer.bytes or 0 for layer in layers)
    limit = IMAGE_LIMIT if form == "image" else LIMIT
    if total < _NEAR * limit:
        return Verdict(check="size")
    known = [f"{layer.name} ({_megabytes(layer.bytes)})" for layer in layers if layer.bytes is not None]
    unknown = [layer.name for layer in layers if layer.bytes is None]
    text = f"The bundle of {entry} has {_megabytes(bundle.size)} unzipped, about {_megabytes(zipped(bundle))} zipped"
    text += f", and with its layers {', '.join(known)} {_megabytes(total)}" if known else ""
    whole = "an image, with its base" if form == "image" else "a function and all its layers"
    text += f". Lambda takes {_megabytes(limit)} ({limit:,} bytes) of {whole}."
    text += f" Not counted, for nobody here knows their size: {', '.join(unknown)}." if unknown else ""
    text += f" The heaviest parts are:\n{_heaviest(weights(bundle, declared_in))}\n"
    text += "Leave out what is not needed by exclude_packages, dependency_excludes or asset_excludes."
    if form == "function" and not layers:
        text += f' A function with package="image" may have {_megabytes(IMAGE_LIMIT)}.'
    if total > limit:
        return Verdict(check="size", errors=(f'{text} skip_checks=["size"] takes the bundle as it is.',))
    return Verdict(check="size", warnings=(Notice(id="size", text=text),))


def _heaviest(found: Sequence[Weight]) -> str:
    lines = (
        f"  {_megabytes(weight.bytes):>9}  {weight.name}"
        + (f", asked for by {', '.join(weight.asked_for_by)}" if weight.asked_for_by else "")
        for weight in found[:_SHOWN]
    )
    return "\n".join(lines)


def _megabytes(count: int) -> str:
    return f"{count / _MEGABYTE:.1f} MB"
