"""What a container engine's failures mean and what helps."""

import re
from typing import Final

from python_function.errors import BundlingError, CommandError, EngineError

_NO_ENGINE: Final = re.compile(
    r"cannot connect to (the docker daemon|podman)|error during connect|is the docker daemon running"
    r"|permission denied while trying to connect|unable to connect to podman|failed to connect to the docker api",
    re.IGNORECASE,
)
_NO_IMAGE: Final = re.compile(
    r"unable to find image|pull access denied|manifest (for .* )?(unknown|not found)|no such image|initializing source"
    r"|short-name .* did not resolve|does not match the specified platform|image not known",
    re.IGNORECASE,
)
_NO_PROGRAM: Final = re.compile(r"executable file .*not found|no such file or directory: unknown", re.IGNORECASE)
_OTHER_MACHINE: Final = re.compile(r"exec format error", re.IGNORECASE)
OF_ENGINE: Final = frozenset({125, 126, 127})
"""The exit codes of an engine that could not start the container, or a program in it.

Newer clients give the second where they may not use the engine.
https://docs.docker.com/reference/cli/docker/container/run/#exit-status
"""
_KILLED: Final = 137
"""The exit code of what was killed, which nothing but a lack of memory does unasked."""
_MOUNTS: Final = "the container does not see the directories mounted into it"
"""How our script tells that it cannot leave a mark."""


def missing(engine: str) -> EngineError:
    """Return the error of an engine whose command is not there."""
    return EngineError(
        f"The engine's command {engine!r} is not there. Install Docker, Podman or Finch, or name its command in the"
        " environment variable CDK_DOCKER."
    )


def idle(engine: str) -> EngineError:
    """Return the error of an engine that calls a success what it has not done."""
    return EngineError(
        f"{engine!r} ended without an error, and without having run the build to its end. Look at what the command is"
        " that CDK_DOCKER names, and whether its engine shares this machine's directories; if not, pass"
        " bundling_file_access=BundlingFileAccess.VOLUME_COPY."
    )


def explain(error: CommandError, *, engine: str, image: str, began: bool) -> BundlingError:
    """Return what *error* means of a run of *image*: what a build prints may look like an error of the engine.

    Args:
        error: How the engine's command ended.
        engine: The command.
        image: The image.
        began: Whether what was to run in the container did.
    """
    if not began and _MOUNTS not in error.output:
        return of_engine(error, engine=engine, image=image)
    what = f"The build in {image!r} failed with exit code {error.returncode}."
    if error.returncode == _KILLED:
        what += " It was killed, most likely for want of memory: give the engine more, or the build less to do."
    return BundlingError(f"{what}\n{error.output}")


def of_engine(error: CommandError, *, engine: str, image: str) -> BundlingError:
    """Return what *error* means of an attempt to make a container of *image*, and to start a program in it."""
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
    if _OTHER_MACHINE.search(error.output):
        return BundlingError(
            f"The image {image!r} is for another machine, whose programs this one cannot run. Install their emulation,"
            f" or pass platform= of an image for this one.\n{error.output}"
        )
    if _NO_PROGRAM.search(error.output):
        return BundlingError(
            f"The image {image!r} lacks what is to be run in it: an image needs a shell, sh, and a python3."
            f"\n{error.output}"
        )
    return BundlingError(f"{engine} could not start the container for {image!r}.\n{error.output}")
