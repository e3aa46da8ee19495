"""Whether something provides what the user's files import."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._bundle.checks import distribution_names, imported, source_imports, verdict
from python_function._bundle.checks.imported import Place
from python_function._bundle.checks.inventory import Distribution, Inventory
from python_function._bundle.checks.source_imports import Imported
from python_function._bundle.checks.verdict import Verdict
from python_function._machine.report import Notice
from python_function._target import stdlib
from python_function._target.target import Target

_SHOWN: Final = 10
_FOR_TESTS: Final = re.compile(
    r"(?:^|/)(?:tests?|docs|examples|scripts)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|setup)\.py$"
)
"""Files that are in many a layer's directory and that no function imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An import that nothing provides.

    Attributes:
        file: Where it is; a path in the bundle.
        line: The line there.
        module: What is imported, as far as nothing provides it.
        origin: What would bring it, in words; empty where it is a part of the user's own code.
    """

    file: str
    line: int
    module: str
    origin: str


def check(
    bundle: Inventory,
    *,
    handler_file: str | None,
    places: Sequence[Place],
    target: Target,
    sources: Mapping[str, Path],
    unknown: Sequence[str] = (),
) -> Verdict:
    """Hold the imports of the user's files against what is there.

    Args:
        bundle: What the bundle holds.
        handler_file: The file of the handler, from which imports are followed; ``None`` for a layer.
        places: Where modules are looked for.
        target: Whose standard library counts.
        sources: What the user's own files in the bundle come from.
        unknown: The names of layers that may bring modules, too.
    """
    found = missing(bundle, handler_file=handler_file, places=places, target=target)
    if not found:
        return Verdict(check="imports")
    if unknown:
        modules = ", ".join(dict.fromkeys(each.module for each in found))
        text = f"Neither the bundle nor the runtime has {modules}, and {verdict.of_layers(unknown)}."
        return Verdict(check="imports", unknown=(text,))
    lines = [
        f"  {sources.get(each.file, each.file)}:{each.line}: {each.module}"
        + (f", {each.origin}" if each.origin else "")
        for each in found[:_SHOWN]
    ]
    lines += [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    text = (
        "Lambda will be unable to import modules that neither the bundle, its layers nor the runtime has:\n"
        + "\n".join(lines)
        + "\nDeclare what brings them as a dependency. An import that may fail belongs into a try."
    )
    return Verdict(check="imports", warnings=(Notice(id="missingImport", text=text),))


def missing(
    bundle: Inventory, *, handler_file: str | None, places: Sequence[Place], target: Target
) -> tuple[Missing, ...]:
    """Return the imports, sure to be run, that nothing provides."""
    found: dict[tuple[str, str], Missing] = {}
    anywhere: frozenset[str] | None = None
    for file, text, imports in _reached(bundle, handler_file, places, target):
        if anywhere is None and source_imports.moves_path(text):
            anywhere = _names(bundle)
        for each in imports:
            for module in _holes(each, bundle, places, target):
                top = imported.find(module.partition(".")[0], places, target).file
                origin = _lost_by(module, places, target) or ("" if top else _likely(each.module, places))
                found.setdefault((file, module), Missing(file=file, line=each.line, module=module, origin=origin))
    return tuple(each for each in found.values() if each.module.partition(".")[0] not in (anywhere or ()))


def _lost_by(module: str, places: Sequence[Place], target: Target) -> str:
    """Return which distribution has been left without *module*, in words."""
    for found in _distributions(places):
        for path in found.lost:
            inside = path.removeprefix(f"{found.place}/") if found.place else path
            if f"{imported.module_of(inside, target)}.".startswith(f"{module}."):
                return f"which {found.title} is without here: {path} was left out"
    return ""


def _likely(module: str, places: Sequence[Place]) -> str:
    """Return which distribution would bring *module*, in words: one that says so, or the one that is known for it."""
    for found in _distributions(places):
        if any(f"{module}.".startswith(f"{name}.") for name in found.imports):
            return f"which {found.title} says it brings"
    return f"likely of {distribution_names.likely(module)}"


def _distributions(places: Sequence[Place]) -> Iterator[Distribution]:
    """Yield what is installed wherever modules are looked for."""
    inventories = {id(place.inventory): place.inventory for place in places}
    return (found for inventory in inventories.values() for found in inventory.distributions)


def _reached(
    bundle: Inventory, handler_file: str | None, places: Sequence[Place], target: Target
) -> Iterator[tuple[str, bytes, tuple[Imported, ...]]]:
    """Yield the user's own files that an import of the handler runs, or that a layer offers, with their imports."""
    if handler_file is not None:
        waiting = [handler_file, *_run(imported.module_of(handler_file, target) or "", bundle, places, target)]
    else:
        waiting = [path for path in sorted(bundle.own) if path.endswith(".py") and not _FOR_TESTS.search(path)]
    seen: set[str] = set()
    while waiting:
        file = waiting.pop(0)
        if file in seen or file not in bundle.files or file in bundle.owners or not file.endswith(".py"):
            continue
        seen.add(file)
        text = (bundle.root / file).read_bytes()
        imports = source_imports.read(text, _package(file, places, target))
        yield file, text, imports
        for each in imports:
            for module in (each.module, *(f"{each.module}.{member}" for member in each.members)):
                waiting += _run(module, bundle, places, target)


def _run(module: str, bundle: Inventory, places: Sequence[Place], target: Target) -> Iterable[str]:
    """Yield the files of *bundle* that an import of *module* runs: of its packages, and its own."""
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        found = imported.find(".".join(parts[:length]), places, target)
        if found.parts == length and found.file and found.inventory is bundle:
            yield found.file


def _package(file: str, places: Sequence[Place], target: Target) -> str:
    """Return the dotted path of the package that *file* is in."""
    below = [p.directory for p in places if not p.directory or file.startswith(f"{p.directory}/")]
    inside = file.removeprefix(f"{max(below, key=len, default='')}/")
    module = imported.module_of(inside, target) or ""
    return module if inside.endswith("/__init__.py") else module.rpartition(".")[0]


def _holes(each: Imported, bundle: Inventory, places: Sequence[Place], target: Target) -> Iterator[str]:
    """Yield what of one import nothing provides; all that can be taken from a mere directory are modules."""
    if each.is_relative:
        return
    hole = _hole(each.module, bundle, places, target)
    if hole:
        yield hole
    elif imported.find(each.module, places, target).is_namespace:
        members = (f"{each.module}.{member}" for member in each.members if member != "*")
        yield from filter(None, (_hole(member, bundle, places, target) for member in members))


def _hole(module: str, bundle: Inventory, places: Sequence[Place], target: Target) -> str:
    """Return the part of *module* that nothing provides, if that is so.

    What is below a package of others may come about when it is imported; what is below a mere directory cannot.
    """
    parts = module.split(".")
    if parts[0] in stdlib.provided(target.python_version):
        return ""
    found = imported.find(module, places, target)
    if found.elsewhere or found.parts == len(parts):
        return ""
    if found.file:
        own = found.inventory is bundle and found.file not in bundle.owners and found.file.endswith(".py")
        text = (bundle.root / found.file).read_bytes() if own else b""
        if not own or b"__path__" in text or source_imports.moves_path(text):
            return ""
    return ".".join(parts[: found.parts + 1])


def _names(bundle: Inventory) -> frozenset[str]:
    """Return the names of all modules and directories of *bundle*, for code that looks in places of its own."""
    directories = (directory.rpartition("/")[2] for directory in bundle.directories)
    return frozenset({*directories, *(path.rpartition("/")[2].partition(".")[0] for path in bundle.files)})
