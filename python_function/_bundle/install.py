"""The steps that install dependencies."""

import re
from collections.abc import Mapping
from typing import Final

from python_function._bundle.steps import CleanInstalled, PinLocal, Run, Site, Step
from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._target.target import Target

_FROM_REPOSITORY: Final = re.compile(r" @ (?:bzr|git|hg|svn)\+")
"""Requirements that are no wheels anywhere."""

_QUIETLY: Final = ("--quiet", "--no-header", "--no-annotate")


def steps(
    requirements: Requirements,
    *,
    target: Target,
    site: Site,
    destination: str,
    written_to: bool = False,
    arguments: tuple[str, ...] = (),
) -> tuple[Step, ...]:
    """Return the steps that install *requirements* for *target* to *destination*.

    What is not exact yet is resolved first, so that what is installed is an exact list. Lines with hashes are kept as
    they are, for a resolution would lose the hashes: the installer resolves them, and demands a hash of everything,
    unless something is local, which has none. What comes from a repository has to be built, where the credentials for
    it are.

    Args:
        requirements: What to install.
        target: What to install it for.
        site: Where that happens.
        destination: The directory to install to.
        written_to: Whether anything but these steps writes to the installed files, which then must not be links into
            the installer's cache.
        arguments: Further arguments of the installer.
    """
    if not requirements.lines:
        return ()
    builds_here = not site.is_target and any(_FROM_REPOSITORY.search(line) for line in requirements.lines)
    no_build = () if site.is_target or builds_here else ("--no-build",)
    common = (*_inputs(requirements, site), *_target_flags(target, site), *no_build, *requirements.flags, *arguments)
    given, exact = f"{site.scratch}/requirements.txt", f"{site.scratch}/exact.txt"
    resolve = (site.uv, "pip", "compile", given, "--output-file", exact, *_QUIETLY, *common)
    install = (site.uv, "pip", "install", "--target", destination, *common)
    install += ("--link-mode", "copy") if written_to or site.is_target else ()
    own = requirements.local or requirements.archives
    resolution: tuple[Run, ...] = ()
    if requirements.exact:
        install += ("--no-deps", "--requirements", given)
    elif requirements.hashed:
        install += (*(() if own else ("--require-hashes",)), "--requirements", given)
    else:
        resolve += ("--excludes", f"{site.scratch}/excludes.txt") if requirements.excludes else ()
        resolution = (
            Run(purpose="resolve the dependencies", argv=resolve, result="" if own or requirements.links else exact),
        )
        install += ("--no-deps", "--requirements", exact)
        install += ("--requirements", f"{site.scratch}/options.txt") if requirements.options else ()
    return (
        *_build_local(requirements, site),
        *resolution,
        Run(purpose="install the dependencies", argv=install),
        CleanInstalled(directory=destination, built_here=builds_here),
    )


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
        *_configuration(site),
        *("--python", site.python),
        *("--python-version", target.python_full_version),
        *("--python-platform", target.uv_platform),
    )


def _configuration(site: Site) -> tuple[str, ...]:
    return ("--config-file", site.uv_config) if site.uv_config else ("--no-config",)


def _build_local(requirements: Requirements, site: Site) -> tuple[Step, ...]:
    built = _built(requirements)
    if not built:
        return ()
    wheels = f"{site.scratch}/wheels"
    build = (site.uv, "build", "--quiet", "--wheel", *_configuration(site), "--python", site.python)
    builds = (
        Run(
            purpose=f"build {package.name}",
            argv=(*build, "--out-dir", f"{wheels}/{number}", f"{site.scratch}/{place}"),
        )
        for number, (place, package) in enumerate(built.items())
    )
    packages = tuple((package.name, package.marker) for package in built.values())
    return (*builds, PinLocal(wheels=wheels, constraints=f"{site.scratch}/local.txt", packages=packages))


def _built(requirements: Requirements) -> Mapping[str, LocalPackage | LocalArchive]:
    """Return what of the user's own has to be built, by its place in the scratch directory."""
    return {
        **{f"local/{number}": package for number, package in enumerate(requirements.local)},
        **{
            f"archives/{number}/{archive.path.name}": archive
            for number, archive in enumerate(requirements.archives)
            if not archive.is_wheel
        },
    }
