"""Builds a bundle where CDK wants it: assembled in a place of its own, finished, checked, and only then there."""

import os
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from python_function._bundle import (
    access,
    assemble,
    bytecode,
    context,
    finish,
    inputs,
    leaks,
    merged,
    per_runtime,
    slim,
    verify,
    workplace,
)
from python_function._bundle.assemble import Assembled
from python_function._bundle.checks import verdict
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import OUTPUT
from python_function._bundle.stub import Stub
from python_function._dependencies.origin import Origin
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import redact
from python_function._machine.host import Host
from python_function._source import selection
from python_function._source.walk import TreeError
from python_function.errors import BundlingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built, and how.

    Attributes:
        inventory: What it holds; its root was the place that it was built in.
        origins: Where each distribution comes from, if something is said of it.
        verdicts: What the checks say of it.
        image: The image that it was built in; empty where that was this machine.
        seconds: How long it took.
    """

    inventory: Inventory
    origins: Mapping[str, Origin]
    verdicts: tuple[Verdict, ...]
    image: str
    seconds: float


def build(spec: BundleSpec, output: Path, host: Host) -> Built:
    """Fill the directory *output* with the bundle of *spec*, and return what it is.

    On failure *output* is left empty.

    Raises:
        PythonFunctionError: It cannot be built.
    """
    started = time.monotonic()
    spec = inputs.find(spec)
    workplace.clear(output)
    with redact.hiding(access.known(spec, host)), _plainly(spec), workplace.workplace(output, host) as work:
        built, known = _finished(spec, work, host)
        if spec.compile_bytecode:
            built = replace(built, directory=bytecode.compile_all(spec, built.directory, work, host))
            finish.finish(built.directory)
        bundle, verdicts = verify.verify(spec, built.directory, known)
        verdict.demand(verdicts)
        _search(spec, built, bundle, host)
        workplace.publish(_laid_out(spec, bundle, work), output)
    for notice in verdict.warnings(verdicts):
        host.report.say(f"warning: {notice.text}")
    for text in verdict.unknown(verdicts):
        host.report.say(f"unknown: {text}")
    seconds = time.monotonic() - started
    host.report.say(verify.summary(bundle, seconds))
    return Built(inventory=bundle, origins=built.origins, verdicts=verdicts, image=built.image, seconds=seconds)


@contextmanager
def _plainly(spec: BundleSpec) -> Generator[None]:
    """Tell what the system refuses, such as room on a disk, as an error of the build.

    Raises:
        BundlingError: It refused something.
    """
    try:
        yield
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        msg = f"The bundle of {spec.source.directory} cannot be built: {what}."
        raise BundlingError(msg) from error


def _search(spec: BundleSpec, built: Assembled, bundle: Inventory, host: Host) -> None:
    """Look for secrets, in the dependencies once for all bundles that share them."""
    secrets, tree = leaks.known(spec, Requirements(), host), built.dependencies
    is_known = tree is not None and bundle.native is not None and leaks.is_free(tree.tree, secrets, host.trees)
    leaks.check(built.directory, secrets, bundle.own if is_known else None)


def _finished(spec: BundleSpec, work: Path, host: Host) -> tuple[Assembled, Inventory | None]:
    """Build in *work* for each target; return where the finished bundle is, and what it holds, if that is known."""
    if not spec.others:
        built = assemble.assemble(spec, work, host, below="0/")
        place = work / "0" / "bundle"
        return replace(built, directory=place), _complete(spec, built, place, host)
    made: list[Assembled] = []
    for number, variant in enumerate(spec.variants):
        built = assemble.assemble(variant, work, host, below=f"{number}/")
        place = work / str(number) / "bundle"
        _complete(variant, built, place, host)
        made.append(replace(built, directory=place))
    finished = work / "bundle"
    finished.mkdir()
    targets = (variant.target for variant in spec.variants)
    per_runtime.arrange([(t, built.directory) for t, built in zip(targets, made, strict=True)], finished)
    return replace(made[0], directory=finished), None


def _laid_out(spec: BundleSpec, bundle: Inventory, work: Path) -> Path:
    """Return the directory that *bundle* is given away as."""
    if spec.image is None or not verify.is_image(spec, bundle):
        return bundle.root
    place = work / "context"
    place.mkdir()
    context.lay(bundle, spec.image, place)
    return place


def _complete(spec: BundleSpec, built: Assembled, output: Path, host: Host) -> Inventory | None:
    """Finish in *output* what was *built*; return what is there, if that is known without a look."""
    dependencies, source = built.dependencies, inputs.of(spec).source
    if dependencies is not None and merged.is_beside(spec, dependencies.inventory):
        built.directory.rename(output)
        selection.copy(source, output)
        finish.tidy(output, source.places)
        return merged.inventory(spec, dependencies.inventory, output)
    output.mkdir()
    finish.take(built.directory, output, host.ids)
    slim.slim(spec, output, host)
    if not spec.has_own_steps:
        selection.copy(source, output / spec.prefix)
    if spec.stub is not None:
        _add(spec.stub, output)
    try:
        finish.finish(output, (OUTPUT, str(built.directory)))
    except TreeError as error:
        msg = f"The bundle of {spec.source.directory} cannot be an asset: {error}"
        raise BundlingError(msg) from error
    return None


def _add(stub: Stub, output: Path) -> None:
    """Add the module that stands between Lambda and the handler."""
    if os.path.lexists(output / stub.place):
        msg = (
            f"The bundle holds a {stub.place} already, which is what this library calls the adapter of requests."
            ' Rename it, or pass adapter="lambda".'
        )
        raise BundlingError(msg)
    (output / stub.place).write_text(stub.text, encoding="utf-8", newline="\n")
