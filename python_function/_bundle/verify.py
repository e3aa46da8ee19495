"""The finished bundle against what was asked for."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from python_function._bundle.checks import content, declared, inventory, modules, native
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.requirements_txt.read import Requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MEGABYTE: Final = 1_000_000


def verify(spec: BundleSpec, requirements: Requirements, output: Path) -> tuple[Inventory, tuple[Verdict, ...]]:
    """Return what the bundle *output* of *spec* holds, and what every check says of it."""
    bundle = inventory.take(output, content.own(spec))
    for first in (declared.check(spec, requirements, bundle), content.check(spec, bundle)):
        if first.errors:
            return bundle, (first,)
    entry = str(spec.source.directory)
    checks: Mapping[str, Callable[[], Verdict]] = {
        "modules": partial(modules.check, bundle, handler_file=spec.handler_file, entry=entry, target=spec.target),
        "native": partial(native.check, bundle, entry=entry, target=spec.target),
    }
    return bundle, tuple(check() for name, check in checks.items() if name not in spec.skip_checks)


def summary(bundle: Inventory, seconds: float) -> str:
    """Return what the build of *bundle* took and what it weighs, in a line."""
    count = len(bundle.distributions)
    packages = "1 package" if count == 1 else f"{count} packages"
    return f"built in {seconds:.1f} s: {packages}, {bundle.size / _MEGABYTE:.1f} MB unzipped"
