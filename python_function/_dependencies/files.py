"""The formats that declare dependencies, and where their files are looked for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from python_function._dependencies.formats import pip, pipenv, poetry, pylock, pyproject, script, uv
from python_function._dependencies.formats.record import Format, Search

FORMATS: Final = (
    uv.FORMAT,
    poetry.FORMAT,
    pipenv.LOCK,
    pylock.FORMAT,
    pip.FORMAT,
    script.FORMAT,
    pipenv.MANIFEST,
    pyproject.FORMAT,
)
"""In the order in which they win; two locks side by side contradict each other, so their order means nothing."""

KINDS: Final = (*dict.fromkeys(format_.kind for format_ in sorted(FORMATS, key=lambda each: not each.is_lock)), "none")
"""What ``packaging=`` may be."""


def home_of(entry: Path, project_root: Path | None) -> Path:
    """Return the nearest directory that declares dependencies, from the entry up to the project's root."""
    if project_root is None or not entry.is_relative_to(project_root):
        return entry
    names = [format_.file for format_ in FORMATS if format_.file]
    above = [place for place in (entry, *entry.parents) if place.is_relative_to(project_root)]
    return next((place for place in above if any((place / name).is_file() for name in names)), entry)


def found_in(search: Search) -> Mapping[Format, Path]:
    """Return the file of every format that there is, in the order of :data:`FORMATS`."""
    near = {format_: path for format_ in FORMATS if (path := format_.find(search))}
    far = {} if any(map(is_lock, near)) else {f: path for f in FORMATS if f not in near and (path := f.above(search))}
    return {format_: path for format_ in FORMATS if (path := near.get(format_) or far.get(format_))}


def is_lock(format_: Format) -> bool:
    """Tell whether *format_* is a lock's."""
    return format_.is_lock
