"""Packages made on the spot: wheels and source distributions of a few hundred bytes, without a build tool."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from integ import sdist_backend
from tests.elf_file import MACHINES, elf_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NATIVE_SOURCE = """\
#include <Python.h>

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, NULL};

PyMODINIT_FUNC PyInit__native(void) {
    PyObject *made = PyModule_Create(&module);
    PyModule_AddIntConstant(made, "ANSWER", 42);
    return made;
}
"""


@dataclass(frozen=True, slots=True)
class Wheelhouse:
    """A directory of packages, for `--find-links` or an index.

    Package names are import names as well, and every package holds `VERSION`.
    """

    directory: Path

    def wheel(
        self,
        name: str,
        version: str = "1.0",
        *,
        tag: str = "py3-none-any",
        requires: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
    ) -> Path:
        """Add a wheel; one for a platform gets a native file that has just what a loader reads."""
        contents = {path: text.encode() for path, text in source(name, version, files).items()}
        python, abi, platform = tag.split("-")
        if platform != "any":
            machine = next(machine for machine in MACHINES if platform.endswith(machine))
            number = python.removeprefix("cp")
            suffix = "abi3.so" if abi == "abi3" else f"cpython-{number}-{machine}-linux-gnu.so"
            contents[f"{name}/_native.{suffix}"] = elf_file(machine)
        return sdist_backend.write_wheel(self.directory, name, version, tag, contents, requires)

    def sdist(
        self,
        name: str,
        version: str = "1.0",
        *,
        native: bool = False,
        requires: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
    ) -> Path:
        """Add a source distribution that builds offline; a native one needs a C compiler and Python's headers."""
        members = project(name, version, requires) | source(name, version, files)
        members["PKG-INFO"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        if native:
            members["native.c"] = NATIVE_SOURCE
        path = self.directory / f"{name}-{version}.tar.gz"
        with tarfile.open(path, "w:gz") as sdist:
            for member, text in members.items():
                entry = tarfile.TarInfo(f"{name}-{version}/{member}")
                entry.size = len(text.encode())
                sdist.addfile(entry, io.BytesIO(text.encode()))
        return path


def source(name: str, version: str, files: Mapping[str, str] | None) -> dict[str, str]:
    return {f"{name}/__init__.py": f"VERSION = {version!r}\n", **(files or {})}


def project(name: str, version: str, requires: Sequence[str] = ()) -> dict[str, str]:
    """Return the files that make a directory buildable by the backend beside it."""
    return {
        "pyproject.toml": (
            '[build-system]\nrequires = []\nbuild-backend = "sdist_backend"\nbackend-path = ["."]\n\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\ndependencies = {list(requires)}\n'
        ),
        "sdist_backend.py": Path(sdist_backend.__file__).read_text(encoding="utf-8"),
    }
