"""A container engine as tests and their set-up see it: its command line."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Engine:
    """Docker, or what takes the same arguments."""

    command: str

    def answers(self) -> bool:
        """Whether the command is there and, for docker, its daemon runs."""
        return shutil.which(self.command) is not None and self.call("info").returncode == 0

    def machine(self, tag: str) -> str | None:
        """Return the architecture of an image in the engine's own word, or None when the image is not there."""
        found = self.call("image", "inspect", "--format", "{{.Architecture}}", tag)
        return found.stdout.strip() if found.returncode == 0 else None

    def label(self, tag: str, name: str) -> str:
        """Return the value of an image's label, empty where there is none."""
        form = '{{index .Config.Labels "' + name + '"}}'
        return self.call("image", "inspect", "--format", form, tag).stdout.strip()

    def identity(self, tag: str) -> str:
        """Return what names an image whatever tags it has."""
        found = self.call("image", "inspect", "--format", "{{.Id}}", tag)
        found.check_returncode()
        return found.stdout.strip()

    def tag(self, image: str, tag: str) -> None:
        """Give an image another name."""
        self.call("tag", image, tag).check_returncode()

    def run(self, image: str, *argv: str, options: Sequence[str] = ()) -> str:
        """Return what a command prints in a fresh container; an image that is not there is never pulled."""
        finished = self.call("run", "--rm", "--pull=never", *options, image, *argv)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the engine's command and wait for it."""
        return subprocess.run(
            (self.command, *arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
