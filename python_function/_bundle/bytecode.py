"""Lets a bundle bring its bytecode, made by a Python of exactly the target's version."""

import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from python_function._bundle import finish, per_runtime
from python_function._bundle.executors.container import ContainerBuild
from python_function._bundle.executors.directories import SCRATCH, Directories
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import OUTPUT
from python_function._machine.host import Host
from python_function.errors import BundlingError, CommandError, EngineError

_PROGRAM: Final = "bytecode_of.py"
_FIXED: Final[Mapping[str, str]] = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
"""What lets the same modules have the same bytecode: constants are sets, whose order follows the seed."""

_STARTING: Final = ("HOME", "PATH", "PYENV_ROOT", "SYSTEMROOT")
"""What a Python, or the shim of pyenv that starts one, needs of the environment; the shim also its version."""


def compile_all(spec: BundleSpec, finished: Path, work: Path, host: Host) -> Path:
    """Compile the modules of the bundle *finished* for each of its runtimes; return where it is then.

    Raises:
        BundlingError: There is no Python of that version, or it failed.
    """
    for variant in {variant.target.runtime: variant for variant in spec.variants}.values():
        skipped = [per_runtime.directory(other.target) for other in spec.variants]
        skipped = [name for name in skipped if name != per_runtime.directory(variant.target)]
        shown_as = "/var/task" if spec.handler_file is not None else "/opt"
        python = None if variant.strategy == "docker" else _here(variant, work, host)
        arguments = (variant.target.python_version, str(finished), shown_as, *skipped)
        if python is not None:
            program = _program(work / f"bytecode-{variant.target.runtime}")
            started = {name: host.environ[name] for name in _STARTING if name in host.environ}
            env = {**started, **_FIXED, "PYENV_VERSION": variant.target.python_version}
            host.run((python, "-S", "-s", str(program), *arguments), cwd=program.parent, env=env)
        else:
            finished = _in_container(variant, finished, work, host, arguments)
    return finished


def _here(spec: BundleSpec, work: Path, host: Host) -> str | None:
    """Return a Python of this machine with the target's version, or none where a container may have it.

    Raises:
        BundlingError: There is none, and no container is wanted.
    """
    version = spec.target.python_version
    find = (host.uv, "python", "find", "--quiet", "--no-config", "--no-project", "--system", f"cpython@{version}")
    try:
        env = {**host.environ, "UV_PYTHON_DOWNLOADS": "never", "PYENV_VERSION": version}
        return host.run(find, cwd=work, env=env).strip() or None
    except CommandError as error:
        if spec.strategy != "local":
            host.report.say(f"no Python {version} here to compile with: doing so in {spec.container.image}")
            return None
        msg = (
            f"compile_bytecode needs a Python {version}, which this machine does not have, and"
            f' strategy="local" starts no container. Install one (uv python install {version}), pass strategy="auto",'
            f" or leave compile_bytecode out.\n{error.output}"
        )
        raise BundlingError(msg) from error


def _program(directory: Path) -> Path:
    directory.mkdir(exist_ok=True)
    program = directory / _PROGRAM
    program.write_bytes(files("python_function").joinpath("_bundle", "executors", _PROGRAM).read_bytes())
    return program


def _in_container(spec: BundleSpec, finished: Path, work: Path, host: Host, arguments: Sequence[str]) -> Path:
    directories = Directories(work=work / f"compile-{spec.target.runtime}", owner=work)
    directories.work.mkdir(mode=0o700)
    directories.input.mkdir()
    directories.scratch.mkdir()
    _program(directories.scratch)
    shutil.copytree(finished, directories.output)  # whose files may have other names in a cache, and are opened here
    version, _, *rest = arguments
    environment = " ".join(f"{name}={value}" for name, value in _FIXED.items())
    argv = ("python3", "-S", "-s", f"{SCRATCH}/{_PROGRAM}", version, OUTPUT, *rest)
    container = replace(spec.container, command=(), entrypoint=())
    try:
        ContainerBuild(host, container, {}).run(f"set -e\n{environment} {shlex.join(argv)}", directories)
    except EngineError as error:
        msg = (
            f"compile_bytecode needs a Python {spec.target.python_version}: this machine has none, or a container was"
            f" asked for. {error}"
        )
        raise EngineError(msg) from error
    compiled = directories.work / "bundle"
    compiled.mkdir()
    finish.take(directories.output, compiled, host.ids)
    return compiled
