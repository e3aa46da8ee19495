"""The uv that installs in containers: which one, and the digests that it is known by wherever it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One release for one machine.

    Attributes:
        version: The release.
        wheel: The SHA-256 of the static build's wheel.
        binary: The SHA-256 of the program in it.
    """

    version: str
    wheel: str
    binary: str


_VERSION: Final = "0.13.9"

PINS: Final[Mapping[str, Pin]] = MappingProxyType(
    {
        "x86_64": Pin(
            version=_VERSION,
            wheel="2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
            binary="edbfb9a3d00dc84148e6691cd8740781fdc32db6505d7ef88ba6c3e569d5bec9",
        ),
        "aarch64": Pin(
            version=_VERSION,
            wheel="5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
            binary="bbecb5ac518030bb5e84f1999c577228460192832ac24a92bd772735682979f4",
        ),
    }
)
"""By the machine's name in platform tags."""
