from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest

from python_function._machine import uv
from python_function._machine.host import Host
from python_function._machine.pinned import PINS
from python_function._target.target import Target
from python_function.errors import BundlingError, CommandError
from tests.doubles import PIN, UV, Recorder

TARGET = Target("python3.13", "arm64")


def offer(content: bytes) -> Callable[[Sequence[str]], str]:
    """Do as uv does when it installs itself from an index that has *content* for it."""

    def fetch(argv: Sequence[str]) -> str:
        wanted = Path(argv[argv.index("--requirements") + 1]).read_text()
        assert wanted == "uv==1.2.3 --hash=sha256:the wheel's\n"
        binary = Path(argv[argv.index("--target") + 1], "bin/uv")
        binary.parent.mkdir(parents=True)
        binary.write_bytes(content)
        return ""

    return fetch


@pytest.fixture
def work(tmp_path: Path) -> Callable[[], Path]:
    """Return a maker of directories to work in."""
    numbers = count()

    def make() -> Path:
        directory = tmp_path / f"work{next(numbers)}"
        directory.mkdir()
        return directory

    return make


def test_the_containers_installer_is_fetched_once_for_its_machine(
    recorder: Recorder, make_host: Callable[..., Host], work: Callable[[], Path]
) -> None:
    recorder.answer = offer(UV)
    host = make_host(recorder)

    first = uv.for_container(host, TARGET.machine, {}, work())

    assert (first / "uv").stat().st_mode & 0o777 == 0o755
    assert (first / "uv").read_bytes() == UV
    assert uv.for_container(host, TARGET.machine, {}, work()) == first
    (argv,) = recorder.calls
    assert argv[argv.index("--python-platform") + 1] == "aarch64-unknown-linux-musl"
    assert "--require-hashes" in argv
    assert {path.relative_to(host.cache).as_posix() for path in host.cache.rglob("*") if path.is_file()} == {
        f"uv/{PIN.binary}/uv"
    }


@pytest.mark.parametrize("damaged", [b"", UV[:-1], b"another program"], ids=["empty", "cut", "another"])
def test_a_kept_installer_that_is_not_the_one_is_fetched_again(
    recorder: Recorder, make_host: Callable[..., Host], work: Callable[[], Path], damaged: bytes
) -> None:
    recorder.answer = offer(UV)
    host = make_host(recorder)
    kept = uv.for_container(host, TARGET.machine, {}, work()) / "uv"
    kept.write_bytes(damaged)

    assert uv.for_container(host, TARGET.machine, {}, work()) / "uv" == kept
    assert kept.read_bytes() == UV
    assert len(recorder.calls) == 2


def test_an_installer_that_is_not_the_one_is_an_error_and_not_kept(
    recorder: Recorder, make_host: Callable[..., Host], work: Callable[[], Path]
) -> None:
    recorder.answer = offer(b"another program")
    host = make_host(recorder)

    with pytest.raises(BundlingError, match=r"uv 1\.2\.3 for aarch64, as the package index has it, is not the one"):
        uv.for_container(host, TARGET.machine, {}, work())
    assert not [path for path in host.cache.rglob("*") if path.is_file()]


def test_an_installer_that_cannot_be_fetched_leaves_nothing(
    recorder: Recorder, make_host: Callable[..., Host], work: Callable[[], Path]
) -> None:
    def fail(_: Sequence[str]) -> str:
        message = "command failed"
        raise CommandError(message, returncode=2, output="no route")

    recorder.answer = fail
    host = make_host(recorder)

    with pytest.raises(
        BundlingError, match=r"uv 1\.2\.3, which installs in the container, cannot be had(?s:.)*no route"
    ):
        uv.for_container(host, TARGET.machine, {}, work())
    assert not [path for path in host.cache.rglob("*") if path.is_file()]


def test_without_a_cache_the_installer_is_fetched_for_the_build_alone(
    recorder: Recorder, make_host: Callable[..., Host], work: Callable[[], Path], lines: list[str]
) -> None:
    recorder.answer = offer(UV)
    host = make_host(recorder)
    host.cache.write_text("a file in its place")

    for _ in range(2):
        assert (uv.for_container(host, TARGET.machine, {}, work()) / "uv").read_bytes() == UV
    (line,) = lines
    assert str(host.cache) in line
    assert "nothing is kept for the next build" in line


def test_what_cannot_be_kept_serves_the_build_alone_and_is_told_once(
    recorder: Recorder, make_host: Callable[..., Host], work: Callable[[], Path], lines: list[str]
) -> None:
    recorder.answer = offer(UV)
    host = make_host(recorder)
    (host.cache / "uv" / PIN.binary / "uv.part").mkdir(parents=True, mode=0o700)
    (host.cache / "uv").chmod(0o700)

    for _ in range(2):
        place = work()
        assert (uv.for_container(host, TARGET.machine, {}, place) / "uv").is_relative_to(place)
    (line,) = lines
    assert "nothing is kept for the next build" in line


def test_what_is_pinned_is_one_release_for_every_machine_that_lambda_has() -> None:
    assert {Target("python3.13", name).machine for name in ("x86_64", "arm64")} == set(PINS)
    assert len({pin.version for pin in PINS.values()}) == 1
    assert len({digest for pin in PINS.values() for digest in (pin.wheel, pin.binary)}) == 2 * len(PINS)
