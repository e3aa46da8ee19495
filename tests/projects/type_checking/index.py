from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .types_of_ours import Event


def handler(event: Event, context: object) -> None:
    return None
