"""Rectangles for numbers, as square as they can be: https://doi.org/10.1007/978-3-7091-6783-0_4."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A place in the plane."""

    x: float
    y: float
    width: float
    height: float


def squarify(values: Sequence[float], place: Rectangle) -> Iterator[Rectangle]:
    """Yield a rectangle in *place* for each of *values*, whose areas are to each other as these are.

    Args:
        values: Positive numbers, largest first.
        place: What the rectangles fill.
    """
    scale = place.width * place.height / sum(values) if values else 0
    areas = [value * scale for value in values]
    while areas:
        count = _best(areas, min(place.width, place.height))
        yield from _row(areas[:count], place)
        place = _rest(sum(areas[:count]), place)
        areas = areas[count:]


def _best(areas: Sequence[float], side: float) -> int:
    """Return how many of *areas* make the row at *side* whose worst rectangle is the least oblong."""
    count, total = 1, areas[0]
    while count < len(areas) and _worst(areas[0], areas[count], total + areas[count], side) <= _worst(
        areas[0], areas[count - 1], total, side
    ):
        total += areas[count]
        count += 1
    return count


def _worst(largest: float, smallest: float, total: float, side: float) -> float:
    """Return how oblong the worst rectangle of a row is: its longer side by its shorter one."""
    return max(side * side * largest / (total * total), total * total / (side * side * smallest))


def _row(areas: Sequence[float], place: Rectangle) -> Iterator[Rectangle]:
    total, along = sum(areas), 0.0
    for area in areas:
        if place.width >= place.height:
            thickness, length = total / place.height, area * place.height / total
            yield Rectangle(x=place.x, y=place.y + along, width=thickness, height=length)
        else:
            thickness, length = total / place.width, area * place.width / total
            yield Rectangle(x=place.x + along, y=place.y, width=length, height=thickness)
        along += length


def _rest(area: float, place: Rectangle) -> Rectangle:
    if place.width >= place.height:
        used = area / place.height
        return Rectangle(x=place.x + used, y=place.y, width=max(place.width - used, 0), height=place.height)
    used = area / place.width
    return Rectangle(x=place.x, y=place.y + used, width=place.width, height=max(place.height - used, 0))
