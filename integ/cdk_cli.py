"""The real CDK command line, as the project's set-up installed it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "bin"
# In CI the command line prints to another stream; without .pyc files every app starts six seconds later.
LEFT_OUT = ("CI", "PYTHONDONTWRITEBYTECODE", "CDK_DOCKER")


@dataclass(frozen=True, slots=True)
class CdkCli:
    """Run `cdk` with this project's Python and Node."""

    def __call__(
        self, *arguments: str, cwd: Path, output: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever its exit code.

        Args:
            arguments: The command and its options, as in `cdk("synth", "--quiet", cwd=...)`.
            cwd: The directory of the app's cdk.json.
            output: Where the assembly goes; `cdk.out` in *cwd* if not given.
            env: What is added to the environment.
        """
        options = () if output is None else ("--output", str(output))
        return subprocess.run(
            (str(TOOLS / "cdk"), *arguments, "--no-notices", *options),
            cwd=cwd,
            env=environment() | dict(env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def environment() -> dict[str, str]:
    """Return what the CDK and its Python app need of the environment."""
    path = os.pathsep.join((str(ROOT / ".venv" / "bin"), str(TOOLS), os.environ["PATH"]))
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return kept | {"PATH": path, "JSII_NODE": str(TOOLS / "node"), "CDK_DISABLE_CLI_TELEMETRY": "true"}
