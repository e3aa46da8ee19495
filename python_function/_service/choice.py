"""What the options of a service are held to."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias, get_args

from python_function._service import service
from python_function._service.service import Service
from python_function.errors import OptionError

Platform: TypeAlias = Literal["express", "apprunner"]
"""ECS Express Mode, or App Runner."""


def check(platform: str, *, connection: str | None, repository: str | None, path: str, names: Iterable[str]) -> None:
    """Hold the options of a service to what they may be.

    Args:
        platform: Where it runs.
        connection: How App Runner reads a repository.
        repository: The repository.
        path: What is asked whether it is well.
        names: The variables that it is given.

    Raises:
        OptionError: They contradict each other, or one is none.
    """
    known = get_args(Platform)
    if platform not in known:
        msg = f"platform must be one of {', '.join(map(repr, known))}, not {platform!r}."
        raise OptionError(msg)
    if (connection is None) != (repository is None):
        msg = "connection and repository go together: the ARN of a connection, and the URL that it can read. Pass both."
        raise OptionError(msg)
    if connection and platform != "apprunner":
        msg = 'connection and repository are for App Runner: pass platform="apprunner", or leave them out.'
        raise OptionError(msg)
    if not path.startswith("/"):
        msg = f"health_check_path must start with /, not {path!r}."
        raise OptionError(msg)
    if "PORT" in names:
        msg = "PORT is what the platform sets. Leave it out; the port is in apprunner.yaml, or 8080."
        raise OptionError(msg)


def check_file(found: Service, given: Sequence[str]) -> None:
    """Hold a service that App Runner builds from its repository to what the file there can say.

    Raises:
        EntryError: There is no file.
        OptionError: What is *given* belongs into it.
    """
    if found.file is None:
        _ = service.checked(found.directory)
    if given:
        msg = (
            f"{' and '.join(given)} cannot be given to what App Runner builds from a repository by {found.file}."
            " Write it there, or let an image be made: leave out connection and repository."
        )
        raise OptionError(msg)
