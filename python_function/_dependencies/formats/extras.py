"""Extras of a pyproject.toml, those that name others of the same project too."""

from collections.abc import Iterator, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.choice import Choice
from python_function._machine.toml import strings, table


def texts(manifest: Mapping[str, object], choice: Choice) -> Iterator[str]:
    """Yield the requirements of the chosen extras of *manifest*; what is the project itself with extras, as those."""
    known = {canonicalize_name(name): name for name in table(manifest, "project", "optional-dependencies")}
    own = canonicalize_name(str(table(manifest, "project").get("name", "")))
    waiting = [canonicalize_name(name) for name in reversed(choice.extras)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        for text in strings(manifest, "project", "optional-dependencies", known[name]):
            more = _extras_of(text, own)
            waiting += map(canonicalize_name, more)
            yield from () if more else (text,)


def _extras_of(text: str, project: str) -> set[str]:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return set()
    return requirement.extras if canonicalize_name(requirement.name) == project else set()
