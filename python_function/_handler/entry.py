"""What Lambda will call: the directory that is bundled, the handler's file in it, the function in that file."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from python_function._handler import layout, names, python_file, search, sidecar
from python_function._handler.place import directory
from python_function.errors import EntryError, OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What Lambda will call.

    Attributes:
        directory: The directory whose source is bundled and that holds the dependency files; absolute.
        index: The handler's file, a POSIX path relative to *directory*.
        function: The attribute of that file which Lambda calls.
        root: The folder, such as ``src``, whose files stand at the bundle's root; ``None`` until that is decided.
        alone: Only the index is bundled, under an importable name; nothing around it.
        generated: The handler's file is not there; the build has to make it.
        elsewhere: The module path of a handler that is not the entry's: a dependency or a layer has it. There is no
            *index* then.
        considered: What else was looked at, for people.
        source: The text of the handler's file, where it has been read already.
    """

    directory: Path
    index: str
    function: str
    root: str | None = None
    alone: bool = False
    generated: bool = False
    elsewhere: str = ""
    considered: tuple[str, ...] = ()
    source: bytes | None = field(default=None, repr=False, compare=False)

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
        return self.elsewhere or names.dotted(self.bundle_index)

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
    source_root: str | None = None,
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
        source_root: The folder of the entry whose files stand at the bundle's root, if the user names one.

    Raises:
        EntryError: There is no such entry, file or function.
        OptionError: An argument cannot have its value, or contradicts another.
    """
    module, function = names.split(handler)
    if entry is None:
        if source_root:
            msg = f"source_root={source_root!r} needs an entry. Pass entry=..., the directory it is relative to."
            raise OptionError(msg)
        return _sidecar_entry(
            [cwd / definer for definer in definers], construct_id, index=index, module=module, function=function
        )
    place = Path(os.path.normpath(cwd / entry))
    if python_file.exists(place):
        if index is not None:
            msg = f"entry is the file {place}, so index={index!r} has no place. Pass the directory, or leave out index."
            raise OptionError(msg)
        if place.suffix != ".py":
            msg = f"entry {place} is no Python file. Pass a directory, a file whose name ends in .py, or a .zip."
            raise EntryError(msg)
        place, index, generated = place.parent, place.name, False
    else:
        place = directory(entry, cwd=cwd, definers=definers)
    try:
        return _in_directory(place, _Asked(index, module, function, generated=generated, source_root=source_root))
    except EntryError as error:
        if not generated:
            raise
        msg = (
            f"{error} A file that the build makes needs index=... and handler=..., or handler='path.to.module.handler'."
        )
        raise EntryError(msg) from error


def _sidecar_entry(
    definers: Sequence[Path], construct_id: str, *, index: str | None, module: str, function: str | None
) -> Entry:
    if index is not None or module:
        given = f"index={index!r}" if index is not None else f"handler={f'{module}.{function}'!r}"
        msg = f"{given} needs an entry. Pass entry=..., the directory it is relative to."
        raise OptionError(msg)
    file = sidecar.find(definers, construct_id)
    return Entry(directory=file.parent, index=file.name, function=function or "lambda_handler", alone=True)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is known of the handler in a directory before its files are looked at."""

    index: str | None
    module: str
    function: str | None
    generated: bool
    source_root: str | None

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders that a module path may start at."""
        return ("", layout.SOURCE_ROOT) if self.source_root is None else (self.source_root,)


def _in_directory(place: Path, asked: _Asked) -> Entry:
    considered: tuple[str, ...] = ()
    source = None
    index, function = asked.index, asked.function
    if index is not None:
        index = names.normal(index)
        if not (asked.generated and function):
            _check_there(place, index, function)
    elif asked.module:
        index = _of_module(place, asked)
        if index is None:
            return Entry(directory=place, index="", function=function or "", elsewhere=asked.module)
    else:
        found = search.find(place, function)
        index, source, considered = found.index, found.source, found.considered
    generated = source is None and not python_file.exists(place / index)
    if source is None and not generated:
        source = python_file.read(place / index)
    return Entry(
        directory=place,
        index=index,
        function=function or search.function_in(place, place / index, source or b""),
        root=_root(place, index, asked) if asked.module else asked.source_root,
        generated=generated,
        considered=considered,
        source=source,
    )


def _check_there(place: Path, index: str, function: str | None) -> None:
    if not python_file.exists(place / index):
        there, _ = search.python_files(place, function)
        msg = f"index {index!r} not found in {place}. Python files there: {there}. Pass index=... to name one."
        raise EntryError(msg)


def _of_module(place: Path, asked: _Asked) -> str | None:
    """Return the file that ``import`` takes for the module that is asked for, if the entry has it."""
    path = asked.module.replace(".", "/")
    tried = [str(PurePosixPath(root) / path) + end for root in asked.roots for end in ("/__init__.py", ".py")]
    found = next((index for index in tried if python_file.exists(place / index)), None)
    if found is not None or not asked.generated:
        return found
    return str(PurePosixPath(asked.source_root or "") / f"{path}.py")


def _root(place: Path, index: str, asked: _Asked) -> str | None:
    """Return the source root that makes the module that is asked for the module path of *index*."""
    roots = {names.dotted(index.removeprefix(f"{root}/") if root else index): root for root in reversed(asked.roots)}
    if asked.module not in roots:
        found = names.dotted(index.removeprefix(f"{asked.source_root}/") if asked.source_root else index)
        msg = f"handler names the module {asked.module}, but the index {place / index} is {found}. Make them agree."
        raise OptionError(msg)
    if asked.source_root is None and not index.startswith(f"{layout.SOURCE_ROOT}/"):
        return None
    return roots[asked.module]
