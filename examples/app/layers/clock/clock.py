"""Local times of our branches; the time zones come with the layer."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(18)
SATURDAY = 5
ZONES = {"Berlin": "Europe/Berlin", "Boston": "America/New_York", "Osaka": "Asia/Tokyo"}


def local_time(branch: str, moment: datetime | None = None) -> datetime:
    return (moment or datetime.now(UTC)).astimezone(ZoneInfo(ZONES[branch]))


def is_open(branch: str, moment: datetime | None = None) -> bool:
    here = local_time(branch, moment)
    return here.weekday() < SATURDAY and OPENS <= here.time() < CLOSES
