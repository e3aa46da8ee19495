"""Whether a ``Pipfile.lock`` was made for a ``Pipfile``."""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from packaging.utils import canonicalize_name

from python_function._machine.toml import table

META: Final = frozenset({"source", "requires", "scripts", "pipenv"})
"""The tables of a Pipfile that are no categories of packages."""


def is_fresh(manifest: Mapping[str, object], lock: Mapping[str, object]) -> bool:
    """Tell whether *lock* was made for *manifest*.

    A Pipfile without a source cannot be told: what pipenv put in its place depends on where it ran.
    """
    kept = table(lock, "_meta", "hash").get("sha256")
    return kept is None or "source" not in manifest or kept in _digests(manifest)


def _digests(manifest: Mapping[str, object]) -> tuple[str, ...]:
    """Return what pipenv keeps in a lock of the Pipfile that it was made for: newer ones fold the names of packages."""
    meta = {"sources": manifest.get("source"), "requires": table(manifest, "requires")}
    others = {key: key for key in manifest if key not in {*META, "packages", "dev-packages"}}
    categories = {"default": "packages", "develop": "dev-packages", **others}
    written = {category: table(manifest, key) for category, key in categories.items()}
    folded = {
        category: {canonicalize_name(name): value for name, value in packages.items()}
        for category, packages in written.items()
    }
    contents = ({"_meta": meta, **packages} for packages in (written, folded))
    texts = (json.dumps(content, sort_keys=True, separators=(",", ":"), default=str) for content in contents)
    return tuple(hashlib.sha256(text.encode()).hexdigest() for text in texts)
