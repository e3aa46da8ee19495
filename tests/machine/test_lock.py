import subprocess
import sys
import threading
from pathlib import Path

from python_function._machine.lock import held

HOLDER = """
import sys, time
from pathlib import Path
from python_function._machine.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_another_thread_waits_until_the_lock_is_free(tmp_path: Path) -> None:
    order: list[str] = []
    started = threading.Event()

    def other() -> None:
        started.set()
        with held(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=other)
    with held(tmp_path / "lock"):
        thread.start()
        started.wait()
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", HOLDER, str(tmp_path / "lock"))
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()

    with held(tmp_path / "lock"):
        assert (tmp_path / "lock").is_file()
