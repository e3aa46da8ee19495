"""What scripts rely on: exit codes, closed pipes, nothing imported that is not needed."""

import os
import pty
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

from python_function._cli import program
from python_function._cli.program import main

PROGRAM = (sys.executable, "-m", "python_function")


def test_the_console_script_is_the_program() -> None:
    (script,) = entry_points(group="console_scripts", name="cdk-python-function")

    assert script.load() is program.main


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])

    assert capsys.readouterr().out == f"cdk-python-function {version('cdk-python-function')}\n"


@pytest.mark.parametrize("command", [[], ["explain"], ["build"], ["cache"]])
def test_help_tells_exit_codes_and_fits_a_terminal(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main([*command, "--help"])

    printed = capsys.readouterr().out
    assert "exit codes:\n  0    done\n" in printed
    assert not command or f"examples:\n  cdk-python-function {command[0]}" in printed
    assert all(len(line) < 80 for line in printed.partition("examples:")[0].splitlines())


def test_nothing_heavy_is_imported_to_start() -> None:
    code = (
        "import sys\nfrom python_function._cli.program import main\n"
        "try:\n    main(['build', '--help'])\nexcept SystemExit:\n    pass\n"
        "print({name.partition('.')[0] for name in sys.modules} & {'aws_cdk', 'jsii', 'rich', 'uv', 'poetry'})\n"
        "print({'python_function._bundle', 'importlib.metadata'} & sys.modules.keys())\n"
    )

    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-2:] == ["set()", "set()"]


def test_nothing_of_networks_is_imported_to_explain(entry: Path) -> None:
    code = (
        "import sys\nfrom python_function._cli.program import main\n"
        "main(['explain', sys.argv[1], '--json'])\n"
        "print({'aws_cdk', 'jsii', 'uv', 'poetry', 'http', 'ssl', 'email', 'socket'} & sys.modules.keys())\n"
    )

    done = subprocess.run((sys.executable, "-c", code, str(entry)), capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "set()"


def test_whoever_reads_no_further_is_not_told_of_it(entry: Path) -> None:
    command = f"{sys.executable} -m python_function explain {entry} | true; echo ${{PIPESTATUS[0]}}"

    done = subprocess.run(("bash", "-c", command), capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("141\n", "")


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colours_unless_it_wants_none(entry: Path, variables: dict[str, str], coloured: bool) -> None:
    printed = _on_terminal((*PROGRAM, "explain", str(entry)), variables)

    assert ("\x1b[1;36mhandler" in printed) is coloured
    assert "index.handler" in printed
    assert ("\x1b[36m" in printed or "\x1b[1;36m" in printed) is coloured


def test_a_file_gets_no_colours_whatever_the_environment_says(entry: Path) -> None:
    done = subprocess.run(
        (*PROGRAM, "explain", str(entry)),
        env={**os.environ, "FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "\x1b" not in done.stdout + done.stderr


def _on_terminal(command: tuple[str, ...], variables: dict[str, str]) -> str:
    """Return what *command* writes to a terminal."""
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", **variables}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        parts: list[bytes] = []
        try:
            while part := os.read(ours, 65536):
                parts.append(part)
        except OSError:  # how Linux says that the other side is closed
            pass
    os.close(ours)
    return b"".join(parts).decode()
