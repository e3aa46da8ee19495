"""Which files are source: one selection for the asset hash, the local copy and the copy in a container."""

import os
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._source import tree, walk
from python_function._source.patterns import compile_pattern, compile_rules
from python_function._source.rules import Rule
from python_function.errors import EntryError, OptionError

MACHINERY: Final = (
    ".git",
    ".venv",
    "venv",
    "__pycache__",
    "*.py[cod]",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    "node_modules",
    "cdk.out",
    ".DS_Store",
    ".env",
    ".aws-sam",
    "*.egg-info",
    "*.sw[op]",
    "*~",
    ".#*",
    r"\#*#",
)
"""What tools leave beside the source; no step of a build gets to see it."""

MANIFESTS: Final = (
    "/requirements.txt",
    "/pyproject.toml",
    "/Pipfile",
    "/Pipfile.lock",
    "/poetry.lock",
    "/poetry.toml",
    "/uv.lock",
    "/uv.toml",
    "/pylock.toml",
    "/pylock.*.toml",
)
"""What declares dependencies; a build reads it, the bundle does not hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The source of a bundle and where it goes.

    Attributes:
        directory: The directory that holds it.
        excludes: Patterns of what stays out, in gitignore syntax, added to the defaults.
        root: The folder whose content stands at the bundle's root, ``src``; everything else keeps its path.
        only: The one file that is meant, and its name in the bundle.
        within: The directory that links may not leave, if not *directory*.
        outdir: The place of CDK's own output in *directory*, a POSIX path, if it is there.
    """

    directory: Path
    excludes: tuple[str, ...] = ()
    root: str = ""
    only: tuple[str, str] | None = None
    within: Path | None = None
    outdir: str = ""

    @property
    def machinery(self) -> tuple[str, ...]:
        """What nobody gets to see, in gitignore syntax."""
        return (*MACHINERY, "/" + re.sub(r"([*?\[\]!#\\ ])", r"\\\1", self.outdir)) if self.outdir else MACHINERY

    @property
    def patterns(self) -> tuple[str, ...]:
        """What is left out of the bundle, in gitignore syntax."""
        return (*self.machinery, *MANIFESTS, *self.excludes)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What is left out of the bundle."""
        return compile_rules(self.patterns)

    @property
    def stage_rules(self) -> tuple[Rule, ...]:
        """What is left out of the copy that hooks and containers work on.

        A pattern of the user that takes something back counts; one that leaves something out does not, for a hook may
        run the tests that the bundle does not hold.
        """
        return compile_rules((*self.machinery, *(pattern for pattern in self.excludes if pattern.startswith("!"))))


def project_root(given: Path | str | None, entry: Path, *, cwd: Path) -> Path | None:
    """Return the directory that holds what *entry* needs, if the user names one.

    Args:
        given: What the user names; a relative path starts at *cwd*.
        entry: The directory of the code; absolute.
        cwd: The working directory.

    Raises:
        OptionError: The entry is not in it.
    """
    if given is None:
        return None
    root = Path(os.path.normpath(cwd / given))
    if entry.is_relative_to(root):
        return root
    msg = f"project_root {root} does not hold the entry {entry}. Pass a directory above it."
    raise OptionError(msg)


def files(source: Source) -> tuple[tuple[str, str], ...]:
    """Return the files that go into the bundle: their paths in the directory and in the bundle, sorted.

    Raises:
        EntryError: The tree holds something that no bundle can.
    """
    if source.only is not None:
        return (source.only,)
    with telling():
        return tuple(tree.placed(walk.select(source.directory, source.rules, source.within), source.root))


def survey(source: Source) -> tuple[tuple[str, str | None], ...]:
    """Return the paths of the files that go into the bundle, and of what is left out with the pattern that decided.

    Raises:
        EntryError: As for :func:`files`.
    """
    if source.only is not None:
        return ((source.only[0], None),)
    patterns = {rule: pattern for pattern in source.patterns for rule in compile_pattern(pattern)}
    with telling():
        found = walk.survey(source.directory, source.rules, source.within)
    return tuple((one.path, one.rule and patterns[one.rule]) for one in found)


def staged_files(source: Source) -> tuple[tuple[str, str], ...]:
    """Return the files that hooks and commands get to see: their paths in the directory and in the copy, sorted.

    What no copy can hold has to be left out of the bundle, and then is left out of the copy.

    Raises:
        EntryError: As for :func:`files`.
    """
    if source.only is not None:
        return (source.only,)
    with telling():
        selected = walk.select(source.directory, source.stage_rules, source.within, source.rules)
    return tuple((path, path) for path in selected)


def unplaced_files(source: Source) -> tuple[tuple[str, str], ...]:
    """Return the files that go into the bundle with the paths that they have before they are put in their places.

    Raises:
        EntryError: As for :func:`files`.
    """
    return (source.only,) if source.only else tuple((path, path) for path, _ in files(source))


def package_files(directory: Path) -> tuple[tuple[str, str], ...]:
    """Return the files that a local package is built from.

    Raises:
        EntryError: As for :func:`files`.
    """
    return selected(directory, compile_rules(MACHINERY))


def selected(directory: Path, rules: tuple[Rule, ...]) -> tuple[tuple[str, str], ...]:
    """Return the files of *directory* that *rules* leave in, each with the place that it keeps.

    Raises:
        EntryError: As for :func:`files`.
    """
    with telling():
        return tuple((path, path) for path in walk.select(directory, rules))


def copy(directory: Path, destination: Path, files: Iterable[tuple[str, str]]) -> None:
    """Copy *files* of *directory* to *destination*, links resolved.

    Raises:
        EntryError: A file cannot be read.
    """
    with telling():
        tree.copy_files(directory, destination, files)


@contextmanager
def telling() -> Generator[None]:
    """Say which option leaves out what cannot go in."""
    try:
        yield
    except walk.TreeError as error:
        msg = f"{error} The option for that is asset_excludes."
        raise EntryError(msg) from error
