"""What the user wants, as the spec of a bundle: for constructs and the command line alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from python_function._bundle import arguments, given, hooks, runtimes, source_root, stub
from python_function._bundle.per_runtime import SEARCHED
from python_function._bundle.spec import BundleSpec, Container, Variant
from python_function._dependencies import detect
from python_function._dependencies.detect import Packaging
from python_function._handler import adapter, check, entry, names, place
from python_function._handler.adapter import Adapted
from python_function._handler.entry import Entry
from python_function._handler.layout import Root
from python_function._machine.report import Notice
from python_function._source.select import Source, project_root
from python_function._target.infer import Runtime
from python_function._target.target import Target
from python_function.options import BundlingOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a function and a layer are alike in.

    Attributes:
        entry: What to bundle; None stands for the file beside the construct.
        runtimes: The names of the runtimes that the user gave, the one to build for first.
        runtime_option: How the user gave them: the name of the option, ``{}`` for a number in a list.
        architecture: The name of the instruction set.
        other_architectures: Those that a layer is for besides.
        options: How to bundle.
        container: The container, as far as the options say.
        cwd: Where relative paths start.
        layers: Whether something besides the declared dependencies, such as a layer, may hold the handler.
        adapter: How requests reach the handler, ``http`` or ``lambda``; None where its code decides.
    """

    entry: Path | str | None
    runtimes: tuple[str, ...] = ()
    runtime_option: str = "runtime"
    architecture: str
    other_architectures: tuple[str, ...] = ()
    options: BundlingOptions = field(default_factory=BundlingOptions)
    container: Container = field(default_factory=Container)
    cwd: Path
    layers: bool = False
    adapter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What was found, and the spec of the bundle that follows from it.

    Attributes:
        entry: What Lambda will call; None for a layer.
        runtime: The runtime that it is built for, and why.
        root: The folder of the entry that stands at the bundle's root, and why.
        spec: What the bundle is made of.
        adapted: How requests reach the handler, and why; None for a layer.
    """

    entry: Entry | None
    runtime: Runtime
    root: Root
    spec: BundleSpec
    adapted: Adapted | None = None

    @property
    def handler(self) -> str:
        """Lambda's handler string, empty for a layer."""
        if self.entry is None:
            return ""
        return stub.HANDLER if self.spec.stub else stub.called(self.entry, self.spec.prefix)


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
        source_root=source_root.normal(options.source_root),
    )
    names.check_importable(options.output_path_suffix)
    source = _source(wanted, found.directory, only=(found.index, found.bundle_index) if found.alone else None)
    root = source_root.decide(source_root.normal(options.source_root), source, found)
    found, source = replace(found, root=root.name), replace(source, root=root.name)
    index_file = None if found.elsewhere else found.file
    packaging = _packaging(options, source, index_file)
    runtime, targets = _runtime(wanted, source, packaging, index_file)
    notices = check.check(
        found,
        python_version=targets[0].python_version,
        elsewhere=packaging.kind != "none" or wanted.layers or bool(options.command_hooks or options.command),
    )
    spec = _spec(
        wanted,
        targets=targets,
        source=source,
        packaging=packaging,
        prefix=options.output_path_suffix.rstrip("/"),
        handler_file=str(PurePosixPath(options.output_path_suffix) / found.bundle_index) if index_file else None,
        handler_elsewhere=found.handler if found.elsewhere else "",
        notices=notices,
    )
    adapted = adapter.decide(wanted.adapter, found)
    spec = replace(spec, stub=stub.of(adapted, found, spec.prefix))
    return Resolved(entry=found, runtime=runtime, root=root, spec=spec, adapted=adapted)


def layer(wanted: Wanted, *, definers: Sequence[Path] = ()) -> Resolved:
    """Find what the layer is that is *wanted*.

    Args:
        wanted: What functions and layers are alike in.
        definers: The files that may define the construct, likeliest first.

    Raises:
        EntryError: There is no such entry.
        OptionError: An option does not fit what was found.
        PackagingError: The dependencies are declared in a way that cannot be followed.
    """
    options = wanted.options
    source = _source(wanted, place.directory(wanted.entry or "", cwd=wanted.cwd, definers=definers))
    root = source_root.decide(source_root.normal(options.source_root), source, None)
    source = replace(source, root=root.name)
    packaging = _packaging(options, source)
    runtime, targets = _runtime(wanted, source, packaging)
    prefix = str(PurePosixPath(SEARCHED) / options.output_path_suffix)
    spec = _spec(wanted, targets=targets, source=source, packaging=packaging, prefix=prefix)
    return Resolved(entry=None, runtime=runtime, root=root, spec=spec)


def _source(wanted: Wanted, directory: Path, only: tuple[str, str] | None = None) -> Source:
    return Source(
        directory=directory,
        excludes=tuple(wanted.options.asset_excludes),
        only=only,
        within=project_root(wanted.options.project_root, directory, cwd=wanted.cwd),
    )


def _packaging(options: BundlingOptions, source: Source, index: Path | None = None) -> Packaging:
    kind = options.packaging or (detect.kind_of_file(index) if source.only and index else None)
    return detect.detect(
        source.directory, index=index, packaging=kind, project_root=source.within, choice=options.choice
    )


def _runtime(
    wanted: Wanted, source: Source, packaging: Packaging, index: Path | None = None
) -> tuple[Runtime, tuple[Target, ...]]:
    """Choose the runtime, and return all targets."""
    found = runtimes.choose(
        wanted.runtimes, option=wanted.runtime_option, source=source, packaging=packaging, index=index
    )
    architectures = (wanted.architecture, *wanted.other_architectures)
    return found[0], tuple(Target(each.name, name, each.patch) for each in found for name in architectures)


def _spec(
    wanted: Wanted,
    *,
    targets: tuple[Target, ...],
    source: Source,
    packaging: Packaging,
    prefix: str,
    handler_file: str | None = None,
    handler_elsewhere: str = "",
    notices: tuple[Notice, ...] = (),
) -> BundleSpec:
    options, container = wanted.options, wanted.container
    before, after = hooks.lines(options.command_hooks, prefix=prefix)
    variables = given.given(options, packaging)
    first, *others = (Variant(target=target, container=container.serving(target)) for target in dict.fromkeys(targets))
    words = arguments.located(variables.installer_args, dict(variables.variables), entry=source.directory)
    return BundleSpec(
        target=first.target,
        others=tuple(others),
        source=replace(source, read=given.lists(packaging, source.directory)),
        packaging=packaging,
        container=first.container,
        strategy=options.effective_strategy,
        prefix=prefix,
        handler_file=handler_file,
        handler_elsewhere=handler_elsewhere,
        notices=(*notices, *variables.notices, *words.notices),
        before=before,
        after=after,
        dependency_excludes=tuple(options.dependency_excludes),
        strip_native=options.strip_native,
        compile_bytecode=options.compile_bytecode,
        installer_args=words.words,
        installer_files=words.files,
        skip_checks=tuple(options.skip_checks),
        build_on_host=tuple(sorted(set(map(canonicalize_name, options.build_on_host)))),
        environment=variables.variables,
        secrets=variables.secrets,
    )
