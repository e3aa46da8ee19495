"""Which files are source: one selection for the asset hash, the local copy and the copy in a container."""

import os
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from python_function._source import selection, tree, walk
from python_function._source.patterns import compile_pattern, compile_rules
from python_function._source.rules import Matcher, Rule
from python_function._source.selection import File, Selection
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
        read: The files in *directory* that say what is to be installed, wherever they stand, as POSIX paths.
    """

    directory: Path
    excludes: tuple[str, ...] = ()
    root: str = ""
    only: tuple[str, str] | None = None
    within: Path | None = None
    outdir: str = ""
    read: tuple[str, ...] = ()

    @property
    def machinery(self) -> tuple[str, ...]:
        """What nobody gets to see, in gitignore syntax."""
        return (*MACHINERY, _exactly(self.outdir)) if self.outdir else MACHINERY

    @property
    def patterns(self) -> tuple[str, ...]:
        """What is left out of the bundle, in gitignore syntax."""
        return (*self.machinery, *MANIFESTS, *map(_exactly, self.read), *self.excludes)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What is left out of the bundle."""
        return compile_rules(self.patterns)

    @property
    def stage_patterns(self) -> tuple[str, ...]:
        """What is left out of the copy that hooks and containers work on, in gitignore syntax.

        A pattern of the user that takes something back counts; one that leaves something out does not, for a hook may
        run the tests that the bundle does not hold.
        """
        return (*self.machinery, *(pattern for pattern in self.excludes if pattern.startswith("!")))


def _exactly(path: str) -> str:
    """Return the pattern that means *path* and nothing else."""
    return "/" + re.sub(r"([*?\[\]!#\\ ])", r"\\\1", path)


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


def files(source: Source) -> Selection:
    """Return the files that go into the bundle, with their places there.

    Raises:
        EntryError: The tree holds something that no bundle can.
    """
    if source.only is not None:
        return selection.one(source.directory, *source.only)
    with telling():
        return _placed(selected(source.directory, source.patterns, within=source.within), source.root)


def staged_files(source: Source) -> Selection:
    """Return the files that hooks and commands get to see, with their places in the copy.

    What no copy can hold has to be left out of the bundle, and then is left out of the copy.

    Raises:
        EntryError: As for :func:`files`.
    """
    if source.only is not None:
        return selection.one(source.directory, *source.only)
    return selected(source.directory, source.stage_patterns, within=source.within, excused=source.patterns)


def bundled(staged: Selection, source: Source) -> Selection:
    """Return those of *staged*, which hooks get to see, that go into the bundle of *source*, with their places there.

    Raises:
        EntryError: Two files have one place.
    """
    if source.only is not None:
        return staged
    left = set(Matcher(source.rules).left_in(file.path for file in staged.files))
    with telling():
        return _placed(replace(staged, files=tuple(file for file in staged.files if file.path in left)), source.root)


def selected(
    directory: Path, patterns: Iterable[str], *, within: Path | None = None, excused: Iterable[str] = ()
) -> Selection:
    """Return the files of *directory* that *patterns* leave in, each with the place that it has there.

    Args:
        directory: The directory.
        patterns: What is left out, in gitignore syntax.
        within: The directory that links may not leave, if not *directory*.
        excused: What is left out besides if it is something that no bundle can hold.

    Raises:
        EntryError: As for :func:`files`.
    """
    named = {rule: pattern for pattern in (*patterns, *excused) for rule in compile_pattern(pattern)}
    with telling():
        found = walk.survey(directory, compile_rules(patterns), within, compile_rules(excused))
    return Selection(
        directory=directory,
        files=tuple(File(one.path, one.path, one.size, one.executable) for one in found if one.rule is None),
        left_out=tuple((one.path, named[one.rule]) for one in found if one.rule is not None),
    )


def _placed(selection: Selection, root: str) -> Selection:
    if not root:
        return selection
    places = tree.placed((file.path for file in selection.files), root)
    files = (file._replace(place=place) for file, (_, place) in zip(selection.files, places, strict=True))
    return replace(selection, files=tuple(files))


@contextmanager
def telling() -> Generator[None]:
    """Say which option leaves out what cannot go in."""
    try:
        yield
    except walk.TreeError as error:
        msg = f"{error} The option for that is asset_excludes."
        raise EntryError(msg) from error
