"""What lets a build into indexes and repositories: its steps see it by variables, nobody else does."""

from collections.abc import Collection
from dataclasses import replace

from python_function._bundle.spec import BundleSpec
from python_function._dependencies import assigned, repositories
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import environment, redact
from python_function._machine.host import Host
from python_function.errors import PackagingError


def granted(spec: BundleSpec, requirements: Requirements, host: Host) -> tuple[BundleSpec, Requirements]:
    """Return *spec* with variables for all that lets somebody in, and *requirements* without the passwords of git's.

    That is what of the process's own the requirements name for credentials, what the indexes that packages are
    assigned to ask for, and what git does.
    """
    without, of_git = repositories.closed(requirements)
    given = dict(spec.environment)
    named = {name: host.environ[name] for name in _of_credentials(requirements, given) if name in host.environ}
    added = {**named, **assigned.credentials(requirements.assigned, {**host.environ, **given})}
    added |= repositories.variables(of_git, {**host.environ, **added, **given})
    everything = tuple(sorted({**added, **given, **_counts(added)}.items()))
    return replace(spec, environment=everything, secrets=spec.secrets | added.keys()), without


def _of_credentials(requirements: Requirements, given: Collection[str]) -> frozenset[str]:
    """Return the variables in *requirements* that say where an index is or what lets somebody in: the process's do.

    Raises:
        PackagingError: Another one was not given: what it says would change the bundle, and not its hash.
    """
    of_index = Requirements(options=requirements.options).variables
    allowed = of_index.union(*map(redact.credential_variables, (*requirements.lines, *requirements.constraints)))
    if missing := sorted(requirements.variables - allowed - set(given)):
        names = " and ".join(missing)
        msg = (
            f"The requirements need the variable {names}, which changes what is installed and so has to count for the"
            f' asset hash. Pass environment={{"{missing[0]}": ...}}.'
        )
        raise PackagingError(msg)
    return allowed


def _counts(added: dict[str, str]) -> dict[str, str]:
    """Return what has to be there even if the user gave it: git believes one number of all that it is told."""
    return {name: value for name, value in added.items() if name.startswith("GIT_CONFIG_")}


def known(spec: BundleSpec, host: Host) -> frozenset[str]:
    """Return the secrets that are known before anything is read."""
    return host.report.secrets | environment.credentials(
        environment.for_container(host.environ, dict(spec.environment))
    )
