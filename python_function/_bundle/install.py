"""The steps that install dependencies."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

from python_function._bundle.arguments import placed
from python_function._bundle.steps import CleanInstalled, PinLocal, Run, Site, Step
from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.redact import names_user
from python_function._target.target import Target

_BY_URL: Final = re.compile(r"(?P<name>[\w.-]+)(?:\[[^\]]*\])? @ \S*://")

_NOBODY: Final = "no-package-has-this-name"

_QUIETLY: Final = ("--quiet", "--no-header", "--no-annotate")


def steps(
    requirements: Requirements,
    *,
    target: Target,
    site: Site,
    destination: str,
    written_to: bool = False,
    build_on_host: Sequence[str] = (),
    arguments: tuple[str, ...] = (),
) -> tuple[Step, ...]:
    """Return the steps that install *requirements* for *target* to *destination*.

    What is not exact yet is resolved first, so that what is installed is an exact list. Lines with hashes are kept as
    they are, for a resolution would lose the hashes: the installer resolves them, and demands a hash of everything,
    unless something is local, which has none. Where the site is not the target, nothing is built but the user's own
    packages, with wheels, and what the user names.

    Args:
        requirements: What to install.
        target: What to install it for.
        site: Where that happens.
        destination: The directory to install to.
        written_to: Whether anything but these steps writes to the installed files, which then must not be links into
            the installer's cache.
        build_on_host: The packages of others that may be built where the site is not the target.
        arguments: Further arguments of the installer.
    """
    if not requirements.lines:
        return ()
    named = () if site.is_target else tuple(build_on_host)
    wheels_only = () if site.is_target else _wheels_only(named)
    arguments = placed(arguments, site.scratch)
    common = (*_inputs(requirements, site), *_target_flags(target, site), *wheels_only, *requirements.flags, *arguments)
    install = (site.uv, "pip", "install", "--target", destination, *common)
    install += ("--link-mode", "copy") if written_to or site.is_target else ()
    resolution, listed = _listed(requirements, site, common)
    locked = ("--no-deps", "--preview-features", "pylock", "--requirements", f"{site.scratch}/pylock.toml")
    lists = (*((locked,) if requirements.pylock else ()), *((listed,) if requirements.listed else ()))
    return (
        *_build_local(requirements, site, named, _build_constraints(arguments)),
        *resolution,
        *(Run(purpose="install the dependencies", argv=(*install, *which)) for which in lists),
        CleanInstalled(directory=destination, built_here=bool(named)),
    )


def _listed(requirements: Requirements, site: Site, common: tuple[str, ...]) -> tuple[tuple[Run, ...], tuple[str, ...]]:
    """Return the resolution that is still needed, and what makes the installer install the lines and nothing else."""
    given, exact = f"{site.scratch}/requirements.txt", f"{site.scratch}/exact.txt"
    assigned = f"{site.scratch}/assigned/pyproject.toml"
    own = requirements.local or requirements.archives
    from_index = ("--requirements", assigned) if requirements.assigned else ()
    if requirements.exact:
        return (), ("--no-deps", "--requirements", given, *from_index)
    excludes = ("--excludes", f"{site.scratch}/excludes.txt") if requirements.excludes else ()
    if requirements.hashed:
        return (), (*(() if own else ("--require-hashes",)), "--requirements", given, *excludes)
    resolve = (site.uv, "pip", "compile", given, *((assigned,) if from_index else ()), "--output-file", exact)
    resolve += (*_QUIETLY, *common, *excludes)
    resolve += ("--overrides", f"{site.scratch}/overrides.txt") if requirements.overrides else ()
    result = "" if own or requirements.links else exact
    options = ("--requirements", f"{site.scratch}/options.txt") if requirements.options else ()
    run = Run(purpose="resolve the dependencies", argv=resolve, result=result)
    return (run,), ("--no-deps", "--requirements", exact, *options, *from_index)


def _inputs(requirements: Requirements, site: Site) -> tuple[str, ...]:
    """Return what both resolution and installation have to know besides the requirements."""
    lists = {
        "constraints": requirements.constraints,
        "archives": [archive for archive in requirements.archives if archive.is_wheel],
        "local": _built(requirements),
    }
    constraints = (("--constraints", f"{site.scratch}/{name}.txt") for name, content in lists.items() if content)
    links = (("--find-links", f"{site.scratch}/links/{number}") for number, _ in enumerate(requirements.links))
    return tuple(part for pair in (*constraints, *links) for part in pair)


def _target_flags(target: Target, site: Site) -> tuple[str, ...]:
    return (
        "--no-config",
        *("--python", site.python),
        *("--python-version", target.python_full_version),
        *("--python-platform", target.uv_platform),
    )


def _wheels_only(named: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments that keep the installer from running the code of any package but the *named* ones."""
    if not named:
        return ("--no-build",)
    return ("--only-binary", ":all:", *(part for name in named for part in ("--no-binary", name)))


def _build_constraints(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return those of *arguments* that are for builds too."""
    pairs = [pair for pair in pairwise(arguments) if pair[0] == "--build-constraints"]
    return tuple(word for pair in pairs for word in pair)


def _build_local(
    requirements: Requirements, site: Site, named: Sequence[str], arguments: tuple[str, ...]
) -> tuple[Step, ...]:
    built = _built(requirements)
    if not built:
        return ()
    names = (*(package.name for package in built.values()), *_pinned_with_credentials(requirements))
    markers = tuple((package.name, package.marker) for package in built.values())
    steps: list[Step] = []
    for number, (place, package) in enumerate(built.items()):
        argv: tuple[str, ...] = (site.uv, "build", "--quiet", "--wheel", "--no-config", "--python", site.python)
        argv += arguments
        argv += () if site.is_target else _build_needs_as_wheels(named)
        if isinstance(package, LocalPackage) and package.builds_with:
            constraints = f"{site.scratch}/built-before-{number}.txt"
            steps.append(_pin(site, constraints, markers[:number], names))
            argv += ("--build-constraints", constraints)
            argv += tuple(part for name in package.builds_with for part in ("--no-sources-package", name))
        out = f"{site.scratch}/wheels/{number}"
        steps.append(Run(purpose=f"build {package.name}", argv=(*argv, "--out-dir", out, f"{site.scratch}/{place}")))
    return (*steps, _pin(site, f"{site.scratch}/local.txt", markers, names))


def _pinned_with_credentials(requirements: Requirements) -> tuple[str, ...]:
    """Return the names of what a constraint has a URL of with the credentials that the metadata must not have."""
    found = (_BY_URL.match(line) for line in requirements.constraints if names_user(line))
    return tuple(dict.fromkeys(match["name"] for match in found if match))


def _pin(site: Site, constraints: str, packages: tuple[tuple[str, str], ...], names: tuple[str, ...]) -> PinLocal:
    return PinLocal(wheels=f"{site.scratch}/wheels", constraints=constraints, packages=packages, local=names)


def _build_needs_as_wheels(named: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments for the same of what a build needs; one of them also hides what the environment says."""
    return ("--no-build", *(part for name in named or (_NOBODY,) for part in ("--no-binary-package", name)))


def _built(requirements: Requirements) -> Mapping[str, LocalPackage | LocalArchive]:
    """Return what of the user's own has to be built, by its place in the scratch directory."""
    return {
        **{
            (PurePosixPath("local", str(number)) / package.place).as_posix(): package
            for number, package in enumerate(requirements.local)
        },
        **{
            f"archives/{number}/{archive.path.name}": archive
            for number, archive in enumerate(requirements.archives)
            if not archive.is_wheel
        },
    }
