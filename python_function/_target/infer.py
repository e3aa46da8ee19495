"""Which Lambda runtime a project is for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._machine import text_file
from python_function._machine.toml import read_toml, table
from python_function._target import requires_python
from python_function._target.target import DEFAULT_RUNTIME, GLIBC, PATCHES, PREVIEW
from python_function.errors import OptionError

_VERSION: Final = re.compile(r"(?:c?python-?)?(?P<version>3\.\d+)(?![\d])(?!t\b|[^#]*freethreaded)", re.IGNORECASE)

_PREVIEW: Final = "which AWS has in preview only: no function can have it yet"

_PATCHES: Final = 64
"""More patch levels than any Python had."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Lambda runtime and why it is the one.

    Attributes:
        name: Lambda's name of it, ``python3.13``.
        reason: What decided, for people.
        patch: The patch level of its Python; ``None`` for the one that Lambda is known to have.
    """

    name: str
    reason: str
    patch: int | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """The runtimes that a file asks for, first choice first."""

    source: Path
    runtimes: tuple[str, ...]


def infer(
    directory: Path,
    *,
    given: str | None,
    index: Path | None = None,
    top: Path | None = None,
    lock: Path | None = None,
    option: str = "runtime",
) -> Runtime:
    """Choose the runtime for the code in *directory*.

    Args:
        directory: The entry.
        given: The runtime the user named, if any.
        index: The handler's file, where its own metadata may say which Python it needs.
        top: The directory above the entry up to which files speak for it: where its dependencies are declared.
        lock: The file that says what to install, which may say for which Pythons.
        option: The option by which the user named it.

    Raises:
        OptionError: *given* is no Python runtime, or what the project's files say rules out each candidate.
        PackagingError: A file that declares the Python version cannot be read.
    """
    places = (directory, *(place for place in directory.parents if top is not None and place.is_relative_to(top)))
    requirements = requires_python.find(places, index, lock)
    if given is not None:
        return _given(given, requirements, option)
    for wish in (wish for place in places for wish in _wishes(place)):
        return _wished(wish, requirements)
    return _default(requirements)


def _default(requirements: Sequence[requires_python.Requirement]) -> Runtime:
    """Choose the documented default, or where that is ruled out the newest runtime, so a deprecated one last.

    A lower bound alone is no wish for the newest: locks lack wheels for it for months.
    """
    said = " and ".join(f"{requirement.source} is {requirement.text!r}" for requirement in requirements)
    if (patch := _patch(DEFAULT_RUNTIME, requirements)) is not None:
        return Runtime(DEFAULT_RUNTIME, f"default, and {said}" if said else "default", patch)
    for runtime in reversed(list(GLIBC)):
        if (patch := _patch(runtime, requirements)) is not None:
            return Runtime(runtime, said, patch)
    msg = f"{said}, which no Lambda runtime meets. The runtimes are {', '.join(GLIBC)}."
    raise OptionError(msg)


def _given(runtime: str, requirements: Sequence[requires_python.Requirement], option: str) -> Runtime:
    if not runtime.startswith("python"):
        msg = f"{option} must be a Python runtime, not {runtime!r}."
        raise OptionError(msg)
    if runtime in PREVIEW:
        msg = f"{option} is {runtime!r}, {_PREVIEW}. Choose one of {', '.join(GLIBC)}."
        raise OptionError(msg)
    if runtime not in GLIBC:
        msg = f"{option} must be one of {', '.join(GLIBC)}, not {runtime!r}."
        raise OptionError(msg)
    patch = _patch(runtime, requirements)
    if patch is None:
        msg = f"{option} is {runtime!r}, but {_excluding(runtime, requirements)}. Make them agree."
        raise OptionError(msg)
    return Runtime(runtime, "given", patch)


def _wished(wish: _Wish, requirements: Sequence[requires_python.Requirement]) -> Runtime:
    supported = [runtime for runtime in wish.runtimes if runtime in GLIBC]
    if not supported:
        why = _PREVIEW if PREVIEW.issuperset(wish.runtimes) else "which Lambda does not have"
        msg = f"{wish.source} asks for {', '.join(wish.runtimes)}, {why}. Pass runtime=..."
        raise OptionError(msg)
    for runtime in supported:
        patch = _patch(runtime, requirements)
        if patch is not None:
            return Runtime(runtime, str(wish.source), patch)
    said = _excluding(supported[0], requirements)
    msg = f"{wish.source} asks for {supported[0]}, but {said}. Make them agree, or pass runtime=... to choose."
    raise OptionError(msg)


def _patch(runtime: str, requirements: Sequence[requires_python.Requirement]) -> int | None:
    """Return the patch level to build for: Lambda's own, or the nearest that all *requirements* admit.

    AWS raises patch levels, so one that a project needs beyond the one known here is likelier there than not; the
    installer drops or refuses what does not fit the one that it is told.
    """
    version, known = runtime.removeprefix("python"), PATCHES[runtime]
    nearest = (known, *range(known + 1, _PATCHES), *range(known - 1, -1, -1))
    return next(
        (patch for patch in nearest if all(each.admits(f"{version}.{patch}") for each in requirements)),
        None,
    )


def _excluding(runtime: str, requirements: Sequence[requires_python.Requirement]) -> str:
    """Say what rules *runtime* out: one requirement, or several that no patch level meets together."""
    alone = [each for each in requirements if _patch(runtime, (each,)) is None]
    return " and ".join(f"{each.source} is {each.text!r}" for each in alone[:1] or requirements)


def _wishes(directory: Path) -> Iterator[_Wish]:
    for name, read in ((".python-version", _version_file), ("Pipfile", _pipfile)):
        file = directory / name
        if file.is_file():
            runtimes = tuple(f"python{version}" for text in read(file) if (version := _minor(text)))
            if runtimes:
                yield _Wish(file, runtimes)


def _minor(text: str) -> str | None:
    """Return major and minor version of an interpreter's name, unless it is another kind of interpreter."""
    found = _VERSION.match(text)
    return found["version"] if found else None


def _version_file(file: Path) -> Iterator[str]:
    """Yield what pyenv's and uv's version file names: one interpreter per line, or several in one."""
    for line in text_file.text(file).splitlines():
        yield from line.partition("#")[0].split()


def _pipfile(file: Path) -> Iterator[str]:
    requires = table(read_toml(file), "requires")
    yield from (str(requires[key]) for key in ("python_full_version", "python_version") if key in requires)
