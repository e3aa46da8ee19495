"""What users may set about bundling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, Self, TypeAlias, get_args

from python_function import _checks
from python_function._dependencies.choice import Choice
from python_function._source.patterns import compile_rules
from python_function.errors import OptionError

if TYPE_CHECKING:
    from aws_cdk import AssetHashType, BundlingFileAccess, DockerImage, DockerVolume

Adapter: TypeAlias = Literal["http", "lambda"]
Strategy: TypeAlias = Literal["auto", "local", "docker"]
Packaging: TypeAlias = Literal["uv", "poetry", "pipenv", "pylock", "pip", "script", "pyproject", "none"]

Package: TypeAlias = Literal["zip", "image", "auto"]

Check: TypeAlias = Literal["modules", "native", "size", "imports"]

_CONTAINER_ONLY: Final = (
    "image",
    "platform",
    "network",
    "user",
    "volumes",
    "volumes_from",
    "security_opt",
    "working_directory",
    "entrypoint",
    "command",
    "bundling_file_access",
)
"""Options that mean nothing without a container."""

_LISTS: Final = {
    **dict.fromkeys(("asset_excludes", "groups", "extras", "exclude_packages", "installer_args"), "str"),
    **dict.fromkeys(("skip_checks", "build_on_host", "dependency_excludes"), "str"),
    **dict.fromkeys(("volumes_from", "entrypoint", "command"), "str"),
    "volumes": "aws_cdk.DockerVolume",
}
_KINDS: Final = {
    **dict.fromkeys(
        ("output_path_suffix", "source_root", "asset_hash", "platform", "network", "user", "security_opt"), "str"
    ),
    **dict.fromkeys(("working_directory", "poetry_version", "pipenv_version"), "str"),
    **dict.fromkeys(("poetry_include_hashes", "poetry_without_urls", "strip_native", "compile_bytecode"), "bool"),
    "image": "aws_cdk.DockerImage",
    "asset_hash_type": "aws_cdk.AssetHashType",
    "bundling_file_access": "aws_cdk.BundlingFileAccess",
}
"""The class of what each list holds, and of each single value."""
_MAPPINGS: Final = ("environment", "build_args", "secrets")

RUNTIME_PACKAGES: Final = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
"""The packages that every Python runtime brings, to leave out by ``exclude_packages``.

AWS moves their versions, mostly behind what the index has: code that needs a certain one has to bring it.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included

