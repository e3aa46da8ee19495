"""Signals to real processes: each in one of its own."""

import signal
import subprocess
import sys

import pytest

WAITING = """
import signal, sys, time
from python_function._machine.signals import ending_in_order
for name in sys.argv[1:]:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
with ending_in_order():
    try:
        print("ready", flush=True)
        sys.stdin.readline()
    finally:
        print("tidied", flush=True)
print("went on", flush=True)
sys.stdin.readline()
"""


def start(*ignored: str) -> subprocess.Popen[str]:
    argv = (sys.executable, "-c", WAITING, *ignored)
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP], ids=lambda sent: sent.name)
def test_a_build_that_is_told_to_end_tidies_up(sent: signal.Signals) -> None:
    process = start()

    process.send_signal(sent)

    assert process.communicate(timeout=30)[0] == "tidied\n"
    assert process.returncode == 128 + sent


def test_what_the_process_ignores_stays_ignored() -> None:
    process = start("SIGHUP")

    process.send_signal(signal.SIGHUP)

    assert process.communicate("\n\n", timeout=30)[0] == "tidied\nwent on\n"
    assert process.returncode == 0


def test_after_a_build_signals_are_as_they_were() -> None:
    process = start()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    assert [process.stdout.readline() for _ in range(2)] == ["tidied\n", "went on\n"]

    process.send_signal(signal.SIGTERM)

    assert process.communicate(timeout=30)[0] == ""
    assert process.returncode == -signal.SIGTERM
