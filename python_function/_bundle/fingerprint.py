"""The asset hash: a spec and its files in, one digest out."""

import hashlib
import json
from typing import Final

from python_function._bundle import inputs
from python_function._bundle.spec import BundleSpec
from python_function._machine import environment
from python_function._source import git_files

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
    for package, selection in zip(spec.packaging.local, found.local, strict=True):
        digest.update(f"local package {package.name}\n".encode())
        for line in selection.identity:
            digest.update(line)
        if package.versioned_in:
            digest.update(json.dumps(git_files.standing(package.versioned_in)).encode())
    if found.installed is not None:
        digest.update(b"installed\n")
        for line in found.installed.identity:
            digest.update(line)
    return digest.hexdigest()


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
        "target": (spec.target.runtime, spec.target.architecture, spec.target.python_full_version),
        "places": (spec.prefix, spec.source.root),
        "others": [
            (other.target.runtime, other.target.architecture, other.target.python_full_version, other.container.image)
            for other in spec.others
        ],
        "dependencies": (spec.packaging.identity, spec.installer_args, spec.build_on_host),
        "strategy": spec.strategy,
        "container": None if spec.strategy == "local" else in_container,
        "hooks": (spec.before, spec.after),
        "placed": (spec.source.root, spec.source.read, spec.source.excludes) if spec.has_own_steps else None,
        "environment": environment.identity(spec.environment, spec.secrets),
    }
