"""What uv's configuration of the user and the machine says of indexes, as uv's own variables."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from python_function._machine.toml import read_toml, strings, table, tables

_SINGLE: Final = MappingProxyType(
    {
        "cache-dir": "UV_CACHE_DIR",
        "http-proxy": "HTTP_PROXY",
        "https-proxy": "HTTPS_PROXY",
        "index-url": "UV_DEFAULT_INDEX",
        "keyring-provider": "UV_KEYRING_PROVIDER",
        "native-tls": "UV_NATIVE_TLS",
        "no-index": "PIP_NO_INDEX",
        "offline": "UV_OFFLINE",
        "system-certs": "UV_SYSTEM_CERTS",
    }
)
_SEVERAL: Final = MappingProxyType(
    {
        "allow-insecure-host": ("UV_INSECURE_HOST", " "),
        "extra-index-url": ("UV_INDEX", " "),
        "find-links": ("UV_FIND_LINKS", ","),
        "no-proxy": ("NO_PROXY", ","),
    }
)
"""Lists, and what is between their values in a variable."""

SYSTEM: Final = Path("/etc/uv/uv.toml")


def settings(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the variable for every setting that says where packages are and how to reach them.

    No other setting counts: it would change bundles, and their hashes would not tell.

    Raises:
        PackagingError: A file is there that cannot be read.
    """
    found: dict[str, str] = {}
    for file in _files(environ, home):
        for name, value in _settings(read_toml(file)):
            before = found.get(name)
            joined = f"{before}{_JOINED[name]}{value}" if before and name in _JOINED else before
            found[name] = joined or value
    return found


_JOINED: Final = MappingProxyType(dict(_SEVERAL.values()))


def _files(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Yield the files that uv reads outside of projects, the one that wins first.

    https://docs.astral.sh/uv/concepts/configuration-files/
    """
    if environ.get("UV_NO_CONFIG"):
        return
    if own := environ.get("UV_CONFIG_FILE"):
        yield Path(own)
        return
    places = (
        Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "uv/uv.toml",
        *(Path(environ[name]) / "uv/uv.toml" for name in ("APPDATA",) if environ.get(name)),
        *(Path(place) / "uv/uv.toml" for place in environ.get("XDG_CONFIG_DIRS", "").split(":") if place),
        SYSTEM,
    )
    yield from (place for place in places if place.is_file())


def _settings(content: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for settings in (table(content, "pip"), content):
        for key, name in _SINGLE.items():
            value = settings.get(key)
            if value is not None and value is not False:
                yield name, "1" if value is True else str(value)
        for key, (name, separator) in _SEVERAL.items():
            if values := strings(settings, key):
                yield name, separator.join(values)
    yield from _indexes(content)


def _indexes(content: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the indexes but those for named packages only, which a project has to name itself."""
    for index in tables(content, "index"):
        url = str(index.get("url", ""))
        named = f"{index['name']}={url}" if "name" in index else url
        if index.get("explicit") or not url:
            continue
        if index.get("format") == "flat":
            yield "UV_FIND_LINKS", url
        else:
            yield ("UV_DEFAULT_INDEX" if index.get("default") else "UV_INDEX"), named
