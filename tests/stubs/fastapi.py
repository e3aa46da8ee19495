"""As much of FastAPI as importing tests/projects/fastapi takes."""

from collections.abc import Callable
from typing import TypeVar

_Function = TypeVar("_Function", bound=Callable[..., object])


class FastAPI:
    def __init__(self, title: str) -> None:
        self.title = title

    def get(self, path: str) -> Callable[[_Function], _Function]:
        assert path.startswith("/")
        return lambda function: function
