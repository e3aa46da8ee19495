"""The machine that CDK runs on, as the rest of the library gets to see it."""

import time
from collections.abc import Callable, Mapping, MutableMapping, MutableSet
from dataclasses import dataclass, field
from pathlib import Path

from python_function._machine.pinned import PINS, Pin
from python_function._machine.process import Runner
from python_function._machine.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What a build on this machine may use.

    Attributes:
        environ: The environment of the process, and what pip's and uv's own files say of indexes as variables.
        run: Runs programs.
        report: Tells the user what happens.
        cache: The library's directory in the user's cache.
        uv: The installer.
        python: The running interpreter.
        resolved: What this process has resolved already: bundles with equal requirements share the work.
        trees: The dependencies that are kept and that this process has found whole.
        told: What this process has told already, of what concerns all bundles.
        pins: The installers for containers, by machine.
        tree_bytes: How much of dependencies may be kept; nothing is where it is zero.
        now: Tells the time, in seconds since 1970.
        ids: The user and group that own what is made here; ``None`` where the system has none.
    """

    environ: Mapping[str, str] = field(repr=False)
    run: Runner
    report: Report
    cache: Path
    uv: str
    python: str
    ids: tuple[int, int] | None
    resolved: MutableMapping[str, str] = field(default_factory=dict[str, str])
    trees: MutableMapping[str, object] = field(default_factory=dict[str, object])
    told: MutableSet[str] = field(default_factory=set[str])
    tree_bytes: int = 5_000_000_000
    now: Callable[[], float] = time.time
    pins: Mapping[str, Pin] = field(default_factory=lambda: PINS)

    def once(self, text: str) -> None:
        """Tell what does not only concern this bundle, once in a process."""
        if text not in self.told:
            self.told.add(text)
            self.report.say(text)
