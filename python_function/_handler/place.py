"""The directory that an entry is."""

import os
from collections.abc import Sequence
from pathlib import Path

from python_function._handler import python_file
from python_function.errors import EntryError


def directory(entry: Path | str, *, cwd: Path, definers: Sequence[Path] = ()) -> Path:
    """Return the absolute path of the directory *entry*, which starts at *cwd* if it is relative.

    Args:
        entry: What the user gave.
        cwd: The working directory.
        definers: The files that may define the construct; beside one of them the entry may have been meant.

    Raises:
        EntryError: There is no such directory.
    """
    place = Path(os.path.normpath(cwd / entry))
    try:
        next(place.iterdir(), None)
    except NotADirectoryError as error:
        msg = f"entry {place} is not a directory."
        raise EntryError(msg) from error
    except (FileNotFoundError, ValueError) as error:
        msg = f"entry {str(entry)!r} not found: there is no {place}{_start(entry, cwd, definers)}."
        raise EntryError(msg) from error
    except OSError as error:
        msg = f"entry {place} cannot be read: {error.strerror}."
        raise EntryError(msg) from error
    return place


def _start(entry: Path | str, cwd: Path, definers: Sequence[Path]) -> str:
    """Say where an entry starts that was not found there."""
    if str(entry).startswith("~"):
        return f". The ~ is not expanded: pass Path({str(entry)!r}).expanduser()"
    if Path(entry).is_absolute():
        return ""
    beside = [Path(os.path.normpath(cwd / definer.parent / entry)) for definer in definers]
    there = next((place for place in beside if python_file.there(place)), None)
    meant = f"; there is {there}, for which pass Path(__file__).parent / {str(entry)!r}" if there else ""
    return f". A relative entry starts at the working directory{meant}"
