"""The dependencies of a bundle as a finished directory: which one it is, and how it comes to be."""

import json
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from python_function._bundle import (
    access,
    fingerprint,
    finish,
    kept_trees,
    leaks,
    plan,
    recorded,
    sites,
    tree_store,
    workplace,
)
from python_function._bundle.checks import declared, inventory, verdict
from python_function._bundle.executors import container
from python_function._bundle.sites import Part
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import OUTPUT
from python_function._bundle.tree_store import Tree
from python_function._dependencies import exact, origin
from python_function._dependencies.origin import Kind, Origin
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import cache
from python_function._machine.environment import for_installer
from python_function._machine.host import Host
from python_function._source.walk import TreeError
from python_function.errors import BundlingError

FRESH_FOR: Final = 600.0
"""Seconds for which what floats is reused: as long as the public index lets its own answers be reused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A tree that somebody wants.

    Attributes:
        spec: The bundle that it is for.
        work: The directory that the bundle is built in; where nothing can be kept, the tree is built there, too.
        host: This machine.
        below: The folder of *work* to build it in, with a slash behind it.
        in_container: Whether the container of the spec builds it, not this machine.
        reason: Why, for whoever has no engine.
    """

    spec: BundleSpec
    work: Path
    host: Host
    below: str = ""
    in_container: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What is known of installed dependencies.

    Attributes:
        directory: Where they are.
        origins: Where each distribution comes from, if something is said of it.
        image: The image that they were built in; empty where that was this machine.
    """

    directory: Path
    origins: Mapping[str, Origin]
    image: str = ""


@contextmanager
def tree(order: Order) -> Generator[Dependencies]:
    """Give the finished dependencies that *order* names: those that are kept, or new ones.

    Raises:
        NoWheelError: This machine cannot build them.
        BundlingError: They cannot be built.
    """
    builder = _builder(order)
    key = fingerprint.of_dependencies(order.spec, builder, order.host.environ)
    kept = cache.directory(order.host, "trees") if builder and order.host.tree_bytes else None
    with ExitStack() as stack:
        found = _kept(order, kept, key, stack) if kept else None
        # What was begun in the cache has used the places of the build.
        found = found or stack.enter_context(
            _tree(replace(order, below=f"{order.below}apart-"), order.work / "trees", key)
        )
        said: dict[str, tuple[Kind, str]] = json.loads(found.note)
        origins = {name: Origin(kind=kind, name=which) for name, (kind, which) in said.items()}
        image = order.spec.container.image if order.in_container else ""
        yield Dependencies(directory=found.directory, origins=origins, image=image)


def _kept(order: Order, root: Path, key: str, stack: ExitStack) -> Tree | None:
    """Return the tree of the cache at *root*; None, told once, where that cannot be had."""
    try:
        return stack.enter_context(_tree(order, root, key))
    except OSError as error:
        order.host.once(f"nothing is kept for the next build: {error.filename or root}: {error.strerror or error}")
        return None


def _tree(order: Order, root: Path, key: str) -> AbstractContextManager[Tree]:
    return tree_store.tree(
        root,
        key,
        partial(_make, order),
        now=order.host.now(),
        fresh_for=None if order.spec.packaging.is_exact else FRESH_FOR,
        waiting=lambda: order.host.report.say("another synthesis builds the same dependencies"),
    )


def check(spec: BundleSpec, requirements: Requirements, directory: Path) -> None:
    """Hold the dependencies in *directory* to the *requirements* that they were installed for.

    Raises:
        BundlingError: Nothing of them is there.
    """
    verdict.demand((declared.check(spec, requirements, inventory.take(directory)),))


def _builder(order: Order) -> tuple[str, ...]:
    """Return what of the builder decides a tree; nothing where that cannot be told, so that the tree is not kept."""
    if not order.in_container:
        return ("local", order.host.python, order.host.uv)
    wanted = order.spec.container
    if wanted.volumes or wanted.volumes_from:
        return ()
    image = container.image_id(order.host, wanted.image)
    options = (wanted.platform, wanted.network, wanted.user, wanted.security_opt, wanted.entrypoint)
    return ("container", image, *map(str, (*options, wanted.working_directory))) if image else ()


def _make(order: Order, directory: Path) -> str:
    """Install the dependencies to *directory*, once more if what the installer keeps of them is damaged.

    Returns the origins, as text.
    """
    spec, host = order.spec, order.host
    kept_trees.prune(directory.parents[1], now=host.now(), max_bytes=host.tree_bytes)
    listed = exact.requirements(
        spec.packaging, host=host, environment=dict(spec.environment), environments=spec.target.environments
    )
    granted, requirements = access.granted(spec, listed, host)
    order = replace(order, spec=granted)
    _install(order, requirements, "first", directory)
    wrong = recorded.damaged(directory)
    if wrong:
        names = sorted({info.partition("-")[0] for info in wrong})
        host.report.say(f"what uv keeps of {', '.join(names)} is damaged: it is fetched anew")
        env = for_installer(host.environ, dict(spec.environment))
        host.run((host.uv, "cache", "clean", *names), cwd=order.work, env=env)
        workplace.clear(directory)
        _install(order, requirements, "again", directory)
        wrong = recorded.damaged(directory)
    if wrong:
        files = "; ".join(f"{path} of {info.removesuffix('.dist-info')}" for info, path in wrong.items())
        msg = f"What was installed for {spec.source.directory} is not what its own RECORD says: {files}."
        raise BundlingError(msg)
    check(spec, requirements, directory)
    leaks.check(directory, leaks.known(spec, listed, host))
    origins = origin.find(spec.packaging, requirements)
    return json.dumps({name: (found.kind, found.name) for name, found in origins.items()})


def _install(order: Order, requirements: Requirements, name: str, directory: Path) -> None:
    part = Part(
        spec=order.spec,
        host=order.host,
        work=order.work,
        name=f"{order.below}{name}-{'in-container' if order.in_container else 'here'}",
        requirements=requirements,
        only_dependencies=True,
    )
    part.place.mkdir(parents=True)
    steps = partial(plan.dependencies, order.spec, requirements)
    if order.in_container:
        sites.in_container(part, steps, reason=order.reason)
    else:
        sites.locally(part, steps)
    finish.take(part.output, directory, order.host.ids)
    try:
        finish.finish(directory, (OUTPUT, str(part.output)))
    except TreeError as error:
        msg = f"The dependencies of {order.spec.source.directory} cannot be in an asset: {error}"
        raise BundlingError(msg) from error
