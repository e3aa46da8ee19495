"""A record as a software bill of materials: https://cyclonedx.org."""

# The library's classes go through a decorator that has no types.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false, reportUnknownVariableType=false

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from python_function._bundle.record import Part, Record

_NAMESPACE: Final = uuid.UUID("7f1c9f3e-6c0b-5d0a-9c39-6b2b0c9c1f5e")
"""What serial numbers are made in: the same bundle has the same one."""

_LONGEST: Final = 100
"""How long a license's name is at most; beyond that somebody has put the whole text there."""


def of(record: Record, *, name: str) -> str:
    """Return the bill of the bundle *name* as JSON."""
    function = Component(name=name, type=ComponentType.APPLICATION, bom_ref="bundle")
    components = {canonicalize_name(part.name): _component(part) for part in record.distributions}
    tools = [
        Component(name=tool, version=version, type=ComponentType.APPLICATION, bom_ref=f"tool:{tool}")
        for tool, version in record.tools.items()
    ]
    bill = Bom(
        components=components.values(),
        serial_number=uuid.uuid5(_NAMESPACE, f"{name}\n{record.hash}\n{record.at}"),
        metadata=BomMetaData(
            component=function,
            timestamp=datetime.fromisoformat(record.at) if record.at else None,
            tools=ToolRepository(components=tools),
            properties=[Property(name=key, value=value) for key, value in _properties(record)],
        ),
    )
    bill.register_dependency(function, components.values())
    for part in record.distributions:
        needed = [components[canonicalize_name(wanted)] for wanted in part.requires]
        bill.register_dependency(components[canonicalize_name(part.name)], needed)
    content: Any = json.loads(JsonV1Dot6(bill).output_as_string())
    return json.dumps(content, indent=2)


def _properties(record: Record) -> Iterator[tuple[str, str]]:
    known = {
        "runtime": record.runtime,
        "architecture": record.architecture,
        "asset_hash": record.hash,
        "bytes": str(record.bytes),
    }
    yield from ((f"cdk-python-function:{name}", value) for name, value in known.items() if value)


def _component(part: Part) -> Component:
    name, license = canonicalize_name(part.name), part.license.partition("\n")[0].strip()[:_LONGEST]  # noqa: A001
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{part.version}",
        purl=_purl(part),
        licenses=[LicenseFactory().make_from_string(license)] if license else [],
        external_references=list(_references(part)),
        properties=[Property(name="cdk-python-function:origin", value=part.origin.kind)] if part.origin else [],
    )


def _purl(part: Part) -> PackageURL:
    """Return the package's URL: https://github.com/package-url/purl-spec."""
    origin = part.origin
    qualifiers: dict[str, str] = {}
    if origin and origin.kind == "repository":
        qualifiers = {"vcs_url": origin.name}
    elif origin and origin.kind == "archive" and "://" in origin.name:
        qualifiers = {"download_url": origin.name}
    elif origin and origin.kind == "index" and "://" in origin.name:
        qualifiers = {"repository_url": origin.name}
    return PackageURL(type="pypi", name=canonicalize_name(part.name), version=part.version, qualifiers=qualifiers)


def _references(part: Part) -> Iterator[ExternalReference]:
    if part.origin and part.origin.kind in {"repository", "archive"} and "://" in part.origin.name:
        kind = ExternalReferenceType.VCS if part.origin.kind == "repository" else ExternalReferenceType.DISTRIBUTION
        yield ExternalReference(type=kind, url=XsUri(part.origin.name))
