"""What Lambda will call: the directory that is bundled, the handler's file in it, the function in that file."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from python_function._handler import layout, python_file, search, sidecar
from python_function.errors import EntryError, OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What Lambda will call.

    Attributes:
        directory: The directory whose source is bundled and that holds the dependency files; absolute.
        index: The handler's file, a POSIX path relative to *directory*.
        function: The attribute of that file which Lambda calls.
        root: ``"src"`` where the files below it stand at the bundle's root.
        alone: Only the index is bundled, under an importable name; nothing around it.
        generated: The handler's file is not there; the build has to make it.
        considered: What else was looked at, for people.
    """

    directory: Path
    index: str
    function: str
    root: str = ""
    alone: bool = False
    generated: bool = False
    considered: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """The handler's file."""
        return self.directory / self.index

    @property
    def bundle_index(self) -> str:
        """The handler's file in the bundle, a POSIX path."""
        if self.alone:
            return sidecar.bundled_name(self.index)
        return self.index.removeprefix(f"{self.root}/") if self.root else self.index

    @property
    def module(self) -> str:
        """The dotted path by which Lambda imports the handler's file."""
        return dotted(self.bundle_index)

    @property
    def handler(self) -> str:
        """Lambda's handler string."""
        return f"{self.module}.{self.function}"


def resolve(
    entry: Path | str | None,
    *,
    index: str | None,
    handler: str | None,
    cwd: Path,
    definers: Sequence[Path] = (),
    construct_id: str = "",
    generated: bool = False,
) -> Entry:
    """Find the file and the function that Lambda calls.

    Args:
        entry: What to bundle: a directory, or the handler's file in one. None stands for the file beside the construct.
        index: The handler's file, relative to *entry*.
        handler: The function, or its module path and the function: ``handler``, ``app.main.handler``.
        cwd: Where a relative *entry* starts.
        definers: The files that may define the construct, likeliest first.
        construct_id: The id of the construct.
        generated: The build may make the file, which then need not be there if it and the function are named.

    Raises:
        EntryError: There is no such entry, file or function.
        OptionError: An argument cannot have its value, or contradicts another.
    """
    module, function = _split(handler)
    if entry is None:
        return _sidecar_entry(
            [cwd / definer for definer in definers], construct_id, index=index, module=module, function=function
        )
    place = Path(os.path.normpath(cwd / entry))
    if python_file.exists(place):
        if index is not None:
            msg = f"entry is the file {place}, so index={index!r} has no place. Pass the directory, or leave out index."
            raise OptionError(msg)
        if place.suffix != ".py":
            msg = f"entry {place} is no Python file. Pass a directory, or a file whose name ends in .py."
            raise EntryError(msg)
        return _in_directory(place.parent, index=place.name, module=module, function=function)
    place = directory(entry, cwd=cwd)
    try:
        return _in_directory(place, index=index, module=module, function=function, generated=generated)
    except EntryError as error:
        if not generated:
            raise
        msg = (
            f"{error} A file that the build makes needs index=... and handler=..., or handler='path.to.module.handler'."
        )
        raise EntryError(msg) from error


def directory(entry: Path | str, *, cwd: Path) -> Path:
    """Return the absolute path of the directory *entry*, which starts at *cwd* if it is relative."""
    place = Path(os.path.normpath(cwd / entry))
    try:
        next(place.iterdir(), None)
    except NotADirectoryError as error:
        msg = f"entry {place} is not a directory."
        raise EntryError(msg) from error
    except (FileNotFoundError, ValueError) as error:
        start = "" if Path(entry).is_absolute() else ". A relative entry starts at the working directory"
        if str(entry).startswith("~"):
            start = f". The ~ is not expanded: pass Path({str(entry)!r}).expanduser()"
        msg = f"entry {str(entry)!r} not found: there is no {place}{start}."
        raise EntryError(msg) from error
    except OSError as error:
        msg = f"entry {place} cannot be read: {error.strerror}."
        raise EntryError(msg) from error
    return place


