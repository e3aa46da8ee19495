"""What would become of an entry, and why: read off its files, with nothing started and without CDK."""

import heapq
from dataclasses import dataclass
from typing import Final

from python_function._bundle import fingerprint, inputs
from python_function._bundle.resolve import Resolved
from python_function._dependencies.detect import Packaging
from python_function._handler.layout import Root
from python_function._machine.redact import masked
from python_function._source.selection import Selection

_LARGEST: Final = 10
_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was chosen, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something that the user should know, and the id to acknowledge it by."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A local package that is built and installed."""

    name: str
    directory: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """Where the dependencies are declared, and which they are: of a lock all, of anything else the direct ones."""

    kind: str
    file: str | None
    declared: tuple[str, ...]
    local: tuple[Local, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the source, and its size in bytes."""

    path: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A pattern, and how many files and directories it leaves out; what is in such a directory is not counted."""

    pattern: str
    paths: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The source files of the bundle; those below *root* stand at the bundle's root, for *root_reason*."""

    root: str
    root_reason: str
    files: int
    bytes: int
    largest: tuple[File, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a construct with nothing but these arguments would do; its fields are the keys of the JSON.

    Attributes:
        entry: The directory of the code.
        index: The handler's file in it; ``None`` for a layer.
        handler: Lambda's handler string; ``None`` for a layer.
        adapter: How requests reach the handler; ``None`` for a layer.
        considered: What was passed over on the way to the handler.
        runtime: The Lambda runtime.
        architecture: The instruction set.
        packaging: What declares the dependencies.
        strategy: Where it would be built.
        image: The image of a build in a container.
        platform: The platform of that image.
        source: What of the entry is bundled.
        hash: The asset hash.
        warnings: What synthesis would warn of.
    """

    entry: str
    index: str | None
    handler: str | None
    adapter: Decision | None
    considered: tuple[str, ...]
    runtime: Decision
    architecture: str
    packaging: Dependencies
    strategy: Decision
    image: str
    platform: str
    source: Sources
    hash: str
    warnings: tuple[Warned, ...]


def explain(found: Resolved) -> Explanation:
    """Explain what was *found*."""
    spec, entry = inputs.read(found.spec), found.entry
    return Explanation(
        entry=str(spec.source.directory),
        index=(entry.index or None) if entry else None,
        handler=found.handler or None,
        adapter=Decision(name=found.adapted.name, reason=found.adapted.reason) if found.adapted else None,
        considered=entry.considered if entry else (),
        runtime=Decision(name=found.runtime.name, reason=found.runtime.reason),
        architecture=spec.target.architecture,
        packaging=_dependencies(spec.packaging),
        strategy=Decision(name=spec.strategy, reason=_place(spec.packaging)),
        image=spec.container.image,
        platform=spec.container.platform,
        source=_sources(inputs.of(spec).source, found.root),
        hash=fingerprint.fingerprint(spec),
        warnings=tuple(Warned(id=notice.id, text=notice.text) for notice in spec.warnings),
    )


def _dependencies(packaging: Packaging) -> Dependencies:
    return Dependencies(
        kind=packaging.kind,
        file=str(packaging.file) if packaging.file else None,
        declared=tuple(masked(line.partition(" --hash")[0]) for line in packaging.content.shown),
        local=tuple(Local(name=package.name, directory=str(package.directory)) for package in packaging.local),
    )


def _place(packaging: Packaging) -> str:
    if packaging.kind == "none":
        return "on this machine, for there is nothing to install"
    return "on this machine, or in a container if a dependency has no wheel for the target"


def _sources(selection: Selection, root: Root) -> Sources:
    files = [File(path=file.path, bytes=file.size) for file in selection.files]
    left_out: dict[str, list[str]] = {}
    for path, pattern in selection.left_out:
        left_out.setdefault(pattern, []).append(path)
    return Sources(
        root=root.name,
        root_reason=root.reason,
        files=len(files),
        bytes=sum(file.bytes for file in files),
        largest=tuple(heapq.nlargest(_LARGEST, files, key=lambda file: file.bytes)),
        left_out=tuple(
            LeftOut(pattern=pattern, paths=len(paths), examples=tuple(paths[:_EXAMPLES]))
            for pattern, paths in left_out.items()
        ),
    )
