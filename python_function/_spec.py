"""What the user wants, as the spec of a bundle; no part of it needs CDK."""

import keyword
from pathlib import Path, PurePosixPath
from typing import Final

from python_function import _handler, _packaging
from python_function._declared import Notice
from python_function._entry import Entry
from python_function._packaging import Packaging
from python_function._plan import BundleSpec, Container
from python_function._source import Source, project_root
from python_function._target import Target
from python_function.errors import OptionError
from python_function.options import BundlingOptions

_SEARCHED: Final = "python"
"""The folder of a layer that Lambda puts on the module search path.

https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
"""


def of_function(
    entry: Entry, target: Target, options: BundlingOptions, container: Container, *, cwd: Path
) -> BundleSpec:
    """Return the spec of the bundle of a function, its handler checked; relative options start at *cwd*.

    Raises:
        EntryError: Lambda could not call the handler.
        OptionError: An option does not fit what was found.
        PackagingError: The dependencies are declared in a way that cannot be followed.
    """
    _check_importable(options.output_path_suffix)
    notices = _handler.check(entry, python_version=target.python_version)
    root = project_root(options.project_root, entry.directory, cwd=cwd)
    source = Source(
        directory=entry.directory,
        excludes=tuple(options.asset_excludes),
        root=entry.root,
        only=(entry.index, entry.bundle_index) if entry.alone else None,
        within=root,
    )
    return _spec(
        options,
        target=target,
        source=source,
        packaging=_detected(options, entry.directory, root=root, index=entry.file, alone=entry.alone),
        container=container,
        prefix=options.output_path_suffix.rstrip("/"),
        handler_file=str(PurePosixPath(options.output_path_suffix) / entry.bundle_index),
        notices=notices,
    )


def of_layer(
    directory: Path, target: Target, options: BundlingOptions, container: Container, *, cwd: Path
) -> BundleSpec:
    """Return the spec of the bundle of a layer; relative options start at *cwd*.

    Raises:
        OptionError: An option does not fit what was found.
        PackagingError: The dependencies are declared in a way that cannot be followed.
    """
    root = project_root(options.project_root, directory, cwd=cwd)
    return _spec(
        options,
        target=target,
        source=Source(directory=directory, excludes=tuple(options.asset_excludes), within=root),
        packaging=_detected(options, directory, root=root),
        container=container,
        prefix=str(PurePosixPath(_SEARCHED) / options.output_path_suffix),
    )


def _check_importable(suffix: str) -> None:
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in PurePosixPath(suffix).parts):
        msg = f"output_path_suffix {suffix!r} cannot be part of a handler, each of whose parts Python has to import."
        raise OptionError(msg)


def _detected(
    options: BundlingOptions, directory: Path, *, root: Path | None, index: Path | None = None, alone: bool = False
) -> Packaging:
    kind = options.packaging or (_packaging.kind_of_file(index) if alone and index else None)
    return _packaging.detect(directory, index=index, packaging=kind, project_root=root, choice=options.choice)


def _spec(
    options: BundlingOptions,
    *,
    target: Target,
    source: Source,
    packaging: Packaging,
    container: Container,
    prefix: str,
    handler_file: str | None = None,
    notices: tuple[Notice, ...] = (),
) -> BundleSpec:
    before, after = options.hook_lines()
    return BundleSpec(
        target=target,
        source=source,
        packaging=packaging,
        container=container,
        strategy=options.effective_strategy,
        prefix=prefix,
        handler_file=handler_file,
        notices=notices,
        before=before,
        after=after,
        installer_args=tuple(options.installer_args),
        environment=tuple(sorted({**(options.build_args or {}), **(options.environment or {})}.items())),
    )
