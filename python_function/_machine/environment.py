"""What environment variables mean to a build, and which of them are secrets."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote

from python_function._machine.redact import bare, masked

_UV_NAMES: Final = MappingProxyType(
    {
        "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
        "PIP_EXTRA_INDEX_URL": "UV_INDEX",
        "PIP_TRUSTED_HOST": "UV_INSECURE_HOST",
        "PIP_CERT": "SSL_CERT_FILE",
    }
)
"""Variables of pip and what uv calls them: https://docs.astral.sh/uv/reference/environment/."""

_MISLEADING: Final = frozenset(
    {
        "CONDA_PREFIX",
        "PYTHONHOME",
        "PYTHONPATH",
        "UV_LINK_MODE",
        "UV_PROJECT",
        "UV_PYTHON",
        "UV_SYSTEM_PYTHON",
        "UV_TARGET",
        "VIRTUAL_ENV",
    }
)
"""Variables that bind an installer to the Python environment, or the habits, of whoever runs it."""

_COLOURING: Final = frozenset({"CLICOLOR_FORCE", "FORCE_COLOR", "PY_COLORS"})
"""Variables that put escape sequences into output that is not for a terminal; the CDK's command line sets one."""

UNSET: Final = _MISLEADING | _COLOURING
"""What no installer gets to see."""

_TRANSPORT: Final = frozenset(
    {
        "ALL_PROXY",
        "CURL_CA_BUNDLE",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
        "PIP_CERT",
        "PIP_TRUSTED_HOST",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "UV_CACHE_DIR",
        "UV_INSECURE_HOST",
    }
)
"""Variables that say how to reach an index, not what is got from it."""

IN_URL: Final = "_IN_URL"
"""What is added to the name of a credential's variable for the one with its value as a URL has to have it."""

_CREDENTIAL: Final = re.compile(r"(?:UV_INDEX|POETRY_HTTP_BASIC)_\w+_(?:USERNAME|PASSWORD)")
_SECRET_NAME: Final = re.compile(
    r"TOKEN(?!IZ)|PASSW|PASSPHRASE|SECRET|CREDENTIAL|KEY$|_PWD$|(^|_)(KEY|PASS|AUTH)(_|$)"
    r"|^(UV_INDEX|POETRY_HTTP_BASIC)_\w+_USERNAME$",
    re.IGNORECASE,
)
_USER_INFO: Final = re.compile(r"://(?P<all>(?P<user>[^/\s:@]*)(?::(?P<password>[^/\s]*))?)@")
_SHORTEST_SECRET: Final = 4
"""Shorter values are no secrets, and hiding them would make output unreadable."""


def for_installer(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of *layers*, of which later ones win, as an installer needs them.

    Pip's index settings are there under uv's names too, which win within one layer; the credentials of an index also
    as they have to be written in its URL.
    """
    known = for_container(*layers)
    return {name: value for name, value in known.items() if name not in UNSET}


def for_container(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return what :func:`for_installer` does, and what it leaves out: hooks get to see everything."""
    merged: dict[str, str] = {}
    for variables in layers:
        merged |= {_UV_NAMES[name]: value for name, value in variables.items() if name in _UV_NAMES}
        merged |= variables
    return {
        **merged,
        **{name + IN_URL: quote(value, safe="") for name, value in merged.items() if _CREDENTIAL.fullmatch(name)},
        "NO_COLOR": "1",
        "UV_PYTHON_DOWNLOADS": "never",
    }


def secrets(variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secrets among *variables*, longest first: values whose name says so and the user info of URLs."""
    named = (value for name, value in variables.items() if _SECRET_NAME.search(name))
    lines = (line for value in named for line in (value, *value.splitlines()))
    found = {*lines, *(part for value in variables.values() for part in _user_info(value))}
    return tuple(sorted((value for value in found if len(value) >= _SHORTEST_SECRET), key=len, reverse=True))


def _user_info(text: str) -> set[str]:
    """Return what lets somebody in by the URLs in *text*: a token may stand for the user name."""
    found: set[str] = set()
    for match in _USER_INFO.finditer(text):
        secret = match["password"] or match["user"]
        found |= {match["all"], secret, unquote(secret)}
    return found


def mask(text: str, secret_values: Iterable[str]) -> str:
    """Return *text* with three asterisks in the place of *secret_values* and of the user info of any URL."""
    for value in secret_values:
        text = text.replace(value, "***")
    return masked(text)


def identity(variables: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return what of *variables* can change a bundle, without secrets."""
    return tuple(
        name if _SECRET_NAME.search(name) else f"{name}={bare(value)}"
        for name, value in sorted(variables)
        if name.upper() not in _TRANSPORT
    )
