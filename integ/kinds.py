"""One project, with its dependencies declared and locked in every way that Python people use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import uv
from packaging.requirements import Requirement

from integ import once
from integ.cdk_cli import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

UV: Final = uv.find_uv_bin()
KINDS: Final = ("requirements", "hashed requirements", "pipenv", "poetry 1", "poetry 2", "uv", "pylock", "script")
TOOLS: Final = {
    "poetry 1": ("--from", "poetry==1.8.5", "poetry", "lock"),
    "poetry 2": ("--from", "poetry==2.5.1", "poetry", "lock"),
    "pipenv": ("--from", "pipenv==2026.10.3", "pipenv", "lock"),
}
QUIET: Final = {
    "PIPENV_DONT_LOAD_ENV": "1",
    "PIPENV_IGNORE_VIRTUALENVS": "1",
    "PIPENV_NOSPIN": "1",
    "PIPENV_SKIP_VALIDATION": "1",
    "POETRY_VIRTUALENVS_CREATE": "false",
    "UV_PYTHON_DOWNLOADS": "never",
}

_PROJECT: Final = """\
[project]
name = "fn"
version = "0"
requires-python = ">=3.11"
dependencies = {dependencies}

[[tool.uv.index]]
name = "main"
url = "{url}"
default = true
"""
_POETRY: Final = """\
[tool.poetry]
package-mode = false

[tool.poetry.dependencies]
python = ">=3.11"
{dependencies}

[[tool.poetry.source]]
name = "main"
url = "{url}"
priority = "primary"
"""
_PIPFILE: Final = """\
[[source]]
url = "{url}"
verify_ssl = false
name = "main"

[packages]
{dependencies}
"""


def write(kind: str, entry: Path, dependencies: Sequence[str], *, url: str, handler: str) -> Path:
    """Write a project of one kind whose packages come from the index at *url*; the kinds with a lock are to be locked.

    Args:
        kind: One of KINDS.
        entry: The directory to make.
        dependencies: Name, version and perhaps marker of everything the project needs, nothing left to find out.
        url: The index.
        handler: What `index.py` holds.
    """
    entry.mkdir(parents=True)
    listed = "".join(f"#   {dependency!r},\n" for dependency in dependencies)
    index = f'# [[tool.uv.index]]\n# name = "main"\n# url = "{url}"\n# default = true\n'
    block = f"# /// script\n# dependencies = [\n{listed}# ]\n{index}# ///\n"
    (entry / "index.py").write_text(f"{block if kind == 'script' else ''}{handler}")
    match kind:
        case "script":
            pass
        case "requirements" | "hashed requirements":
            (entry / "requirements.in").write_text("".join(f"{line}\n" for line in (f"-i {url}", *dependencies)))
        case "pipenv":
            (entry / "Pipfile").write_text(_PIPFILE.format(dependencies=tables(dependencies, "=="), url=url))
        case "poetry 1" | "poetry 2":
            manifest = _POETRY.format(dependencies=tables(dependencies, ""), url=url)
            (entry / "pyproject.toml").write_text(manifest)
        case _:
            (entry / "pyproject.toml").write_text(_PROJECT.format(dependencies=list(dependencies), url=url))
    return entry


def tables(dependencies: Sequence[str], operator: str) -> str:
    """Return requirements in the form of a Pipfile, or with an empty operator of poetry."""
    lines: list[str] = []
    for requirement in map(Requirement, dependencies):
        version = operator + str(requirement.specifier).removeprefix("==")
        marker = f", markers = {json.dumps(str(requirement.marker))}" if requirement.marker else ""
        lines.append(f"{requirement.name} = {{version = {json.dumps(version)}{marker}}}")
    return "\n".join(lines)


def lock(kind: str, entry: Path, environ: Mapping[str, str] | None = None) -> None:
    """Let the tool of a kind lock a project, as its users do."""
    compiled = (
        "pip",
        "compile",
        "requirements.in",
        "--universal",
        "--emit-index-url",
        "--output-file",
        "requirements.txt",
    )
    exported = ("export", "--format", "pylock.toml", "--no-emit-project", "--output-file", "pylock.toml")
    match kind:
        case "script":
            return
        case "requirements" | "hashed requirements":
            run(entry, environ, *compiled, *(("--generate-hashes",) if kind.startswith("hashed") else ()))
            (entry / "requirements.in").unlink()
        case "uv":
            run(entry, environ, "lock")
        case "pylock":
            run(entry, environ, "lock")
            run(entry, environ, *exported)
            (entry / "uv.lock").unlink()
            (entry / "pyproject.toml").unlink()
        case _:
            run(entry, environ, "tool", "run", *TOOLS[kind])


def run(cwd: Path, environ: Mapping[str, str] | None, *arguments: str) -> str:
    """Run uv, or with `tool run` another tool, on this machine's Python."""
    python = ("--python", sys.executable)
    place = 2 if arguments[:1] in {("tool",), ("pip",)} else 1
    # Poetry keeps what it has seen by the index's name, which is the same in every test.
    own = {"WORKON_HOME": str(cwd.parent / "environments"), "POETRY_CACHE_DIR": str(cwd.parent / "poetry")}
    environment = {**os.environ, **QUIET, **own, **(environ or {})}
    environment.pop("VIRTUAL_ENV", None)
    argv = (UV, *arguments[:place], "--quiet", *python, *arguments[place:])
    done = subprocess.run(
        argv, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{argv}\n{done.stdout}{done.stderr}"
    return done.stdout


def real_wheels(*pins: str) -> Path:
    """Return a directory with wheels of the default index for every target, fetched once."""

    def download(directory: Path) -> None:
        for python in ("3.11", "3.13"):
            for machine in ("x86_64", "aarch64"):
                target = (f"--python-version={python}", f"--platform=manylinux2014_{machine}")
                options = ("--quiet", "--no-deps", "--only-binary=:all:", f"--dest={directory}", *target)
                subprocess.run((sys.executable, "-m", "pip", "download", *options, *pins), check=True)

    return once.made(ROOT / ".tools" / "wheels" / "+".join(pins), download)


def scan(root: Path, secret: str) -> list[Path]:
    """Return the files below a directory that hold a secret."""
    return [path for path in root.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
