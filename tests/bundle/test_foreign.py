"""Whose code a build on the host would run."""

from pathlib import Path

import pytest

from python_function._bundle import foreign
from python_function._dependencies.local_packages import LocalArchive
from python_function._dependencies.requirements_txt.read import Requirements

_COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("requirements", "found"),
    [
        pytest.param(Requirements(lines=("six==1.17.0", "a @ https://h.invalid/a-1.zip")), [], id="what uv refuses"),
        pytest.param(Requirements(lines=(f"a[x] @ git+https://h.invalid/a@{_COMMIT}",)), ["a"], id="a repository"),
        pytest.param(Requirements(constraints=("a @ git+ssh://git@h.invalid/a",)), ["a"], id="of a local package"),
        pytest.param(
            Requirements(lines=("git+https://u:p@h.invalid/a",)), ["git+https://***@h.invalid/a"], id="without a name"
        ),
        pytest.param(
            Requirements(archives=(LocalArchive(name="a", path=Path("a-1.tar.gz")),)), ["a"], id="a source distribution"
        ),
        pytest.param(Requirements(archives=(LocalArchive(name="a", path=Path("a-1.whl")),)), [], id="a wheel"),
        pytest.param(Requirements(options=("--no-binary a", "--no-binary :all:")), ["a", ":all:"], id="no binary"),
        pytest.param(Requirements(options=("--no-binary :none:", "--only-binary b")), [], id="binary"),
    ],
)
def test_what_would_run_the_code_of_others_is_found(requirements: Requirements, found: list[str]) -> None:
    assert list(foreign.built_here(requirements, allowed=(), environment={})) == found
    assert foreign.built_here(requirements, allowed=found, environment={}) == {}


@pytest.mark.parametrize(
    ("arguments", "environment", "found"),
    [
        (("--no-binary", "a"), {}, ["a"]),
        (("--no-binary=a,b",), {}, ["a", "b"]),
        (("--no-binary-package", "a", "--resolution=lowest"), {}, ["a"]),
        (("--prerelease=allow",), {"UV_RESOLUTION": "lowest"}, []),
        ((), {"UV_NO_BINARY_PACKAGE": "a b"}, ["a", "b"]),
    ],
)
def test_no_other_way_to_ask_for_it_goes_unseen(
    arguments: tuple[str, ...], environment: dict[str, str], found: list[str]
) -> None:
    seen = foreign.built_here(Requirements(), allowed=(), arguments=arguments, environment=environment)

    assert list(seen) == found


def test_names_are_names_however_they_are_written() -> None:
    requirements = Requirements(options=("--no-binary My_Package",))

    assert foreign.built_here(requirements, allowed=("my.package",), environment={}) == {}
