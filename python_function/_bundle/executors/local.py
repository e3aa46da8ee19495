"""Does steps on the host."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Final, assert_never

from python_function._bundle.executors import installed
from python_function._bundle.executors.shell import EPOCH, hook_text
from python_function._bundle.steps import INPUT, OUTPUT, CleanInstalled, CopySource, Hook, PinLocal, Run, Site, Step
from python_function._machine.environment import for_hooks, for_installer
from python_function._machine.host import Host
from python_function._source import select, tree
from python_function.errors import BundlingError, CommandError, NoWheelError, PackagingError

_PLACE: Final = re.compile(r"(?<![\w./-])(?:/asset-input|/asset-output)(?![\w-])")
"""One of the two directories, and not a part of another path."""

_PUBLISHED: Final = re.compile(r"any$|manylinux|musllinux")
"""The platforms of wheels that did not come from a build on this machine."""

_NOT_READ: Final = ("tools/", "tmp/", "exact.txt")
"""What no resolution reads of the scratch directory."""

_WITH_PLACES: Final = ("UV_FIND_LINKS", "UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_INDEX_URL")
"""Variables whose relative paths start where the installer works."""

_NO_WHEEL: Final = re.compile(
    r"Wheels are required for `(?P<required>[^`]+)`"
    r"|Building source distributions is disabled, but attempted to build `(?P<built>[^`=@ ]+)"
    r"|Package `(?P<locked>[^`]+)` can't be installed because it is marked as `--no-build`"
)
"""How uv says that a package would have to be built."""


@dataclass(frozen=True, slots=True)
class LocalBuild:
    """A build on the host.

    Attributes:
        host: The machine.
        site: Where on it the build happens.
        environment: What the user set for the build.
        origin: The directory of the user's that is built.
    """

    host: Host
    site: Site
    environment: Mapping[str, str]
    origin: Path

    def do(self, steps: Iterable[Step]) -> None:
        """Do *steps* one after the other.

        Raises:
            NoWheelError: What is to be installed cannot be without building it.
            BundlingError: A step failed.
        """
        for step in steps:
            self._do(step)

    def _do(self, step: Step) -> None:
        match step:
            case Run():
                self._run_once(step) if step.result else self._run(step)
            case Hook():
                self._hook(step)
            case CopySource():
                with select.telling():
                    tree.copy(Path(step.source), Path(step.destination), step.rules, step.strip)
            case PinLocal():
                _refuse_native(step)
                _pin(step)
            case CleanInstalled():
                installed.clean(Path(step.directory))
                if step.built_here:
                    _refuse_installed(Path(step.directory))
            case _:
                assert_never(step)

    def _run_once(self, step: Run) -> None:
        """Do *step*, unless this process has done it before for another bundle."""
        result = Path(step.result)
        lists = _digests(result.parent)
        argv = [argument.replace(self.site.scratch, "") for argument in step.argv]
        environment = for_installer(self.host.environ, self.environment)
        place = self.site.input if any(_is_relative(environment.get(name, "")) for name in _WITH_PLACES) else ""
        done = hashlib.sha256(json.dumps((argv, lists, sorted(environment.items()), place)).encode()).hexdigest()
        if done in self.host.resolved:
            result.write_text(self.host.resolved[done], encoding="utf-8")
            return
        self._run(step)
        self.host.resolved[done] = result.read_text(encoding="utf-8")

    def _run(self, step: Run) -> None:
        env = for_installer(self.host.environ, {"SOURCE_DATE_EPOCH": EPOCH, **self.environment}) | self._apart()
        try:
            self.host.run(step.argv, cwd=Path(self.site.input), env=env)
        except CommandError as error:
            packages = _without_wheel(error.output)
            if packages:
                raise NoWheelError(packages, error.output) from error
            msg = f"could not {step.purpose} of {self.origin} (exit code {error.returncode}):\n{error.output.rstrip()}"
            raise BundlingError(msg) from error

    def _apart(self) -> dict[str, str]:
        """Return what keeps builds to the scratch directory: their leavings, and git's search for a repository."""
        temporary = Path(self.site.scratch, "tmp")
        temporary.mkdir(parents=True, exist_ok=True)
        return {"TMPDIR": str(temporary), "GIT_CEILING_DIRECTORIES": f"{self.site.scratch}/local"}

    def _hook(self, hook: Hook) -> None:
        shell = shutil.which("bash") or "sh"
        text = hook_text(hook, self._placed)
        try:
            env = for_hooks(self.host.environ, self.environment)
            self.host.run((shell, "-c", text), cwd=Path(self.site.input), env=env, shown=True)
        except CommandError as error:
            msg = f"{hook.phase} hook failed with exit code {error.returncode}.\n{error.output}"
            raise BundlingError(msg) from error

    def _placed(self, line: str) -> str:
        places = {INPUT: self.site.input, OUTPUT: self.site.output}
        return _PLACE.sub(lambda match: places[match[0]], line)


def _digests(scratch: Path) -> dict[str, str]:
    """Return the digests of all that a resolution may read in *scratch*."""
    files = (path for path in sorted(scratch.rglob("*")) if path.is_file())
    named = ((path.relative_to(scratch).as_posix(), path) for path in files)
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in named if not name.startswith(_NOT_READ)
    }


def _is_relative(value: str) -> bool:
    return any("://" not in place and not Path(place).is_absolute() for place in re.split(r"[,\s]+", value) if place)


def _pin(step: PinLocal) -> None:
    try:
        installed.pin(Path(step.wheels), Path(step.constraints), step.packages, step.local)
    except installed.InstalledError as error:
        raise PackagingError(str(error)) from error


def _refuse_native(step: PinLocal) -> None:
    """Leave to the target what was compiled here: it may not run there.

    Raises:
        NoWheelError: One of the wheels is for a platform.
    """
    wheels = {
        name: next(Path(step.wheels, str(number)).glob("*.whl")) for number, (name, _) in enumerate(step.packages)
    }
    native = tuple(name for name, wheel in wheels.items() if not wheel.stem.endswith("-none-any"))
    if native:
        raise NoWheelError(native, f"It has code that has to be compiled: {', '.join(w.name for w in wheels.values())}")


def _refuse_installed(directory: Path) -> None:
    """Leave to the target what was compiled here and installed at once.

    Raises:
        NoWheelError: A distribution is for a platform that no published wheel is for.
    """
    tags = {
        found.name: re.findall(r"^Tag: (\S+)$", found.read_text("WHEEL") or "", re.MULTILINE)
        for found in distributions(path=[str(directory)])
    }
    platforms = {name: {tag.rpartition("-")[2] for tag in found} for name, found in tags.items()}
    native = tuple(name for name, found in platforms.items() if not all(_PUBLISHED.match(word) for word in found))
    if native:
        raise NoWheelError(native, "; ".join(f"{name} is for {', '.join(tags[name])}" for name in native))


def _without_wheel(output: str) -> tuple[str, ...]:
    found = (next(name for name in match.groups() if name) for match in _NO_WHEEL.finditer(" ".join(output.split())))
    return tuple(dict.fromkeys(found))
