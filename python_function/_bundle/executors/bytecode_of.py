"""Compiles all modules of a bundle; the standard library only, for it also runs in build containers.

Run as a program by a Python of the target's version: ``VERSION DIRECTORY SHOWN_AS SKIPPED...``. It stays within the
grammar of Python 3.8.
"""

from __future__ import annotations

import importlib.util
import py_compile
import sys
from contextlib import suppress
from pathlib import Path
from typing import Iterator, Sequence

_OTHER_PYTHON = 3
"""The exit code that says that this Python cannot do it."""


def compile_all(bundle: Path, shown_as: str, skipped: Sequence[str] = ()) -> None:
    """Put bytecode that is never checked against its source beside every module of *bundle*.

    What nothing can import, such as a template, is left alone.

    Args:
        bundle: The directory of it.
        shown_as: What the bundle is called where it runs, which tracebacks show.
        skipped: The directories in it, as POSIX paths, that are for another Python.
    """
    for module in _modules(bundle, frozenset(bundle / path for path in skipped)):
        with suppress(py_compile.PyCompileError, ValueError, RecursionError):
            py_compile.compile(
                str(module),
                cfile=importlib.util.cache_from_source(str(module), optimization=""),
                dfile=shown_as + "/" + module.relative_to(bundle).as_posix(),
                doraise=True,
                optimize=0,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )


def _modules(directory: Path, skipped: frozenset[Path]) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.is_dir() and path not in skipped:
            yield from _modules(path, skipped)
        elif path.suffix == ".py" and path.is_file():
            yield path


def main(arguments: Sequence[str]) -> int:
    """Do what *arguments* say, if this Python can."""
    version, directory, shown_as, *skipped = arguments
    found = "{}.{}".format(*sys.version_info[:2])
    if found != version or sys.implementation.name != "cpython" or sys.version_info.releaselevel != "final":
        sys.stderr.write(f"this is {sys.implementation.name} {sys.version}, not CPython {version}\n")
        return _OTHER_PYTHON
    compile_all(Path(directory), shown_as, skipped)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
