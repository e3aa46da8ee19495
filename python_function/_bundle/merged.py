"""What a bundle holds whose parts are known: a dependency tree, and the source beside it."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from python_function._bundle.checks import content
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.spec import BundleSpec


def is_beside(spec: BundleSpec, tree: Inventory) -> bool:
    """Tell whether the source of *spec* leaves *tree* alone: no name of one is in the way of a name of the other.

    Then the bundle holds what both hold, and nothing else does anything to it.
    """
    changes = (spec.prefix, spec.dependency_excludes, spec.strip_native, spec.compile_bytecode, spec.stub)
    if spec.others or any(changes):
        return False
    own = content.own(spec)
    lost = {path for found in tree.distributions for path in found.lost}
    is_plain = not any(path.endswith((".pyc", ".dist-info/METADATA")) for path in own)
    return is_plain and own.isdisjoint(lost) and _tops(own).isdisjoint(_tops(tree.files))


def inventory(spec: BundleSpec, tree: Inventory, root: Path) -> Inventory:
    """Return what the bundle *root* of *spec* holds, whose source is beside *tree*."""
    own = {place: os.lstat(root / place).st_size for place in content.own(spec)}
    return replace(tree, root=root, files=dict(sorted((*tree.files.items(), *own.items()))), own=frozenset(own))


def _tops(paths: Iterable[str]) -> set[str]:
    """Return the names that modules, packages and files at the top have in common, however a disk spells them."""
    return {path.partition("/")[0].partition(".")[0].casefold() for path in paths}
