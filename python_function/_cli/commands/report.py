"""The command ``report``."""

import argparse
import dataclasses
import json
import tempfile
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from python_function._bundle import package, record
from python_function._bundle.checks import snap_start
from python_function._bundle.record import Record
from python_function._cli import building, page, record_lines, render
from python_function._cli.terminal import Terminal
from python_function._machine.report import Notice
from python_function._source.select import MANIFESTS
from python_function.errors import EntryError, OptionError

if TYPE_CHECKING:
    from python_function._cli.cold_start import ColdStart


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is reported on.

    Attributes:
        record: What it holds.
        directory: Where it is.
        shared: What copies of it must not share, where its source is known.
    """

    record: Record
    directory: Path
    shared: tuple[Notice, ...] = ()


def run(given: argparse.Namespace, terminal: Terminal) -> None:
    """Report on a bundle.

    Raises:
        PythonFunctionError: There is none, and none can be built.
    """
    with _found(given, terminal) as found:
        cold_start = _measured(given, found, terminal) if given.imports else None
    _tell(given, found.record, cold_start, terminal)


def _tell(given: argparse.Namespace, found: Record, cold_start: "ColdStart | None", terminal: Terminal) -> None:
    name = Path(given.entry).resolve().name
    if given.html:
        _save(page.page(found, title=name), given.html)
    if given.format == "cyclonedx":
        terminal.print(_bill(found, name))
    elif given.json or given.format == "json":
        more = {"cold_start": dataclasses.asdict(cold_start)} if cold_start else {}
        terminal.print(json.dumps({**dataclasses.asdict(found), **more}, indent=2))
    elif given.html:
        terminal.print(f"{given.html}: {render.size(found.bytes)} in {render.files(found.files)}")
    else:
        terminal.labelled(record_lines.summary(found), width=render.LABEL)
        terminal.table(record_lines.HEADINGS, record_lines.rows(found), right=record_lines.NUMBERS)
    if cold_start and given.format == "table" and not given.json:
        from python_function._cli import cold_start as lines

        terminal.print("")
        terminal.labelled(lines.summary(cold_start), width=render.LABEL)
        terminal.table(lines.HEADINGS, lines.rows(cold_start), right=lines.NUMBERS)


def _measured(given: argparse.Namespace, found: Found, terminal: Terminal) -> "ColdStart":
    from python_function._cli import cold_start

    return cold_start.measure(given, found.record, found.directory, found.shared, terminal)


def _bill(found: Record, name: str) -> str:
    try:
        from python_function._cli import bill
    except ModuleNotFoundError as error:
        msg = (
            f"--format cyclonedx needs a library that is not installed, {error.name}."
            " Install cdk-python-function[report]."
        )
        raise OptionError(msg) from error
    return bill.of(found, name=name)


@contextmanager
def _found(given: argparse.Namespace, terminal: Terminal) -> Generator[Found]:
    """Give what the arguments name: an asset, a package, or an entry that is built for that."""
    named = Path.cwd() / given.entry
    if named.is_dir() and record.beside(named).is_file():
        yield Found(record=record.read(record.beside(named)), directory=named)
    elif named.is_dir() and named.name.startswith("asset."):
        yield Found(record=record.of_directory(named), directory=named)
    elif named.suffix == ".zip" and not _is_source(named):
        with tempfile.TemporaryDirectory(prefix="cdk-python-function-") as directory:
            _unpack(named, Path(directory))
            yield Found(record=_of_package(named) or record.of_directory(Path(directory)), directory=Path(directory))
    else:
        with building.bundle(given, terminal) as made:
            shared = () if given.layer else snap_start.check(made.found.spec)
            yield Found(record=building.record_of(made), directory=made.directory, shared=shared)


def _of_package(file: Path) -> Record | None:
    """Return the record beside the package *file*, if it is of this very one."""
    if not record.beside(file).is_file():
        return None
    found = record.read(record.beside(file))
    return found if found.package == package.sha256(file) else None


def _is_source(file: Path) -> bool:
    """Tell whether a zip holds what declares dependencies and none that is installed: then it is to be built."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile):
        return False
    return any(f"/{name}" in MANIFESTS for name in names) and not any(".dist-info/" in name for name in names)


def _unpack(file: Path, directory: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            archive.extractall(directory)
    except (OSError, zipfile.BadZipFile) as error:
        msg = f"{file} is no package that can be read: {error}."
        raise EntryError(msg) from error


def _save(text: str, given: str) -> None:
    file = Path.cwd() / given
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        msg = f"{file} cannot be written: {error.strerror}. Choose another place for --html."
        raise OptionError(msg) from error
