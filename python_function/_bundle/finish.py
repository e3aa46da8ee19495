"""Brings a bundle into the form that is the same everywhere."""

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from python_function._source.tree import TreeError, check_link, file_mode, kind, select


def take(source: Path, destination: Path, ids: tuple[int, int] | None) -> None:
    """Move the content of *source* to *destination*; what a container's own user made is copied, to be ours."""
    for path in list(source.iterdir()):
        if ids is None or path.lstat().st_uid == ids[0]:
            shutil.move(path, destination / path.name)
        elif path.is_dir() and not path.is_symlink():
            shutil.copytree(path, destination / path.name, symlinks=True)
        else:
            shutil.copy(path, destination / path.name, follow_symlinks=False)


def finish(directory: Path, known_as: Sequence[str] = ()) -> None:
    """Bring a bundle into the form that is the same everywhere.

    Links are replaced by what they point to, time-stamped bytecode and empty directories go, files are 0644 or 0755
    and directories 0755.

    Args:
        directory: The bundle.
        known_as: Other paths that it had while it was built, which absolute links may start with.

    Raises:
        TreeError: As for :func:`python_function._source.tree.select`.
    """
    links = [path for path in _entries(directory) if path.is_symlink()]
    for link in links:
        _rebase(link, directory, known_as)
    replaced = {link: _content(link, directory) for link in links}
    for link, files in replaced.items():
        _replace(link, files)
    _tidy(directory)
    directory.chmod(0o755)


def _entries(directory: Path) -> Iterator[Path]:
    for root, directories, files in os.walk(directory):
        yield from (Path(root, name) for name in (*directories, *files))


def _rebase(link: Path, directory: Path, known_as: Sequence[str]) -> None:
    """Let an absolute link into the bundle, as it was called while it was built, lead into it."""
    target = str(link.readlink())
    for place in known_as:
        if target == place or target.startswith(f"{place}/"):
            link.unlink()
            link.symlink_to(f"{directory}{target.removeprefix(place)}")
            return


def _content(link: Path, directory: Path) -> list[tuple[Path, str]]:
    """Return the files that *link* stands for, with their places below it; taken before any link is replaced."""
    boundary = os.path.realpath(directory)
    above = [os.path.realpath(parent) for parent in link.parents if parent.is_relative_to(directory)]
    check_link(str(link), boundary, tuple(above))
    target = Path(os.path.realpath(link))
    if not target.is_dir():
        return [(target, "")]
    return [(Path(os.path.realpath(target / path)), path) for path in select(target, (), Path(boundary))]


def _replace(link: Path, files: list[tuple[Path, str]]) -> None:
    link.unlink()
    for source, place in files:
        target = link / place if place else link
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _tidy(directory: Path) -> None:
    for path in list(directory.iterdir()):
        if path.is_dir():
            _tidy(path)
            path.chmod(0o755)
            if not any(path.iterdir()):
                path.rmdir()
        elif not path.is_file():
            msg = f"{path} is {kind(str(path))}, which no bundle can hold. Remove it in a hook."
            raise TreeError(msg)
        elif _is_stamped(path):
            path.unlink()
        else:
            _set_mode(path)


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
