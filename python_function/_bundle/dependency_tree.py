"""The dependencies of a bundle as a finished directory: which one it is, and how it comes to be."""

from collections.abc import Generator, Mapping, MutableMapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from python_function._bundle import (
    access,
    digests,
    fingerprint,
    finish,
    kept_trees,
    leaks,
    noted,
    plan,
    recorded,
    sites,
    tree_store,
    workplace,
)
from python_function._bundle.checks import declared, elf, inventory, native, verdict
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.digests import Content
from python_function._bundle.executors import container
from python_function._bundle.noted import Noted
from python_function._bundle.sites import Part
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import OUTPUT
from python_function._bundle.tree_store import Made, Tree
from python_function._dependencies import exact, origin
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
    """A tree, and what is known of it.

    Attributes:
        tree: The tree.
        noted: What was noted of it.
        inventory: What it holds.
        image: The image that it was built in; empty where that was this machine.
    """

    tree: Tree
    noted: Noted
    inventory: Inventory
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
        image = order.spec.container.image if order.in_container else ""
        known = noted.read(found.note)
        yield Dependencies(tree=found, noted=known, inventory=_inventory(found, known), image=image)


def _inventory(tree: Tree, known: Noted) -> Inventory:
    return Inventory(root=tree.directory, files=tree.sizes, distributions=known.distributions, native=known.native)


def _kept(order: Order, root: Path, key: str, stack: ExitStack) -> Tree | None:
    """Return the tree of the cache at *root*; None, told once, where that cannot be had."""
    try:
        return stack.enter_context(_tree(order, root, key, seen=order.host.trees))
    except OSError as error:
        order.host.once(f"nothing is kept for the next build: {error.filename or root}: {error.strerror or error}")
        return None


def _tree(
    order: Order, root: Path, key: str, seen: MutableMapping[str, object] | None = None
) -> AbstractContextManager[Tree]:
    return tree_store.tree(
        root,
        key,
        partial(_make, order),
        now=order.host.now(),
        seen=seen,
        fresh_for=None if order.spec.packaging.is_exact else FRESH_FOR,
        waiting=lambda: order.host.report.say("another synthesis builds the same dependencies"),
    )


def check(spec: BundleSpec, requirements: Requirements, found: Inventory) -> None:
    """Hold the dependencies that were *found* to the *requirements* that they were installed for.

    Raises:
        BundlingError: Nothing of them is there.
    """
    verdict.demand((declared.check(spec, requirements, found),))


def _builder(order: Order) -> tuple[str, ...]:
    """Return what of the builder decides a tree; nothing where that cannot be told, so that the tree is not kept."""
    if not order.in_container:
        return ("local", order.host.python, order.host.uv, str(noted.FORMAT))
    wanted = order.spec.container
    if wanted.volumes or wanted.volumes_from:
        return ()
    image = container.image_id(order.host, wanted.image)
    options = (wanted.platform, wanted.network, wanted.user, wanted.security_opt, wanted.entrypoint)
    return ("container", image, str(noted.FORMAT), *map(str, (*options, wanted.working_directory))) if image else ()


def _make(order: Order, directory: Path) -> Made:
    """Install the dependencies to *directory*, once more if what the installer keeps of them is damaged."""
    spec, host = order.spec, order.host
    kept_trees.prune(directory.parents[1], now=host.now(), max_bytes=host.tree_bytes)
    listed = exact.requirements(
        spec.packaging, host=host, environment=dict(spec.environment), environments=spec.target.environments
    )
    granted, requirements = access.granted(spec, listed, host)
    order = replace(order, spec=granted)
    _install(order, requirements, "first", directory)
    found = digests.read(directory)
    if wrong := recorded.damaged(directory, _digests(found)):
        found = _install_again(order, requirements, directory, wrong)
    tree = inventory.of(directory, {path: content.size for path, content in found.items()})
    check(spec, requirements, tree)
    leaks.check(directory, leaks.known(spec, listed, host))
    files = {path: content.size for path, content in found.items() if elf.is_native(content.head)}
    origins = origin.find(spec.packaging, requirements)
    return Made(note=noted.write(origins, tree, native.read(replace(tree, files=files))), digests=_digests(found))


def _digests(found: Mapping[str, Content]) -> dict[str, str]:
    return {path: content.digest for path, content in found.items()}


def _install_again(
    order: Order, requirements: Requirements, directory: Path, wrong: Mapping[str, str]
) -> dict[str, Content]:
    """Install the dependencies to *directory* without what the installer keeps of those that are *wrong*.

    Raises:
        BundlingError: They are wrong still.
    """
    host = order.host
    names = sorted({info.partition("-")[0] for info in wrong})
    host.report.say(f"what uv keeps of {', '.join(names)} is damaged: it is fetched anew")
    env = for_installer(host.environ, dict(order.spec.environment))
    host.run((host.uv, "cache", "clean", *names), cwd=order.work, env=env)
    workplace.clear(directory)
    _install(order, requirements, "again", directory)
    found = digests.read(directory)
    if wrong := recorded.damaged(directory, _digests(found)):
        files = "; ".join(f"{path} of {info.removesuffix('.dist-info')}" for info, path in wrong.items())
        msg = f"What was installed for {order.spec.source.directory} is not what its own RECORD says: {files}."
        raise BundlingError(msg)
    return found


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
