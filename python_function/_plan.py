"""What a bundle is made of, and the steps that make it."""

from dataclasses import dataclass, field

from python_function._packaging import Packaging
from python_function._requirements import Requirements
from python_function._source import Source
from python_function._steps import CleanInstalled, CopySource, Hook, PinLocal, Run, Step
from python_function._target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """How to run the build's container; everything but *image* and *platform* as the user gave it.

    Attributes:
        image: The image to run, as the engine names it.
        platform: The platform to run it as, ``linux/arm64``.
        network: The network to run it in.
        user: Who runs the build in it; ``None`` for whoever runs CDK.
        volumes: Host path, container path and consistency of each volume.
        volumes_from: The containers whose volumes it gets.
        security_opt: A security option of the engine.
        working_directory: Where hooks and *command* start; ``None`` for the input directory.
        entrypoint: What runs the command.
        command: What runs in place of the whole build.
        copies: Whether input and output are copied instead of mounted.
    """

    image: str
    platform: str
    network: str | None = None
    user: str | None = None
    volumes: tuple[tuple[str, str, str], ...] = ()
    volumes_from: tuple[str, ...] = ()
    security_opt: str | None = None
    working_directory: str | None = None
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    copies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSpec:
    """What ends up in an asset, and how it is to be built.

    Attributes:
        target: What it is built for.
        source: The source and its place.
        packaging: What declares the dependencies.
        container: The container that builds it, where one does.
        strategy: ``auto``, ``local`` or ``docker``; never ``auto`` where an option decides already.
        prefix: The folder of the bundle that everything goes into.
        handler_file: The file of the bundle that Lambda imports; ``None`` for a layer.
        before: Hook lines that run first.
        after: Hook lines that run last.
        environment: What every step gets to see, sorted by name.
    """

    target: Target
    source: Source
    packaging: Packaging
    container: Container
    strategy: str
    prefix: str = ""
    handler_file: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a build happens.

    Attributes:
        input: The directory that holds the source.
        output: The directory that becomes the bundle.
        scratch: The directory that holds what the build needs besides, and its own files.
        uv: The installer.
        python: The interpreter that it works with.
        is_target: Whether the site is like the target, so that what has no wheel can be built there.
    """

    input: str
    output: str
    scratch: str
    uv: str
    python: str
    is_target: bool


def plan(spec: BundleSpec, requirements: Requirements, site: Site) -> tuple[Step, ...]:
    """Return the steps that build *spec*, with *requirements* installed, at *site*."""
    destination = f"{site.output}/{spec.prefix}" if spec.prefix else site.output
    return (
        *_hook("before_bundling", spec.before),
        *_install(spec, requirements, site, destination),
        CopySource(source=site.input, destination=destination, rules=spec.source.rules, strip=spec.source.root),
        *_hook("after_bundling", spec.after),
    )


def _hook(phase: str, lines: tuple[str, ...]) -> tuple[Step, ...]:
    return (Hook(phase=phase, lines=lines),) if lines else ()


def _install(spec: BundleSpec, requirements: Requirements, site: Site, destination: str) -> tuple[Step, ...]:
    if not requirements.lines:
        return ()
    exact = requirements.exact or requirements.hashed
    listed = "requirements.txt" if exact else "exact.txt"
    resolve = (site.uv, "pip", "compile", f"{site.scratch}/requirements.txt", *_inputs(requirements, site))
    install = (site.uv, "pip", "install", "--requirements", f"{site.scratch}/{listed}", *_inputs(requirements, site))
    flags = (*_target_flags(spec.target, site), *requirements.flags)
    return (
        *_build_local(requirements, site),
        *(() if exact else (Run(purpose="resolve the dependencies", argv=(*resolve, *_RESOLVING, *flags, *_to(site))),)),
        Run(
            purpose="install the dependencies",
            argv=(
                *install,
                *flags,
                *(("--requirements", f"{site.scratch}/options.txt") if requirements.options and not exact else ()),
                *(() if requirements.hashed and not requirements.exact else ("--no-deps",)),
                *(("--link-mode", "copy") if spec.after or site.is_target else ()),
                *("--target", destination),
            ),
        ),
        CleanInstalled(directory=destination),
    )


_RESOLVING = ("--quiet", "--no-header", "--no-annotate")


def _to(site: Site) -> tuple[str, ...]:
    return ("--output-file", f"{site.scratch}/exact.txt")


def _inputs(requirements: Requirements, site: Site) -> tuple[str, ...]:
    """Return what both resolution and installation have to know besides the requirements."""
    return (
        *(("--constraints", f"{site.scratch}/constraints.txt") if requirements.constraints else ()),
        *(("--constraints", f"{site.scratch}/archives.txt") if requirements.archives else ()),
        *(("--constraints", f"{site.scratch}/local.txt") if requirements.local else ()),
        *(part for number, _ in enumerate(requirements.links) for part in ("--find-links", f"{site.scratch}/links/{number}")),
    )


def _target_flags(target: Target, site: Site) -> tuple[str, ...]:
    return (
        *("--python", site.python),
        *("--python-version", target.python_version),
        *("--python-platform", target.uv_platform),
        *(() if site.is_target else ("--no-build",)),
    )


def _build_local(requirements: Requirements, site: Site) -> tuple[Step, ...]:
    if not requirements.local:
        return ()
    build = (site.uv, "build", "--quiet", "--wheel", "--python", site.python)
    wheels = f"{site.scratch}/wheels"
    return (
        *(
            Run(
                purpose=f"build {package.name}",
                argv=(*build, "--out-dir", f"{wheels}/{number}", f"{site.scratch}/local/{number}"),
            )
            for number, package in enumerate(requirements.local)
        ),
        PinLocal(
            wheels=wheels,
            constraints=f"{site.scratch}/local.txt",
            packages=tuple((package.name, package.marker) for package in requirements.local),
        ),
    )