def dotted(index: str) -> str:
    """Return the module path of the file *index*; a package's is that of its directory."""
    path = PurePosixPath(index.removesuffix(".py"))
    parts = path.parts[:-1] if path.name == "__init__" and len(path.parts) > 1 else path.parts
    return ".".join(parts)


def _sidecar_entry(
    definers: Sequence[Path], construct_id: str, *, index: str | None, module: str, function: str | None
) -> Entry:
    if index is not None or module:
        given = f"index={index!r}" if index is not None else f"handler={f'{module}.{function}'!r}"
        msg = f"{given} needs an entry. Pass entry=..., the directory it is relative to."
        raise OptionError(msg)
    file = sidecar.find(definers, construct_id)
    return Entry(directory=file.parent, index=file.name, function=function or "lambda_handler", alone=True)


def _in_directory(
    place: Path, *, index: str | None, module: str, function: str | None, generated: bool = False
) -> Entry:
    considered: tuple[str, ...] = ()
    if index is not None:
        index = _normal(index)
        if not (generated and function):
            _check_there(place, index, function)
    elif module:
        index = _of_module(place, module, generated=generated)
    else:
        found = search.find(place, function)
        index, considered = found.index, found.considered
    return Entry(
        directory=place,
        index=index,
        function=function or search.function_in(place / index),
        root=_root(place, index, module) if module else layout.source_root(place, index),
        generated=not python_file.exists(place / index),
        considered=considered,
    )


def _split(handler: str | None) -> tuple[str, str | None]:
    """Split a handler into module path and function."""
    if handler is None:
        return "", None
    parts = re.split(r"[./\\]", handler)
    if not all(part.isidentifier() for part in parts):
        msg = f"handler must be a function's name, or module path and function (app.main.handler), not {handler!r}."
        raise OptionError(msg)
    return ".".join(parts[:-1]), parts[-1]


def _normal(index: str) -> str:
    """Return *index* as a POSIX path without detours."""
    path = PurePosixPath(os.path.normpath(index.replace("\\", "/")).replace("\\", "/"))
    if path.is_absolute() or PureWindowsPath(index).drive or path.parts[:1] == ("..",) or "\0" in index:
        msg = f"index must be the path of a file below the entry, relative to it, not {index!r}."
        raise OptionError(msg)
    if path.suffix != ".py":
        msg = f"index must name a Python file, one that ends in .py, not {index!r}."
        raise OptionError(msg)
    return str(path)


def _check_there(place: Path, index: str, function: str | None) -> None:
    if not python_file.exists(place / index):
        there, _ = search.python_files(place, function)
        msg = f"index {index!r} not found in {place}. Python files there: {there}. Pass index=... to name one."
        raise EntryError(msg)


def _of_module(place: Path, module: str, *, generated: bool) -> str:
    """Return the file that ``import`` takes for *module*."""
    path = module.replace(".", "/")
    tried = [f"{root}{path}{end}" for root in ("", f"{layout.SOURCE_ROOT}/") for end in ("/__init__.py", ".py")]
    found = next((index for index in tried if python_file.exists(place / index)), None)
    if found is None and generated:
        return f"{path}.py"
    if found is None:
        msg = (
            f"handler names the module {module}, but {place} has none of {', '.join(tried)}. Pass another, or index=..."
        )
        raise EntryError(msg)
    return found


def _root(place: Path, index: str, module: str) -> str:
    """Return the source root that makes *module* the module path of *index*."""
    roots = {dotted(index): "", dotted(index.removeprefix(f"{layout.SOURCE_ROOT}/")): layout.SOURCE_ROOT}
    if module not in roots:
        msg = f"handler names the module {module}, but the index {place / index} is {dotted(index)}. Make them agree."
        raise OptionError(msg)
    if not index.startswith(f"{layout.SOURCE_ROOT}/"):
        return layout.source_root(place, index)
    return roots[module]
