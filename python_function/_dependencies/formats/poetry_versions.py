"""Version constraints of poetry and of Pipfiles as version specifiers: https://python-poetry.org/docs/dependency-specification/."""

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from poetry.core.constraints.version import Version, VersionConstraint, parse_constraint
from poetry.core.constraints.version.exceptions import ParseConstraintError
from poetry.core.packages.utils.utils import create_nested_marker

from python_function.errors import PackagingError


def specifier(constraint: str) -> str:
    """Return *constraint* as a version specifier; empty for any version.

    Raises:
        PackagingError: There is none that means the same.
    """
    try:
        return str(SpecifierSet(constraint))
    except InvalidSpecifier:
        found = _parsed(constraint)
    if found.is_any():
        return ""
    try:
        return str(SpecifierSet(f"=={found}" if isinstance(found, Version) else str(found)))
    except InvalidSpecifier as error:
        msg = f"version constraint {constraint!r} has alternatives, which only a lock resolves. Commit the lock."
        raise PackagingError(msg) from error


def python_marker(constraint: str) -> str:
    """Return the environment marker that means that the Python fulfills *constraint*; empty for any Python."""
    return create_nested_marker("python_version", _parsed(constraint))


def _parsed(constraint: str) -> VersionConstraint:
    try:
        found = parse_constraint(constraint)
    except (ParseConstraintError, ValueError) as error:
        msg = f"version constraint {constraint!r} cannot be understood: {error}."
        raise PackagingError(msg) from error
    if found.is_empty():
        msg = f"version constraint {constraint!r} admits no version at all. Correct it."
        raise PackagingError(msg)
    return found
