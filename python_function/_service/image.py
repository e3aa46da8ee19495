"""The image that a service is: its code and dependencies as a bundle, and the command that starts it."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from python_function._bundle import resolve
from python_function._bundle.image import Image
from python_function._bundle.resolve import Resolved, Wanted
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._machine.report import Notice
from python_function._service import commands, phases
from python_function._service.run import WITH_SETUPTOOLS
from python_function._service.service import Service
from python_function._target.target import Target

DIRECTORY: Final = "/app"

USER: Final = "1000:1000"
"""Nobody in particular: a number needs no entry in the image's list of users."""

_WITH_PKG_RESOURCES: Final = "setuptools<81"
"""What Pythons up to 3.11 have of setuptools, and packages made for them rely on.

https://setuptools.pypa.io/en/latest/pkg_resources.html
"""


def resolved(service: Service, wanted: Wanted, base: str | None) -> Resolved:
    """Find what the image of *service* is made of.

    Args:
        service: The service.
        wanted: What is wanted of its bundle.
        base: The image that it is made from, by default Python's own.

    Raises:
        PythonFunctionError: It cannot be made.
    """
    # Its command names files as they stand in the directory.
    found = resolve.layer(replace(wanted, options=replace(wanted.options, source_root=".")))
    target = found.spec.target
    spec = replace(
        found.spec,
        prefix="",
        image=_image(service, base or base_image(target)),
        packaging=_as_brought(found.spec.packaging, target),
        notices=(*found.spec.notices, *_notices(service)),
    )
    return replace(found, spec=spec)


def base_image(target: Target) -> str:
    """Return Python's own small image of the version of *target*, as AWS mirrors it."""
    return f"public.ecr.aws/docker/library/python:{target.python_version}-slim"


def _image(service: Service, base: str) -> Image:
    it = service.configuration
    own = {"PYTHONPATH": DIRECTORY, "PYTHONUNBUFFERED": "1"}
    return Image(
        base=base,
        directory=DIRECTORY,
        user=USER,
        command=command(it.command.text),
        environment=tuple(sorted({**own, **phases.run_variables(it, it.port)}.items())),
        port=it.port,
    )


def command(text: str) -> tuple[str, ...]:
    """Return the words that start a service whose packages lie beside its code."""
    plain = commands.as_module(text)
    if commands.needs_shell(plain):
        return ("sh", "-c", phases.start(plain))
    try:
        return tuple(shlex.split(plain))
    except ValueError:
        return ("sh", "-c", phases.start(plain))


def _as_brought(packaging: Packaging, target: Target) -> Packaging:
    """Return *packaging* with setuptools, where it is resolved, as old as the Pythons that bring it have it."""
    match packaging.content:
        case Listed(requirements=listed) as content if target.python_version in WITH_SETUPTOOLS:
            pass
        case _:
            return packaging
    if listed.exact or listed.hashed or "setuptools" in set(_names(listed.lines)):
        return packaging
    constrained = replace(
        listed,
        constraints=(*listed.constraints, _WITH_PKG_RESOURCES),
        identity=(*listed.identity, _WITH_PKG_RESOURCES),
    )
    return replace(
        packaging,
        content=replace(content, requirements=constrained),
        identity=(*packaging.identity, _WITH_PKG_RESOURCES),
    )


def _names(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        try:
            yield canonicalize_name(Requirement(line.partition(" --hash")[0]).name)
        except InvalidRequirement:
            continue


def _notices(service: Service) -> Iterator[Notice]:
    """Tell of what the image does without."""
    yield from (Notice(id="service", text=finding.text) for finding in service.findings if not service.file)
    it = service.configuration
    lost = [each.text for each in (*it.building, *it.pre_run) if not _is_done(each.text)]
    if service.file and lost:
        text = (
            f"{service.file}: {'; '.join(map(repr, lost))} is not run, for an image is made of the bundle alone."
            " Pass it as bundling=BundlingOptions(command_hooks=...), or run it beforehand."
        )
        yield Notice(id="serviceCommands", text=text)
    if service.file and it.secrets:
        names = ", ".join(secret.name for secret in it.secrets)
        text = f"{service.file}: run.secrets, {names}, are for App Runner's own runtime. Pass secrets=... for an image."
        yield Notice(id="serviceSecrets", text=text)


def _is_done(text: str) -> bool:
    """Tell whether the bundle, or nothing, is there in place of a command."""
    return commands.installs(text) or commands.keeps(text) or text.endswith("--version")
