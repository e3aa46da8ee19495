"""Whose the cache is, and what happens where it cannot be had."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._machine import cache
from python_function._machine.host import Host
from tests.doubles import Recorder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_cache_is_for_its_user_alone(make_host: Callable[..., Host]) -> None:
    host = make_host(Recorder())
    host.cache.mkdir(mode=0o755)

    place = cache.directory(host, "things")

    assert place == host.cache / "things"
    assert [mode(path) for path in (host.cache, host.cache / "things")] == [0o700, 0o700]


@pytest.mark.parametrize("name", ["", "things"])
@pytest.mark.parametrize("opened", [0o777, 0o775, 0o702])
def test_a_cache_that_others_can_write_to_is_not_believed(
    make_host: Callable[..., Host], lines: list[str], name: str, opened: int
) -> None:
    host = make_host(Recorder())
    place = host.cache / name
    place.mkdir(parents=True)
    place.chmod(opened)

    assert cache.directory(host, "things") is None
    assert cache.directory(host, "others") is None or name
    (line,) = lines
    assert f"{place}: other users can write to it." in line


def test_a_cache_of_another_user_is_not_believed(make_host: Callable[..., Host], lines: list[str]) -> None:
    host = replace(make_host(Recorder()), ids=(os.getuid() + 1, os.getgid()))

    assert cache.directory(host, "things") is None
    assert cache.directory(host, "others") is None
    (line,) = lines
    assert f"{host.cache}: it belongs to another user." in line


def test_a_link_to_elsewhere_is_not_believed(make_host: Callable[..., Host], tmp_path: Path) -> None:
    host = make_host(Recorder())
    (tmp_path / "elsewhere").mkdir()
    host.cache.symlink_to("elsewhere")

    assert cache.directory(host, "things") is None


def test_a_place_where_nothing_can_be_made_is_told(
    make_host: Callable[..., Host], unprivileged: Path, lines: list[str]
) -> None:
    unprivileged.chmod(0o500)
    host = replace(make_host(Recorder()), cache=unprivileged / "cache")

    assert cache.directory(host, "things") is None
    assert "Permission denied" in lines[0]


def test_what_is_kept_is_read_again(make_host: Callable[..., Host]) -> None:
    host = make_host(Recorder())

    assert cache.read(host, "things", "key") is None
    for text in ("one\r\nünï\n", ""):
        cache.write(host, "things", "key", text)

        assert cache.read(host, "things", "key") == text
    (file,) = (host.cache / "things").iterdir()
    assert mode(file) == 0o600


@pytest.mark.parametrize("damaged", [b"", b"cut", b"\xff", b"another\ndigest"])
def test_what_is_damaged_is_not_believed(make_host: Callable[..., Host], damaged: bytes) -> None:
    host = make_host(Recorder())
    cache.write(host, "things", "key", "text")
    whole = (host.cache / "things/key").read_bytes()

    for content in (damaged, whole[:-1], whole + b"x"):
        (host.cache / "things/key").write_bytes(content)

        assert cache.read(host, "things", "key") is None


def test_what_cannot_be_kept_is_told_once_and_no_error(make_host: Callable[..., Host], lines: list[str]) -> None:
    host = make_host(Recorder())
    place = cache.directory(host, "things")
    assert place is not None
    for name in ("one.part", "two.part"):
        (place / name).mkdir()

    cache.write(host, "things", "one", "text")
    cache.write(host, "things", "two", "text")

    assert cache.read(host, "things", "one") is None
    (line,) = lines
    assert line == f"Stack/Function: nothing is kept for the next build: {place}: Is a directory"
