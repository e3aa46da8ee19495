"""The command ``build``."""

import argparse
import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from python_function._bundle import fingerprint, package, record
from python_function._bundle.checks import verdict
from python_function._bundle.package import Package
from python_function._bundle.resolve import Resolved
from python_function._cli import building, render
from python_function._cli.explain import Warned
from python_function._cli.terminal import Terminal
from python_function._machine.report import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built; its fields are the keys of the JSON.

    Attributes:
        output: The package.
        handler: Lambda's handler string; ``None`` for a layer.
        runtime: The Lambda runtime.
        architecture: The instruction set.
        hash: The asset hash, of everything that the package was made from.
        code_sha256: The digest of the package, as Lambda's ``CodeSha256`` has it.
        bytes: What the package weighs.
        unzipped: What its files weigh.
        files: How many they are.
        warnings: What the user should know.
    """

    output: str
    handler: str | None
    runtime: str
    architecture: str
    hash: str
    code_sha256: str
    bytes: int
    unzipped: int
    files: int
    warnings: tuple[Warned, ...]


def run(given: argparse.Namespace, terminal: Terminal) -> None:
    """Build a package, and print what it is.

    Raises:
        PythonFunctionError: It cannot be built.
    """
    file = package.destination(given.output, cwd=Path.cwd())
    with building.bundle(given, terminal) as made:
        packed = package.write(made.directory, file)
        if given.record:
            record.write(dataclasses.replace(building.record_of(made), package=packed.sha256), record.beside(file))
        built = _built(made.found, made.directory, packed, verdict.warnings(made.built.verdicts))
    if given.json:
        terminal.print(json.dumps(dataclasses.asdict(built), indent=2))
    else:
        terminal.labelled(_lines(built), width=render.LABEL)


def _built(found: Resolved, bundle: Path, packed: Package, notices: tuple[Notice, ...]) -> Built:
    sizes = [path.stat().st_size for path in bundle.rglob("*") if path.is_file()]
    return Built(
        output=str(packed.file),
        handler=found.handler or None,
        runtime=found.spec.target.runtime,
        architecture=found.spec.target.architecture,
        hash=fingerprint.fingerprint(found.spec),
        code_sha256=packed.sha256,
        bytes=packed.bytes,
        unzipped=sum(sizes),
        files=len(sizes),
        warnings=tuple(Warned(id=notice.id, text=notice.text) for notice in (*found.spec.warnings, *notices)),
    )


def _lines(built: Built) -> str:
    rows = (
        ("package", (built.output,)),
        ("handler", (built.handler,) if built.handler else ()),
        ("runtime", (f"{built.runtime} on {built.architecture}",)),
        (
            "size",
            (f"{render.size(built.bytes)}, unzipped {render.size(built.unzipped)} in {render.files(built.files)}",),
        ),
        ("sha256", (built.code_sha256,)),
        *(("warning", render.prose(warning.text)) for warning in built.warnings),
    )
    return render.labelled(rows)
