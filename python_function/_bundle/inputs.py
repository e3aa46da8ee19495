"""The user's files that a bundle is made of: looked for once, read once, and handed on with the spec."""

from dataclasses import replace

from python_function._bundle.spec import BundleSpec, Inputs
from python_function._dependencies import package_source
from python_function._dependencies.local_packages import ARCHIVE_SUFFIXES
from python_function._source import select, selection
from python_function._source.selection import Selection


def find(spec: BundleSpec) -> BundleSpec:
    """Return *spec* with its files, which nothing has read yet; with those that it has already, if it has.

    Raises:
        EntryError: A tree holds something that no bundle can.
    """
    return spec if spec.inputs is not None else replace(spec, inputs=_found(spec))


def read(spec: BundleSpec) -> BundleSpec:
    """Return *spec* with its files and their digests, which a copy of them is held against.

    Raises:
        EntryError: A file cannot be read, or a tree holds something that no bundle can.
    """
    found = of(spec)
    known = Inputs(
        source=selection.read(found.source),
        local=tuple(map(selection.read, found.local)),
        packed=tuple((path, selection.read(files)) for path, files in found.packed),
        installed=found.installed and selection.read(found.installed),
    )
    return replace(spec, inputs=known)


def of(spec: BundleSpec) -> Inputs:
    """Return the files of *spec*: those that were found for it, or those that are there now.

    Raises:
        EntryError: A tree holds something that no bundle can.
    """
    return spec.inputs if spec.inputs is not None else _found(spec)


def bundled(spec: BundleSpec) -> Selection:
    """Return the files that go into the bundle; hooks and commands get to see more of them.

    Raises:
        EntryError: Two files have one place.
    """
    source = of(spec).source
    return select.bundled(source, spec.source) if spec.has_own_steps else source


def _found(spec: BundleSpec) -> Inputs:
    return Inputs(
        source=select.staged_files(spec.source) if spec.has_own_steps else select.files(spec.source),
        local=tuple(package_source.files(package) for package in spec.packaging.local),
        packed=tuple((path, selection.packed(path, ARCHIVE_SUFFIXES)) for path in spec.packaging.packed),
        installed=select.selected(spec.installed.directory, spec.installed.excludes) if spec.installed else None,
    )
