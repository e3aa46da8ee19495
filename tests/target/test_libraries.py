"""The system libraries of the runtimes."""

import pytest

from python_function._target import libraries
from python_function._target.target import GLIBC, Target

TARGETS = [Target(runtime, architecture) for runtime in GLIBC for architecture in ("x86_64", "arm64")]


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize(
    "name", ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"]
)
def test_what_nearly_every_wheel_needs_is_there(target: Target, name: str) -> None:
    assert name in libraries.system(target)


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("name", ["libexpat.so.1", "libGL.so.1", "libX11.so.6", "libatomic.so.1", "libpq.so.5"])
def test_what_functions_are_known_to_miss_is_not(target: Target, name: str) -> None:
    assert name not in libraries.system(target)


@pytest.mark.parametrize(
    ("runtime", "there", "gone"),
    [
        ("python3.11", {"libssl.so.10", "libcrypt.so.1", "libnsl.so.1"}, {"libssl.so.3", "libcrypt.so.2"}),
        ("python3.12", {"libssl.so.3", "libcrypt.so.2"}, {"libssl.so.10", "libcrypt.so.1", "libnsl.so.1"}),
    ],
)
def test_each_system_has_libraries_of_its_own(runtime: str, there: set[str], gone: set[str]) -> None:
    found = libraries.system(Target(runtime, "x86_64"))

    assert there <= found
    assert not gone & found
