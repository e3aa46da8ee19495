"""The asset hash: a spec and its files in, one digest out."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from python_function._bundle import inputs
from python_function._bundle.spec import BundleSpec
from python_function._machine import environment
from python_function._source import git_files, selection
from python_function._source.selection import Selection

_FORMAT: Final = 1
"""Counts the changes of this library that make another bundle of the same inputs."""


def fingerprint(spec: BundleSpec) -> str:
    """Return the digest of every input that can change the bundle of *spec*, and of nothing else.

    Raises:
        EntryError: A source file cannot be read.
    """
    digest = hashlib.sha256(json.dumps(_identity(spec), ensure_ascii=True, sort_keys=True).encode())
    found = inputs.of(inputs.read(spec))
    for line in found.source.identity:
        digest.update(line)
    for line in _local_lines(spec, found.local):
        digest.update(line)
    for _, files in found.packed:
        digest.update(b"packed\n")
        for line in files.identity:
            digest.update(line)
    if found.installed is not None:
        digest.update(b"installed\n")
        for line in found.installed.identity:
            digest.update(line)
    return digest.hexdigest()


def of_dependencies(spec: BundleSpec, builder: Iterable[str], process: Mapping[str, str]) -> str:
    """Return the digest of every input that can change what is installed of the dependencies of *spec*.

    Args:
        spec: The bundle that they are for.
        builder: What builds them: this machine, or an image.
        process: The variables of the process: where indexes are is in no asset's hash, but what two of them have under
            one name may differ.
    """
    identity = {
        "format": _FORMAT,
        **_installing(spec),
        "builder": tuple(builder),
        "indexes": environment.index_identity(process),
    }
    digest = hashlib.sha256(json.dumps(identity, ensure_ascii=True, sort_keys=True).encode())
    for line in _local_lines(spec, tuple(map(selection.read, inputs.of(spec).local))):
        digest.update(line)
    return digest.hexdigest()


def _local_lines(spec: BundleSpec, found: Iterable[Selection]) -> Iterator[bytes]:
    for package, files in zip(spec.packaging.local, found, strict=True):
        yield f"local package {package.name}\n".encode()
        yield from files.identity
        if package.versioned_in:
            yield json.dumps(git_files.standing(package.versioned_in)).encode()


def _installing(spec: BundleSpec) -> dict[str, object]:
    """Return what says which dependencies are installed and how, but the source of those that are local."""
    return {
        "target": (spec.target.runtime, spec.target.architecture, spec.target.python_full_version),
        "dependencies": (
            spec.packaging.identity,
            spec.installer_args,
            [file.identity for file in spec.installer_files],
            spec.build_on_host,
        ),
        "environment": environment.identity(spec.environment, spec.secrets),
    }


def _identity(spec: BundleSpec) -> dict[str, object]:
    container = spec.container
    in_container = (
        container.image_hash or container.image,
        container.platform,
        container.entrypoint,
        container.command,
        container.working_directory,
    )
    return {
        "format": _FORMAT,
        **_installing(spec),
        "places": (spec.prefix, spec.source.root),
        "form": (spec.dependency_excludes, spec.strip_native, spec.compile_bytecode),
        "others": [
            (other.target.runtime, other.target.architecture, other.target.python_full_version, other.container.image)
            for other in spec.others
        ],
        "strategy": spec.strategy,
        "container": None if spec.strategy == "local" else in_container,
        "hooks": (spec.before, spec.after),
        **({"image": spec.image.identity} if spec.image else {}),
        **({"stub": (spec.stub.place, spec.stub.text)} if spec.stub else {}),
        "placed": (spec.source.root, spec.source.read, spec.source.excludes) if spec.has_own_steps else None,
    }
