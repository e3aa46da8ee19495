"""TOML and JSON files whose shape nobody vouches for: what is not there, or is something else, is empty."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from python_function._machine import text_file
from python_function.errors import PackagingError

NOTHING: Final[Mapping[str, object]] = {}
"""The table that is not there."""


def read_toml(path: Path) -> Mapping[str, object]:
    """Return the content of the TOML file at *path*.

    Raises:
        PackagingError: The file is no TOML, or cannot be read.
    """
    try:
        text = text_file.read(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        msg = f"{path} is no valid TOML: {error}."
        raise PackagingError(msg) from error
    return parsed(text, str(path))


def parsed(text: str, source: str) -> Mapping[str, object]:
    """Return the content of the TOML *text*.

    Raises:
        PackagingError: It is no TOML, or nested deeper or with longer numbers than anybody means.
    """
    try:
        return _parsed(text)
    except (ValueError, RecursionError) as error:
        msg = f"{source} is no valid TOML: {error}."
        raise PackagingError(msg) from error


@lru_cache(maxsize=16)
def _parsed(text: str) -> Mapping[str, object]:
    """Parse once what many functions share: a lock of 600 packages takes a quarter of a second."""
    return tomllib.loads(text)


def table(content: object, *keys: str) -> Mapping[str, object]:
    """Return the table below *keys* of *content*, an empty one where there is none."""
    for key in keys:
        content = cast("Mapping[str, object]", content).get(key) if isinstance(content, Mapping) else None
    return cast("Mapping[str, object]", content) if isinstance(content, Mapping) else NOTHING


def tables(content: object, *keys: str) -> list[Mapping[str, object]]:
    """Return the tables in the array below *keys* of *content*, none where there is no such array."""
    *path, last = keys
    found = table(content, *path).get(last)
    return alternatives(cast("object", found)) if isinstance(found, list) else []


def alternatives(value: object) -> list[Mapping[str, object]]:
    """Return the table *value*, or the tables in the array *value*: many formats take either."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    return [cast("Mapping[str, object]", item) for item in items if isinstance(item, Mapping)]


def strings(content: object, *keys: str) -> tuple[str, ...]:
    """Return the strings in the array below *keys* of *content*, none where there is no such array."""
    *path, last = keys
    found = table(content, *path).get(last)
    items = cast("list[object]", found) if isinstance(found, list) else []
    return tuple(item for item in items if isinstance(item, str))
