"""What a bundle is built for: the runtime table and everything that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from python_function.errors import OptionError

_AMAZON_LINUX_2: Final = (2, 26)
_AMAZON_LINUX_2023: Final = (2, 34)

GLIBC: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "python3.8": _AMAZON_LINUX_2,
        "python3.9": _AMAZON_LINUX_2,
        "python3.10": _AMAZON_LINUX_2,
        "python3.11": _AMAZON_LINUX_2,
        "python3.12": _AMAZON_LINUX_2023,
        "python3.13": _AMAZON_LINUX_2023,
        "python3.14": _AMAZON_LINUX_2023,
    }
)
"""The C library of each runtime, oldest runtime first.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

DEPRECATED: Final = frozenset({"python3.8", "python3.9"})
"""Runtimes that get no more security updates; CDK's own list.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated
"""

DEFAULT_RUNTIME: Final = "python3.13"
"""What code is built for that says nothing about the Python it needs."""

_MACHINES: Final = MappingProxyType({"x86_64": "x86_64", "arm64": "aarch64"})
_DOCKER_PLATFORMS: Final = MappingProxyType({"x86_64": "linux/amd64", "arm64": "linux/arm64"})

ARCHITECTURES: Final = tuple(_MACHINES)
"""Lambda's names of the instruction sets, the default first."""


@dataclass(frozen=True, slots=True)
class Target:
    """The Lambda environment a bundle is built for.

    Attributes:
        runtime: Lambda's name of the runtime, ``python3.13``.
        architecture: Lambda's name of the instruction set, ``x86_64`` or ``arm64``.
    """

    runtime: str
    architecture: str

    def __post_init__(self) -> None:
        if self.runtime not in GLIBC:
            msg = f"runtime must be one of {', '.join(GLIBC)}, not {self.runtime!r}."
            raise OptionError(msg)
        if self.architecture not in ARCHITECTURES:
            msg = f"architecture must be one of {', '.join(ARCHITECTURES)}, not {self.architecture!r}."
            raise OptionError(msg)

    @property
    def python_version(self) -> str:
        """Major and minor version, ``3.13``."""
        return self.runtime.removeprefix("python")

    @property
    def machine(self) -> str:
        """The instruction set as ``uname -m`` and wheel tags call it."""
        return _MACHINES[self.architecture]

    @property
    def docker_platform(self) -> str:
        """The platform of the container that builds for the target."""
        return _DOCKER_PLATFORMS[self.architecture]

    @property
    def bundling_image(self) -> str:
        """The image that AWS offers to build in, the same that CDK names for the runtime."""
        return f"public.ecr.aws/sam/build-{self.runtime}"

    @property
    def uv_platform(self) -> str:
        """The newest of uv's platforms whose wheels all run on the target.

        uv knows no manylinux between 2_17 and 2_28, so for the runtimes with glibc 2.26 it is 2_17.
        """
        tag = "manylinux2014" if GLIBC[self.runtime] == _AMAZON_LINUX_2 else "manylinux_2_34"
        return f"{self.machine}-{tag}"
