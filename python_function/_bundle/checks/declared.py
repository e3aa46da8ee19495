"""Whether a bundle holds anything of what is declared for its target."""

from typing import Final

from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec
from python_function._dependencies import marker
from python_function._dependencies.requirements_txt.read import Requirements

_SHOWN: Final = 5


def check(spec: BundleSpec, requirements: Requirements, bundle: Inventory) -> Verdict:
    """Look for what *requirements* declare for the target, unless the user's steps decide."""
    if spec.container.command or spec.after or bundle.distributions:
        return Verdict(check="declared")
    declared = [line for line in requirements.lines if marker.may_hold(marker.of_line(line), spec.target.environments)]
    if not declared:
        return Verdict(check="declared")
    names = ", ".join(declared[:_SHOWN]) + (f" and {len(declared) - _SHOWN} more" if declared[_SHOWN:] else "")
    error = (
        f"The bundle of {spec.source.directory} holds none of the packages that {spec.packaging.file} declares for"
        f" Python {spec.target.python_full_version} on {spec.target.architecture}: {names}."
        " Look at their markers, and at exclude_packages."
    )
    return Verdict(check="declared", errors=(error,))
