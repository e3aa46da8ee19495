"""The files that declare dependencies, and where they are looked for."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from python_function._dependencies.choice import Choice
from python_function._dependencies.formats import pyproject, script, uv
from python_function._machine.toml import read_toml

LOCKS: Final = MappingProxyType(
    {"uv": "uv.lock", "poetry": "poetry.lock", "pipenv": "Pipfile.lock", "pylock": "pylock.toml"}
)
"""The lock of each kind. Two of them side by side contradict each other, so their order means nothing."""

KINDS: Final = (*LOCKS, "pip", "script", "pyproject", "none")
"""What ``packaging=`` may be, in the order in which they are looked for."""


def home_of(entry: Path, project_root: Path | None) -> Path:
    """Return the nearest directory that declares dependencies, from the entry up to the project's root."""
    if project_root is None or not entry.is_relative_to(project_root):
        return entry
    names = (*LOCKS.values(), "requirements.txt", "Pipfile", "pyproject.toml")
    above = [place for place in (entry, *entry.parents) if place.is_relative_to(project_root)]
    return next((place for place in above if any((place / name).is_file() for name in names)), entry)


def found_in(home: Path, index: Path | None, project_root: Path | None, choice: Choice) -> Mapping[str, Path]:
    """Return the file of every kind that there is, in the order of :data:`KINDS`."""
    files = {kind: home / name for kind, name in {**LOCKS, "pip": "requirements.txt"}.items()}
    found = {kind: path for kind, path in files.items() if path.is_file()}
    if not found.keys() & LOCKS.keys() and (lock := _workspace_lock(home, project_root)):
        found["uv"] = lock
    if index and script.has(index):
        found["script"] = index
    if "pipenv" not in found and (home / "Pipfile").is_file():
        found["Pipfile"] = home / "Pipfile"
    if pyproject.declares(home / "pyproject.toml", choice):
        found["pyproject"] = home / "pyproject.toml"
    order = (*LOCKS, "pip", "script", "Pipfile", "pyproject")
    return {kind: found[kind] for kind in order if kind in found}


def _workspace_lock(home: Path, project_root: Path | None) -> Path | None:
    """Return the lock of the uv workspace that the project in *home* is a member of."""
    if not (home / "pyproject.toml").is_file():
        return None
    above = [place for place in home.parents if project_root is None or place.is_relative_to(project_root)]
    for root in above:
        lock = root / LOCKS["uv"]
        if lock.is_file() and (uv.member(read_toml(lock), root, home) or uv.claims(root, home)):
            return lock
    return None
