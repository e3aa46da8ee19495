"""What a build consists of: where it happens, and a closed union of steps that both executors can do."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from python_function._source.rules import Rule

INPUT: Final = "/asset-input"
OUTPUT: Final = "/asset-output"
"""What hooks call the input and output directories wherever they run: CDK's names for them in a container."""

INSTALLED: Final = "installed"
"""The folder of the scratch directory that holds what is installed already, where the site does not see it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a build happens.

    Attributes:
        input: The directory that holds the source.
        output: The directory that becomes the bundle.
        scratch: The directory that holds what the build needs besides, and its own files.
        uv: The installer.
        python: The interpreter that it works with.
        is_target: Whether the site is like the target, so that what has no wheel can be built there.
    """

    input: str
    output: str
    scratch: str
    uv: str
    python: str
    is_target: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Run one program in the input directory; its arguments are never re-split.

    Attributes:
        purpose: What it is for, as the object of "could not".
        argv: The program and its arguments.
        result: The file that it makes, if that depends on nothing but the arguments, the lists in the scratch
            directory and the environment.
    """

    purpose: str
    argv: tuple[str, ...]
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Run the user's own lines in one shell; the first that fails ends the build. The user sees what they print.

    Attributes:
        phase: The option they come from, ``before_bundling`` or ``after_bundling``.
        lines: The lines, verbatim.
        directory: Where they start, if not in the input directory, or where the user wants everything to.
    """

    phase: str
    lines: tuple[str, ...]
    directory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySource:
    """Copy the source, over what is there already.

    Attributes:
        source: The directory to copy from.
        destination: The directory to copy to.
        rules: What is left out.
        strip: The folder whose content stands at the destination's root.
    """

    source: str
    destination: str
    rules: tuple[Rule, ...]
    strip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLocal:
    """Let the names of local packages mean the wheels that were built of them, freed of this machine and its tools.

    Attributes:
        wheels: The directory with one numbered directory a package.
        constraints: The constraints file to write.
        packages: Name and marker of each package.
        local: The names of all that is pinned, here or by a constraint, so that the wheels' metadata tells no place.
    """

    wheels: str
    constraints: str
    packages: tuple[tuple[str, str], ...]
    local: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanInstalled:
    """Take out what the installer wrote for itself.

    Attributes:
        directory: Where it installed to.
        built_here: Whether it may have built packages on a machine that is not like the target, which then must not
            be native.
    """

    directory: str
    built_here: bool = False


Step: TypeAlias = Run | Hook | CopySource | PinLocal | CleanInstalled
