"""The file that App Runner's own runtimes are configured by, as data.

https://docs.aws.amazon.com/apprunner/latest/dg/config-file-ref.html
"""

from dataclasses import dataclass, field
from typing import Final

NAME: Final = "apprunner.yaml"

DEFAULT_PORT: Final = 8080

REVISED: Final = "python311"
"""The runtime whose build throws away what is installed outside of the application's directory.

https://docs.aws.amazon.com/apprunner/latest/dg/service-source-code.html#service-source-code.build-detail
"""

ORIGINAL: Final = "python3"

VERSIONS: Final = {ORIGINAL: ("3.7", "3.8"), REVISED: ("3.11",)}
"""The runtimes, and the versions of Python that each has.

https://docs.aws.amazon.com/apprunner/latest/dg/service-source-code-python-releases.html
"""

ENDED: Final = {ORIGINAL: "2025-12-01"}
"""The runtimes that are not supported any more, and since when."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the file, and its line; 0 where no file says it."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, its value or where that is kept, and its line."""

    name: str
    value: str = field(repr=False)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """How a service is built and run.

    Attributes:
        runtime: The name of the runtime.
        pre_build: The commands before the build.
        build: The commands of the build.
        post_build: The commands after it.
        build_env: What these and *pre_run* get to see.
        version: The version of Python, as far as it is fixed.
        pre_run: What changes the image that the application has been copied to.
        command: What runs the application.
        port: The port that it listens to.
        port_env: A second variable with that port.
        env: What *command* gets to see.
        secrets: What it gets to see besides, with the place where each is kept.
    """

    runtime: Said
    pre_build: tuple[Said, ...] = ()
    build: tuple[Said, ...] = ()
    post_build: tuple[Said, ...] = ()
    build_env: tuple[Variable, ...] = ()
    version: Said | None = None
    pre_run: tuple[Said, ...] = ()
    command: Said
    port: int = DEFAULT_PORT
    port_env: Said | None = None
    env: tuple[Variable, ...] = ()
    secrets: tuple[Variable, ...] = ()

    @property
    def building(self) -> tuple[Said, ...]:
        """The commands of all phases of the build, in order."""
        return (*self.pre_build, *self.build, *self.post_build)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is told of a file.

    Attributes:
        line: Where it is, from 1; 0 for the file as a whole.
        text: What was found, and what to do.
        is_error: Whether it cannot work.
    """

    line: int
    text: str
    is_error: bool = True
