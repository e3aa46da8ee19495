import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from python_function._machine import process as process_module
from python_function._machine.process import Process
from python_function.errors import BundlingError, CommandError, ProgramNotFoundError

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def run(code: str, tmp_path: Path, *, progress: list[str] | None = None, env: Mapping[str, str] = ENVIRONMENT) -> str:
    lines = [] if progress is None else progress
    return Process(progress=lines.append, waiting=lines.append)((sys.executable, "-c", code), cwd=tmp_path, env=env)


def test_standard_output_is_the_result_and_all_output_is_shown(tmp_path: Path) -> None:
    shown: list[str] = []

    result = run(
        "import sys; print('out'); sys.stdout.flush(); print('err', file=sys.stderr)", tmp_path, progress=shown
    )

    assert result == "out\n"
    assert sorted(shown) == ["err", "out"]


def test_a_program_sees_the_given_environment_only(tmp_path: Path) -> None:
    assert run("import os; print('HOME' in os.environ)", tmp_path) == "False\n"


def test_a_failure_tells_command_place_exit_code_and_all_output(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        run("import sys; print('half done'); sys.exit('and then not')", tmp_path)

    assert caught.value.returncode == 1
    for part in (f"exit code 1 in {tmp_path}", "-c", "half done", "and then not"):
        assert part in str(caught.value)


def test_secrets_show_neither_in_output_nor_in_errors(tmp_path: Path) -> None:
    shown: list[str] = []
    env = {**ENVIRONMENT, "MY_TOKEN": "s3ntinel", "PIP_INDEX_URL": "https://me:p%40ss@your.index.url/simple/"}
    code = "import os, sys; print(os.environ['MY_TOKEN'], 'p@ss'); sys.exit(os.environ['PIP_INDEX_URL'] + ' s3ntinel')"

    with pytest.raises(CommandError) as caught:
        run(code, tmp_path, progress=shown, env=env)

    everything = "\n".join([*shown, str(caught.value), caught.value.output])
    assert "your.index.url" in everything
    assert not [secret for secret in ("s3ntinel", "p%40ss", "p@ss") if secret in everything]


def test_a_long_command_does_not_hide_what_it_said_nor_show_half_a_secret(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", "import sys; sys.exit('why')", "x" * 60, "s3ntinel" * 40)

    with pytest.raises(CommandError) as caught:
        Process(progress=print, waiting=print)(argv, cwd=tmp_path, env={**ENVIRONMENT, "MY_TOKEN": "s3ntinel" * 40})

    assert "s3" not in str(caught.value)
    assert str(caught.value).endswith("\nwhy")
    assert len(caught.value.headline) < 400


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramNotFoundError, match="'no-such-program' cannot be started: No such file"):
        Process(progress=print, waiting=print)(("no-such-program",), cwd=tmp_path, env=ENVIRONMENT)


@pytest.mark.parametrize("odd", ["a\0b", "\ud800"])
def test_what_no_program_can_be_given_is_an_error_of_ours_that_does_not_show_it(tmp_path: Path, odd: str) -> None:
    process = Process(progress=print, waiting=print)

    for argv, env in ((("true", odd), ENVIRONMENT), (("true",), {**ENVIRONMENT, "MY_TOKEN": f"s3ntinel{odd}"})):
        with pytest.raises(BundlingError, match="'true' cannot be given its arguments and variables") as caught:
            process(argv, cwd=tmp_path, env=env)
        assert "s3ntinel" not in str(caught.value)


def test_a_silent_program_is_said_to_be_still_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "PATIENCE", 0.2)
    waited: list[str] = []
    process = Process(progress=lambda _: None, waiting=waited.append)

    process((sys.executable, "-c", "import time; time.sleep(0.7)"), cwd=tmp_path, env=ENVIRONMENT)

    assert waited
    assert "is still at work" in waited[0]


def test_what_is_left_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    argv = ("sh", "-c", "sleep 60 & echo $!")

    pid = Process(progress=lambda _: None, waiting=print)(argv, cwd=tmp_path, env=ENVIRONMENT)

    os.kill(int(pid), signal.SIGKILL)


def test_what_a_program_prints_at_its_end_is_not_lost(tmp_path: Path) -> None:
    assert run("print('x' * 1_000_000)", tmp_path) == "x" * 1_000_000 + "\n"


def test_what_is_for_the_user_is_shown_and_the_rest_is_progress(tmp_path: Path) -> None:
    progress: list[str] = []
    shown: list[str] = []
    process = Process(progress=progress.append, show=shown.append, waiting=print)
    argv = ("sh", "-c", "echo result; echo $MY_TOKEN; echo aside >&2")

    process(argv, cwd=tmp_path, env={**ENVIRONMENT, "MY_TOKEN": "s3ntinel"}, shown=True)

    assert (shown, progress) == (["result", "***"], ["aside"])


def test_output_that_is_no_text_is_no_problem(tmp_path: Path) -> None:
    assert run(r"import sys; sys.stdout.buffer.write(b'\xff\n')", tmp_path) == "\\xff\n"


def test_an_interruption_ends_the_program(tmp_path: Path) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    code = "import os, time; print(os.getpid(), flush=True); open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    started = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        Process(progress=interrupt, waiting=print)((sys.executable, "-c", code), cwd=tmp_path, env=ENVIRONMENT)

    assert time.monotonic() - started < 30


def test_an_interruption_ends_what_the_program_has_started(tmp_path: Path) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Process(progress=interrupt, waiting=print)(
            ("sh", "-c", "sleep 600 & echo $! >pid; cat pid; wait"), cwd=tmp_path, env=ENVIRONMENT
        )

    status = Path("/proc", (tmp_path / "pid").read_text().strip(), "status")
    for _ in range(1000):
        if not _runs(status):
            return
        time.sleep(0.01)
    pytest.fail("it still runs")


def _runs(status: Path) -> bool:
    """Tell whether a process is there, and not just as a name that somebody has to read."""
    try:
        return "State:\tZ" not in status.read_text(encoding="utf-8")
    except OSError:
        return False


def test_what_a_service_leaves_running_is_ended_with_it(tmp_path: Path) -> None:
    shown: list[str] = []
    process = Process(progress=shown.append, waiting=shown.append, show=shown.append, leaves_nothing=True)

    process(("sh", "-c", "sleep 600 >/dev/null 2>&1 & echo $!"), cwd=tmp_path, env=os.environ, shown=True)

    for _ in range(1000):
        if not is_running(int(shown[0])):
            break
        time.sleep(0.01)
    assert not is_running(int(shown[0]))


def test_of_what_may_run_for_ever_only_the_last_lines_are_kept(tmp_path: Path) -> None:
    shown: list[str] = []
    process = Process(progress=shown.append, waiting=shown.append, kept=2)

    with pytest.raises(CommandError) as caught:
        process(("sh", "-c", "printf '1\\n2\\n3\\n'; exit 1"), cwd=tmp_path, env=os.environ)

    assert caught.value.output == "2\n3\n"
    assert shown == ["1", "2", "3"]


def is_running(number: int) -> bool:
    """Tell whether the process *number* is there and no zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
