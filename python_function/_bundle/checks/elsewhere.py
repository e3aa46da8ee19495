"""Whether a handler that the entry does not have is anywhere where Lambda looks for it."""

from collections.abc import Sequence

from python_function._bundle.checks import imported, verdict
from python_function._bundle.checks.imported import Place
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._machine.report import Notice
from python_function._target.target import Target


def check(
    bundle: Inventory,
    handler: str,
    entry: str,
    places: Sequence[Place],
    target: Target,
    *,
    unknown: Sequence[str] = (),
) -> Verdict:
    """Look for the module of *handler*, or for the script of that name, in the bundle of *entry* and its layers.

    A layer may still be added to the function, so that it is no error where there is neither. It may be in a layer of
    *unknown* content, too.
    """
    module = handler.rpartition(".")[0].replace("/", ".")
    found = imported.find(module, places, target)
    there = found.parts == len(module.split(".")) and found.file
    if there or handler in bundle.files:
        return Verdict(check="handler")
    if unknown:
        text = f"The handler {handler} is not in the bundle of {entry}, and {verdict.of_layers(unknown)}."
        return Verdict(check="handler", unknown=(text,))
    text = (
        f"The handler {handler} is neither in the bundle of {entry} nor in a layer that is known here, so Lambda would"
        f" not be able to import {module}. Name another, or add the dependency or the layer that brings it."
    )
    return Verdict(check="handler", warnings=(Notice(id="handlerNotFound", text=text),))
