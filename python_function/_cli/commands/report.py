"""The command ``report``."""

import argparse
import dataclasses
import json
import tempfile
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from python_function._bundle import fingerprint, record
from python_function._bundle.record import Record
from python_function._cli import building, page, record_lines, render
from python_function._cli.terminal import Terminal
from python_function.errors import EntryError, OptionError


def run(given: argparse.Namespace, terminal: Terminal) -> None:
    """Report on a bundle.

    Raises:
        PythonFunctionError: There is none, and none can be built.
    """
    with _recorded(given, terminal) as found:
        if given.html:
            _save(page.page(found, title=Path(given.entry).resolve().name), given.html)
        if given.format == "cyclonedx":
            terminal.print(_bill(found, Path(given.entry).resolve().name))
        elif given.json or given.format == "json":
            terminal.print(json.dumps(dataclasses.asdict(found), indent=2))
        elif given.html:
            terminal.print(f"{given.html}: {render.size(found.bytes)} in {render.files(found.files)}")
        else:
            terminal.labelled(record_lines.summary(found), width=render.LABEL)
            terminal.table(record_lines.HEADINGS, record_lines.rows(found), right=record_lines.NUMBERS)


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
def _recorded(given: argparse.Namespace, terminal: Terminal) -> Generator[Record]:
    """Give the record of what the arguments name: an asset, a package, or an entry that is built for that."""
    named = Path.cwd() / given.entry
    if named.is_dir() and record.beside(named).is_file():
        yield record.read(record.beside(named))
    elif named.is_dir() and named.name.startswith("asset."):
        yield record.of_directory(named)
    elif named.suffix == ".zip":
        with tempfile.TemporaryDirectory(prefix="cdk-python-function-") as directory:
            _unpack(named, Path(directory))
            yield record.of_directory(Path(directory))
    else:
        with building.bundle(given, terminal) as made:
            spec = made.found.spec
            yield record.of(spec, made.built, hash=fingerprint.fingerprint(spec), at=datetime.now(UTC))


def _unpack(package: Path, directory: Path) -> None:
    try:
        with zipfile.ZipFile(package) as archive:
            archive.extractall(directory)
    except (OSError, zipfile.BadZipFile) as error:
        msg = f"{package} is no package that can be read: {error}."
        raise EntryError(msg) from error


def _save(text: str, given: str) -> None:
    file = Path.cwd() / given
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        msg = f"{file} cannot be written: {error.strerror}. Choose another place for --html."
        raise OptionError(msg) from error
