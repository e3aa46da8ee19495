"""What a bundle is built for: the runtime table and everything that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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

PATCHES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "python3.8": 20,
        "python3.9": 25,
        "python3.10": 19,
        "python3.11": 14,
        "python3.12": 12,
        "python3.13": 9,
        "python3.14": 0,
    }
)
"""The patch level that each runtime is known to have reached; AWS raises them and never goes back.

The images at public.ecr.aws/lambda/python had 3.13.9 and 3.14.0 in January 2026
(https://github.com/aws/aws-lambda-base-images/issues/364 and /374). Of the others these are the releases of October
2025, which is when those two were made, and the last ones of 3.8 and 3.9: https://www.python.org/downloads/
"""

DEPRECATED: Final = frozenset({"python3.8", "python3.9", "python3.10"})
"""Runtimes that get no more security updates, the last of them since 2026-10-31.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated
"""

PREVIEW: Final = frozenset({"python3.15"})
"""Runtimes that AWS shows as images only: no function can have them yet.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-future
"""

DEFAULT_RUNTIME: Final = "python3.13"
"""What code is built for that says nothing about the Python it needs."""

_MACHINES: Final = MappingProxyType({"x86_64": "x86_64", "arm64": "aarch64"})
_DOCKER_PLATFORMS: Final = MappingProxyType({"x86_64": "linux/amd64", "arm64": "linux/arm64"})

_LATE: Final = 99
"""A patch level that no Python reaches."""

ARCHITECTURES: Final = tuple(_MACHINES)
"""Lambda's names of the instruction sets, the default first."""


@dataclass(frozen=True, slots=True)
class Target:
    """The Lambda environment a bundle is built for.

    Attributes:
        runtime: Lambda's name of the runtime, ``python3.13``.
        architecture: Lambda's name of the instruction set, ``x86_64`` or ``arm64``.
        patch: The patch level of its Python, by default the one that the runtime is known to have.
    """

    runtime: str
    architecture: str
    patch: int | None = None

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
    def python_full_version(self) -> str:
        """The version with the patch level, ``3.13.9``: what requirements and their markers are held against."""
        patch = PATCHES[self.runtime] if self.patch is None else self.patch
        return f"{self.python_version}.{patch}"

    @property
    def markers(self) -> Mapping[str, str]:
        """What environment markers are held against: https://packaging.python.org/specifications/dependency-specifiers/."""
        return {
            "implementation_name": "cpython",
            "implementation_version": self.python_full_version,
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": self.python_full_version,
            "python_version": self.python_version,
            "sys_platform": "linux",
        }

    @property
    def environments(self) -> tuple[Mapping[str, str], ...]:
        """What holds of markers at whatever patch level the target's Python has, the known one first."""
        return tuple(replace(self, patch=patch).markers for patch in (self.patch, 0, _LATE))

    @property
    def machine(self) -> str:
        """The instruction set as ``uname -m`` and wheel tags call it."""
        return _MACHINES[self.architecture]

    @property
    def docker_platform(self) -> str:
        """The platform of the container that builds for the target."""
        return _DOCKER_PLATFORMS[self.architecture]

    @property
    def runtime_image(self) -> str:
        """The image that AWS offers to run functions in, for all instruction sets."""
        return f"public.ecr.aws/lambda/python:{self.python_version}"

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
