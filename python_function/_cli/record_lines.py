"""A record as lines and rows for people."""

from collections.abc import Iterator, Mapping
from typing import Final

from packaging.utils import canonicalize_name

from python_function._bundle.checks import verdict
from python_function._bundle.checks.size import LIMIT
from python_function._bundle.record import Part, Record
from python_function._cli import render
from python_function._dependencies.origin import Origin

HEADINGS: Final = ("package", "version", "size", "files", "from", "asked for by")
NUMBERS: Final = (2, 3)
"""Which columns are numbers."""

OWN: Final = "(your files)"
"""What the files that no distribution has brought are called."""

_PLACES: Final[Mapping[str, str]] = {
    "index": "index",
    "local": "here",
    "archive": "archive",
    "repository": "repository",
    "environment": "environment",
}
_ASKING: Final = 3


def summary(record: Record) -> str:
    """Return what is to be said of the bundle as a whole."""
    return render.labelled(_summary(record))


def _summary(record: Record) -> Iterator[tuple[str, list[str]]]:
    if record.runtime:
        yield record.kind, [f"{record.runtime} on {record.architecture}"]
        yield "built", [f"{record.at} in {record.seconds:.1f} s, {f'in {record.image}' if record.image else 'locally'}"]
        yield "with", [", ".join(f"{name} {version}" for name, version in record.tools.items())]
        yield "hash", [record.hash]
    share = record.bytes / LIMIT
    yield "size", [f"{render.size(record.bytes)} of {render.size(LIMIT)}, {share:.0%}, in {render.files(record.files)}"]
    for text in errors(record):
        yield "error", render.prose(text)
    for text in warnings(record):
        yield "warning", render.prose(text)
    for text in verdict.unknown(record.verdicts):
        yield "unknown", render.prose(text)


def errors(record: Record) -> list[str]:
    """Return why Lambda could not run the bundle."""
    return [text for verdict in record.verdicts for text in verdict.errors]


def warnings(record: Record) -> list[str]:
    """Return what the user should know of the bundle."""
    notices = (*record.warnings, *(notice for verdict in record.verdicts for notice in verdict.warnings))
    return [notice.text for notice in notices]


def rows(record: Record) -> list[tuple[str, ...]]:
    """Return a row for each distribution, the heaviest first, and one for all other files."""
    asking = asked_for_by(record)
    found = [
        (part.bytes, (part.name, part.version, *_weight(part.files), place(part.origin), _some(asking[part.name])))
        for part in record.distributions
    ]
    if record.own:
        found.append((sum(record.own.values()), (OWN, "", *_weight(record.own), "", "")))
    return [row for _, row in sorted(found, key=lambda pair: -pair[0])]


def asked_for_by(record: Record) -> Mapping[str, list[str]]:
    """Return the names of the distributions that ask for each one."""

    def asks(part: Part, name: str) -> bool:
        return canonicalize_name(name) in part.requires

    return {
        part.name: sorted(other.name for other in record.distributions if asks(other, part.name))
        for part in record.distributions
    }


def place(origin: Origin | None) -> str:
    """Return where a distribution is from, in words."""
    if origin is None:
        return ""
    return origin.name or _PLACES[origin.kind]


def _weight(files: Mapping[str, int]) -> tuple[str, str]:
    return render.size(sum(files.values())), f"{len(files):,}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _ASKING} more" if len(names) > _ASKING else ""
    return ", ".join(names[:_ASKING]) + more
