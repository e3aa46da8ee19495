"""What the user wants, as the spec of a bundle: for constructs and the command line alike."""

import keyword
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from packaging.utils import canonicalize_name

from python_function._bundle import given, hooks
from python_function._bundle.spec import BundleSpec, Container
from python_function._dependencies import detect
from python_function._dependencies.detect import Packaging
from python_function._handler import check, entry
from python_function._handler.entry import Entry
from python_function._machine.report import Notice
from python_function._source.select import Source, project_root
from python_function._target import infer
from python_function._target.infer import Runtime
from python_function._target.target import Target
from python_function.errors import OptionError
from python_function.options import BundlingOptions

_SEARCHED: Final = "python"
"""The folder of a layer that Lambda puts on the module search path.

https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a function and a layer are alike in.

    Attributes:
        entry: What to bundle; None stands for the file beside the construct.
        runtimes: The names of the runtimes that the user gave, the one to build for first.
        runtime_option: How the user gave them: the name of the option, ``{}`` for a number in a list.
        architecture: The name of the instruction set.
        options: How to bundle.
        container: The container, as far as the options say.
        cwd: Where relative paths start.
    """

    entry: Path | str | None
    runtimes: tuple[str, ...] = ()
    runtime_option: str = "runtime"
    architecture: str
    options: BundlingOptions = field(default_factory=BundlingOptions)
    container: Container = field(default_factory=Container)
    cwd: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What was found, and the spec of the bundle that follows from it.

    Attributes:
        entry: What Lambda will call; None for a layer.
        runtime: The runtime that it is built for, and why.
        spec: What the bundle is made of.
    """

    entry: Entry | None
    runtime: Runtime
    spec: BundleSpec

    @property
    def handler(self) -> str:
        """Lambda's handler string, empty for a layer."""
        return ".".join((*PurePosixPath(self.spec.prefix).parts, self.entry.handler)) if self.entry else ""


def function(
    wanted: Wanted,
    *,
    index: str | None = None,
    handler: str | None = None,
    definers: Sequence[Path] = (),
    construct_id: str = "",
) -> Resolved:
    """Find what the function is that is *wanted*, its handler checked.

    Args:
        wanted: What functions and layers are alike in.
        index: The handler's file, relative to the entry.
        handler: The function, or module path and function.
        definers: The files that may define the construct, likeliest first.
        construct_id: The id of the construct.

    Raises:
        EntryError: There is no such entry, or Lambda could not call the handler.
        OptionError: An option does not fit what was found.
        PackagingError: The dependencies are declared in a way that cannot be followed.
    """
    options = wanted.options
    found = entry.resolve(
        wanted.entry,
        index=index,
        handler=handler,
        cwd=wanted.cwd,
        definers=definers,
        construct_id=construct_id,
        generated=bool(options.command or options.command_hooks),
    )
    _check_importable(options.output_path_suffix)
    source = Source(
        directory=found.directory,
        excludes=tuple(options.asset_excludes),
        root=found.root,
        only=(found.index, found.bundle_index) if found.alone else None,
        within=project_root(options.project_root, found.directory, cwd=wanted.cwd),
    )
    packaging = _packaging(options, source, found.file)
    runtime, target = _runtime(wanted, source, packaging, index=found.file)
    notices = check.check(found, python_version=target.python_version)
    spec = _spec(
        wanted,
        target=target,
        source=source,
        packaging=packaging,
        prefix=options.output_path_suffix.rstrip("/"),
        handler_file=str(PurePosixPath(options.output_path_suffix) / found.bundle_index),
        notices=notices,
    )
    return Resolved(entry=found, runtime=runtime, spec=spec)


def layer(wanted: Wanted) -> Resolved:
    """Find what the layer is that is *wanted*.

    Raises:
        EntryError: There is no such entry.
        OptionError: An option does not fit what was found.
        PackagingError: The dependencies are declared in a way that cannot be followed.
    """
    options = wanted.options
    directory = entry.directory(wanted.entry or "", cwd=wanted.cwd)
    source = Source(
        directory=directory,
        excludes=tuple(options.asset_excludes),
        within=project_root(options.project_root, directory, cwd=wanted.cwd),
    )
    packaging = _packaging(options, source)
    runtime, target = _runtime(wanted, source, packaging)
    prefix = str(PurePosixPath(_SEARCHED) / options.output_path_suffix)
    spec = _spec(wanted, target=target, source=source, packaging=packaging, prefix=prefix)
    return Resolved(entry=None, runtime=runtime, spec=spec)


def _packaging(options: BundlingOptions, source: Source, index: Path | None = None) -> Packaging:
    kind = options.packaging or (detect.kind_of_file(index) if source.only and index else None)
    return detect.detect(
        source.directory, index=index, packaging=kind, project_root=source.within, choice=options.choice
    )


def _runtime(wanted: Wanted, source: Source, packaging: Packaging, index: Path | None = None) -> tuple[Runtime, Target]:
    """Choose the runtime, and hold all the others that were given to what the project says, too.

    What decides may stand wherever the dependencies may be declared: from the entry up to their lock's home.
    """
    homes = (source.directory, source.within, packaging.file and packaging.file.parent)
    top = min((home for home in homes if home), key=lambda home: len(home.parts))
    found = [
        infer.infer(
            source.directory,
            given=given,
            index=index,
            top=top,
            lock=packaging.file,
            option=wanted.runtime_option.format(number),
        )
        for number, given in enumerate(wanted.runtimes or (None,))
    ]
    return found[0], Target(found[0].name, wanted.architecture, found[0].patch)


def _check_importable(suffix: str) -> None:
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in PurePosixPath(suffix).parts):
        msg = f"output_path_suffix {suffix!r} cannot be part of a handler, each of whose parts Python has to import."
        raise OptionError(msg)


def _spec(
    wanted: Wanted,
    *,
    target: Target,
    source: Source,
    packaging: Packaging,
    prefix: str,
    handler_file: str | None = None,
    notices: tuple[Notice, ...] = (),
) -> BundleSpec:
    options, container = wanted.options, wanted.container
    before, after = hooks.lines(options.command_hooks, prefix=prefix)
    variables = given.given(options, packaging)
    return BundleSpec(
        target=target,
        source=source,
        packaging=packaging,
        container=replace(
            container,
            image=container.image or target.bundling_image,
            platform=container.platform or target.docker_platform,
        ),
        strategy=options.effective_strategy,
        prefix=prefix,
        handler_file=handler_file,
        notices=(*notices, *variables.notices),
        before=before,
        after=after,
        installer_args=variables.installer_args,
        skip_checks=tuple(options.skip_checks),
        build_on_host=tuple(sorted(set(map(canonicalize_name, options.build_on_host)))),
        environment=variables.variables,
        secrets=variables.secrets,
    )
