"""What of this machine a container gets to reach indexes with: variables, certificates, directories of packages."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from python_function._machine import environment, variables
from python_function.errors import BundlingError

INDEXES: Final = "/asset-indexes"
_WORD: Final = re.compile(r"[^\s,]+")
_LOCAL: Final = re.compile(r"(?P<name>[\w.-]+=)?(?P<place>file://.*|/.*)")


@dataclass(slots=True, kw_only=True)
class Lent:
    """What is lent to one container.

    Attributes:
        environment: The variables, all of them.
        volumes: The directories of packages, each with its place in the container.
    """

    environment: dict[str, str] = field(repr=False)
    volumes: tuple[tuple[str, ...], ...] = ()


def lend(
    process: Mapping[str, str], given: Mapping[str, str], scratch: Path, *, seen_as: str, copies: bool = False
) -> Lent:
    """Return what a container gets of *process*; *given* is as the container has to see it, and wins.

    Args:
        process: The variables of the process.
        given: What the user gave for the bundle.
        scratch: The directory to put certificates in, one that the container sees.
        seen_as: What the container calls it.
        copies: Whether the container sees no directories of this machine.

    Raises:
        BundlingError: An index is a directory of this machine, and the container could not see it.
    """
    places: dict[str, str] = {}
    final = environment.for_container(process, given)
    own = environment.for_container(process)
    for name in variables.INDEXES & own.keys():
        if final.get(name) == own[name]:
            final[name] = _WORD.sub(lambda found: _placed(found[0], places), own[name])
    if places and copies:
        msg = (
            f"The settings of pip or uv say to look for packages in {' and '.join(places)}, which a container that gets"
            " copies does not see. Pass environment={...} with an index for it."
        )
        raise BundlingError(msg)
    final |= _certificates(process, final.keys() | given.keys(), scratch, seen_as)
    return Lent(environment=final, volumes=tuple((host, there, "ro") for host, there in places.items()))


def _placed(word: str, places: dict[str, str]) -> str:
    """Return an index as the container has it, and note the directory that it has to see for that."""
    local = _LOCAL.fullmatch(word)
    if not local:
        return word
    is_url = local["place"].startswith("file:")
    path = Path(unquote(urlsplit(local["place"]).path) if is_url else local["place"])
    # The files that the pages of an index link to are beside them.
    root = path.parent if is_url and path.parent != path.parent.parent else path
    if not root.is_dir():
        return word
    there = places.setdefault(str(root), f"{INDEXES}/{len(places)}")
    return f"{local['name'] or ''}{'file://' if is_url else ''}{there}{str(path).removeprefix(str(root))}"


def _certificates(process: Mapping[str, str], taken: "set[str]", scratch: Path, seen_as: str) -> dict[str, str]:
    """Copy the files with the certificates that this machine trusts to *scratch*, and return what names them there."""
    translated = environment.merged(process)
    found: dict[str, str] = {}
    for name in sorted(variables.AUTHORITIES & translated.keys() - taken):
        path = Path(translated[name])
        if path.is_file():
            place = scratch / "certificates" / path.name
            place.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, place)
            found[name] = f"{seen_as}/certificates/{path.name}"
    return found
