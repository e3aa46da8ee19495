"""An explanation as lines for people."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from python_function._cli.explain import Dependencies, Explanation, LeftOut, Sources

LABEL: Final = 14
_PROSE: Final = 84
_SHOWN: Final = 20


def render(explanation: Explanation) -> str:
    """Return *explanation* as aligned lines; only prose is broken, so that paths and names can be copied."""
    return labelled(_rows(explanation))


def labelled(rows: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return lines with the label of each row before its first one."""
    lines = ((label, number, line) for label, lines in rows for number, line in enumerate(lines))
    return "\n".join(f"{'' if number else label:{LABEL}}{line}" for label, number, line in lines)


def prose(text: str) -> list[str]:
    """Return *text* as lines that are not too long to read."""
    return textwrap.wrap(text, _PROSE, break_long_words=False, break_on_hyphens=False)


def _rows(it: Explanation) -> Iterator[tuple[str, Iterable[str]]]:
    yield "entry", [it.entry]
    if it.index is not None:
        yield "index", [it.index, *it.considered]
        yield "handler", [f"{it.handler}"]
    if it.adapter is not None:
        yield "adapter", [it.adapter.name, it.adapter.reason]
    yield "runtime", [f"{it.runtime.name} on {it.architecture}", it.runtime.reason]
    yield "packaging", _packaging(it.packaging)
    yield "strategy", [it.strategy.name, it.strategy.reason]
    yield "image", [f"{it.image} ({it.platform}), for a container"]
    yield "source", _sources(it.source)
    if it.source.left_out:
        yield "left out", _left_out(it.source.left_out)
    yield "hash", [it.hash]
    for warning in it.warnings:
        yield "warning", prose(warning.text)


def _packaging(packaging: Dependencies) -> Iterator[str]:
    yield (
        f"{packaging.kind}: {packaging.file}" if packaging.file else f"{packaging.kind}: nothing declares dependencies"
    )
    yield from packaging.declared[:_SHOWN]
    if len(packaging.declared) > _SHOWN:
        yield f"and {len(packaging.declared) - _SHOWN} more"
    yield from (f"{package.name} is built from {package.directory}" for package in packaging.local)


def _sources(source: Sources) -> Iterator[str]:
    yield f"{files(source.files)}, {size(source.bytes)}"
    if source.root:
        yield f"what is in {source.root}/ stands at the root of the bundle: {source.root_reason}"
    elif source.root_reason:
        yield f"every file keeps its path: {source.root_reason}"
    yield from (f"{size(file.bytes):>10}  {file.path}" for file in source.largest)


def _left_out(patterns: tuple[LeftOut, ...]) -> Iterator[str]:
    width = max(len(found.pattern) for found in patterns)
    for found in patterns:
        more = f" and {found.paths - len(found.examples):,} more" if found.paths > len(found.examples) else ""
        yield f"{found.pattern:{width}}  {', '.join(found.examples)}{more}"


def files(count: int) -> str:
    """Return a number of files in words."""
    return f"{count:,} {'file' if count == 1 else 'files'}"


def size(count: int) -> str:
    """Return a number of bytes in the unit that people read."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return f"{count} B"
