"""What takes long to fetch is fetched once, whichever of several processes needs it first."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path


def made(directory: Path, make: Callable[[Path], None]) -> Path:
    """Return *directory*, which *make* fills in another place if it is not there; other processes wait for it."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with directory.with_name(f"{directory.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.is_dir():
            unfinished = directory.with_name(f"{directory.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(directory)
    return directory
