"""Knows the place of a postcode."""

import json
from pathlib import Path
from typing import Any

PLACES: dict[str, str] = json.loads(Path(__file__).with_name("postcodes.json").read_text("utf-8"))


def handler(event: dict[str, Any], context: object) -> dict[str, str | None]:
    return {"place": PLACES.get(event["postcode"])}
