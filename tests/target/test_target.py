"""The table of runtimes, and what follows from it."""

import pytest
from packaging.markers import Marker, default_environment
from packaging.version import Version

from python_function._target.target import DEFAULT_RUNTIME, DEPRECATED, GLIBC, PATCHES, PREVIEW, Target
from python_function.errors import OptionError


def test_the_tables_are_about_the_same_runtimes() -> None:
    assert list(GLIBC) == list(PATCHES) == sorted(GLIBC, key=lambda name: Version(name.removeprefix("python")))
    assert set(GLIBC) > DEPRECATED
    assert DEFAULT_RUNTIME in set(GLIBC) - DEPRECATED
    assert not PREVIEW & set(GLIBC)


@pytest.mark.parametrize("runtime", [*PREVIEW, "python2.7", "nodejs22.x", ""])
def test_nothing_is_built_for_other_runtimes(runtime: str) -> None:
    with pytest.raises(OptionError, match=f"runtime must be one of .*, not {runtime!r}"):
        Target(runtime, "x86_64")


@pytest.mark.parametrize("runtime", GLIBC)
@pytest.mark.parametrize("machine", ["x86_64", "arm64"])
def test_markers_are_held_against_the_target_and_nothing_of_this_machine(runtime: str, machine: str) -> None:
    target = Target(runtime, machine)
    version = Version(target.python_full_version)

    assert set(target.markers) == set(default_environment())
    assert (version.major, version.minor) == Version(target.python_version).release
    for marker, holds in (
        (f"python_full_version == '{version}'", True),
        (f"python_version == '{target.python_version}'", True),
        ("platform_machine == 'aarch64'", machine == "arm64"),
        ("sys_platform == 'linux' and os_name == 'posix' and platform_system == 'Linux'", True),
        ("implementation_name == 'cpython' and platform_python_implementation == 'CPython'", True),
    ):
        assert Marker(marker).evaluate(dict(target.markers)) == holds
