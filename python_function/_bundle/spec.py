"""What a bundle is made of."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from python_function._bundle.image import Image
from python_function._bundle.stub import Stub
from python_function._dependencies.detect import Packaging
from python_function._machine.report import Notice
from python_function._source.patterns import compile_rules
from python_function._source.rules import Rule
from python_function._source.select import Source
from python_function._source.selection import Selection
from python_function._target.target import DEPRECATED, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """How to run the build's container; as the user gave it until the target is known.

    Attributes:
        image: The image to run, as the engine names it; empty for the runtime's own.
        image_hash: What the image is made from, where CDK knows: its name then depends on a path of this machine.
        platform: The platform to run it as, ``linux/arm64``; empty for the target's own.
        network: The network to run it in.
        user: Who runs the build in it; ``None`` for whoever runs CDK.
        volumes: Host path, container path and, where one is given, consistency of each volume.
        volumes_from: The containers whose volumes it gets.
        security_opt: A security option of the engine.
        working_directory: Where hooks before bundling and *command* start; ``None`` for the input directory.
        entrypoint: What runs the command.
        command: What runs in place of the whole build.
        copies: Whether input and output are copied instead of mounted.
    """

    image: str = ""
    platform: str = ""
    image_hash: str | None = None
    network: str | None = None
    user: str | None = None
    volumes: tuple[tuple[str, ...], ...] = ()
    volumes_from: tuple[str, ...] = ()
    security_opt: str | None = None
    working_directory: str | None = None
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    copies: bool = False

    def serving(self, target: Target) -> "Container":
        """Return this container, where nothing else was given with the image and the platform of *target*."""
        return replace(
            self, image=self.image or target.bundling_image, platform=self.platform or target.docker_platform
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """Distributions that are there already.

    Attributes:
        directory: Where they are installed.
        excludes: What of it stays out, in gitignore syntax.
    """

    directory: Path
    excludes: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What of it stays out."""
        return compile_rules(self.excludes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer that a function uses, as far as it is known here.

    Attributes:
        name: What the user knows it by.
        runtimes: The runtimes that it is made for; empty where that is not known.
        architectures: The architectures that it is made for; empty where that is not known.
        directory: What is in it, where it was bundled here.
    """

    name: str
    runtimes: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    directory: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What else a layer is built for.

    Attributes:
        target: What that is.
        container: The container that builds it, where one does.
    """

    target: Target
    container: Container


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The user's files that a bundle is made of.

    Attributes:
        source: The files of the entry that go into the bundle, or with hooks or a command all that these get to see.
        local: The files of each local package.
        packed: The archives that packages are taken from, and those of each directory of them, by their places.
        installed: The files of the distributions that are there already.
    """

    source: Selection
    local: tuple[Selection, ...] = ()
    packed: tuple[tuple[Path, Selection], ...] = ()
    installed: Selection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """A file that an argument names.

    Attributes:
        place: Where it is laid, below the scratch directory; empty if it is not.
        text: What it says, with all that it includes; empty for a directory of packages.
        links: The directory of packages, or the page of links to them.
        identity: What decides the bundle of it, without credentials.
    """

    place: str
    text: str = field(default="", repr=False)
    links: Path | None = None
    identity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSpec:
    """What ends up in an asset, and how it is to be built.

    Attributes:
        target: What it is built for.
        others: What it is built for besides.
        source: The source and its place.
        packaging: What declares the dependencies.
        installed: What is taken as it is, besides.
        container: The container that builds it, where one does.
        strategy: ``auto``, ``local`` or ``docker``; never ``auto`` where an option decides already.
        prefix: The folder of the bundle that everything goes into.
        handler_file: The file of the bundle that Lambda imports; ``None`` for a layer, and for a handler elsewhere.
        handler_elsewhere: The handler of a function whose entry does not have it: a dependency or a layer does.
        stub: What stands between Lambda and the handler, if something does.
        notices: What the user should know of the handler.
        before: Hook lines that run first.
        after: Hook lines that run last.
        installer_args: Further arguments of the installer.
        dependency_excludes: Patterns of installed files that stay out, in gitignore syntax.
        strip_native: Whether libraries lose what no loader reads.
        compile_bytecode: Whether modules come with their bytecode.
        installer_files: The files that they name.
        layers: What the bundle is used with; nothing of it gets into the bundle.
        skip_checks: The checks of the finished bundle that are left out.
        build_on_host: The packages of others that a build on the host may run the code of, normalized and sorted.
        environment: What every step gets to see, sorted by name.
        secrets: The names of what in *environment* counts by its name alone, and shows nowhere.
        inputs: The files that it is made of, once they were looked for.
        image: The image that it is laid out for; ``None`` for an archive.
    """

    target: Target
    source: Source
    packaging: Packaging
    container: Container
    strategy: str
    others: tuple[Variant, ...] = ()
    installed: Installed | None = None
    prefix: str = ""
    handler_file: str | None = None
    handler_elsewhere: str = ""
    stub: Stub | None = None
    notices: tuple[Notice, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    installer_args: tuple[str, ...] = ()
    dependency_excludes: tuple[str, ...] = ()
    strip_native: bool = False
    compile_bytecode: bool = False
    installer_files: tuple[Referred, ...] = ()
    layers: tuple[Layer, ...] = ()
    skip_checks: tuple[str, ...] = ()
    build_on_host: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: frozenset[str] = frozenset()
    inputs: Inputs | None = field(default=None, repr=False)
    image: Image | None = None

    @property
    def variants(self) -> "tuple[BundleSpec, ...]":
        """The specs of all that it is built for, one target each."""
        return tuple(
            replace(self, target=variant.target, container=variant.container, others=())
            for variant in (Variant(target=self.target, container=self.container), *self.others)
        )

    @property
    def secret_values(self) -> frozenset[str]:
        """What nobody may see."""
        return frozenset(value for name, value in self.environment if name in self.secrets)

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer's, and not a function's."""
        return self.handler_file is None and not self.handler_elsewhere

    @property
    def has_own_steps(self) -> bool:
        """Whether the user's own commands take part in the build."""
        return bool(self.before or self.after or self.container.command)

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What the user should know."""
        if self.target.runtime not in DEPRECATED:
            return (*self.notices, *self.packaging.warnings)
        text = f"{self.target.runtime} is deprecated: it gets no more security updates. Choose a newer runtime."
        return (Notice(id="deprecatedRuntime", text=text), *self.notices, *self.packaging.warnings)
