from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from python_function._machine import uv
from python_function._machine.host import Host
from python_function._target.target import Target
from python_function.errors import BundlingError, CommandError
from tests.doubles import Recorder

TARGET = Target("python3.13", "arm64")


def fetch(argv: Sequence[str]) -> str:
    """Do as uv does when it installs itself."""
    binary = Path(argv[argv.index("--target") + 1], "bin/uv")
    binary.parent.mkdir()
    binary.touch()
    return ""


def test_the_containers_installer_is_fetched_once_for_its_machine(
    recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    recorder.answer = fetch
    host = make_host(recorder)

    first = uv.for_container(host, TARGET.machine, ())

    assert (first / "uv").stat().st_mode & 0o777 == 0o755
    assert uv.for_container(host, TARGET.machine, ()) == first
    (argv,) = recorder.calls
    assert argv[argv.index("--python-platform") + 1] == "aarch64-unknown-linux-musl"
    assert [path.name for path in host.cache.iterdir()] == [first.name]


def test_an_installer_that_cannot_be_fetched_leaves_nothing(recorder: Recorder, make_host: Callable[..., Host]) -> None:
    def fail(_: Sequence[str]) -> str:
        message = "command failed"
        raise CommandError(message, returncode=2, output="no route")

    recorder.answer = fail
    host = make_host(recorder)

    with pytest.raises(
        BundlingError, match=r"uv [\d.]+, which installs in the container, cannot be fetched(?s:.)*no route"
    ):
        uv.for_container(host, TARGET.machine, ())
    assert list(host.cache.iterdir()) == []


def test_the_users_own_configuration_is_found_where_uv_finds_it(tmp_path: Path) -> None:
    own = tmp_path / ".config/uv/uv.toml"
    moved = tmp_path / "elsewhere/uv/uv.toml"
    for file in (own, moved):
        file.parent.mkdir(parents=True)
        file.touch()

    assert uv.user_configuration({}, tmp_path) == str(own)
    assert uv.user_configuration({"XDG_CONFIG_HOME": str(tmp_path / "elsewhere")}, tmp_path) == str(moved)
    assert uv.user_configuration({"UV_CONFIG_FILE": "/given.toml"}, tmp_path) == "/given.toml"
