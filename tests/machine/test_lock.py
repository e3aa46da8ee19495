"""Locks between real processes."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from python_function._machine import lock

ADD = """
import sys, pathlib
from python_function._machine import lock
place, counter = map(pathlib.Path, sys.argv[1:])
for _ in range(40):
    with lock.held(place):
        counter.write_text(str(int(counter.read_text()) + 1))
"""
HOLD = """
import sys, pathlib
from python_function._machine import lock
with lock.held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_only_one_process_holds_a_lock_and_none_is_left(tmp_path: Path) -> None:
    place, counter = tmp_path / "lock", tmp_path / "counter"
    counter.write_text("0")

    adding = [subprocess.Popen((sys.executable, "-c", ADD, str(place), str(counter))) for _ in range(4)]

    assert [process.wait(60) for process in adding] == [0] * 4
    assert counter.read_text() == "160"
    assert [path.name for path in tmp_path.iterdir()] == ["counter"]


def test_a_lock_ends_with_its_process_and_waiting_is_told(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    told: list[str] = []
    argv = (sys.executable, "-c", HOLD, str(place))
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert lock.attempt(place) is None

        def waiting() -> None:
            told.append("waited")
            holder.kill()

        with lock.held(place, waiting=waiting):
            assert told == ["waited"]


def test_another_thread_waits_until_the_lock_is_free(tmp_path: Path) -> None:
    order: list[str] = []
    started = threading.Event()

    def other() -> None:
        started.set()
        with lock.held(tmp_path / "locks/one"):
            order.append("second")

    thread = threading.Thread(target=other)
    with lock.held(tmp_path / "locks/one"):
        thread.start()
        started.wait()
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_where_no_lock_can_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OSError, match=r"File exists|Not a directory"), lock.held(tmp_path / "file" / "lock"):
        pass
