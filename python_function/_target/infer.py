"""Which Lambda runtime a project is for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._machine.toml import read_toml, table
from python_function._target import requires_python
from python_function._target.target import DEFAULT_RUNTIME, GLIBC, PATCHES
from python_function.errors import OptionError, PackagingError

_VERSION: Final = re.compile(r"(?:c?python-?)?(?P<version>3\.\d+)(?![\d])(?!t\b|[^#]*freethreaded)", re.IGNORECASE)

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


def infer(directory: Path, *, given: str | None, index: Path | None = None, option: str = "runtime") -> Runtime:
    """Choose the runtime for the code in *directory*.

    Args:
        directory: The entry.
        given: The runtime the user named, if any.
        index: The handler's file, where its own metadata may say which Python it needs.
        option: The option by which the user named it.

    Raises:
        OptionError: *given* is no Python runtime, or what the project's files say rules out each candidate.
        PackagingError: A file that declares the Python version cannot be read.
    """
    requirements = requires_python.find(directory, index)
    if given is not None:
        return _given(given, requirements, option)
    for wish in _wishes(directory):
        return _wished(wish, requirements)
    if not requirements:
        return Runtime(DEFAULT_RUNTIME, "default")
    admitted = [runtime for runtime in GLIBC if _patch(runtime, requirements) is not None]
    if not admitted:
        said = " and ".join(f"{requirement.source} is {requirement.text!r}" for requirement in requirements)
        msg = f"{said}, which no Lambda runtime meets. The runtimes are {', '.join(GLIBC)}."
        raise OptionError(msg)
    reason = " and ".join(f"{found.source} is {found.text!r}" for found in requirements)
    return Runtime(admitted[-1], reason, _patch(admitted[-1], requirements))


def _given(runtime: str, requirements: Sequence[requires_python.Requirement], option: str) -> Runtime:
    if not runtime.startswith("python"):
        msg = f"{option} must be a Python runtime, not {runtime!r}."
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
        msg = f"{wish.source} asks for {', '.join(wish.runtimes)}, which Lambda does not have. Pass runtime=..."
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
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file} cannot be read: {error}."
        raise PackagingError(msg) from error
    for line in text.splitlines():
        yield from line.partition("#")[0].split()


def _pipfile(file: Path) -> Iterator[str]:
    requires = table(read_toml(file), "requires")
    yield from (str(requires[key]) for key in ("python_full_version", "python_version") if key in requires)
