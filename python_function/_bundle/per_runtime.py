"""One layer for several runtimes and architectures: one directory if the same files serve all, or one a runtime."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from python_function._bundle.checks import inventory
from python_function._target.target import Target
from python_function.errors import BundlingError

SEARCHED: Final = "python"
"""The folder of a layer that Lambda puts on the module search path.

https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
"""
_SHOWN: Final = 5


def directory(target: Target) -> str:
    """Return the directory of a layer that only functions of the runtime of *target* search.

    https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
    """
    return f"{SEARCHED}/lib/{target.runtime}/site-packages"


def arrange(built: Sequence[tuple[Target, Path]], destination: Path) -> None:
    """Put what was built for each target together in the empty directory *destination*.

    Raises:
        BundlingError: One layer cannot serve all of them.
    """
    digests = [_digests(place) for _, place in built]
    first = {target.runtime: number for number, (target, _) in reversed(list(enumerate(built)))}
    for number, (target, place) in enumerate(built):
        if digests[number] != digests[first[target.runtime]]:
            other, beside = built[first[target.runtime]]
            raise BundlingError(_of_architectures(other, beside, target, place, digests[number]))
    if all(found == digests[0] for found in digests):
        _move(built[0][1], destination)
        return
    for target, place in (built[number] for number in sorted(first.values())):
        _move(place / SEARCHED, destination / directory(target))
        (place / SEARCHED).rmdir()
        _put_besides(place, destination, target)


def _digests(place: Path) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path in place.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(place).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _of_architectures(one: Target, place: Path, other: Target, beside: Path, digests: Mapping[str, str]) -> str:
    """Return why one layer cannot be for two architectures."""
    here = _digests(place)
    different = sorted(path for path in {*here, *digests} if here.get(path) != digests.get(path))
    owners = {**inventory.take(place).owners, **inventory.take(beside).owners}
    titles = dict.fromkeys(owners[path].title if path in owners else PurePosixPath(path).name for path in different)
    names = ", ".join(list(titles)[:_SHOWN]) + (f" and {len(titles) - _SHOWN} more" if len(titles) > _SHOWN else "")
    return (
        f"One layer cannot be for both {one.architecture} and {other.architecture} on {one.runtime}: {names}"
        f" {'differs' if len(titles) == 1 else 'differ'} between them. Make one layer for each, with one of"
        " compatible_architectures."
    )


def _move(place: Path, destination: Path) -> None:
    destination.mkdir(parents=True, exist_ok=True)
    for path in list(place.iterdir()):
        shutil.move(path, destination / path.name)


def _put_besides(place: Path, destination: Path, target: Target) -> None:
    """Put what is not searched for modules where it is, such as programs and libraries that hooks have made."""
    for path in sorted(place.rglob("*")):
        if path.is_file():
            wanted = destination / path.relative_to(place)
            if wanted.exists() and wanted.read_bytes() != path.read_bytes():
                name = path.relative_to(place).as_posix()
                msg = (
                    f"{name} of the layer for {target.runtime} differs from the one for another runtime, and a layer"
                    f" holds one. Make one layer for each of compatible_runtimes."
                )
                raise BundlingError(msg)
            wanted.parent.mkdir(parents=True, exist_ok=True)
            path.replace(wanted)
