"""Runs programs: their output is shown as it comes, kept for errors, and never shows a secret."""

import queue
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

from python_function._machine import environment
from python_function.errors import CommandError, ProgramNotFoundError

PATIENCE: Final = 30.0
"""Seconds without output after which a line says that a program still runs."""


class Runner(Protocol):
    """Runs one program and returns its standard output."""

    def __call__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> str:
        """Run *argv* in *cwd* with exactly *env*.

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
        secrets: What to mask besides the secrets in the environment of a run.
    """

    progress: Callable[[str], None]
    waiting: Callable[[str], None]
    secrets: tuple[str, ...] = ()

    def __call__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> str:
        """Run *argv* in *cwd* with exactly *env* and return what it wrote to standard output."""
        hidden = (*environment.secrets(env), *self.secrets)
        shown = environment.mask(shlex.join(argv), hidden)
        with _start(argv, cwd, env) as program:
            try:
                lines = self._follow(program, hidden, argv[0])
                returncode = program.wait()
            except BaseException:
                _stop(program)
                raise
        if returncode:
            output = environment.mask("".join(text for _, text in lines), hidden)
            msg = f"command failed with exit code {returncode} in {cwd}: {shown}"
            raise CommandError(msg, returncode=returncode, output=output)
        return "".join(text for is_result, text in lines if is_result)

    def _follow(self, program: subprocess.Popen[str], hidden: Sequence[str], name: str) -> list[tuple[bool, str]]:
        lines: list[tuple[bool, str]] = []
        arrived: queue.SimpleQueue[tuple[bool, str]] = queue.SimpleQueue()
        streams = [stream for stream in (program.stdout, program.stderr) if stream is not None]
        for stream in streams:
            threading.Thread(target=_read, args=(stream, stream is program.stdout, arrived), daemon=True).start()
        ended, silent = 0, 0.0
        while ended < len(streams):
            try:
                is_result, text = arrived.get(timeout=PATIENCE)
            except queue.Empty:
                silent += PATIENCE
                self.waiting(f"{Path(name).name} is still at work, silent for {silent:.0f} s")
                continue
            silent = 0.0
            if not text:
                ended += 1
                continue
            lines.append((is_result, text))
            self.progress(environment.mask(text.rstrip("\n"), hidden))
        return lines


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
        )
    except OSError as error:
        msg = f"{argv[0]!r} cannot be started: {error.strerror}."
        raise ProgramNotFoundError(msg) from error


def _read(stream: IO[str], is_result: bool, arrived: "queue.SimpleQueue[tuple[bool, str]]") -> None:  # noqa: FBT001 - a thread's target
    for line in stream:
        arrived.put((is_result, line))
    arrived.put((is_result, ""))


def _stop(program: subprocess.Popen[str]) -> None:
    program.send_signal(signal.SIGTERM)
    try:
        program.wait(timeout=5)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
