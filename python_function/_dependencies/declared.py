"""What the files of one packaging tool declare: a lock, or a list of requirements."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from python_function._dependencies.choice import Choice
from python_function._dependencies.complete import Need
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.lock_part import LockPart
from python_function._dependencies.marker import Environments
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.host import Host
from python_function._machine.report import Notice
from python_function._machine.toml import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A lock, whose tool has to say what to install.

    Attributes:
        file: The lock.
        project: The directory of the project that needs the dependencies, inside the workspace of *file*.
        choice: What was chosen among the optional dependencies, and how to ask the tool.
        part: What the lock says of the packages that are needed.
        export: Asks the tool, with the environment for it; the answer has all that the lock holds for the target.
        needs: Tells which packages of the lock need which others.
    """

    file: Path
    project: Path
    choice: Choice
    part: LockPart
    export: "Export"
    needs: "NeedsOf"

    @property
    def identity(self) -> tuple[str, ...]:
        """What decides the bundle, as text."""
        return (*self.choice.identity(), *self.part.identity)

    @property
    def local(self) -> tuple[LocalPackage, ...]:
        """The source trees that the bundle depends on."""
        return self.part.local

    @property
    def shown(self) -> tuple[str, ...]:
        """What is installed, for people."""
        return self.part.packages


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Requirements that files say without any tool.

    Attributes:
        requirements: What to install.
        choice: What was chosen among the optional dependencies.
        manifest: What names the indexes, and so the variables with the credentials for them.
    """

    requirements: Requirements = field(default_factory=Requirements)
    choice: Choice = field(default_factory=Choice)
    manifest: Mapping[str, object] = field(default_factory=lambda: NOTHING, hash=False, repr=False)

    @property
    def identity(self) -> tuple[str, ...]:
        """What decides the bundle, as text."""
        return (*self.choice.identity(), *self.requirements.identity)

    @property
    def local(self) -> tuple[LocalPackage, ...]:
        """The source trees that the bundle depends on."""
        return self.requirements.local

    @property
    def shown(self) -> tuple[str, ...]:
        """What is asked for, for people."""
        return self.requirements.lines


Export: TypeAlias = Callable[[Locked, Host, Mapping[str, str], Environments], Requirements]
NeedsOf: TypeAlias = Callable[[Locked], Iterable[Need]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What one tool's files say, and what the user should know of it."""

    content: Locked | Listed
    warnings: tuple[Notice, ...] = ()


def no_lock(file: Path, command: str, *, lock: str) -> Notice:
    """Return the warning about a manifest without its lock."""
    text = (
        f"{file} has no {lock} beside it: its dependencies are resolved anew in every build, which may differ. "
        f"Run '{command}' and commit {lock}."
    )
    return Notice(id="noLock", text=text)


def unpinned(file: Path, requirements: Requirements) -> tuple[Notice, ...]:
    """Return the one warning about all that does not say exactly which version it wants."""
    if not requirements.unpinned:
        return ()
    loose = "; ".join(requirements.unpinned)
    text = f"{file} does not pin everything, so builds may differ: {loose}. Pin each with ==, or use a lock."
    return (Notice(id="unpinned", text=text),)
