"""URLs without the secrets in them, for messages and for identities."""

import re
from typing import Final

_USER_INFO: Final = re.compile(r"(?<=://)(?:[^/\s?#]*|[^/\s@:]+:(?!\d+/)[^\s@]*)@")
_SECRET_PARAMETER: Final = re.compile(
    r"(?P<name>[?&][^=&#\s]*(?:token|passw|secret|key|credential|signature)[^=&#\s]*=)[^&#\s]*", re.IGNORECASE
)


def masked(text: str) -> str:
    """Return *text* with asterisks for the credentials of every URL in it."""
    return _SECRET_PARAMETER.sub(r"\g<name>***", _USER_INFO.sub("***@", text))


def bare(text: str) -> str:
    """Return *text* without the credentials of any URL in it: who asks does not change what is asked for."""
    return _SECRET_PARAMETER.sub(r"\g<name>", _USER_INFO.sub("", text))
