"""Runs programs: their output is shown as it comes, kept for errors, and never shows a secret."""

import contextlib
import os
import queue
import shlex
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Protocol

from python_function._machine import environment, redact
from python_function.errors import BundlingError, CommandError, ProgramNotFoundError

PATIENCE: Final = 30.0
"""Seconds without output after which a line says that a program still runs."""

_LONGEST: Final = 160
"""The characters of a command that a message shows."""

_LINGERING: Final = 1.0
"""Seconds without output after which a program that has ended is taken to have left its output to somebody else."""

_ENDINGS: Final = frozenset({"stdout", "stderr", "program"})
"""What of a program comes to an end."""


class Runner(Protocol):
    """Runs one program and returns its standard output."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        shown: bool = False,
        limit: float | None = None,
    ) -> str:
        """Run *argv* in *cwd* with exactly *env*.

        Args:
            argv: The program and its arguments.
            cwd: Where it starts.
            env: All of its environment.
            shown: Whether its standard output is for the user, however little else is wanted.
            limit: The seconds after which it is ended, where it may not take longer.

        Raises:
            CommandError: It failed.
            ProgramNotFoundError: There is no such program.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A runner of real processes.

    Attributes:
        progress: Gets every line of output, secrets masked.
        waiting: Gets a line when a program has been silent for long.
        show: Gets what is for the user, where that goes elsewhere.
        secrets: What to mask besides the secrets in the environment of a run.
        kept: How many lines of output are remembered, where a program may run for ever.
        leaves_nothing: Whether what a program leaves running is ended with it.
    """

    progress: Callable[[str], None]
    waiting: Callable[[str], None]
    show: Callable[[str], None] | None = None
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    kept: int | None = None
    leaves_nothing: bool = False

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        shown: bool = False,
        limit: float | None = None,
    ) -> str:
        """Run *argv* in *cwd* with exactly *env* and return what it wrote to standard output."""
        hidden = environment.secrets(env) | self.secrets
        program = _start(argv, cwd, env)
        end = threading.Timer(limit or 0.0, program.kill)
        if limit is not None:
            end.start()
        try:
            lines = self._follow(program, hidden, Path(argv[0]).name, shown=shown)
            returncode = program.wait()
        except BaseException:
            _stop(program)
            raise
        finally:
            end.cancel()
        if self.leaves_nothing:
            _signal(program, signal.SIGKILL)
        if returncode:
            output = redact.mask("".join(text for _, text in lines), hidden)
            msg = (
                f"command failed with exit code {returncode} in {cwd}: {_short(redact.mask(shlex.join(argv), hidden))}"
            )
            raise CommandError(msg, returncode=returncode, output=output)
        return "".join(text for is_result, text in lines if is_result)

    def _follow(
        self, program: subprocess.Popen[str], hidden: frozenset[str], name: str, *, shown: bool
    ) -> deque[tuple[bool, str]]:
        """Return the lines of *program*, and which of them are its result, when it has ended.

        What it leaves running in the background may hold its output open for ever; nobody waits for that.
        """
        lines: deque[tuple[bool, str]] = deque(maxlen=self.kept)
        arrived = _arrivals(program)
        missing, silent, patience = _ENDINGS, 0.0, PATIENCE
        while missing:
            try:
                source, text = arrived.get(timeout=patience)
            except queue.Empty:
                if patience == _LINGERING:
                    break
                silent += PATIENCE
                self.waiting(f"{name} is still at work, silent for {silent:.0f} s")
                continue
            silent = 0.0
            if text:
                lines.append((source == "stdout", text))
                line = redact.mask(text.rstrip("\n"), hidden)
                (self.show or self.progress if shown and source == "stdout" else self.progress)(line)
                continue
            missing = missing - {source}
            patience = _LINGERING if "program" not in missing else PATIENCE
        return lines


def _short(command: str) -> str:
    """Return *command* as messages have it: its end is of less use than what it said."""
    return command if len(command) <= _LONGEST else f"{command[:_LONGEST]} ..."


def _start(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            process_group=0 if os.name == "posix" else None,
        )
    except OSError as error:
        msg = f"{argv[0]!r} cannot be started: {error.strerror}."
        raise ProgramNotFoundError(msg) from error
    except ValueError:
        msg = f"{argv[0]!r} cannot be given its arguments and variables: there is a NUL or half a character in them."
        raise BundlingError(msg) from None


def _arrivals(program: subprocess.Popen[str]) -> "queue.SimpleQueue[tuple[str, str]]":
    """Return where the lines of *program* arrive, each with its source, and an empty text when a source has ended."""
    arrived: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()

    def read(source: str, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                arrived.put((source, line))
        arrived.put((source, ""))

    def wait() -> None:
        program.wait()
        arrived.put(("program", ""))

    for source, stream in (("stdout", program.stdout), ("stderr", program.stderr)):
        if stream is not None:
            threading.Thread(target=read, args=(source, stream), daemon=True).start()
    threading.Thread(target=wait, daemon=True).start()
    return arrived


def _stop(program: subprocess.Popen[str]) -> None:
    """End *program* and what it has started, which would keep its output open."""
    _signal(program, signal.SIGTERM)
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(timeout=5)
    finally:  # whoever asks twice waits no longer
        _signal(program, signal.SIGKILL)
        program.wait()


def _signal(program: subprocess.Popen[str], number: signal.Signals) -> None:
    if os.name != "posix":
        program.terminate()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, number)
