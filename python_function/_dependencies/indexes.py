"""The indexes that a project's own files name, the credentials for them, and those that take their place."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from python_function._dependencies.assigned import Index
from python_function._dependencies.formats import manifest_lines
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import environment
from python_function._machine.redact import bare
from python_function._machine.toml import strings, table, tables

_VARIABLES: Final = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")


def without_others(env: Mapping[str, str], lock: str) -> Mapping[str, str]:
    """Return *env* without the indexes that the text *lock* does not name.

    Another index to install from makes no lock stale, but uv says that it does.
    """
    urls = {
        name: [word[word.find("=", 0, word.find("://")) + 1 :] for word in env.get(name, "").split()]
        for name in _VARIABLES
    }
    others = {name for name, found in urls.items() if not any(bare(url).rstrip("/") in lock for url in found)}
    return {name: value for name, value in env.items() if name not in others}


def of_uv(
    manifests: Iterable[Mapping[str, object]], locked: Iterable[str], env: Mapping[str, str]
) -> tuple[str | None, Mapping[str, Index]]:
    """Return the URL of the project's own default index, if it names one, and the indexes for all other URLs *locked*.

    An index that nothing names is the default one as long as there is no other such.
    """
    known = {bare(str(index.get("url", ""))).rstrip("/"): index for each in manifests for index in _declared(each)}
    by_user = _by_user(env)
    urls = list(dict.fromkeys(url.rstrip("/") for url in locked))
    default = next((url for url in urls if known.get(url, {}).get("default")), None)
    unnamed = [url for url in urls if url not in known and url not in by_user.values()]
    nobodys = set(unnamed) if default is None and len(unnamed) == 1 else set[str]()
    found: dict[str, Index] = {}
    for url in urls:
        if url != default and url not in nobodys:
            name = str(known.get(url, {}).get("name", ""))
            found[url] = Index(name=name, url=by_user.get(name) or str(known.get(url, {}).get("url", url)))
    return str(known[default]["url"]) if default else None, found


def _by_user(env: Mapping[str, str]) -> Mapping[str, str]:
    """Return the URLs of the indexes that the user names besides the default one, by their names if they have one."""
    words = [word for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL") for word in env.get(name, "").split()]
    named = (re.fullmatch(r"(?:(?P<name>[\w.-]+)=)?(?P<url>.*)", word) for word in words)
    return {match["name"] or match["url"]: bare(match["url"]).rstrip("/") for match in named if match}


def default_option(url: str, env: Mapping[str, str], manifests: Iterable[Mapping[str, object]]) -> str:
    """Return the option for the default index at *url*; it yields to the user's own settings."""
    index = next(each for manifest in manifests for each in _declared(manifest) if str(each.get("url")) == url)
    return manifest_lines.index_line(_with_credentials(url, f"UV_INDEX_{_variable(index)}", env), default=True)


def with_credentials(manifest: Mapping[str, object], found: Requirements, env: Mapping[str, str]) -> Requirements:
    """Return *found* with the variables that uv and poetry take credentials from in the indexes that they are for."""
    prefixes = {str(index.get("url")).rstrip("/"): f"UV_INDEX_{_variable(index)}" for index in _declared(manifest)}
    for source in tables(manifest, "tool", "poetry", "source"):
        prefixes[str(source.get("url")).rstrip("/")] = f"POETRY_HTTP_BASIC_{_variable(source)}"
    named = ((option, *option.partition(" ")[::2]) for option in found.options)
    options = (
        f"{name} {_with_credentials(url, prefixes[url.rstrip('/')], env)}" if url.rstrip("/") in prefixes else option
        for option, name, url in named
    )
    return replace(found, options=tuple(options))


def _declared(manifest: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    settings = table(manifest, "tool", "uv")
    yield from tables(settings, "index")
    yield from ({"url": url} for url in strings(settings, "extra-index-url"))
    if "index-url" in settings:
        yield {"url": settings["index-url"], "default": True}


def _variable(index: Mapping[str, object]) -> str:
    return re.sub("[^A-Z0-9]", "_", str(index.get("name", "")).upper())


def _with_credentials(url: str, prefix: str, env: Mapping[str, str]) -> str:
    """Return *url* with the variables of *prefix* as its user info, where they are set: uv puts in what they hold."""
    scheme, separator, rest = url.partition("://")
    user, password = (
        f"${{{name}{environment.IN_URL}}}" if (name := f"{prefix}_{part}") in env else ""
        for part in ("USERNAME", "PASSWORD")
    )
    if not (separator and (user or password)) or bare(url) != url:
        return url
    return f"{scheme}://{user}{f':{password}' if password else ''}@{rest}"
