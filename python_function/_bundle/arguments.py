"""The files that arguments of the installer name: they count by their content, and go along wherever it runs."""

import hashlib
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from python_function._bundle.spec import Referred
from python_function._dependencies.requirements_txt import read
from python_function._machine import text_file
from python_function._machine.redact import masked
from python_function._machine.report import Notice
from python_function.errors import OptionError

_LISTS: Final = MappingProxyType(
    {
        **dict.fromkeys(("-c", "--constraint", "--constraints"), "--constraints"),
        **dict.fromkeys(("--override", "--overrides"), "--overrides"),
        **dict.fromkeys(("-b", "--build-constraint", "--build-constraints"), "--build-constraints"),
        **dict.fromkeys(("-r", "--requirement", "--requirements"), "--requirements"),
    }
)
"""Options that name a list of requirements, which may include others."""

_FILES: Final = MappingProxyType(
    {"--exclude": "--excludes", "--excludes": "--excludes", "--config-file": "--config-file"}
)
_LINKS: Final = MappingProxyType(dict.fromkeys(("-f", "--find-links"), "--find-links"))
_OPTIONS: Final = MappingProxyType({**_LISTS, **_FILES, **_LINKS})

_VARIABLES: Final = MappingProxyType(
    {
        "UV_CONSTRAINT": "--constraints",
        "UV_OVERRIDE": "--overrides",
        "UV_BUILD_CONSTRAINT": "--build-constraints",
        "UV_EXCLUDE": "--excludes",
    }
)
"""Variables that say the same as an argument, and are not heard where there is such an argument."""

_REMOTE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://|\$\{")
_LARGEST: Final = 10_000_000

SCRATCH: Final = "{scratch}"
"""What stands in an argument for the directory that the files are laid in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Arguments of the installer.

    Attributes:
        words: The arguments, with :data:`SCRATCH` in the paths of files.
        files: The files.
        notices: What the user should know.
    """

    words: tuple[str, ...] = ()
    files: tuple[Referred, ...] = ()
    notices: tuple[Notice, ...] = ()


def located(words: Sequence[str], environment: Mapping[str, str], *, entry: Path) -> Arguments:
    """Return *words*, and what variables of *environment* say like them, with the files that they name.

    Args:
        words: The arguments as the user gave them.
        environment: The variables that the user gave.
        entry: Where relative paths start.

    Raises:
        OptionError: A file is not there, or is none.
        PackagingError: A list cannot be understood.
    """
    said = [
        part
        for name, option in _VARIABLES.items()
        for value in environment.get(name, "").split()
        for part in (option, value)
    ]
    kept: list[str] = []
    files: list[Referred] = []
    floating: list[str] = []
    for option, value in _pairs((*words, *said)):
        if not option:
            kept.append(value)
        elif _REMOTE.match(value):
            kept += [option, value]
            floating += [f"{option} {value}"] if option in _LISTS.values() else []
        else:
            found = _referred(option, entry / value, len(files))
            kept += [option, f"{SCRATCH}/{found.place}"]
            files.append(found)
    directories = tuple(_directories(environment, entry))
    return Arguments(words=tuple(kept), files=(*files, *directories), notices=_warning(floating))


def _directories(environment: Mapping[str, str], entry: Path) -> Iterator[Referred]:
    """Yield the directories of packages that variables name, which the installer sees where they are."""
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        for value in re.split(r"[,\s]+", environment.get(name, "")):
            if value and not _REMOTE.match(value) and (entry / value).exists():
                yield Referred(place="", identity=(name, read.linked(entry / value)))


def placed(words: Iterable[str], scratch: str) -> tuple[str, ...]:
    """Return *words* with the directory *scratch* where it stands."""
    return tuple(word.replace(SCRATCH, scratch) for word in words)


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each option that names a file with its value, and everything else alone."""
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        if not word.startswith("--") and word[:2] in _OPTIONS and len(word) > len("-c"):
            name, equals, value = word[:2], "=", word[2:].removeprefix("=")
        if name in _OPTIONS and (equals or waiting):
            yield _OPTIONS[name], value if equals else waiting.pop(0)
        else:
            yield "", word


def _referred(option: str, path: Path, number: int) -> Referred:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        msg = f"{option} names {path}, which cannot be read: {error}. Relative paths start at the entry."
        raise OptionError(msg) from error
    if option == "--find-links" and (stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)):
        return Referred(place=f"arguments/{number}", links=path, identity=(option, read.linked(path)))
    if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
        msg = f"{option} names {path}, which is no file, or one of more than {_LARGEST} bytes."
        raise OptionError(msg)
    place = f"arguments/{number}{option.removeprefix('-')}.txt"
    if option not in _LISTS.values():
        text = text_file.read(path).decode("utf-8-sig", errors="surrogateescape")
        digest = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
        return Referred(place=place, text=text, identity=(option, digest))
    return _list(option, path, place)


def _list(option: str, path: Path, place: str) -> Referred:
    found = read.read(path)
    if found.local or found.archives or found.links:
        msg = f"{option} names {path}, which has paths of this machine in it. Declare them with the dependencies."
        raise OptionError(msg)
    lines = (*found.options, *found.lines, *found.constraints)
    return Referred(place=place, text="".join(f"{line}\n" for line in lines), identity=(option, *found.identity))


def _warning(floating: Sequence[str]) -> tuple[Notice, ...]:
    if not floating:
        return ()
    text = (
        "installer_args or environment name what may change without a change of the asset hash:"
        f" {', '.join(map(masked, floating))}. Keep a copy in the project, and name that."
    )
    return (Notice(id="floatingArguments", text=text),)
