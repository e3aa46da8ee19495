"""What pip's configuration files say of indexes, as pip's own variables; a program in containers, with any Python."""

from __future__ import annotations

import configparser
import os
import shlex
import sys
from typing import Iterator, Mapping, Sequence

KEYS = (
    *("index-url", "extra-index-url", "find-links", "no-index"),
    *("trusted-host", "cert", "client-cert", "proxy", "keyring-provider"),
)
"""The settings that say where packages are and how to reach them: https://pip.pypa.io/en/stable/topics/configuration/."""

SECTIONS = ("global", "install")
"""The sections that count when pip installs, the one that wins last."""

_LARGEST = 10000000

SYSTEM = ("/Library/Application Support/pip/pip.conf", "/etc/pip.conf")


def settings(environ: Mapping[str, str], prefix: str, home: str) -> dict[str, str]:
    """Return the variable ``PIP_*`` for every setting that pip would take from a file, or from *environ*.

    Args:
        environ: The variables of the process; they win over files.
        prefix: The directory of the Python environment, which may have a file of its own.
        home: The home of the user.

    Raises:
        ValueError: A file cannot be read, which pip refuses as well.
    """
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for path in _files(environ, prefix, home):
        for section, key, value in _read(path):
            found[section][key] = value
    merged = {key: value for section in SECTIONS for key, value in found[section].items()}
    as_variables = {"PIP_" + key.upper().replace("-", "_"): value for key, value in merged.items() if value}
    return {**as_variables, **{name: environ[name] for name in as_variables if environ.get(name)}}


def _files(environ: Mapping[str, str], prefix: str, home: str) -> Iterator[str]:
    """Yield where pip looks, the file that wins last."""
    own = environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return
    for directory in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep):
        yield os.path.join(directory, "pip", "pip.conf")
    yield from SYSTEM
    yield os.path.join(environ.get("PROGRAMDATA", ""), "pip", "pip.ini")
    if not (own and os.path.exists(own)):
        yield os.path.join(home, "pip", "pip.ini")
        yield os.path.join(home, ".pip", "pip.conf")
        yield os.path.join(environ.get("APPDATA", ""), "pip", "pip.ini")
        yield os.path.join(home, "Library", "Application Support", "pip", "pip.conf")
        yield os.path.join(environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "pip", "pip.conf")
    yield os.path.join(prefix, "pip.conf")
    yield os.path.join(prefix, "pip.ini")
    if own:
        yield own


def _read(path: str) -> list[tuple[str, str, str]]:
    """Return the section, name and value of every setting in a file that counts."""
    if not (os.path.isabs(path) and os.path.isfile(path)):
        return []
    parser = configparser.RawConfigParser()
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            parser.read_string(file.read(_LARGEST))
    except (OSError, configparser.Error) as error:
        what = error.strerror if isinstance(error, OSError) else type(error).__name__
        message = "pip's configuration file %s cannot be read: %s." % (path, what)  # noqa: UP031 - of Python 3.8
        raise ValueError(message) from None
    return [
        (section, name, " ".join(value.split()))
        for section in SECTIONS
        if parser.has_section(section)
        for key, value in parser.items(section)
        for name in [key.lower().replace("_", "-").replace("--", "", 1) if key[:2] == "--" else key.replace("_", "-")]
        if name in KEYS
    ]


def script(environ: Mapping[str, str], prefix: str, home: str, allowed: Sequence[str]) -> str:
    """Return shell lines that export what files say, and unset what uv's variables say but those *allowed*."""
    # Images are made by root, and run here as somebody else.
    found = {**settings({**environ, "XDG_CONFIG_HOME": ""}, prefix, "/root"), **settings(environ, prefix, home)}
    exported = ["export %s=%s" % (name, shlex.quote(value)) for name, value in found.items()]  # noqa: UP031
    unset = ["unset " + name for name in sorted(environ) if name[:3] == "UV_" and name not in allowed]
    return "\n".join((*exported, *unset, ""))


if __name__ == "__main__":
    try:
        sys.stdout.write(script(os.environ, sys.prefix, os.path.expanduser("~"), sys.argv[1:]))
    except ValueError as error:
        sys.exit(str(error))
