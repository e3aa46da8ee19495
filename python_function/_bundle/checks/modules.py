"""Whether Lambda would import the user's files, or others of the same names."""

from collections.abc import Iterator, Sequence
from typing import Final

from python_function._bundle.checks import imported
from python_function._bundle.checks.imported import Import, Place
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._machine.report import Notice
from python_function._target.target import Target

_SHOWN: Final = 5


def check(
    bundle: Inventory,
    *,
    handler_file: str | None,
    entry: str,
    target: Target,
    layers: Sequence[Inventory] = (),
    is_layer: bool = False,
) -> Verdict:
    """Find out what the imports of the user's own modules come to.

    Args:
        bundle: What the bundle holds.
        handler_file: The file of the handler in it, if it has one.
        entry: What the user knows the source by.
        target: Whose import system counts.
        layers: What is searched after the bundle.
        is_layer: Whether it is a layer's.
    """
    path = imported.search_path(target, bundle, layers)
    if is_layer:
        path = (Place(bundle, f"python/lib/{target.runtime}/site-packages"), Place(bundle, "python"))
    error = _handler(bundle, handler_file, entry, path, target) if handler_file else None
    return Verdict(
        check="modules",
        errors=(error,) if error else (),
        warnings=(
            *_notice("hiddenModule", [] if error else _hidden(bundle, path, target)),
            *_notice("hidingModule", _hiding(bundle, path, target)),
        ),
    )


def _handler(bundle: Inventory, handler_file: str, entry: str, path: Sequence[Place], target: Target) -> str | None:
    """Return why Lambda would not import *handler_file*, if it would not."""
    module = imported.module_of(handler_file, target)
    if module is None:
        return None
    found = imported.find(module, path, target)
    if found.inventory is bundle and found.file == handler_file:
        return None
    taken = f"import {module} comes to {_origin(found, bundle)}"
    ways = "Rename the handler's file or its directory"
    owner = bundle.owners.get(found.file) if found.inventory is bundle else None
    ways += f", or leave the package out by exclude_packages=[{owner.name!r}]." if owner else "."
    return f"Lambda would not run the handler's file {handler_file!r} of {entry}: {taken}. {ways}"


def _origin(found: Import, bundle: Inventory) -> str:
    """Return in words where an import leads."""
    if found.elsewhere:
        return f"{found.elsewhere}, which has a module of that name and comes before directories without __init__.py"
    owner = found.inventory.owners.get(found.file) if found.inventory else None
    place = "" if found.inventory is bundle else " in a layer"
    return f"{found.file}{place}" + (f" of the installed {owner.title}" if owner else "")


def _hidden(bundle: Inventory, path: Sequence[Place], target: Target) -> list[str]:
    """Return each module of the user's that no import comes to, and what it comes to."""
    return [
        f"{file} is never imported: import {module} comes to {_origin(found, bundle)}"
        for file, module in _modules(bundle, path, target, sorted(bundle.own))
        if (found := imported.find(module, path, target)).file != file and _is_foreign(found, bundle)
    ]


def _is_foreign(found: Import, bundle: Inventory) -> bool:
    """Tell whether an import leads to what is not the user's own, who knows which of two own files is the right one."""
    return bool(found.file) and (found.inventory is not bundle or found.file in bundle.owners)


def _hiding(bundle: Inventory, path: Sequence[Place], target: Target) -> list[str]:
    """Return each module of a distribution in whose place an import comes to a file of the user's."""
    tops = {module.partition(".")[0] for _, module in _modules(bundle, path, target, tuple(bundle.own))}
    found: dict[tuple[str, str], None] = {}
    for distribution in bundle.distributions:
        recorded = (*distribution.files, *distribution.lost)
        near = [file for file in recorded if not tops.isdisjoint(file.replace(".", "/").split("/"))]
        for file, module in _modules(bundle, path, target, near):
            if module.partition(".")[0] not in tops:
                continue
            taken = imported.find(module, path, target).file
            if taken in bundle.own and (taken != file or file in distribution.files):
                found[taken, distribution.title] = None
    return [f"{taken} is imported in the place of a module of the installed {title}" for taken, title in found]


def _modules(
    bundle: Inventory, path: Sequence[Place], target: Target, files: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield those of *files* that could be imported, with the dotted path that they are imported by."""
    for file in files:
        for place in path:
            if place.inventory is not bundle or (place.directory and not file.startswith(f"{place.directory}/")):
                continue
            module = imported.module_of(file.removeprefix(f"{place.directory}/"), target)
            if module is not None and all(part.isidentifier() for part in module.split(".")):
                yield file, module
            break


def _notice(id: str, found: Sequence[str]) -> tuple[Notice, ...]:
    if not found:
        return ()
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    text = f"{'; '.join(found[:_SHOWN])}{more}. Rename one, if that is not what you want."
    return (Notice(id=id, text=text),)
