"""Which file an import runs, found by the rules of the import system of the target."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from python_function._bundle.checks.inventory import Inventory
from python_function._target import stdlib
from python_function._target.target import Target

STANDARD_LIBRARY: Final = "the standard library"
THE_RUNTIME: Final = "the runtime"


@dataclass(frozen=True, slots=True)
class Place:
    """A directory that modules are looked for in.

    Attributes:
        inventory: The bundle that it is in.
        directory: Its POSIX path there; empty for the root.
    """

    inventory: Inventory
    directory: str = ""

    def path(self, name: str) -> str:
        """Return the path in the bundle of what is called *name* here."""
        return f"{self.directory}/{name}" if self.directory else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How far an import comes.

    Attributes:
        parts: How many parts of the module path there are, from the left.
        inventory: The bundle with the last file that it runs; ``None`` where that is in none.
        file: The path of that file in the bundle; empty where the last part is a namespace or there is none.
        elsewhere: Who else has the module: the standard library, or the runtime.
        below: Where parts of the module are looked for.
    """

    parts: int = 0
    inventory: Inventory | None = None
    file: str = ""
    elsewhere: str = ""
    below: tuple[Place, ...] = ()

    @property
    def is_namespace(self) -> bool:
        """Whether it ends at a directory that is no package."""
        return bool(self.parts and self.below) and not self.file


def search_path(target: Target, bundle: Inventory, layers: Sequence[Inventory] = ()) -> tuple[Place, ...]:
    """Return where Lambda looks for modules before its own places: the bundle, then its layers.

    https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
    """
    versioned = f"python/lib/{target.runtime}/site-packages"
    below = tuple(Place(layer, directory) for directory in (versioned, "python") for layer in layers)
    return (Place(bundle), *(place for place in below if place.directory in place.inventory.directories))


def find(module: str, path: Sequence[Place], target: Target) -> Import:
    """Return what an import of *module*, a dotted path, comes to.

    As ``importlib.machinery.PathFinder`` has it: in each place a package comes before a module of its name, native code
    before source and source before bytecode, and a directory without ``__init__`` counts only where no place has
    anything else.
    """
    done = Import(below=tuple(path))
    for part in module.split("."):
        found = _find_one(part, done.below, target)
        elsewhere = _elsewhere(part, target) if done.parts == 0 and not found.file else ""
        if elsewhere:
            return Import(parts=1, elsewhere=elsewhere)
        if not (found.file or found.below):
            return done
        done = replace(found, parts=done.parts + 1)
    return done


def _find_one(name: str, path: Sequence[Place], target: Target) -> Import:
    portions: list[Place] = []
    for place in path:
        base, inventory = place.path(name), place.inventory
        for suffix in suffixes(target):
            if (file := f"{base}/__init__{suffix}") in inventory.files:
                return Import(inventory=inventory, file=file, below=(Place(inventory, base),))
        for suffix in suffixes(target):
            if (file := f"{base}{suffix}") in inventory.files:
                return Import(inventory=inventory, file=file)
        if base in inventory.directories:
            portions.append(Place(inventory, base))
    return Import(below=tuple(portions))


@functools.cache
def suffixes(target: Target) -> tuple[str, ...]:
    """Return the ends of the names of modules' files, in the order in which the target's Python tries them."""
    tag = f"cpython-{target.python_version.replace('.', '')}-{target.machine}-linux-gnu"
    return (f".{tag}.so", ".abi3.so", ".so", ".py", ".pyc")


def _elsewhere(name: str, target: Target) -> str:
    if name in stdlib.modules(target.python_version):
        return STANDARD_LIBRARY
    return THE_RUNTIME if name in stdlib.provided(target.python_version) else ""


def module_of(file: str, target: Target) -> str | None:
    """Return the dotted path that *file*, relative to a place of the search path, is imported by; none if by none."""
    suffix = next((suffix for suffix in suffixes(target) if file.endswith(suffix)), None)
    if suffix is None:
        return None
    parts = file.removesuffix(suffix).split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return None if any("." in part for part in parts) else ".".join(parts)
