"""Whether a bundle holds anything of what is declared for its target."""

from dataclasses import replace
from typing import Final

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._target.target import Target

_SHOWN: Final = 5
_LATE: Final = 99
"""A patch level that no Python reaches."""


def check(spec: BundleSpec, requirements: Requirements, bundle: Inventory) -> Verdict:
    """Look for what *requirements* declare for the target, unless the user's steps decide."""
    if spec.container.command or spec.after or bundle.distributions:
        return Verdict(check="declared")
    declared = [line for line in requirements.lines if _is_for(spec.target, line)]
    if not declared:
        return Verdict(check="declared")
    names = ", ".join(declared[:_SHOWN]) + (f" and {len(declared) - _SHOWN} more" if declared[_SHOWN:] else "")
    error = (
        f"The bundle of {spec.source.directory} holds none of the packages that {spec.packaging.file} declares for"
        f" Python {spec.target.python_full_version} on {spec.target.architecture}: {names}."
        " Look at their markers, and at exclude_packages."
    )
    return Verdict(check="declared", errors=(error,))


def _is_for(target: Target, line: str) -> bool:
    """Tell whether the marker of a requirement holds for *target* at whatever patch level of its Python."""
    marker = line.partition(" --hash")[0].partition(";")[2].strip()
    try:
        return not marker or any(
            Marker(marker).evaluate({**replace(target, patch=patch).markers, "extra": ""}) for patch in (None, 0, _LATE)
        )
    except (InvalidMarker, UndefinedEnvironmentName):
        return True
