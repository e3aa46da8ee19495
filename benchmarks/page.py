"""What was measured, as a page of the documentation: a table, and a plot."""

import html
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

Times: TypeAlias = Mapping[str, Mapping[str, Sequence[float]]]
"""Seconds of every round, by case and subject."""

PEER: Final = "peer"
_COLOURS: Final = {"peer": "#9aa0a6", "local": "#2f6fde", "container": "#3d9970"}
_BAR: Final = 16
_LABEL: Final = 330
_WIDTH: Final = 460

_PAGE: Final = """\
# Benchmarks

Seconds in the constructs, medians of {rounds} rounds on {machine}; behind each, how many times longer
`aws-lambda-python-alpha` took in the same round (the median of those ratios). Requirements: {requirements}. Both sides
have their downloads and images at hand; the peer's image is built already.

{table}

![The same times as bars](benchmarks.svg)

`make bench` measures all of it anew and writes this page.
"""


def write(docs: Path, times: Times, *, machine: str, rounds: int, requirements: Sequence[str]) -> None:
    """Write the page and its plot into the directory *docs*."""
    names = ", ".join(f"`{requirement}`" for requirement in requirements)
    text = _PAGE.format(rounds=rounds, machine=machine, requirements=names, table=table(times))
    (docs / "benchmarks.md").write_text(text, encoding="utf-8")
    (docs / "benchmarks.svg").write_text(plot(times), encoding="utf-8")


def table(times: Times) -> str:
    """Return the medians, each with its ratio to the peer's."""
    others = [name for name in next(iter(times.values())) if name != PEER]
    head = ("case", PEER, *others)
    rows = (
        (case, f"{statistics.median(found[PEER]):.2f} s", *(_cell(found, name) for name in others))
        for case, found in times.items()
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def _cell(found: Mapping[str, Sequence[float]], name: str) -> str:
    ratios = (theirs / ours for theirs, ours in zip(found[PEER], found[name], strict=True))
    return f"{statistics.median(found[name]):.2f} s ({statistics.median(ratios):.1f} x)"


def plot(times: Times) -> str:
    """Return the medians as horizontal bars, one scale for each case."""
    parts: list[str] = []
    top = 10
    for case, found in times.items():
        medians = {name: statistics.median(values) for name, values in found.items()}
        parts.append(_text(0, top + _BAR * 1.8, case.replace("`", "")))
        for name, seconds in medians.items():
            width = _WIDTH * seconds / max(medians.values())
            parts.append(
                f'<rect x="{_LABEL}" y="{top}" width="{width:.1f}" height="{_BAR - 2}" fill="{_COLOURS[name]}"/>'
            )
            parts.append(_text(_LABEL + width + 6, top + _BAR - 4, f"{name} {seconds:.2f} s"))
            top += _BAR
        top += _BAR
    size = f'width="{_LABEL + _WIDTH + 150}" height="{top}"'
    style = "font: 13px sans-serif; fill: currentColor"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{style}">\n{chr(10).join(parts)}\n</svg>\n'


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}">{html.escape(text)}</text>'
