"""Whether this machine may unpack the wheels of a bundle that is built in a container."""

import re
from dataclasses import replace
from typing import Final

from python_function._bundle.spec import BundleSpec, Container
from python_function._dependencies.declared import Listed
from python_function._machine import variables

_LOCAL: Final = re.compile(r"(?:^|[\s,=])(?:file:|/|\.)")
"""The places of packages that mean something else in a container."""


def possible(spec: BundleSpec) -> bool:
    """Tell whether what a container would install may be looked for as wheels on this machine first.

    To unpack a wheel runs nothing of it, and gives the same files everywhere. Into the container goes what could
    differ there: what is built, what has no version and could be found without a wheel in a newer one, and whatever
    comes from an image, a network, volumes or places that only the container sees.
    """
    plain = replace(spec.container, copies=False) == Container().serving(spec.target)
    content = spec.packaging.content
    floats = not spec.packaging.is_exact and isinstance(content, Listed) and bool(content.requirements.unpinned)
    builds = bool(spec.packaging.local or spec.build_on_host)
    return plain and not (floats or builds or _names_places(spec))


def _names_places(spec: BundleSpec) -> bool:
    """Tell whether what the user gave names places, which are those of the container."""
    given = dict(spec.environment)
    indexes = (given[name] for name in variables.INDEXES & given.keys())
    return bool((variables.PLACES | variables.OWN_FILES) & given.keys()) or any(map(_LOCAL.search, indexes))
