"""A bundle for as long as a command needs it."""

import argparse
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from python_function._bundle import build, fingerprint, inputs, record
from python_function._bundle.build import Built
from python_function._bundle.checks import content
from python_function._bundle.record import Record
from python_function._bundle.resolve import Resolved
from python_function._cli import wanted
from python_function._cli.terminal import Terminal
from python_function._machine import here
from python_function._machine.host import Host


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A bundle that was built.

    Attributes:
        directory: Where it is.
        found: What was asked for.
        built: What came of it.
        host: What built it.
    """

    directory: Path
    found: Resolved
    built: Built
    host: Host


def record_of(made: Made) -> Record:
    """Return the record of what was made just now."""
    spec = made.found.spec
    return record.of(spec, made.built, hash=fingerprint.fingerprint(spec), at=datetime.now(UTC))


@contextmanager
def bundle(given: argparse.Namespace, terminal: Terminal) -> Generator[Made]:
    """Build what the arguments *given* ask for, in a place that is gone afterwards.

    Raises:
        PythonFunctionError: It cannot be built.
    """
    find = wanted.from_environment if given.from_venv else wanted.resolved
    found = find(given, cwd=Path.cwd(), environ=terminal.environ)
    spec = inputs.read(found.spec)
    content.expect(spec)
    with tempfile.TemporaryDirectory(prefix="cdk-python-function-") as temporary:
        directory = Path(temporary, "bundle")
        directory.mkdir()
        name = spec.source.directory.name
        with terminal.working(f"building {name}") as write:
            host = here.host(
                name, environ=terminal.environ, write=write, detail=terminal.is_watched, secrets=spec.secret_values
            )
            built = build.build(spec, directory, host)
        yield Made(directory=directory, found=replace(found, spec=spec), built=built, host=host)
