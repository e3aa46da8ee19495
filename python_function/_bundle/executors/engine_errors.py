"""What a container engine's failures mean and what helps."""

import re
from typing import Final

from python_function.errors import BundlingError, CommandError, EngineError

_NO_ENGINE: Final = re.compile(
    r"cannot connect to (the docker daemon|podman)|error during connect|is the docker daemon running"
    r"|permission denied while trying to connect|unable to connect to podman",
    re.IGNORECASE,
)
_NO_IMAGE: Final = re.compile(
    r"unable to find image|pull access denied|manifest (for .* )?(unknown|not found)|no such image|initializing source"
    r"|short-name .* did not resolve|does not match the specified platform|image not known",
    re.IGNORECASE,
)
ENGINE_FAILED: Final = 125
"""The exit code of an engine that could not start the container.

https://docs.docker.com/reference/cli/docker/container/run/#exit-status
"""


def missing(engine: str) -> EngineError:
    """Return the error of an engine whose command is not there."""
    return EngineError(
        f"The engine's command {engine!r} is not there. Install Docker, Podman or Finch, or name its command in the"
        " environment variable CDK_DOCKER."
    )


def explain(error: CommandError, *, engine: str, image: str) -> BundlingError:
    """Return what *error* means of a run of *image*: what a build prints may look like an error of the engine."""
    if error.returncode == ENGINE_FAILED:
        return of_engine(error, engine=engine, image=image)
    return BundlingError(f"The build in {image!r} failed with exit code {error.returncode}.\n{error.output}")


def of_engine(error: CommandError, *, engine: str, image: str) -> BundlingError:
    """Return what *error* means of an attempt to make a container of *image*."""
    if _NO_ENGINE.search(error.output):
        return EngineError(
            f"The engine that {engine!r} talks to is not running, or not yours to use. Start it, or name another"
            f" command in the environment variable CDK_DOCKER.\n{error.output}"
        )
    if _NO_IMAGE.search(error.output):
        return BundlingError(
            f"The image {image!r} that this bundle is built in is neither here nor to be pulled. Check its name and"
            f" platform, log in to its registry, or pass another image=DockerImage.from_registry(...).\n{error.output}"
        )
    return BundlingError(f"{engine} could not start the container for {image!r}.\n{error.output}")
