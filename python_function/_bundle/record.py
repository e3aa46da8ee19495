"""The record of a bundle: what it holds, where that is from, and what the checks say; it stands beside the bundle."""

import dataclasses
import importlib.metadata
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from packaging.utils import canonicalize_name

from python_function._bundle.build import Built
from python_function._bundle.checks import inventory
from python_function._bundle.checks.inventory import Distribution, Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.origin import INDEX, Origin
from python_function._machine.report import Notice
from python_function.errors import EntryError

_FORMAT: Final = 1
_PREFIX: Final = "python-function."
"""What the record of ``asset.abc`` has before ``abc.json``: nobody who looks for assets finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A distribution in a bundle.

    Attributes:
        name: Its name.
        version: Its version.
        origin: Where it is from; ``None`` where nobody knows.
        license: What it says about its license, as an SPDX expression if it can.
        requires: The canonical names of the distributions in the bundle that it asks for.
        files: The size in bytes of each of its files, by its path in the bundle.
    """

    name: str
    version: str
    origin: Origin | None
    license: str
    requires: tuple[str, ...]
    files: Mapping[str, int]

    @property
    def bytes(self) -> int:
        """What its files weigh."""
        return sum(self.files.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A bundle; the fields are the keys of the JSON.

    Attributes:
        format: Counts the changes that make a record unreadable to what read it before.
        hash: The asset hash of what it was made from.
        package: The digest of the package that it was packed to, as Lambda has it; empty for an asset.
        kind: ``function`` or ``layer``.
        handler: The file of the bundle that Lambda imports; ``None`` for a layer.
        runtime: The Lambda runtime.
        architecture: The instruction set.
        packaging: What kind of file declared the dependencies.
        image: The image that it was built in; empty where that was no container.
        at: When, in ISO 8601.
        seconds: How long it took.
        tools: The versions of what had a part in it.
        distributions: What is installed in it.
        own: The size in bytes of every other file, by its path in the bundle.
        verdicts: What each check says.
        warnings: What was known before it was built.
    """

    format: int = _FORMAT
    hash: str = ""
    package: str = ""
    kind: str = ""
    handler: str | None = None
    runtime: str = ""
    architecture: str = ""
    packaging: str = ""
    image: str = ""
    at: str = ""
    seconds: float = 0.0
    tools: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    distributions: tuple[Part, ...] = ()
    own: Mapping[str, int] = dataclasses.field(default_factory=dict[str, int])
    verdicts: tuple[Verdict, ...] = ()
    warnings: tuple[Notice, ...] = ()

    @property
    def bytes(self) -> int:
        """What all files weigh, which is what Lambda counts."""
        return sum(part.bytes for part in self.distributions) + sum(self.own.values())

    @property
    def files(self) -> int:
        """How many files there are."""
        return sum(len(part.files) for part in self.distributions) + len(self.own)


def of(spec: BundleSpec, built: Built, *, hash: str, at: datetime) -> Record:
    """Return the record of what was *built* of *spec*.

    Args:
        spec: What was asked for.
        built: What came of it.
        hash: The asset hash.
        at: When it was finished.
    """
    default = Origin(kind="environment") if spec.installed else INDEX
    return dataclasses.replace(
        _of_inventory(built.inventory, built.origins, default),
        hash=hash,
        kind="layer" if spec.is_layer else "function",
        handler=spec.handler_file or spec.handler_elsewhere or None,
        runtime=spec.target.runtime,
        architecture=spec.target.architecture,
        packaging=spec.packaging.kind,
        image=built.image,
        at=at.isoformat(timespec="seconds"),
        seconds=round(built.seconds, 3),
        tools=_tools(),
        verdicts=built.verdicts,
        warnings=spec.warnings,
    )


def _tools() -> dict[str, str]:
    names = ("cdk-python-function", "uv")
    return {**{name: importlib.metadata.version(name) for name in names}, "python": platform.python_version()}


def _of_inventory(bundle: Inventory, origins: Mapping[str, Origin], default: Origin | None) -> Record:
    owners = bundle.owners
    there = {canonicalize_name(found.name) for found in bundle.distributions}

    def part(found: Distribution) -> Part:
        own = canonicalize_name(found.name)
        return Part(
            name=found.name,
            version=found.version,
            origin=origins.get(own, default),
            license=found.license,
            requires=tuple(name for name in (*found.requires, *found.optional) if name in there - {own}),
            files={path: bundle.files[path] for path in found.files if owners.get(path) is found},
        )

    return Record(
        distributions=tuple(sorted(map(part, bundle.distributions), key=lambda part: -part.bytes)),
        own={path: size for path, size in bundle.files.items() if path not in owners},
    )


def of_directory(directory: Path) -> Record:
    """Return what can be said of a bundle that nobody has kept a record of."""
    return _of_inventory(inventory.take(directory), {}, None)


def beside(asset: Path) -> Path:
    """Return the place of the record of *asset*, a directory or a package."""
    if asset.suffix == ".zip":
        return asset.with_name(f"{asset.name}.json")
    return asset.with_name(f"{_PREFIX}{asset.name.removeprefix('asset.')}.json")


def write(record: Record, file: Path) -> None:
    """Write *record*; it is there whole or not at all."""
    text = json.dumps(record, default=_fields, separators=(",", ":"))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix=".record-", delete=False) as made:
        made.write(text)
    Path(made.name).chmod(0o644)
    os.replace(made.name, file)  # noqa: PTH105 - the name is a string already


def _fields(part: Any) -> dict[str, object]:  # noqa: ANN401 - as json has it
    """Return what a part of a record is made of, without a copy of all its files, as ``asdict`` would have."""
    return {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}


def read(file: Path) -> Record:
    """Return the record in *file*.

    Raises:
        EntryError: It is none.
    """
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
        return _record(content)
    except (OSError, ValueError, TypeError, KeyError) as error:
        msg = f"{file} is no record of a bundle that can be read here: {error}. Build the asset anew."
        raise EntryError(msg) from error


def _record(content: dict[str, Any]) -> Record:
    if content["format"] != _FORMAT:
        msg = f"format {content['format']}, known is {_FORMAT}"
        raise ValueError(msg)
    parts: list[dict[str, Any]] = content.pop("distributions")
    verdicts = content.pop("verdicts")
    return Record(
        distributions=tuple(
            Part(
                name=part["name"],
                version=part["version"],
                origin=Origin(**part["origin"]) if part["origin"] else None,
                license=part["license"],
                requires=tuple(part["requires"]),
                files=part["files"],
            )
            for part in parts
        ),
        verdicts=tuple(
            Verdict(
                check=verdict["check"],
                errors=tuple(verdict["errors"]),
                warnings=tuple(Notice(**notice) for notice in verdict["warnings"]),
                unknown=tuple(verdict.get("unknown", ())),
            )
            for verdict in verdicts
        ),
        warnings=tuple(Notice(**notice) for notice in content.pop("warnings")),
        **content,
    )
