"""Repositories that ask for a password: git gets it unseen, and not in the arguments that it is started with."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from python_function._dependencies.requirements_txt.read import Requirements

_REPOSITORY: Final = re.compile(
    r"git\+(?P<scheme>https?://)(?P<user>[^/\s@:]*)(?::(?P<password>[^/\s@]*))?@(?P<place>[^\s@#;?]+)"
)
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What lets git into a repository.

    Attributes:
        url: The address of the repository, which lets nobody in.
        user: The name, perhaps with variables.
        password: The password, perhaps with variables.
    """

    url: str
    user: str
    password: str

    def header(self, environ: Mapping[str, str]) -> str:
        """Return the line of a request that says who asks."""
        user, password = (
            unquote(_VARIABLE.sub(lambda found: environ.get(found[1], found[0]), part))
            for part in (self.user, self.password)
        )
        return f"Authorization: Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def closed(requirements: Requirements) -> tuple[Requirements, tuple[Access, ...]]:
    """Return *requirements* without the credentials of repositories, and these."""
    texts = (*requirements.lines, *requirements.constraints)
    found = (match for text in texts for match in _REPOSITORY.finditer(text))
    access = (
        Access(url=match["scheme"] + match["place"], user=match["user"], password=match["password"] or "")
        for match in found
    )
    without = replace(
        requirements,
        lines=tuple(map(_without, requirements.lines)),
        constraints=tuple(map(_without, requirements.constraints)),
    )
    return without, tuple(dict.fromkeys(access))


def variables(access: tuple[Access, ...], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that tell git of *access*, besides what *environ* tells it already.

    https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT
    """
    if not access:
        return {}
    number = int(environ.get("GIT_CONFIG_COUNT") or 0)
    found: dict[str, str] = {}
    for one in access:
        # The empty value takes back what is set for the whole host: two such headers are refused.
        for value in ("", one.header(environ)):
            found |= {f"GIT_CONFIG_KEY_{number}": f"http.{one.url}.extraHeader", f"GIT_CONFIG_VALUE_{number}": value}
            number += 1
    return {**found, "GIT_CONFIG_COUNT": str(number)}


def _without(text: str) -> str:
    return _REPOSITORY.sub(r"git+\g<scheme>\g<place>", text)
