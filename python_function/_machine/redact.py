"""What a secret looks like, and texts without any: the one place that knows."""

import base64
import json
import re
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus, unquote

MASK: Final = "***"

_USER_INFO: Final = re.compile(r"(?<=://)(?P<all>[^/\s?#]*|[^/\s@:\[]+:(?!\d+(?:[/?#]|$))\S*)@")
"""What stands before the host of a URL; a password with a slash in it, which none may have, goes to the last ``@``."""

_SECRET_PARAMETER: Final = re.compile(
    r"(?P<name>[?&](?:sig|[^=&#\s]*(?:token|passw|secret|key|credential|signature|jwt|auth)[^=&#\s]*)=)"
    r"(?P<value>[^&#\s]*)",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(r"(?P<name>\bauthorization:\s*(?:\w+\s+)?)(?P<value>[^\s'\"]+)", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\$\{?(\w+)\}?")
_BLANK_PASSWORDS: Final = frozenset({"", "x", "x-oauth-basic"})
"""What stands for a password where the user name is the token."""

_EVERYBODY: Final = frozenset(
    {
        "",
        "git",
        "aws",
        "oauth2",
        "oauth2accesstoken",
        "VssSessionToken",
        "__token__",
        "x-access-token",
        "gitlab-ci-token",
    }
)
"""The users that services give everybody who comes with a token."""

_TOKEN: Final = re.compile(r"(?=[^:@/\s]*\d)[^:@/\s]{16,}")
"""A user name that nobody has who is not a token."""

_WORD: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")
_SECRET_WORD: Final = re.compile(
    r"\w*(?:TOKEN|PASSW(?:OR)?D|PASSPHRASE|SECRET|CREDENTIALS?|APIKEY)|PAT|JWT|BEARER|PSW|PWD", re.IGNORECASE
)
_SECRET_LAST_WORD: Final = re.compile(r"\w*KEY|PASS|AUTH", re.IGNORECASE)
_NO_SECRET_NAME: Final = re.compile(
    r"(?:.*(?:PUBLIC|PRIMARY|FOREIGN|PARTITION|SORT|CACHE)_?KEY|PWD|OLDPWD"
    r"|.*_(?:ARN|COUNT|DIR|ENABLED|FILE|ID|LENGTH|LIMIT|MODE|NAME|PATH|POLICY|REGION|ROTATION|SIZE|TTL|TYPE|URL))",
    re.IGNORECASE,
)
_INDEX_CREDENTIAL: Final = re.compile(r"(?:UV_INDEX|POETRY_HTTP_BASIC)_\w+_(?:USERNAME|PASSWORD)|POETRY_PYPI_TOKEN_\w+")

_SHORTEST: Final = 4
"""Shorter values are hidden as whole words only: anything else would make text unreadable."""

_SHORTEST_FOUND: Final = 8
_PLAIN_WORD: Final = re.compile(r"[a-z]{,15}|[A-Z]{,15}|-+[A-Z ]+-+")
"""What stands in many a file by chance, as values do that are shorter than that; the last is a key's first line."""


def names_secret(name: str) -> bool:
    """Tell whether a variable of the name *name* probably holds a credential."""
    words: list[str] = _WORD.findall(name)
    if not words or _NO_SECRET_NAME.fullmatch(name):
        return False
    return any(map(_SECRET_WORD.fullmatch, words)) or bool(_SECRET_LAST_WORD.fullmatch(words[-1]))


def names_index_credential(name: str) -> bool:
    """Tell whether uv or poetry take the credentials of an index from the variable *name*."""
    return bool(_INDEX_CREDENTIAL.fullmatch(name))


def masked(text: str) -> str:
    """Return *text* with asterisks for the credentials of every URL and every request in it."""
    return _HEADER.sub(rf"\g<name>{MASK}", _SECRET_PARAMETER.sub(rf"\g<name>{MASK}", _USER_INFO.sub(f"{MASK}@", text)))


def bare(text: str) -> str:
    """Return *text* without the credentials of any URL in it: who asks does not change what is asked for."""
    return _SECRET_PARAMETER.sub(r"\g<name>", _USER_INFO.sub("", text))


def holds_credentials(text: str) -> bool:
    """Tell whether a URL in *text* lets somebody in by itself: variables and the user of a repository do not."""
    found = (*(match["all"] for match in _USER_INFO.finditer(text)), *_parameters(text))
    return any(part not in {"", "git"} and _VARIABLE.sub("", part).strip(":") for part in found)


def credentials(text: str) -> frozenset[str]:
    """Return what lets somebody in by *text*: passwords of URLs, tokens in the place of a user, parameters, headers."""
    found = {*_parameters(text), *(match["value"] for match in _HEADER.finditer(text))}
    for match in _USER_INFO.finditer(text):
        user, _, password = match["all"].partition(":")
        if password not in _BLANK_PASSWORDS:
            found |= {match["all"], password}
        if password in _BLANK_PASSWORDS or _TOKEN.fullmatch(user):
            found.add(user)
    return frozenset(part for word in found for part in (word, unquote(word)) if part not in _EVERYBODY)


def names_user(text: str) -> bool:
    """Tell whether a URL in *text* says who asks, if only by variables."""
    return any(match["all"] for match in _USER_INFO.finditer(text))


def credential_variables(text: str) -> frozenset[str]:
    """Return the variables that stand where the URLs in *text* have credentials."""
    found = (*(match["all"] for match in _USER_INFO.finditer(text)), *_parameters(text))
    return frozenset(name for part in found for name in _VARIABLE.findall(part))


def mask(text: str, values: Iterable[str]) -> str:
    """Return *text* with asterisks for *values*, in whatever form they stand there, and for the credentials of URLs."""
    pattern = _pattern(frozenset(values))
    return masked(pattern.sub(MASK, text) if pattern else text)


@contextmanager
def hiding(values: Collection[str]) -> Generator[None]:
    """Let the message of no error show any of *values*."""
    try:
        yield
    except Exception as error:
        error.args = tuple(mask(part, values) if isinstance(part, str) else part for part in error.args)
        raise


def forms(value: str) -> frozenset[str]:
    """Return the ways in which *value*, and each line of it, may stand in a text: as it is, quoted, encoded."""
    return frozenset(form for part in {value, *value.splitlines()} for form in _forms(part.strip()) if form)


def searched(values: Iterable[str]) -> frozenset[bytes]:
    """Return what no file may hold that is to hold none of *values*."""
    lines = (line.strip() for value in values for line in {value, *value.splitlines()})
    parts = (line for line in lines if len(line) >= _SHORTEST_FOUND and not _PLAIN_WORD.fullmatch(line))
    return frozenset(form.encode(errors="surrogateescape") for part in parts for form in _forms(part))


def _parameters(text: str) -> Iterator[str]:
    return (match["value"] for match in _SECRET_PARAMETER.finditer(text))


def _forms(value: str) -> Iterator[str]:
    yield value
    if len(value) < _SHORTEST:
        return
    quoted = (quote(value, safe=""), quote(value), quote_plus(value))
    yield from quoted
    yield from (re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text) for text in quoted)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield repr(value)[1:-1]
    yield value.replace("'", "'\"'\"'")
    if len(value) >= _SHORTEST_FOUND:
        yield from _in_base64(value.encode(errors="surrogateescape"))


def _in_base64(data: bytes) -> Iterator[str]:
    """Yield what any base64 text has that *data* is a part of: three, for three bytes become four characters."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode()
        core = encoded[-(-8 * before // 6) : 8 * (before + len(data)) // 6]
        yield core
        yield core.replace("+", "-").replace("/", "_")


@lru_cache(maxsize=64)
def _pattern(values: frozenset[str]) -> re.Pattern[str] | None:
    found = sorted({form for value in values for form in forms(value)}, key=lambda form: (-len(form), form))
    words = (re.escape(form) if len(form) >= _SHORTEST else rf"(?<!\w){re.escape(form)}(?!\w)" for form in found)
    return re.compile("|".join(words)) if found else None
