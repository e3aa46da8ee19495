"""Trees made to break what walks, hashes and copies them: always our error, never a traceback or a hang."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from integ.synthesis import bundle
from python_function import CommandHooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HANDLER: Final = "def handler(event, context):\n    return 1\n"
SECONDS: Final = 30
"""After which a command is said to hang; each takes a second or two."""


@pytest.fixture
def entry(tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / "entry"
    directory.mkdir()
    (directory / "index.py").write_text(HANDLER)
    yield directory
    subprocess.run(("chmod", "-R", "u+rwX", directory), check=True)
    subprocess.run(("rm", "-rf", directory), check=True)


def explain(entry: Path) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "python_function", "explain", str(entry))
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, errors="replace")


def nested(entry: Path) -> None:
    number = os.open(entry, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=number)
        inner = os.open("d", os.O_RDONLY, dir_fd=number)
        os.close(number)
        number = inner
    os.close(number)


def farm(entry: Path) -> None:
    for number in range(40):
        (entry / f"d{number}").mkdir()
        for side in "ab":
            (entry / f"d{number}" / side).symlink_to(f"../d{number + 1}")
    (entry / "d40").mkdir()


def loop(entry: Path) -> None:
    (entry / "a").symlink_to("b")
    (entry / "b").symlink_to("a")


def into_itself(entry: Path) -> None:
    (entry / "lib").mkdir()
    (entry / "lib/again").symlink_to("..")


def fifo(entry: Path) -> None:
    os.mkfifo(entry / "pipe")


def bound(entry: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(entry / "socket"))


def device(entry: Path) -> None:
    if os.geteuid():
        pytest.skip("only root makes devices")
    os.mknod(entry / "zero", 0o600 | 0o020000, os.makedev(1, 5))


def endless(entry: Path) -> None:
    (entry / "data.bin").symlink_to("/dev/zero")


def password_file(entry: Path) -> None:
    (entry / "users").symlink_to("/etc/passwd")


def dangling(entry: Path) -> None:
    (entry / "gone").symlink_to("nothing")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (nested, "is nested more than 250 directories deep"),
        (farm, "paths that lead through links below links"),
        (loop, "is not there or makes a circle"),
        (into_itself, "a circle"),
        (fifo, "is a fifo"),
        (bound, "is a socket"),
        (device, "is a device"),
        (endless, "which is outside"),
        (password_file, "which is outside"),
        (dangling, "is not there"),
    ],
)
def test_a_tree_that_cannot_be_bundled_is_told(entry: Path, spoil: Callable[[Path], None], told: str) -> None:
    spoil(entry)

    done = explain(entry)

    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode in {1, 2}


NAMES: Final = (
    "two\nlines",
    "\n",
    "tab\there",
    "\udcff\udcfe",
    " ",
    "-rf",
    "$(touch pwned)",
    "a'b\"c",
    "é" * 100,
    "\x1b[31m",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("hooked", [False, True], ids=["plain", "hooked"])
def test_what_is_left_out_stays_out_below_any_name(entry: Path, tmp_path: Path, name: str, hooked: bool) -> None:
    for path in (".env", "kept.txt", "secret.key", ".venv/x"):
        (entry / name / path).parent.mkdir(parents=True, exist_ok=True)
        (entry / name / path).write_text("SECRET" if path != "kept.txt" else "")
    hooks: dict[str, Any] = {"command_hooks": CommandHooks(before_bundling="true")} if hooked else {}

    asset = bundle(entry, tmp_path / "out", strategy="local", asset_excludes=["*.key"], **hooks)

    assert sorted(path.relative_to(asset).as_posix() for path in asset.rglob("*") if path.is_file()) == sorted(
        ["index.py", f"{name}/kept.txt"]
    )


def test_large_files_take_no_more_memory_than_small_ones(entry: Path) -> None:
    def peak() -> int:
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        assert explain(entry).returncode == 0
        return max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)

    small = peak()
    with (entry / "large.bin").open("wb") as file:
        file.truncate(1 << 30)

    assert peak() < small + 64 * 1024


def test_patterns_that_would_be_tried_in_every_way_are_not(entry: Path) -> None:
    (entry / ("a" * 200)).touch()
    command = (sys.executable, "-m", "python_function", "explain", str(entry), "--exclude", "*a" * 60 + "b")

    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)

    assert done.returncode == 0, done.stderr


def test_an_output_directory_inside_the_entry_is_no_source(entry: Path) -> None:
    first = bundle(entry, entry / "build/cdk out[1]", strategy="local")
    shutil.copytree(first, entry.parent / "first")
    second = bundle(entry, entry / "build/cdk out[1]", strategy="local")

    assert second.name == first.name
    assert [path.name for path in second.rglob("*")] == ["index.py"]
