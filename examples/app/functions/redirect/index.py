"""Sends short links to where they lead."""

import json
from pathlib import Path
from typing import Any

LINKS: dict[str, str] = json.loads(Path(__file__).with_name("links.json").read_text("utf-8"))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    target = LINKS.get(event.get("rawPath", "").strip("/"))
    if target is None:
        return {"statusCode": 404, "body": "No such link."}
    return {"statusCode": 302, "headers": {"Location": target}}
