"""Which environment variables reach whom, and which of them count for a bundle: nothing else decides that."""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PureWindowsPath
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from python_function._machine import redact, variables

UNSET: Final = variables.MISLEADING | variables.COLOURING
"""What no installer gets to see."""

IN_URL: Final = "_IN_URL"
"""What is added to the name of a credential's variable for the one with its value as a URL has to have it."""

_NO_INDEX: Final = MappingProxyType({"UV_DEFAULT_INDEX": "file:///no-index/", "UV_INDEX": ""})
"""An index that has nothing, which is how uv is told by variables to ask none."""

UNCONFIGURED: Final = MappingProxyType({"XDG_CONFIG_HOME": "/no-configuration", "XDG_CONFIG_DIRS": "/no-configuration"})
"""What keeps uv from the user's configuration where the project's own has to count: it may call a fresh lock stale."""

_LINKS: Final = frozenset({"PIP_FIND_LINKS", "UV_FIND_LINKS"})
_WORD: Final = re.compile(r"[^\s,]+")

_TRUE: Final = frozenset({"1", "on", "t", "true", "y", "yes"})
_TRIFLE: Final = 3
"""The length of values that hardly are secrets, whatever their names say."""

TRAVELLING: Final = variables.INDEXES | variables.PROXIES | variables.NETWORK
"""What says where indexes are, or how to reach them, in words that hold on any machine."""

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def for_installer(process: Mapping[str, str], given: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """Return what uv, the tools that own a lock, and builds of local packages get to see on this machine.

    Pip's index settings are there under uv's names too; the credentials of an index also as they have to be written
    in its URL.

    Args:
        process: The process's own variables: what says where indexes are and how to reach them, and no more.
        given: What the user gave for the bundle; it counts, and wins.
    """
    keyring = "UV_KEYRING_PROVIDER" in translated(process, given)
    allowed = {
        name: value
        for name, value in process.items()
        if _is_common(name) or (keyring and variables.KEYRING.fullmatch(name))
    }
    return {name: value for name, value in translated(allowed, given).items() if name not in UNSET}


def for_hooks(process: Mapping[str, str], given: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """Return what the user's own commands get to see on this machine: of the process, what installers do."""
    return translated({name: value for name, value in process.items() if _is_common(name)}, given)


def for_container(process: Mapping[str, str], given: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """Return what a container gets to see: of the process, what says where indexes are and how to reach them."""
    return translated({name: value for name, value in process.items() if _travels(name)}, given)


def is_clients(name: str) -> bool:
    """Tell whether the engine's own client reads the variable *name*, which thus cannot be handed on by its name."""
    return bool(variables.CLIENT.fullmatch(name)) and not redact.names_secret(name)


_PATIENCE: Final = MappingProxyType({"UV_HTTP_RETRIES": "2", "UV_HTTP_TIMEOUT": "15"})
"""How long an index may be silent, in seconds: uv's own two minutes look like an installer that hangs."""


def translated(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of *layers*, of which later ones win, with the names that uv has for them.

    Within one layer, uv's names win.
    """
    together = merged(*layers)
    credentials = {name: value for name, value in together.items() if redact.names_index_credential(name)}
    return {
        **_PATIENCE,
        **together,
        **{name + IN_URL: quote(value, safe="") for name, value in credentials.items()},
        "NO_COLOR": "1",
        "UV_PYTHON_DOWNLOADS": "never",
    }


def merged(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of *layers*, of which later ones win whether they use pip's names or uv's."""
    found: dict[str, str] = {}
    for layer in layers:
        found |= _in_uvs_words(layer)
        if layer.get("PIP_NO_INDEX", "").lower() in _TRUE:
            found |= {name: layer.get(name, value) for name, value in _NO_INDEX.items()}
    return found


def absolute(environ: Mapping[str, str], cwd: Path) -> dict[str, str]:
    """Return *environ* with every place in it made absolute: tools work elsewhere."""
    located = variables.PLACES | variables.OWN_FILES
    single = {name: str(cwd / value) for name, value in environ.items() if value and name in located}
    several = {
        name: _WORD.sub(lambda word: word[0] if "://" in word[0] else str(cwd / word[0]), environ[name])
        for name in _LINKS & environ.keys()
    }
    return {**environ, **single, **several}


def relative_places(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the directories in *environ* that depend on where a program works."""
    places = ((name, PureWindowsPath(value)) for name, value in environ.items() if name in variables.PLACES)
    return tuple(name for name, path in places if path.parts and not path.root)


def secrets(environ: Mapping[str, str]) -> frozenset[str]:
    """Return what is to be hidden of *environ*: values whose names say so, and the credentials of URLs."""
    named = (value for name, value in environ.items() if redact.names_secret(name) and len(value) > _TRIFLE)
    return frozenset({*named, *credentials(environ)})


def credentials(environ: Mapping[str, str]) -> frozenset[str]:
    """Return what lets somebody into an index, or past a proxy, among *environ*."""
    own = (value for name, value in environ.items() if redact.names_index_credential(name))
    inside = (redact.credentials(_as_url(name, value)) for name, value in environ.items())
    return frozenset({*own, *(word for words in inside for word in words)} - {""})


def credential_names(names: Iterable[str], texts: Iterable[str] = ()) -> frozenset[str]:
    """Return which of *names* are variables with the credentials of an index; URLs in *texts* may say so, too."""
    named = {name for text in texts for name in redact.credential_variables(text)}
    return frozenset(n for n in names if n in named or n == "NETRC" or redact.names_index_credential(n))


def identity(environ: Iterable[tuple[str, str]], secret: Collection[str] = ()) -> tuple[str, ...]:
    """Return what of *environ* can change a bundle: names and values, of the *secret* ones the names."""
    return tuple(name if name in secret else f"{name}={_counted(name, value)}" for name, value in sorted(environ))


def index_identity(process: Mapping[str, str]) -> tuple[str, ...]:
    """Return where *process* lets installers look for packages, without credentials."""
    known = for_installer(process)
    return identity((name, known[name]) for name in variables.INDEXES & known.keys())


def _counted(name: str, value: str) -> str:
    """Return a value whole; the variables that are known to hold the URL of an index or a proxy without credentials."""
    known = name.upper() in variables.INDEXES | variables.PROXIES
    return redact.bare(_as_url(name, value)) if known else value


def _as_url(name: str, value: str) -> str:
    """Return *value* as it is understood: proxies need not say that they speak HTTP."""
    bare_proxy = name.upper() in variables.PROXIES and value and "://" not in value
    return f"http://{value}" if bare_proxy else value


def _in_uvs_words(layer: Mapping[str, str]) -> dict[str, str]:
    known = {name: value for name in variables.PIP_TO_UV if (value := layer.get(name))}
    separated = {
        name: variables.SEPARATORS[name].join(value.split()) if name in variables.SEPARATORS else _as_url(name, value)
        for name, value in known.items()
    }
    translations = {other: separated[name] for name in known for other in variables.PIP_TO_UV[name]}
    own = {name: value for name, value in layer.items() if name not in {"UV_INDEX_URL", "UV_EXTRA_INDEX_URL"}}
    if default := layer.get("UV_INDEX_URL"):
        translations["UV_DEFAULT_INDEX"] = default
    if extra := layer.get("UV_EXTRA_INDEX_URL"):
        own["UV_INDEX"] = f"{layer.get('UV_INDEX', '')} {extra}".strip()
    if variables.AS_PIP in layer:
        translations["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {**translations, **own}


def _is_common(name: str) -> bool:
    upper = name.upper()
    common = variables.PERSON.fullmatch(upper) or upper in variables.PLACES | variables.OWN_FILES
    return bool(common) or _travels(name)


def _travels(name: str) -> bool:
    """Tell whether a variable says where indexes are, or how to reach them, in words that hold on any machine."""
    of_git = variables.GIT_CONFIG.fullmatch(name)
    return name.upper() in TRAVELLING or redact.names_index_credential(name) or bool(of_git)
