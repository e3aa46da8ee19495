"""Pip's configuration files: they may name indexes, which uv does not read from there."""

import configparser
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

_VARIABLES: Final = MappingProxyType(
    {
        "index-url": ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"),
        "extra-index-url": ("PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"),
        "find-links": ("UV_FIND_LINKS",),
    }
)
"""What says to uv what a key says to pip; the first is the one to recommend."""

_GLOBAL: Final = ("/etc/pip.conf", "/Library/Application Support/pip/pip.conf")
_PER_USER: Final = (".config/pip/pip.conf", "Library/Application Support/pip/pip.conf", ".pip/pip.conf", "pip/pip.ini")


def hint(environ: Mapping[str, str]) -> str:
    """Return how to give uv the indexes that only pip's configuration files name, empty if there are none.

    Args:
        environ: The variables of the installer; those that say as much already count.
    """
    for file in _files(environ):
        keys = [key for key in _keys(file) if not any(environ.get(name) for name in _VARIABLES[key])]
        if keys:
            names = [_VARIABLES[key][0] for key in keys]
            options = ", ".join(f'"{name}": ...' for name in names)
            what = f"the variable {names[0]}" if len(names) == 1 else f"the variables {' and '.join(names)}"
            return (
                f"{file} sets {' and '.join(keys)} for pip; uv, which installs here, does not read it. "
                f"If that is where the packages are, pass environment={{{options}}} or set {what}."
            )
    return ""


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield where pip looks, the place that overrides the others first.

    https://pip.pypa.io/en/stable/topics/configuration/
    """
    own = environ.get("PIP_CONFIG_FILE")
    if own in {"/dev/null", "nul"}:
        return
    homes = [Path(environ[name]) for name in ("HOME", "USERPROFILE") if environ.get(name)]
    places = {"VIRTUAL_ENV": ("pip.conf", "pip.ini"), "XDG_CONFIG_HOME": ("pip/pip.conf",), "APPDATA": ("pip/pip.ini",)}
    yield from (Path(own),) if own else ()
    yield from (Path(environ[name]) / place for name, found in places.items() if environ.get(name) for place in found)
    yield from (home / place for home in homes for place in _PER_USER)
    yield from map(Path, _GLOBAL)
    yield from (
        Path(place) / "pip/pip.conf" for place in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":") if place
    )
    yield from (Path(environ[name]) / "pip/pip.ini" for name in ("PROGRAMDATA",) if environ.get(name))


def _keys(file: Path) -> list[str]:
    """Return which of the keys a configuration file has, in any section, as pip has one for each of its commands."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(file.read_text(encoding="utf-8", errors="replace"))
    except (OSError, configparser.Error):
        return []
    found = {key.replace("_", "-").removeprefix("--") for name in parser.sections() for key in parser.options(name)}
    return [key for key in _VARIABLES if key in found]
