"""What a build on the host would run of other people's code: it does so for the packages that the user names only."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from packaging.utils import canonicalize_name

from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.redact import masked

_FROM_REPOSITORY: Final = re.compile(r"(?:(?P<name>[\w.-]+)(?:\[[^\]]*\])? @ )?(?P<url>(?:bzr|git|hg|svn)\+\S+)")
"""Requirements that are no wheels anywhere."""

VARIABLES: Final = frozenset({"UV_NO_BINARY", "UV_NO_BINARY_PACKAGE"})
"""What makes uv build a package that it is told not to build."""

_OPTION: Final = re.compile(r"--no-binary(?:-package)?(?:[= ]|$)(?P<value>.*)")


def built_here(
    requirements: Requirements,
    *,
    allowed: Collection[str],
    arguments: Sequence[str] = (),
    environment: Mapping[str, str],
) -> Mapping[str, str]:
    """Return the packages that a build on the host would run the code of, each with the reason.

    Args:
        requirements: What is to be installed.
        allowed: The packages that may be built on the host.
        arguments: Further arguments of the installer.
        environment: What the user set for the build.
    """
    named = frozenset(map(canonicalize_name, allowed))
    found = (
        *_repositories((*requirements.lines, *requirements.constraints)),
        *((archive.name, "is a source distribution") for archive in requirements.archives if not archive.is_wheel),
        *((name, "is not wanted as a wheel") for name in _not_as_wheels(requirements, arguments, environment)),
    )
    return {name: reason for name, reason in found if canonicalize_name(name) not in named}


def _repositories(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if match := _FROM_REPOSITORY.match(line):
            yield match["name"] or masked(match["url"]), "comes from a repository"


def _not_as_wheels(
    requirements: Requirements, arguments: Sequence[str], environment: Mapping[str, str]
) -> Iterator[str]:
    pairs = (" ".join(pair) for pair in pairwise((*arguments, "")))
    for text in (*requirements.options, *pairs):
        if match := _OPTION.match(text):
            yield from _names(match["value"].partition(" ")[0])
    for name in sorted(VARIABLES & environment.keys()):
        yield from _names(environment[name])


def _names(text: str) -> Iterator[str]:
    yield from (name for name in re.split(r"[,\s]+", text) if name and name != ":none:")
