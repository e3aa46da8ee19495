"""A record as one page that needs nothing but itself: a map of the bundle, and a table."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from math import sqrt
from string import Template
from typing import Final

from python_function._bundle.checks.size import LIMIT
from python_function._bundle.record import Part, Record
from python_function._cli import record_lines, render
from python_function._cli.squarify import Rectangle, squarify

_SHEET: Final = Rectangle(x=0, y=0, width=1230, height=608)
"""How large the map is about to be shown, in pixels: what is square then depends on it."""

_TITLE: Final = 19
"""How high the name above the files of a distribution is, in pixels."""

_NAMED: Final = (60, 30)
"""Width and height from which on a place has room for a name."""

_SMALLEST: Final = 12.0
"""The area in pixels below which files are drawn as one."""

_TURN: Final = 137.508
"""Degrees from one colour to the next, so that neighbours differ: the golden angle."""

_NEAR: Final = 0.8


def page(record: Record, *, title: str) -> str:
    """Return the page about *record*, called *title*, as HTML."""
    total = max(record.bytes, LIMIT)
    share = record.bytes / LIMIT
    return Template(files(__package__ or "").joinpath("page.html").read_text(encoding="utf-8")).substitute(
        title=escape(title),
        facts="".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in _facts(record)),
        notes="".join(_notes(record)),
        size=render.size(record.bytes),
        limit=render.size(LIMIT),
        share=f"{share:.0%}",
        state="over" if share > 1 else "near" if share >= _NEAR else "",
        used=_percent(record.bytes, total),
        near_at=_percent(_NEAR * LIMIT, total),
        limit_at=_percent(LIMIT, total),
        side=f"{100 * min(sqrt(share), 1):.3f}",
        map="".join(_map(record)),
        rows="".join(_rows(record)),
    )


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    if record.runtime:
        yield record.kind, f"{record.runtime} on {record.architecture}"
        yield "built", f"{record.at}, {f'in {record.image}' if record.image else 'locally'}, in {record.seconds:.1f} s"
        yield "with", ", ".join(f"{name} {version}" for name, version in record.tools.items())
        yield "hash", record.hash
    yield "files", f"{record.files:,}, of {len(record.distributions)} distributions and your own"


def _notes(record: Record) -> Iterator[str]:
    yield from (f'<li class="error">{escape(text)}</li>' for text in record_lines.errors(record))
    yield from (f"<li>{escape(text)}</li>" for text in record_lines.warnings(record))


def _map(record: Record) -> Iterator[str]:
    parts = [(f"{part.name} {part.version}", part.files) for part in record.distributions]
    named = [(number, name, found) for number, (name, found) in enumerate(parts)]
    everything = [*named, (None, "your files", record.own)]
    weighing = sorted((item for item in everything if sum(item[2].values())), key=lambda item: -sum(item[2].values()))
    sizes = [sum(found.values()) for _, _, found in weighing]
    for (number, name, found), place in zip(weighing, squarify(sizes, _SHEET), strict=True):
        yield _part(name, found, place, number)


def _part(name: str, found: Mapping[str, int], place: Rectangle, number: int | None) -> str:
    bare = place.width < _NAMED[0] or place.height < _NAMED[1]
    inside = Rectangle(x=0, y=0, width=place.width, height=place.height - (0 if bare else _TITLE))
    kind = f"part{' bare' if bare else ''}{' own' if number is None else ''}"
    text = escape(f"{name}\n{render.size(sum(found.values()))} in {render.files(len(found))}")
    return (
        f'<div class="{kind}" style="{_style(place, _SHEET)};--hue:{_hue(number)}" data-t="{text}">'
        f"<b>{escape(name)}</b><div class=files>{''.join(_files(found, inside))}</div></div>"
    )


def _files(found: Mapping[str, int], inside: Rectangle) -> Iterator[str]:
    ordered = sorted(((size, path) for path, size in found.items() if size), key=lambda item: (-item[0], item[1]))
    least = _SMALLEST * sum(found.values()) / (inside.width * inside.height)
    shown = [item for item in ordered if item[0] >= least]
    rest = [size for size, _ in ordered[len(shown) :]]
    if len(rest) == 1:
        shown = ordered
    elif rest:
        shown.append((sum(rest), render.files(len(rest)) + " more"))
        shown.sort(key=lambda item: -item[0])
    for (size, path), place in zip(shown, squarify([size for size, _ in shown], inside), strict=True):
        label = path.rpartition("/")[2] if place.width >= _NAMED[0] and place.height >= _NAMED[1] / 2 else ""
        text = escape(f"{path}\n{render.size(size)}")
        yield f'<i style="{_style(place, inside)}" data-t="{text}">{escape(label)}</i>'


def _style(place: Rectangle, inside: Rectangle) -> str:
    numbers = (
        ("left", place.x / inside.width),
        ("top", place.y / inside.height),
        ("width", place.width / inside.width),
        ("height", place.height / inside.height),
    )
    return ";".join(f"{name}:{100 * number:.3f}%" for name, number in numbers)


def _rows(record: Record) -> Iterator[str]:
    asking = record_lines.asked_for_by(record)
    largest = max((part.bytes for part in record.distributions), default=1) or 1
    for number, part in enumerate(record.distributions):
        yield _row(part, number, asking[part.name], part.bytes / largest)


def _row(part: Part, number: int, asking: Sequence[str], share: float) -> str:
    bar = f'<td class="bar"><span style="--hue:{_hue(number)};width:{100 * share:.1f}%"></span></td>'
    size, count = render.size(part.bytes), f"{len(part.files):,}"
    rest = (record_lines.place(part.origin), part.license.partition("\n")[0], ", ".join(asking))
    return (
        f'<tr><td>{escape(part.name)}</td><td>{escape(part.version)}</td><td class="number">{size}</td>{bar}'
        f'<td class="number">{count}</td>{"".join(f"<td>{escape(text)}</td>" for text in rest)}</tr>'
    )


def _hue(number: int | None) -> str:
    return f"{(210 + (number or 0) * _TURN) % 360:.0f}"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}"
