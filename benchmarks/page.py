"""What was measured, as a page of the documentation: a table, and a plot."""

import html
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from benchmarks.floors import CLAIMS, Claim

Times: TypeAlias = Mapping[str, Mapping[str, Sequence[float]]]
"""Seconds of every round, by case and subject."""

Found: TypeAlias = Mapping[str, Sequence[float]]
"""What every round found of each claim."""

PEER: Final = "peer"
_COLOURS: Final = {"peer": "#9aa0a6", "local": "#2f6fde", "container": "#3d9970"}
_BAR: Final = 16
_LABEL: Final = 330
_WIDTH: Final = 460

_PAGE: Final = """\
# Benchmarks

Seconds in the constructs, medians of {rounds} on {machine}; behind each, how many times longer
`aws-lambda-python-alpha` took in the same round (the median of those ratios). Requirements: {requirements}. Both sides
have their downloads and images at hand; the peer's image is built already.

{table}

![The same times as bars](benchmarks.svg)

What that leaves to win: medians of what {rounds} found, each beside its floor, which is measured in the same
round, and what it is to stay below.

{claims}

## Where the time went, and goes

Calls of Python functions for one function of ten whose tree is known, under a profiler: 493,000 before trees kept what
is known of them, 65,000 now, and 2,247 files linked as before.

What is left is the directories and links themselves, and CDK's own look at the finished bundle.

`make bench` measures all of it anew and writes this page; `python -m benchmarks.bundling --only WORD` measures the
cases whose names hold the word.
"""


def write(docs: Path, times: Times, found: Found, *, machine: str, rounds: int, requirements: Sequence[str]) -> None:
    """Write the page and its plot into the directory *docs*."""
    names = ", ".join(f"`{requirement}`" for requirement in requirements)
    counted = "one round" if rounds == 1 else f"{rounds} rounds"
    text = _PAGE.format(rounds=counted, machine=machine, requirements=names, table=table(times), claims=claims(found))
    (docs / "benchmarks.md").write_text(text, encoding="utf-8")
    (docs / "benchmarks.svg").write_text(plot(times), encoding="utf-8")


def claims(found: Found) -> str:
    """Return the medians of what was found, each with what it is to stay below."""
    rows = ((CLAIMS[name].title, *_held(CLAIMS[name], values)) for name, values in found.items())
    return "\n".join(f"| {' | '.join(row)} |" for row in (("what", "found", "limit"), ("---",) * 3, *rows))


def _held(claim: Claim, values: Sequence[float]) -> tuple[str, str]:
    digits = 2 if claim.unit == "x" else 0
    value = statistics.median(values)
    missed = "" if value <= claim.limit else ", missed"
    return f"{value:.{digits}f} {claim.unit}{missed}", f"{claim.limit:g} {claim.unit}"


def table(times: Times) -> str:
    """Return the medians, each with its ratio to the peer's."""
    if not times:
        return ""
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
