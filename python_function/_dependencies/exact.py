"""The exact list of what to install, as far as the files, or the tool that owns a lock, say it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from python_function._dependencies import nested
from python_function._dependencies.declared import Listed, Locked
from python_function._dependencies.detect import Packaging
from python_function._dependencies.indexes import with_credentials
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.marker import Environments
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.environment import for_installer
from python_function._machine.host import Host


def requirements(
    packaging: Packaging, *, host: Host, environment: Mapping[str, str], environments: Environments
) -> Requirements:
    """Return what *packaging* says to install, as exactly as it says it.

    Args:
        packaging: What declares the dependencies.
        host: The machine to run the tool on.
        environment: What the user set for the build; it overrides the process's own.
        environments: What the markers of the target are held against.

    Raises:
        PackagingError: The lock is stale, or its tool refuses it, or leaves out what it holds for the target.
        BundlingError: The tool cannot be had.
    """
    env = for_installer(host.environ, environment)
    match packaging.content:
        case Locked() as locked:
            found = nested.follow(locked.export(locked, host, env, environments))
            return replace(found, local=tuple(_as_known(package, packaging) for package in found.local))
        case Listed() as listed:
            return with_credentials(listed.manifest, listed.requirements, env)
        case _:
            assert_never(packaging.content)


def _as_known(package: LocalPackage, packaging: Packaging) -> LocalPackage:
    """Return *package*, which a tool told of, with what is known of its source."""
    known = {each.directory: each for each in packaging.local}.get(package.directory)
    return replace(package, within=known.within, leaves_out=known.leaves_out) if known else package