.. versionadded:: 0.2.0
"""

Commands: TypeAlias = str | Sequence[str] | Callable[[str, str], Sequence[str]]
"""Shell commands: one, several, or a function of the input and the output directory that returns several."""


class HookMethods(Protocol):
    """Any object with the two methods that the hooks of other CDK constructs have.

    .. versionadded:: 0.1.0
    """

    def before_bundling(self, input_dir: str, output_dir: str) -> Sequence[str]:
        """Return the commands that run before anything else."""
        ...

    def after_bundling(self, input_dir: str, output_dir: str) -> Sequence[str]:
        """Return the commands that run when all else is done."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandHooks:
    """Shell commands that run before and after bundling, where the bundle is built.

    Those of ``before_bundling`` start in a copy of the entry that they may write to; what they leave there is bundled.
    Those of ``after_bundling`` start in the bundle, where the code is. bash runs them, or sh where there is no bash,
    and what they print is shown. The first that fails stops the build. A function is called once, with
    ``/asset-input`` and ``/asset-output``; commands that name these directories work on the host as well.

    Example:
        >>> CommandHooks(before_bundling="python -m pytest tests", after_bundling=["rm -rf docs"])
        CommandHooks(before_bundling='python -m pytest tests', after_bundling=['rm -rf docs'])

    .. versionadded:: 0.1.0
    """

    before_bundling: Commands = ()
    after_bundling: Commands = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to run."""
        return bool(self.before_bundling or self.after_bundling)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlingOptions:
    """How the code and its dependencies become an asset. Everything is optional.

    Attributes:
        asset_excludes: What to leave out besides the defaults, in gitignore syntax; ``!name`` takes a default back.
        packaging: What declares the dependencies, where that is not to be found out: ``uv``, ``poetry``, ``pipenv``,
            ``pylock``, ``pip`` (requirements.txt), ``script`` (PEP 723), ``pyproject`` or ``none``.
        groups: Dependency groups to install besides, for uv, poetry and pyproject.toml; categories of a Pipfile.
        extras: Extras of the project to install besides.
        exclude_packages: Packages to leave out, with whatever only they need, as far as a list says what needs what: a
            Pipfile.lock, a pylock.toml and a list with hashes do not. :data:`RUNTIME_PACKAGES` names what
            Lambda has itself.
        dependency_excludes: What to leave out of the installed files, in gitignore syntax; their metadata stays.
        strip_native: Whether native libraries lose symbols and debug information, which no loader reads.
        compile_bytecode: Whether every module comes with its bytecode, made by a Python of the target's version, so
            that a cold start compiles nothing.
        project_root: The directory above the entry that holds what it needs: a lock, local packages, the targets of
            links. A relative path starts at the working directory. By default the entry, and the uv workspace that it
            is a member of.
        source_root: The folder of the entry whose files stand at the bundle's root, such as ``src``; ``"."`` for the
            entry itself. By default whichever the imports of the code mean.
        output_path_suffix: The folder of the bundle that code and dependencies go into, below ``python`` for a layer.
        asset_hash: The asset's hash, in place of the one computed; to be changed whenever the bundle has to.
        asset_hash_type: ``OUTPUT`` for a hash of the finished bundle, which is then built in every synthesis;
            ``SOURCE``, the default, for one of everything that it is made from.
        strategy: ``local`` builds on this machine, ``docker`` in a container. ``auto`` builds in a container if hooks
            or one of the container's options are given, or if a dependency has no wheel for the target; else locally.
        command_hooks: Commands to run before and after.
        environment: Environment variables of every step. They count for the asset hash, values and all.
        secrets: Environment variables of every step whose values show nowhere: not in output, errors, arguments or the
            asset; for the hash, the names count.
        build_args: Environment variables of every step too, as other CDK constructs pass index URLs and proxies;
            ``environment`` wins.
        installer_args: Further arguments for uv, which resolves and installs, such as
            ``["--index-strategy", "unsafe-best-match"]``.
        skip_checks: The checks of the finished bundle to leave out: ``modules``, ``native``, ``size``, ``imports``.
        build_on_host: Packages of others whose build code may run on this machine, by name. They are built from source
            here, and what is built counts if it is pure Python; by default what has no wheel is built in a container.
        poetry_include_hashes: Whether hashes of a poetry.lock are checked, as they are by default.
        poetry_without_urls: Whether the sources that a poetry project names are left out, for an index that replaces
            them.
        poetry_version: The version of poetry that reads the lock, by default one that is known to.
        pipenv_version: Without effect: a Pipfile.lock is read without pipenv.
        image: The image to build in, used as it is; it needs a shell and a Python, 3.8 or newer. By default the one
            that AWS offers for the runtime.
        platform: The image's platform, by default that of the function's architecture.
        network: The network that the container is connected to.
        user: Who builds in the container, by default whoever runs CDK.
        volumes: Further directories of this machine to mount for the build.
        volumes_from: Containers to mount the volumes of.
        security_opt: A security option of the engine.
        working_directory: Where ``before_bundling`` and ``command`` start in the container, by default
            ``/asset-input``.
        entrypoint: What runs the command in the container, by default a shell.
        command: What to run in the container in place of the whole build: it fills ``/asset-output`` itself.
        bundling_file_access: ``VOLUME_COPY`` copies files in and out where the engine cannot mount this machine's.

    Example:
        >>> BundlingOptions(asset_excludes=["tests", "*.md"], strategy="local").strategy
        'local'

    .. versionadded:: 0.1.0
    """

    asset_excludes: Sequence[str] = ()
    packaging: Packaging | None = None
    groups: Sequence[str] = ()
    extras: Sequence[str] = ()
    exclude_packages: Sequence[str] = ()
    dependency_excludes: Sequence[str] = ()
    strip_native: bool = False
    compile_bytecode: bool = False
    project_root: Path | str | None = None
    source_root: str | None = None
    output_path_suffix: str = ""
    asset_hash: str | None = None
    asset_hash_type: "AssetHashType | None" = None
    strategy: Strategy = "auto"
    command_hooks: CommandHooks | HookMethods | None = None
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    secrets: Mapping[str, str] | None = field(default=None, repr=False)
    build_args: Mapping[str, str] | None = field(default=None, repr=False)
    installer_args: Sequence[str] = field(default=(), repr=False)
    skip_checks: Sequence[Check] = ()
    build_on_host: Sequence[str] = ()
    poetry_include_hashes: bool = True
    poetry_without_urls: bool = False
    poetry_version: str | None = None
    pipenv_version: str | None = None
    image: "DockerImage | None" = None
    platform: str | None = None
    network: str | None = None
    user: str | None = None
    volumes: "Sequence[DockerVolume]" = ()
    volumes_from: Sequence[str] = ()
    security_opt: str | None = None
    working_directory: str | None = None
    entrypoint: Sequence[str] = ()
    command: Sequence[str] = ()
    bundling_file_access: "BundlingFileAccess | None" = None

    def __post_init__(self) -> None:
        for name, item in _LISTS.items():
            _checks.sequence(name, getattr(self, name), item)
        for name, kind in _KINDS.items():
            _checks.instance(name, getattr(self, name), kind)
        _checks.path("project_root", self.project_root)
        _checks.hooks(self.command_hooks)
        for name in _MAPPINGS:
            _checks.mapping(name, getattr(self, name))
        _checks.variables(self.environment or {}, self.build_args or {}, self.secrets or {})
        compile_rules(self.asset_excludes)
        compile_rules(self.dependency_excludes, "dependency_excludes")
        _checks.inside("output_path_suffix", self.output_path_suffix, "the bundle")
        if self.source_root is not None:
            _checks.inside("source_root", self.source_root, "the entry")
        _checks.members("skip_checks", self.skip_checks, get_args(Check))
        self._check_strategy()
        self._check_hash()

    def _check_strategy(self) -> None:
        if self.strategy not in get_args(Strategy):
            msg = f"strategy must be one of {', '.join(map(repr, get_args(Strategy)))}, not {self.strategy!r}."
            raise OptionError(msg)
        given = self._given(_CONTAINER_ONLY)
        if self.strategy == "local" and given:
            msg = f'strategy="local" builds without a container, which {", ".join(given)} would need. Leave one out.'
            raise OptionError(msg)
        if self.command and self.command_hooks is not None:
            msg = "command runs in place of the whole build, so command_hooks would never run. Leave one out."
            raise OptionError(msg)

    def _check_hash(self) -> None:
        kind = self.asset_hash_type.name if self.asset_hash_type else None
        if self.asset_hash is not None and kind not in {None, "CUSTOM"}:
            msg = f"asset_hash is given, so asset_hash_type cannot be {kind}. Leave one out."
            raise OptionError(msg)
        if self.asset_hash is None and kind == "CUSTOM":
            msg = "asset_hash_type is CUSTOM, so asset_hash has to be given."
            raise OptionError(msg)

    def _given(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if getattr(self, name)]

    @classmethod
    def checked(cls, options: object) -> Self:
        """Return *options*, or the defaults for None.

        Raises:
            TypeError: *options* is another construct's, or a dictionary.
        """
        if options is None:
            return cls()
        if isinstance(options, cls):
            return options
        found = f"{type(options).__module__}.{type(options).__qualname__}".removeprefix("builtins.")
        msg = f"bundling must be a python_function.BundlingOptions, not {found}. It is the one from python_function."
        raise TypeError(msg)

    @property
    def effective_strategy(self) -> Strategy:
        """The strategy, where the options decide it already: it depends on them alone, never on the machine."""
        needs_container = self._given((*_CONTAINER_ONLY, "build_args", "command_hooks"))
        return "docker" if self.strategy == "auto" and needs_container else self.strategy

    @property
    def choice(self) -> Choice:
        """What is taken of optional dependencies, and how the tool that knows them is asked."""
        return Choice(
            groups=tuple(self.groups),
            extras=tuple(self.extras),
            exclude=tuple(self.exclude_packages),
            poetry_version=self.poetry_version,
            pipenv_version=self.pipenv_version,
            poetry_include_hashes=self.poetry_include_hashes,
            poetry_without_urls=self.poetry_without_urls,
        )
