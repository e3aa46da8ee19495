"""Tells how long a branch is open today."""

from datetime import datetime
from typing import Any

import clock


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    here = clock.local_time(event["branch"])
    if not clock.is_open(event["branch"]):
        return {"minutes": 0}
    closes = datetime.combine(here.date(), clock.CLOSES, here.tzinfo)
    return {"minutes": int((closes - here).total_seconds() // 60)}
