"""The dependencies that a Python file carries itself: https://peps.python.org/pep-0723/."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Listed, unpinned
from python_function._dependencies.formats import manifest_lines
from python_function._dependencies.formats.record import Format
from python_function._dependencies.requirements_txt.text import decode
from python_function._machine import text_file
from python_function._machine.toml import NOTHING, parsed, strings
from python_function.errors import PackagingError

_BLOCK: Final = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
"""The expression of the specification."""


def has(file: Path) -> bool:
    """Tell whether *file* declares dependencies of its own, be it none."""
    return (
        file.suffix == ".py" and file.is_file() and b"# /// script" in text_file.read(file) and _block(file) is not None
    )


def declared(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the block of *file* asks for."""
    choice.check(file, groups=None, extras=None)
    block = read(file)
    lines = manifest_lines.lines(strings(block, "dependencies"), block, project)
    requirements = manifest_lines.parsed(lines, base=project, source=f"{file} (PEP 723 block)")
    requirements = manifest_lines.held(requirements, block)
    content = Listed(requirements=requirements, manifest=block)
    return Declared(content=content, warnings=unpinned(file, requirements))


def requires_python(file: Path) -> str | None:
    """Return what the block of *file* says of the Python that it needs."""
    found = read(file).get("requires-python") if has(file) else None
    return found if isinstance(found, str) else None


def read(file: Path) -> Mapping[str, object]:
    """Return the block of *file*, empty where it has none."""
    return _block(file) or NOTHING


def _block(file: Path) -> Mapping[str, object] | None:
    text = decode(file).replace("\r\n", "\n")
    blocks = [match for match in _BLOCK.finditer(text) if match["type"] == "script"]
    if len(blocks) > 1:
        msg = f"{file} has {len(blocks)} script blocks. Keep one."
        raise PackagingError(msg)
    if not blocks:
        return None
    content = "".join(
        line[2:] if line.startswith("# ") else line[1:] for line in blocks[0]["content"].splitlines(keepends=True)
    )
    return parsed(content, f"{file}: the script block")


FORMAT: Final = Format(
    kind="script",
    file="",
    part="PEP 723 block",
    docs="script.md",
    read=declared,
    is_ignored_loudly=True,
    declares=lambda file, _choice: has(file),
)
