"""Gives a copy of a local package the git repository that its build reads its version from."""

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from python_function._machine.host import Host
from python_function.errors import CommandError, PackagingError, ProgramNotFoundError

_SAFE: Final = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.file.allow=always")
"""What keeps git from running anything of the repository's."""

_AT_ONCE: Final = 500
"""How many paths one command gets."""


def lay(root: Path, place: Path, kept: Collection[str], host: Host) -> None:
    """Put into *place*, which holds a part of the working tree of *root*, a repository that stands where that one does.

    It is a copy, so that nothing that a build does reaches the user's, and it takes what is not in *place* for
    unchanged: whether the part is, decides whether git calls it dirty.

    Args:
        root: The root of the user's repository.
        place: Where to put the other.
        kept: The paths, below both, of what is in *place*.
        host: The machine to run git on.

    Raises:
        PackagingError: git is not there, or fails.
    """
    fresh = place.with_name(f"{place.name}.git")
    git = ("git", *_SAFE)
    try:
        _git(host, (*git, "clone", "--quiet", "--bare", "--no-hardlinks", "--template=", str(root), str(fresh)))
        fresh.rename(place / ".git")
        inside = (*git, "-C", str(place))
        _git(host, (*inside, "config", "core.bare", "false"))
        _git(host, (*inside, "read-tree", "HEAD"))
        tracked = _git(host, (*inside, "ls-files", "-z")).split("\0")
        for paths in _parts([path for path in tracked if path and path not in kept]):
            _git(host, (*inside, "update-index", "--skip-worktree", "--", *paths))
    except ProgramNotFoundError as error:
        msg = f"a local package in {root} has its version from git, which is not there: {error}"
        raise PackagingError(msg) from error
    except CommandError as error:
        msg = f"a local package in {root} has its version from git, which fails: {error}"
        raise PackagingError(msg) from error


def _git(host: Host, argv: Sequence[str]) -> str:
    env = {name: value for name, value in host.environ.items() if not name.startswith("GIT_")}
    return host.run(argv, cwd=Path(os.sep), env={**env, "LC_ALL": "C.UTF-8"})


def _parts(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (paths[start : start + _AT_ONCE] for start in range(0, len(paths), _AT_ONCE))
