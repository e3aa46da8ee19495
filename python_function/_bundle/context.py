"""Lays a finished bundle out as the context of an image build: a Dockerfile, and a directory for each layer.

Whoever builds the image copies them and runs nothing, so that it is the very bundle that was checked. Dependencies come
first and the code last: an edit of the code leaves the layer of the dependencies as it is, in registries too.
"""

import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Final

from python_function._bundle import placing
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.image import DOCKERFILE, LAYERS, Image, dockerfile

_DEPENDENCIES, _CODE = LAYERS
_CACHE: Final = "__pycache__"


def lay(bundle: Inventory, image: Image, context: Path) -> None:
    """Move the files of *bundle* to the empty directory *context*, from which *image* is built.

    The same bundle gives the same context wherever it is laid out; a layer that would be empty is not there.
    """
    layers = {path: _layer(path, bundle) for path in bundle.files}
    for path, layer in layers.items():
        target = context / layer / path
        _make(target.parent, context)
        shutil.move(bundle.root / path, target)
    file = context / DOCKERFILE
    there = frozenset(layers.values())
    file.write_text(dockerfile(image, [layer for layer in LAYERS if layer in there]), encoding="utf-8", newline="\n")
    file.chmod(0o644)
    context.chmod(0o755)


def is_context(directory: Path, image: Image) -> bool:
    """Tell whether *directory* is a context of *image*, and no bundle."""
    names = {path.name for path in directory.iterdir()} - {DOCKERFILE}
    if not names or not names <= set(LAYERS):
        return False
    try:
        text = (directory / DOCKERFILE).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return text == dockerfile(image, [layer for layer in LAYERS if layer in names])


def unpack(context: Path, directory: Path) -> None:
    """Lay the bundle that *context* was laid out from into the empty directory *directory*, to be looked at."""
    for layer in LAYERS:
        if (context / layer).is_dir():
            shutil.copytree(context / layer, directory, copy_function=placing.link, dirs_exist_ok=True)


def _layer(path: str, bundle: Inventory) -> str:
    """Return the layer of a file: what came with a distribution is a dependency, its bytecode too."""
    place = PurePosixPath(path)
    if place.parent.name == _CACHE:
        path = str(place.parent.parent / f"{place.name.partition('.')[0]}.py")
    return _DEPENDENCIES if path in bundle.owners else _CODE


def _make(directory: Path, context: Path) -> None:
    """Make *directory* with all above it below *context*, open to everybody whatever the umask says."""
    if directory == context or directory.is_dir():
        return
    _make(directory.parent, context)
    directory.mkdir()
    os.chmod(directory, 0o755)  # noqa: PTH101, S103 - what Lambda needs, and nobody but the owner writes
