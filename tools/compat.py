"""Run the unit tests at both ends of what the package supports.

The oldest Python on this machine that it supports, with the lowest version of every dependency that pyproject.toml
allows; and the newest Python, with the newest versions.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import uv

ROOT: Final = Path(__file__).resolve().parent.parent
UV: Final = uv.find_uv_bin()
PYENV: Final = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
BEHIND_PYENV: Final = tuple(str(place) for place in sorted(PYENV.glob("versions/*/bin")))
"""pyenv's shims answer for one version only: the Pythons themselves stand here."""

SEARCHED: Final = tuple(place for place in os.get_exec_path() if Path(place) != PYENV / "shims")
ENVIRONMENT: Final = os.environ | {
    "PATH": os.pathsep.join((*BEHIND_PYENV, *SEARCHED)),
    "UV_PYTHON_DOWNLOADS": "never",
}
ENDS: Final = (("oldest", "lowest-direct"), ("newest", "highest"))
"""The name of each end, and how uv chooses the versions there."""


def main() -> None:
    """Run the tests at each end; the first that fails ends the run."""
    found = pythons()
    for python, (name, resolution) in zip((found[0], found[-1]), ENDS, strict=True):
        say(f"unit tests with Python {'.'.join(map(str, python[0]))} and {resolution} versions")
        environment = make(name, python[1], resolution)
        # What stands in a snapshot or a generated file is that of the pinned CDK alone.
        run(environment, "-m", "pytest", "tests", "-q", "-m", "not pinned", "-p", "no:cacheprovider", "-n", "auto")


def pythons() -> list[tuple[tuple[int, ...], str]]:
    """Return version and path of each CPython on this machine that the package supports, oldest first."""
    listed = subprocess.run(
        (UV, "python", "list", "--only-installed", "--output-format", "json"),
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lowest = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    found = (
        (tuple(item["version_parts"][part] for part in ("major", "minor", "patch")), item["path"])
        for item in json.loads(listed.stdout)
        if item["implementation"] == "cpython" and item["version"].replace(".", "").isdigit()
    )
    return sorted(python for python in found if python[0] >= lowest)


def make(name: str, python: str, resolution: str) -> str:
    """Make the environment of one end, and return its interpreter."""
    place = ROOT / ".tools" / name
    shutil.rmtree(place, ignore_errors=True)
    interpreter = str(place / "bin" / "python")
    run(UV, "venv", "--quiet", "--python", python, str(place))
    options = ("--quiet", "--python", interpreter, "--resolution", resolution, "--upgrade")
    run(UV, "pip", "install", *options, "--group", f"{ROOT / 'pyproject.toml'}:test", "--editable", str(ROOT))
    return interpreter


def run(*command: str) -> None:
    """Run a program; its failure ends this one."""
    finished = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False)
    if finished.returncode:
        sys.exit(f"compat: {' '.join(command[:4])} … ended with exit code {finished.returncode}.")


def say(line: str) -> None:
    """Tell what comes next."""
    sys.stderr.write(f"compat: {line}\n")


if __name__ == "__main__":
    main()
