"""``requirements.txt``: what the user lists."""

from pathlib import Path
from typing import Final

from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Listed, unpinned
from python_function._dependencies.formats.record import Format
from python_function._dependencies.requirements_txt import read


def declared(file: Path, project: Path, choice: Choice) -> Declared:  # noqa: ARG001 - one signature for all readers
    """Return what *file*, and what it includes, asks for."""
    choice.check(file, groups=None, extras=None)
    requirements = read.read(file)
    return Declared(content=Listed(requirements=requirements), warnings=unpinned(file, requirements))


FORMAT: Final = Format(
    kind="pip", file="requirements.txt", docs="requirements.md", read=declared, is_ignored_loudly=True
)
