"""Paths of local packages and files, as lines of a requirements file write them."""

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from python_function._dependencies.requirements_txt.text import Line

_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
"""At least two letters: one is a Windows drive."""

_PROJECT_ROOT: Final = re.compile(r"^/?\$\{PROJECT_ROOT\}")
"""uv's variable for the directory that it runs in."""


def is_remote(text: str) -> bool:
    """Tell whether *text* starts with the scheme of a URL that names no local file, or with a variable for one."""
    if text.startswith("${") and not _PROJECT_ROOT.match(text):
        return True
    return bool(_SCHEME.match(text)) and not text.lower().startswith("file:")


def from_url(text: str) -> str:
    """Return the path that *text*, a path or ``file:`` URL, stands for; a fragment is dropped."""
    path = text.partition("#")[0]
    if not path.lower().startswith("file:"):
        return path
    rest = path[len("file:") :]
    return os.fsdecode(unquote_to_bytes(urlsplit(path).path if rest.startswith("//") else rest))


def locate(line: Line, path: str, *places: Path) -> Path:
    """Return the absolute path of *path*, from the first of *places* where something is there.

    Raises:
        PackagingError: It is nowhere.
    """
    path = _PROJECT_ROOT.sub(".", path)
    if "${" in path:
        msg = "variables are possible in URLs and index options only. Write the path itself."
        raise line.error(msg)
    candidates = tuple(dict.fromkeys(Path(os.path.normpath(place / path)) for place in places))
    found = next((candidate for candidate in candidates if _is_there(candidate)), None)
    if found is None:
        msg = f"there is no {' and no '.join(map(str, candidates))}."
        raise line.error(msg)
    return found


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
