"""The asset hash: a spec and its files in, one digest out."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from python_function._bundle.spec import BundleSpec
from python_function._machine import environment
from python_function._source import select
from python_function.errors import EntryError

_FORMAT: Final = 1
"""Counts the changes of this library that make another bundle of the same inputs."""

_TEXT_PROBE: Final = 8000
"""How many bytes git looks at for a NUL before it takes a file for text, whose line ends a checkout may change."""


def fingerprint(spec: BundleSpec) -> str:
    """Return the digest of every input that can change the bundle of *spec*, and of nothing else.

    Raises:
        EntryError: A source file cannot be read.
    """
    digest = hashlib.sha256(json.dumps(_identity(spec), ensure_ascii=True, sort_keys=True).encode())
    source = select.staged_files(spec.source) if spec.has_own_steps else select.files(spec.source)
    for line in _lines(spec.source.directory, source):
        digest.update(line)
    for package in spec.packaging.local:
        digest.update(f"local package {package.name}\n".encode())
        for line in _lines(package.directory, select.package_files(package.directory)):
            digest.update(line)
    if spec.installed is not None:
        digest.update(b"installed\n")
        for line in _lines(spec.installed.directory, select.selected(spec.installed.directory, spec.installed.rules)):
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
        "prefix": spec.prefix,
        "dependencies": (spec.packaging.identity, spec.installer_args, spec.build_on_host),
        "strategy": spec.strategy,
        "container": None if spec.strategy == "local" else in_container,
        "hooks": (spec.before, spec.after),
        "excludes": spec.source.excludes if spec.has_own_steps else None,
        "environment": environment.identity(spec.environment),
    }


def _lines(directory: Path, files: Iterable[tuple[str, str]]) -> Iterable[bytes]:
    for path, place in files:
        content, mode = _read(os.path.join(directory, path))
        if b"\r\n" in content and b"\0" not in content[:_TEXT_PROBE]:
            content = content.replace(b"\r\n", b"\n")
        name = place.encode(errors="surrogateescape")
        yield b"%b\0%d\0%b\n" % (name, bool(mode & 0o100), hashlib.sha256(content).hexdigest().encode())


def _read(path: str) -> tuple[bytes, int]:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(), os.fstat(file.fileno()).st_mode
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}. Change that, or leave it out by asset_excludes."
        raise EntryError(msg) from error
