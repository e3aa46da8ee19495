"""A virtual environment as the dependencies of a bundle."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from python_function._bundle.checks import inventory
from python_function._bundle.checks.inventory import Distribution
from python_function._bundle.spec import Installed
from python_function._machine import text_file
from python_function._machine.report import Notice
from python_function._target.target import Target
from python_function.errors import OptionError, PackagingError

_TOOLS: Final = frozenset({"pip", "setuptools", "wheel"})
"""What an environment is made with, and functions seldom need."""

_MACHINERY: Final = (
    "__pycache__",
    "*.py[cod]",
    "/*.pth",
    "/__editable__*",
    "/_virtualenv.py",
    "/distutils-precedence.pth",
)
"""What means nothing outside of the environment: Lambda reads no ``.pth`` file."""


def find(given: str, *, target: Target, exclude: Sequence[str], cwd: Path) -> tuple[Installed, tuple[Notice, ...]]:
    """Return what is installed in the virtual environment *given*, and what the user should know of it.

    Args:
        given: Its directory; a relative path starts at *cwd*.
        target: What the bundle is for.
        exclude: Packages to leave out, with whatever only they need.
        cwd: The working directory.

    Raises:
        OptionError: It is no virtual environment.
        PackagingError: What is in it cannot be taken elsewhere.
    """
    environment = cwd / given
    place = _site_packages(environment)
    distributions = [found for found in inventory.take(place).distributions if not found.place]
    _refuse_editable(place, distributions)
    _refuse_other_python(place, distributions, target)
    left_out = _left_out(distributions, {canonicalize_name(name) for name in exclude})
    excludes = (*_MACHINERY, *_patterns(distributions, left_out))
    return Installed(directory=place, excludes=excludes), tuple(_notices(environment, place, target, left_out))


def _site_packages(environment: Path) -> Path:
    if not (environment / "pyvenv.cfg").is_file():
        msg = (
            f"{environment} is no virtual environment: it has no pyvenv.cfg. Name the directory that holds bin and lib."
        )
        raise OptionError(msg)
    found = [*sorted(environment.glob("lib/python3*/site-packages")), *environment.glob("Lib/site-packages")]
    if len(found) == 1:
        return found[0]
    names = ", ".join(map(str, found)) or "none"
    msg = f"{environment} has to have one site-packages directory. Found: {names}. Make it anew."
    raise OptionError(msg)


def _refuse_editable(place: Path, distributions: Iterable[Distribution]) -> None:
    for found in distributions:
        info = place / f"{_info(found)}/direct_url.json"
        said = _said(info) if info.is_file() else None
        match said:
            case {"dir_info": {"editable": True}, "url": str(url)}:
                msg = (
                    f"{found.title} is installed editable in {place}: its code is in {url}, not there."
                    " Install it without --editable, or leave it out by --exclude-package."
                )
                raise PackagingError(msg)
            case _:
                pass


def _said(file: Path) -> object:
    try:
        return json.loads(text_file.text(file))
    except (ValueError, RecursionError) as error:
        msg = f"{file} is no valid JSON: {error}. Install the package anew."
        raise PackagingError(msg) from error


def _info(found: Distribution) -> str:
    """Return the directory that the metadata of a distribution is in."""
    return next((path.rpartition("/")[0] for path in found.files if path.endswith(".dist-info/METADATA")), "")


def _refuse_other_python(place: Path, distributions: Iterable[Distribution], target: Target) -> None:
    for found in distributions:
        metadata = text_file.read(place / _info(found) / "METADATA").decode(errors="replace")
        said = re.search(r"^Requires-Python: *(.+)$", metadata.partition("\n\n")[0], re.MULTILINE)
        if said and not _admits(said[1], target.python_full_version):
            msg = (
                f"{found.title} in {place} requires Python {said[1]}, and {target.runtime} is"
                f" {target.python_full_version}. Make the environment with that Python, or choose the runtime that it"
                " was made for."
            )
            raise PackagingError(msg)


def _admits(specifiers: str, version: str) -> bool:
    try:
        return SpecifierSet(specifiers).contains(version)
    except InvalidSpecifier:
        return True


def _left_out(distributions: Sequence[Distribution], exclude: Collection[str]) -> tuple[Distribution, ...]:
    """Return what *exclude* names, with what only that needs, and the tools that made the environment."""
    named = {canonicalize_name(found.name): found for found in distributions}
    unknown = set(exclude) - named.keys()
    if unknown:
        msg = f"--exclude-package {', '.join(sorted(unknown))}: there is no such package in the environment."
        raise OptionError(msg)
    needed_by = {name: {other for other, found in named.items() if name in found.requires} for name in named}
    gone = {name for name in named if name in exclude}
    while more := {name for name, others in needed_by.items() if name not in gone and others and others <= gone}:
        gone |= more
    gone |= {name for name, others in needed_by.items() if name in _TOOLS and others <= gone | _TOOLS}
    return tuple(found for name, found in named.items() if name in gone)


def _patterns(distributions: Sequence[Distribution], left_out: Sequence[Distribution]) -> Iterator[str]:
    """Yield patterns for the files of *left_out*: whole folders where nobody else has files in them."""
    others = {path.partition("/")[0] for found in distributions if found not in left_out for path in found.files}
    files = (path for found in left_out for path in found.files)
    for path in dict.fromkeys(path if path.partition("/")[0] in others else path.partition("/")[0] for path in files):
        yield "/" + re.sub(r"([*?\[\]!#\\ ])", r"\\\1", path)


def _notices(environment: Path, place: Path, target: Target, left_out: Sequence[Distribution]) -> Iterator[Notice]:
    made_for = place.parent.name.removeprefix("python")
    if place.parent.name.startswith("python") and made_for != target.python_version:
        text = (
            f"{environment} was made for Python {made_for}, the package is for {target.python_version}:"
            " other packages may be needed there."
        )
        yield Notice(id="venvPython", text=text)
    if left_out:
        yield Notice(id="venvLeftOut", text=f"Left out: {', '.join(found.title for found in left_out)}.")
    configuration = text_file.text(environment / "pyvenv.cfg")
    if re.search(r"^include-system-site-packages\s*=\s*true", configuration, re.MULTILINE | re.IGNORECASE):
        text = f"{environment} sees the packages of the system too. They are not in it, and so not in the package."
        yield Notice(id="venvSystem", text=text)
