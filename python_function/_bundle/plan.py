"""The steps that make a bundle: as a whole, or its dependencies and what comes over them."""

from python_function._bundle import install
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import INSTALLED, CleanInstalled, CopySource, Hook, Site, Step
from python_function._dependencies.requirements_txt.read import Requirements


def whole(spec: BundleSpec, requirements: Requirements, site: Site) -> tuple[Step, ...]:
    """Return the steps that build *spec*, with *requirements* installed, at *site*."""
    return (
        *_hook("before_bundling", spec.before),
        *_install(spec, requirements, site, _destination(spec, site)),
        *assembly(spec, site),
    )


def dependencies(spec: BundleSpec, requirements: Requirements, site: Site) -> tuple[Step, ...]:
    """Return the steps that install the *requirements* of *spec*, and nothing else, at *site*."""
    return _install(spec, requirements, site, site.output)


def assembly(spec: BundleSpec, site: Site) -> tuple[Step, ...]:
    """Return the steps that make the bundle of *spec* at *site*, where its dependencies are already."""
    destination = _destination(spec, site)
    return (
        *_installed(spec, site, destination),
        *_copy(spec, site, destination),
        *_hook("after_bundling", spec.after, destination),
    )


def _destination(spec: BundleSpec, site: Site) -> str:
    return f"{site.output}/{spec.prefix}" if spec.prefix else site.output


def _install(spec: BundleSpec, requirements: Requirements, site: Site, destination: str) -> tuple[Step, ...]:
    return install.steps(
        requirements,
        target=spec.target,
        site=site,
        destination=destination,
        written_to=bool(spec.after),
        build_on_host=spec.build_on_host,
        arguments=spec.installer_args,
    )


def _installed(spec: BundleSpec, site: Site, destination: str) -> tuple[Step, ...]:
    if spec.installed is None:
        return ()
    source = f"{site.scratch}/{INSTALLED}" if site.is_target else str(spec.installed.directory)
    rules = spec.installed.rules
    return CopySource(source=source, destination=destination, rules=rules), CleanInstalled(directory=destination)


def _copy(spec: BundleSpec, site: Site, destination: str) -> tuple[Step, ...]:
    """Return how the source gets into the bundle where hooks have to see it there, and may have changed it."""
    if not spec.has_own_steps:
        return ()
    return (CopySource(source=site.input, destination=destination, rules=spec.source.rules, strip=spec.source.root),)


def _hook(phase: str, lines: tuple[str, ...], directory: str = "") -> tuple[Step, ...]:
    return (Hook(phase=phase, lines=lines, directory=directory),) if lines else ()
