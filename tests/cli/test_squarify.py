import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_function._cli.squarify import Rectangle, squarify

PLACE = Rectangle(x=10, y=20, width=600, height=400)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=60))
def test_areas_are_as_the_numbers_and_all_is_inside(values: list[int]) -> None:
    values.sort(reverse=True)

    found = list(squarify(values, PLACE))

    for value, place in zip(values, found, strict=True):
        assert place.width * place.height == pytest.approx(240_000 * value / sum(values), rel=1e-6)
        assert place.x >= 10 - 1e-3
        assert place.y >= 20 - 1e-3
        assert place.x + place.width <= 610 + 1e-3
        assert place.y + place.height <= 420 + 1e-3


def test_equal_numbers_give_squares() -> None:
    found = list(squarify([1] * 6, PLACE))

    assert all(math.isclose(place.width, 200) and math.isclose(place.height, 200) for place in found)
    assert len({(round(place.x), round(place.y)) for place in found}) == 6


def test_nothing_gives_nothing() -> None:
    assert list(squarify([], PLACE)) == []
