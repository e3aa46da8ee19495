"""Local packages: source trees and archives in the user's tree, and the names that they install under."""

import ast
import configparser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from packaging.utils import (
    InvalidName,
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from python_function._machine import text_file
from python_function._machine.toml import read_toml, table
from python_function.errors import PackagingError

ARCHIVE_SUFFIXES: Final = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".tar")
"""What a file name ends with that an installer takes for a package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPackage:
    """A source tree to build: whoever requires *name* where *marker* holds gets what is built from it.

    Attributes:
        name: The normalized name of the distribution.
        directory: Where its ``pyproject.toml``, ``setup.py`` or ``setup.cfg`` is; absolute.
        marker: The environments that it is for, empty for all of them.
        builds_with: The names of the local packages that its build needs.
        within: The directory that links may not leave, if not *directory*.
        leaves_out: What in it is none of it, POSIX paths: CDK's own output.
        versioned_in: The root of the git repository that its build reads its version from, if it does.
    """

    name: str
    directory: Path
    marker: str = ""
    builds_with: tuple[str, ...] = ()
    within: Path | None = None
    leaves_out: tuple[str, ...] = ()
    versioned_in: Path | None = None

    @property
    def place(self) -> PurePosixPath:
        """Where in a copy of what its build sees the package is: where it is in its repository, if that is needed."""
        return PurePosixPath(self.directory.relative_to(self.versioned_in or self.directory).as_posix())


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalArchive:
    """A wheel or source distribution in the user's tree, for whoever requires *name* where *marker* holds.

    Attributes:
        name: The normalized name of the distribution.
        path: The file; absolute.
        marker: The environments that it is for, empty for all of them.
    """

    name: str
    path: Path
    marker: str = ""

    @property
    def is_wheel(self) -> bool:
        """Whether nothing has to be built."""
        return self.path.suffix == ".whl"


def name_of_tree(directory: Path) -> str | None:
    """Return the normalized name that the source tree at *directory* declares, without running any of it.

    Raises:
        PackagingError: The tree's metadata cannot be parsed.
    """
    names = (read(directory / name) for name, read in _METADATA.items() if (directory / name).is_file())
    return next((canonicalize_name(name) for name in names if name), None)


def absent(package: LocalPackage | LocalArchive, declared: str = "") -> str:
    """Return what is wrong with the place of *package*, empty if it is there.

    Args:
        package: What is to be there.
        declared: The file that says so.
    """
    place = package.directory if isinstance(package, LocalPackage) else package.path
    source = f"{declared}: the" if declared else "The"
    what = f"{source} local package {package.name!r} has to be in {place}"
    if not place.exists():
        return f"{what}, but nothing is there. Restore it, or name another place and lock again."
    if isinstance(package, LocalArchive):
        is_archive = place.is_file() and place.name.endswith(ARCHIVE_SUFFIXES)
        return "" if is_archive else f"{what}, which is neither a directory nor a package's archive."
    if not place.is_dir():
        return f"{what}, which is no directory."
    return "" if is_tree(place) else f"{what}, which has no pyproject.toml, setup.cfg or setup.py."


def is_tree(directory: Path) -> bool:
    """Tell whether an installer would build a package from *directory*."""
    return any((directory / name).is_file() for name in _METADATA)


def name_of_archive(filename: str) -> str | None:
    """Return the normalized name in the file name of a wheel or source distribution."""
    parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
    try:
        return parse(filename)[0]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidName):
        return None


def _pyproject_name(path: Path) -> str | None:
    content = read_toml(path)
    names = (table(content, "project").get("name"), table(content, "tool", "poetry").get("name"))
    return next((name for name in names if isinstance(name, str)), None)


def _setup_cfg_name(path: Path) -> str | None:
    return setup_cfg(path.parent, "metadata").get("name")


def _setup_py_name(path: Path) -> str | None:
    name = setup_arguments(path.parent).get("name")
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def setup_cfg(directory: Path, section: str) -> Mapping[str, str]:
    """Return *section* of the ``setup.cfg`` in *directory*, empty where there is none.

    Raises:
        PackagingError: It cannot be parsed.
    """
    path = directory / "setup.cfg"
    if not path.is_file():
        return {}
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text_file.read(path).decode("utf-8-sig"))
    except (configparser.Error, UnicodeDecodeError) as error:
        msg = f"{path} is no valid configuration file: {str(error).splitlines()[0]}."
        raise PackagingError(msg) from error
    return dict(parser.items(section)) if parser.has_section(section) else {}


def setup_arguments(directory: Path) -> Mapping[str, ast.expr]:
    """Return the arguments of ``setup()`` in the ``setup.py`` of *directory*, empty where there is none.

    Raises:
        PackagingError: It cannot be parsed.
    """
    path = directory / "setup.py"
    if not path.is_file():
        return {}
    try:
        tree = ast.parse(text_file.read(path))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        msg = f"{path} is no valid Python: {error}."
        raise PackagingError(msg) from error
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node.func) == "setup")
    return {keyword.arg: keyword.value for call in calls for keyword in call.keywords if keyword.arg}


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


_METADATA: Final[Mapping[str, Callable[[Path], str | None]]] = {
    "pyproject.toml": _pyproject_name,
    "setup.cfg": _setup_cfg_name,
    "setup.py": _setup_py_name,
}
