"""Which tool owns the dependencies of an entry, and what its files say, without starting it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, unpinned
from python_function._dependencies.files import KINDS, LOCKS, found_in, home_of
from python_function._dependencies.formats import pipenv, poetry, pylock, pyproject, script, uv
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.lock_part import LockPart
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.report import Notice
from python_function.errors import OptionError, PackagingError

_NO_CHOICE: Final = Choice()
_INSTEAD: Final = MappingProxyType({"uv": "pyproject", "poetry": "pyproject", "pipenv": "Pipfile"})
"""What is read of a tool's project that has no lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """Where the dependencies of an entry are declared.

    Attributes:
        kind: One of :data:`KINDS`.
        file: The file that decides: the lock, the requirements, or the manifest; ``None`` for the kind ``none``.
        project: The directory of the project that needs the dependencies, inside the workspace of *file*.
        choice: What was chosen among the optional dependencies, and how to ask the tool.
        part: The part of a lock that is needed, where its tool has to say what to install.
        requirements: What to install, where the files alone say it.
        local: The source trees that the bundle depends on.
        identity: What decides the bundle, as text, without secrets and without the place of anything on this machine.
            The content of *local* is not in it.
        warnings: What the user should know.
    """

    kind: str = "none"
    file: Path | None = None
    project: Path | None = None
    choice: Choice = _NO_CHOICE
    part: LockPart = field(default_factory=LockPart)
    requirements: Requirements | None = None
    local: tuple[LocalPackage, ...] = ()
    identity: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()

    @property
    def title(self) -> str:
        """What a line about the build calls it."""
        return f"dependencies of {self.file.name}" if self.file else "no dependencies"


def detect(
    entry: Path,
    *,
    index: Path | None = None,
    packaging: str | None = None,
    project_root: Path | None = None,
    choice: Choice = _NO_CHOICE,
) -> Packaging:
    """Find out what declares the dependencies of *entry*.

    Args:
        entry: The directory of the code; absolute.
        index: The file of the handler, which may carry its dependencies in a PEP 723 block; absolute.
        packaging: The kind to take, whatever else there is.
        project_root: The directory above the entry that the search may go up to. Without it only a uv workspace that
            the entry is a member of is looked for above the entry.
        choice: What to take of the optional dependencies, and how to ask the tool.

    Raises:
        PackagingError: The files contradict each other, or cannot be read.
        OptionError: An option does not fit what was found.
    """
    if packaging is not None and packaging not in KINDS:
        msg = f"packaging must be one of {', '.join(KINDS)}, not {packaging!r}."
        raise OptionError(msg)
    home = home_of(entry, project_root)
    found = found_in(home, index, project_root, choice)
    kind = packaging or _first(home, found)
    if kind == "none":
        choice.check(home, groups=None, extras=None)
        return Packaging(choice=choice)
    if kind not in found:
        kind = _INSTEAD.get(kind, kind)
    if kind not in found:
        raise PackagingError(_missing(packaging or kind, home, index, found))
    return _declared(kind, found[kind], home, choice, _ignored(kind, packaging, found))


def kind_of_file(index: Path) -> str:
    """Return the kind for a handler's file that is bundled alone: nothing of the project around it is its own.

    Args:
        index: The file; its PEP 723 block wins over the requirements file beside it.
    """
    if script.has(index):
        return "script"
    return "pip" if index.with_name("requirements.txt").is_file() else "none"


def _first(home: Path, found: Mapping[str, Path]) -> str:
    locks = [path for kind, path in found.items() if kind in LOCKS]
    if len(locks) > 1:
        names = " and ".join(path.name for path in locks)
        msg = f"{home} has both {names}. Remove one, or pass packaging=... to choose."
        raise PackagingError(msg)
    return next(iter(found), "none")


def _missing(kind: str, home: Path, index: Path | None, found: Mapping[str, Path]) -> str:
    expected = {
        **{lock: str(home / name) for lock, name in LOCKS.items()},
        "pip": str(home / "requirements.txt"),
        "script": f"a PEP 723 block in {index}" if index else "a PEP 723 block in the handler's file",
        "pyproject": f"dependencies in {home / 'pyproject.toml'}",
    }
    there = ", ".join(str(path) for path in found.values()) or "nothing that declares dependencies"
    return f"packaging={kind!r} needs {expected[kind]}. Found: {there}. Create it, or leave packaging out."


def _ignored(kind: str, packaging: str | None, found: Mapping[str, Path]) -> tuple[Notice, ...]:
    if packaging or not (others := [path for other, path in found.items() if other in {"pip", "script"} - {kind}]):
        return ()
    what = " and ".join(path.name if path.suffix == ".txt" else f"the PEP 723 block of {path.name}" for path in others)
    text = f"{found[kind]} decides the dependencies; {what} is not read. Remove it, or pass packaging=... to choose."
    return (Notice(id="ignoredDependencies", text=text),)


def _declared(kind: str, file: Path, home: Path, choice: Choice, notices: tuple[Notice, ...]) -> Packaging:
    declared = _READERS[kind](file, home, choice)
    part, found = declared.part, declared.requirements
    requirements = read.without(found, choice.exclude) if found else None
    return Packaging(
        kind={"Pipfile": "pipenv"}.get(kind, kind),
        file=file,
        project=home,
        choice=choice,
        part=part,
        requirements=requirements,
        local=requirements.local if requirements else part.local,
        identity=(kind, *choice.identity(), *part.identity, *(requirements.identity if requirements else ())),
        warnings=(*notices, *declared.warnings),
    )


def _pip(file: Path, project: Path, choice: Choice) -> Declared:  # noqa: ARG001 - one signature for all readers
    choice.check(file, groups=None, extras=None)
    requirements = read.read(file)
    return Declared(requirements=requirements, warnings=unpinned(file, requirements))


_READERS: Final[Mapping[str, Callable[[Path, Path, Choice], Declared]]] = MappingProxyType(
    {
        "uv": uv.declared,
        "poetry": poetry.declared,
        "pipenv": pipenv.locked,
        "pylock": pylock.declared,
        "pip": _pip,
        "script": script.declared,
        "Pipfile": pipenv.unlocked,
        "pyproject": pyproject.declared,
    }
)
