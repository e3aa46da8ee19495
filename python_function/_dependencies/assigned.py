"""Packages that come from one index and from no other, in the only form that says so to uv."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from python_function._machine.redact import bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A package index.

    Attributes:
        name: What its project calls it, which decides the variables with the credentials for it.
        url: Its address; user info may be there, or variables for it.
    """

    name: str
    url: str

    @property
    def key(self) -> str:
        """What uv may call it."""
        return re.sub(r"[^A-Za-z0-9._-]", "-", self.name) or "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A package that comes from *index* wherever *marker* holds."""

    name: str
    index: Index
    marker: str = ""

    @property
    def identity(self) -> str:
        """It as text, without credentials."""
        return f"from {bare(self.index.url)}: {self.name} ; {self.marker}"


def of_lines(lines: Iterable[str], choose: Callable[[Requirement, str], Index | None]) -> Iterator[Assigned]:
    """Yield what *choose* says of the requirement *lines*, which it is given parsed and whole."""
    for line in lines:
        try:
            requirement = Requirement(line.partition(" --hash")[0])
        except InvalidRequirement:  # a URL alone
            continue
        index = None if requirement.url else choose(requirement, line)
        if index:
            marker = str(requirement.marker or "")
            yield Assigned(name=canonicalize_name(requirement.name), index=index, marker=marker)


def manifest(assigned: Iterable[Assigned]) -> str:
    """Return the project that tells uv where packages come from: a requirements file cannot.

    What a requirements file asks for beside it, under the same name, then comes from there as well.

    https://docs.astral.sh/uv/concepts/indexes/#pinning-a-package-to-an-index
    """
    names = _names(assigned)
    wanted = [f"{each.name}{f' ; {each.marker}' if each.marker else ''}" for each in assigned]
    sources: dict[str, list[str]] = {}
    for each in assigned:
        marker = f", marker = {json.dumps(each.marker)}" if each.marker else ""
        sources.setdefault(each.name, []).append(f"{{ index = {json.dumps(names[each.index])}{marker} }}")
    indexes = (
        f"\n[[tool.uv.index]]\nname = {json.dumps(name)}\nurl = {json.dumps(bare(index.url))}\nexplicit = true\n"
        for index, name in names.items()
    )
    return "".join(
        (
            f'[project]\nname = "assigned-to-indexes"\nversion = "0"\ndependencies = {json.dumps(wanted)}\n',
            "\n[tool.uv.sources]\n",
            *(f"{json.dumps(name)} = [{', '.join(dict.fromkeys(found))}]\n" for name, found in sources.items()),
            *indexes,
        )
    )


def credentials(assigned: Iterable[Assigned], env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that uv takes the credentials of the indexes from, with what *env* has for them."""
    found: dict[str, str] = {}
    for index, name in _names(assigned).items():
        ours, theirs = (re.sub("[^A-Z0-9]", "_", text.upper()) for text in (name, index.name))
        for part, inline in zip(("USERNAME", "PASSWORD"), _user_info(index.url, env), strict=True):
            known = (env.get(f"{tool}_{theirs}_{part}") for tool in ("UV_INDEX", "POETRY_HTTP_BASIC"))
            value = inline or next(filter(None, known), None)
            if value:
                found[f"UV_INDEX_{ours}_{part}"] = value
    return found


def _names(assigned: Iterable[Assigned]) -> dict[Index, str]:
    """Return a name of its own for each index."""
    names: dict[Index, str] = {}
    for index in dict.fromkeys(each.index for each in assigned):
        taken = {name.lower() for name in names.values()}
        several = (index.key, *(f"{index.key}-{number}" for number in range(2, len(names) + 3)))
        names[index] = next(name for name in several if name.lower() not in taken)
    return names


def _user_info(url: str, env: Mapping[str, str]) -> tuple[str, str]:
    """Return user and password in *url*, with the variables in them filled in."""
    user_info, separator, _ = urlsplit(url).netloc.rpartition("@")
    if not separator:
        return "", ""
    filled = re.sub(r"\$\{(\w+)\}", lambda match: env.get(match[1], ""), user_info)
    user, _, password = filled.partition(":")
    return unquote(user), unquote(password)
