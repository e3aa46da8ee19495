"""Makes a bundle: its dependencies from the tree that is kept of them, the source over them, the user's commands."""

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from python_function._bundle import access, dependency_tree, leaks, placing, plan, sites, wheels_here
from python_function._bundle.checks import inventory
from python_function._bundle.dependency_tree import Dependencies, Order
from python_function._bundle.sites import Part
from python_function._bundle.spec import BundleSpec
from python_function._dependencies import exact, origin
from python_function._dependencies.origin import Origin
from python_function._machine.host import Host
from python_function.errors import BundlingError, NoWheelError

_WITHOUT: Final = 'It is built in a container; strategy="local" would build it without.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What was put together.

    Attributes:
        directory: Where.
        origins: Where each distribution comes from, if something is said of it.
        image: The image that it was built in; empty where that was this machine.
        dependencies: What is there and nothing else, but for the source that is to come over it; ``None`` where that is
            not so plain.
    """

    directory: Path
    origins: Mapping[str, Origin]
    image: str
    dependencies: Dependencies | None = None


def assemble(spec: BundleSpec, work: Path, host: Host, *, below: str = "") -> Assembled:
    """Return the directory below *work* that holds what was built of *spec*, and what is known of what it holds.

    What runs before the dependencies are installed, or in place of it, has a hand in them: such a bundle shares
    nothing with others.

    Args:
        spec: What is built.
        work: The directory of the build.
        host: This machine.
        below: The folder of *work* for this bundle, with a slash behind it; empty for *work* itself.

    Raises:
        PythonFunctionError: It cannot be built.
    """
    has_dependencies = spec.packaging.kind != "none"
    in_container = spec.strategy == "docker" and (has_dependencies or spec.has_own_steps)
    what = f"{spec.target.runtime} on {spec.target.architecture}, {spec.packaging.title}"
    what += f", {spec.source.root}/ as its root" if spec.source.root else ""
    what += f", requests through the adapter ({spec.stub.reason})" if spec.stub else ""
    host.report.say(f"building for {what}, {_where(spec) if in_container else 'locally'}")
    if spec.before or spec.container.command:
        return _whole(Part(spec=spec, host=host, work=work, name=f"{below}whole"))
    part = Part(spec=spec, host=host, work=work, name=f"{below}assembly")
    image = spec.container.image if in_container and spec.after else ""
    made = Assembled(directory=part.output, origins={}, image=image)
    with ExitStack() as stack:
        if has_dependencies:
            found = _dependencies(Order(spec=spec, work=work, host=host, below=below), stack)
            destination = part.output / spec.prefix
            destination.mkdir(parents=True)
            placing.place(found.tree, destination, shared=not spec.after)
            plain = None if spec.has_own_steps or spec.installed else found
            made = replace(made, origins=found.noted.origins, image=image or found.image, dependencies=plain)
        _run(part, partial(plan.assembly, spec), in_container=in_container and bool(spec.after))
    return made


def _where(spec: BundleSpec) -> str:
    """Say what a container does of a bundle that is not made on this machine alone."""
    if not wheels_here.possible(spec):
        return f"in {spec.container.image}"
    return f"{'hooks and ' if spec.after else ''}what has no wheel in {spec.container.image}"


def _whole(part: Part) -> Assembled:
    host, spec = part.host, part.spec
    listed = exact.requirements(
        spec.packaging, host=host, environment=dict(spec.environment), environments=spec.target.environments
    )
    spec, requirements = access.granted(spec, listed, host)
    in_container = spec.strategy == "docker"
    part = replace(part, spec=spec, requirements=requirements)
    _run(part, partial(plan.whole, spec, requirements), in_container=in_container)
    dependency_tree.check(spec, requirements, inventory.take(part.output))
    leaks.check(part.output, leaks.known(spec, listed, host))
    origins = origin.find(spec.packaging, requirements)
    return Assembled(directory=part.output, origins=origins, image=spec.container.image if in_container else "")


def _run(part: Part, steps: sites.Plan, *, in_container: bool) -> None:
    part.place.mkdir(parents=True, exist_ok=True)
    if in_container:
        sites.in_container(part, steps, reason=_WITHOUT)
    else:
        sites.locally(part, steps)


def _dependencies(order: Order, stack: ExitStack) -> Dependencies:
    """Return the dependencies that *order* names, which stay until *stack* is closed."""
    if order.spec.strategy == "docker":
        in_container = replace(order, in_container=True, reason=_WITHOUT)
        if wheels_here.possible(order.spec):
            # The container says better what is wrong with a build of its own, if it is not just a missing wheel.
            with suppress(BundlingError):
                return stack.enter_context(dependency_tree.tree(order))
        return stack.enter_context(dependency_tree.tree(in_container))
    try:
        return stack.enter_context(dependency_tree.tree(order))
    except NoWheelError as error:
        reason = _reason(order.spec, order.host, error)
        return stack.enter_context(dependency_tree.tree(replace(order, in_container=True, reason=reason)))


def _reason(spec: BundleSpec, host: Host, error: NoWheelError) -> str:
    """Return why something has to be built in the container, if that is wanted.

    Raises:
        BundlingError: It is not.
    """
    packages = ", ".join(error.packages)
    why = error.reason or f"{packages} has no wheel for {spec.target.runtime} on {spec.target.architecture}"
    if spec.strategy == "local":
        ways_out = (
            'strategy="local" builds nothing of others. Choose a version that has a wheel, pass strategy="auto", or '
            f"let its code run on this machine by build_on_host={list(error.packages)}."
        )
        msg = f"{why}, and {ways_out}\n{error}".rstrip()
        raise BundlingError(msg) from error
    host.report.say(f"{why}: building in {spec.container.image}")
    return f"{why}, so it has to be built in a container, or a version chosen that has a wheel."
