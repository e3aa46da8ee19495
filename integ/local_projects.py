"""Functions and packages of one's own, side by side in one directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from integ import wheelhouse

if TYPE_CHECKING:
    from pathlib import Path

HANDLER: Final = "def handler(event, context):\n    return None\n"


def package(directory: Path, *needs: str, builds_with: str = "", more: str = "") -> Path:
    """Make a local package whose build needs nothing but what is named."""
    name = directory.name
    (directory / name).mkdir(parents=True)
    files = wheelhouse.project(name, "1.0", needs)
    files["pyproject.toml"] = files["pyproject.toml"].replace("requires = []", f"requires = [{builds_with}]") + more
    for file, text in {**files, f"{name}/__init__.py": "VERSION = 'local'\n"}.items():
        (directory / file).write_text(text)
    return directory


def function(directory: Path, files: dict[str, str]) -> Path:
    """Make a function of *files* beside its handler."""
    directory.mkdir()
    for name, text in {"index.py": HANDLER, **files}.items():
        (directory / name).write_text(text)
    return directory
