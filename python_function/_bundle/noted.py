"""What is noted of a dependency tree beside it, so that nobody has to look through it again."""

import functools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from python_function._bundle.checks.elf import Elf
from python_function._bundle.checks.inventory import Distribution, Inventory
from python_function._dependencies.origin import Origin

FORMAT: Final = 1
"""Counts the changes of what is noted, and of what checks read in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is noted of a tree.

    Attributes:
        origins: Where each distribution comes from, if something is said of it.
        distributions: What is installed in it.
        native: What its native files say, by their paths.
    """

    origins: Mapping[str, Origin]
    distributions: tuple[Distribution, ...]
    native: Mapping[str, Elf]


def write(origins: Mapping[str, Origin], tree: Inventory, native: Mapping[str, Elf]) -> str:
    """Return what is to be noted, as text."""
    content = {
        "origins": {name: asdict(origin) for name, origin in origins.items()},
        "distributions": [asdict(found) for found in tree.distributions],
        "native": {path: asdict(found) for path, found in native.items()},
    }
    return json.dumps(content)


@functools.lru_cache(maxsize=64)
def read(text: str) -> Noted:
    """Return what *text* says."""
    content: Any = json.loads(text)
    return Noted(
        origins={name: Origin(**origin) for name, origin in content["origins"].items()},
        distributions=tuple(Distribution(**_hashable(found)) for found in content["distributions"]),
        native={path: Elf(**_hashable(found)) for path, found in content["native"].items()},
    )


def _hashable(content: dict[str, Any]) -> dict[str, Any]:
    """Return *content* with tuples for lists, which JSON has in their place."""
    return {key: _tuple(value) for key, value in content.items()}


def _tuple(value: object) -> object:
    return tuple(map(_tuple, cast("list[object]", value))) if isinstance(value, list) else value
