"""Brings a bundle into the form that is the same everywhere."""

import os
import shutil
import stat
from pathlib import Path

from python_function._tree import TreeError, check_link, file_mode, kind


def take(source: Path, destination: Path, ids: tuple[int, int] | None) -> None:
    """Move the content of *source* to *destination*; what a container's own user made is copied, to be ours."""
    for path in list(source.iterdir()):
        if ids is None or path.lstat().st_uid == ids[0]:
            path.rename(destination / path.name)
        elif path.is_dir() and not path.is_symlink():
            shutil.copytree(path, destination / path.name, symlinks=True)
        else:
            shutil.copy(path, destination / path.name, follow_symlinks=False)


def finish(directory: Path) -> None:
    """Bring a bundle into the form that is the same everywhere.

    Links are replaced by what they point to, time-stamped bytecode and empty directories go, files are 0644 or 0755
    and directories 0755.

    Raises:
        TreeError: As for :func:`select`.
    """
    boundary = os.path.realpath(directory)
    _finish(str(directory), boundary, (boundary,))
    directory.chmod(0o755)


def _finish(directory: str, boundary: str, above: tuple[str, ...]) -> None:
    for entry in list(os.scandir(directory)):
        path = Path(entry.path)
        if entry.is_symlink():
            check_link(entry.path, boundary, above)
            _resolve(path)
        if path.is_dir():
            _finish(entry.path, boundary, (*above, os.path.realpath(entry.path)))
            path.chmod(0o755)
            if not any(path.iterdir()):
                path.rmdir()
        elif not path.is_file():
            msg = f"{entry.path} is {kind(entry.path)}, which no bundle can hold. Remove it in a hook."
            raise TreeError(msg)
        elif _is_stamped(path):
            path.unlink()
        else:
            _set_mode(path)


def _resolve(link: Path) -> None:
    target = Path(os.path.realpath(link))
    link.unlink()
    if target.is_dir():
        shutil.copytree(target, link, symlinks=True)
    else:
        shutil.copy(target, link)


def _is_stamped(path: Path) -> bool:
    """Tell whether *path* is bytecode that is checked against a time of change, which a Lambda archive does not keep.

    The flags in the second word of the file are zero then: https://peps.python.org/pep-0552/
    """
    if path.suffix != ".pyc":
        return False
    with path.open("rb") as file:
        return file.read(8)[4:] == bytes(4)


def _set_mode(path: Path) -> None:
    status = path.stat()
    mode = file_mode(status.st_mode)
    if stat.S_IMODE(status.st_mode) == mode:
        return
    if status.st_nlink > 1:
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    path.chmod(mode)
