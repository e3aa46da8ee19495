"""What checks say of a bundle: plain data, which a record can hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from python_function._machine.report import Notice
from python_function.errors import BundlingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check says of a bundle; nothing wrong where it says nothing.

    Attributes:
        check: The name of the check.
        errors: Why the bundle cannot be used.
        warnings: What the user should know.
        unknown: What could not be found out, and why.
    """

    check: str
    errors: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()
    unknown: tuple[str, ...] = ()


def demand(verdicts: Iterable[Verdict]) -> None:
    """Make sure that a bundle of *verdicts* can be used.

    Raises:
        BundlingError: It cannot.
    """
    errors = [error for verdict in verdicts for error in verdict.errors]
    if errors:
        raise BundlingError("\n".join(errors))


def warnings(verdicts: Iterable[Verdict]) -> tuple[Notice, ...]:
    """Return what the user should know of a bundle of *verdicts*."""
    return tuple(notice for verdict in verdicts for notice in verdict.warnings)


def unknown(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Return what could not be found out about a bundle of *verdicts*."""
    return tuple(text for verdict in verdicts for text in verdict.unknown)


def of_layers(names: Iterable[str]) -> str:
    """Return why something is unknown: what is in the layers *names* is, for they are made elsewhere."""
    return f"nobody here knows what is in {', '.join(names)}"
