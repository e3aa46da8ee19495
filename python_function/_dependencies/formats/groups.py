"""Dependency groups of a pyproject.toml, included ones too: https://peps.python.org/pep-0735/."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from packaging.dependency_groups import DependencyGroupResolver
from packaging.utils import canonicalize_name

from python_function._machine.toml import table
from python_function.errors import PackagingError


def texts(file: Path, manifest: Mapping[str, object], names: Iterable[str]) -> Iterator[str]:
    """Yield the requirements of the groups *names* of *manifest*; of those that it does not have, none.

    Raises:
        PackagingError: A group is none, as one that includes itself.
    """
    groups = table(manifest, "dependency-groups")
    known = set(map(canonicalize_name, groups))
    wanted = [name for name in names if canonicalize_name(name) in known]
    if not wanted:
        return
    try:
        resolver = DependencyGroupResolver(cast("Mapping[str, Sequence[str | Mapping[str, str]]]", groups))
        yield from (str(requirement) for name in wanted for requirement in resolver.resolve(name))
    except ExceptionGroup as error:
        reasons = "; ".join(str(reason).splitlines()[0] for reason in error.exceptions)
        msg = f"{file}: [dependency-groups] cannot be followed: {reasons}. Correct it."
        raise PackagingError(msg) from error
    except TypeError as error:  # a date or a number where a name has to stand
        msg = f"{file}: [dependency-groups] has something else than strings and included groups: {error}. Correct it."
        raise PackagingError(msg) from error
