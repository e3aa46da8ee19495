"""CDK's objects to plain data and back: the only module that gives code to CDK."""

import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import aws_cdk
import jsii
import platformdirs
import uv
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from python_function import _bundle, _fingerprint, _uv, _verify
from python_function._host import Host
from python_function._plan import BundleSpec, Container
from python_function._process import Process
from python_function._report import Report
from python_function._target import Target
from python_function.errors import plainly
from python_function.options import BundlingOptions

_RESOLVED: Final[dict[str, str]] = {}


def to_target(runtime: lambda_.Runtime, architecture: lambda_.Architecture) -> Target:
    """Return the names of *runtime* and *architecture*, which unlike jsii's objects can be compared.

    Raises:
        OptionError: Nothing can be built for them.
    """
    return Target(runtime.name, architecture.name)


def to_runtime(name: str) -> lambda_.Runtime:
    """Return CDK's runtime of the name *name*: the constant, for CDK takes no other for compatible with it."""
    constant: object = getattr(lambda_.Runtime, name.upper().replace(".", "_"), None)
    if isinstance(constant, lambda_.Runtime):
        return constant
    return lambda_.Runtime(name, lambda_.RuntimeFamily.PYTHON, supports_inline_code=True)


def to_container(options: BundlingOptions, target: Target) -> Container:
    """Return the container for *target* as *options* want it."""
    return Container(
        image=options.image.image if options.image else target.bundling_image,
        image_hash=options.image.to_json() if options.image else None,
        platform=options.platform or target.docker_platform,
        network=options.network,
        user=options.user,
        volumes=tuple(_volume(volume) for volume in options.volumes),
        volumes_from=tuple(options.volumes_from),
        security_opt=options.security_opt,
        working_directory=options.working_directory,
        entrypoint=tuple(options.entrypoint),
        command=tuple(options.command),
        copies=options.bundling_file_access is aws_cdk.BundlingFileAccess.VOLUME_COPY,
    )


def _volume(volume: aws_cdk.DockerVolume) -> tuple[str, ...]:
    consistency = () if volume.consistency is None else (volume.consistency.value.lower(),)
    return (volume.host_path, volume.container_path, *consistency)


@jsii.implements(aws_cdk.ILocalBundling)
class Bundler:
    """Builds the bundle when CDK asks for it, which it does not where the asset is there or the stack is not wanted."""

    def __init__(self, spec: BundleSpec, name: str) -> None:
        self._spec = spec
        self._name = name
        self.output: Path | None = None
        self.error: BaseException | None = None

    def try_bundle(self, output_dir: str, *, image: aws_cdk.DockerImage, **_: object) -> bool:  # noqa: ARG002 - CDK's signature
        """Fill *output_dir*; always true, for there is nothing else to try."""
        self.output = Path(output_dir)
        try:
            _bundle.build(self._spec, self.output, host(self._name))
        except BaseException as error:
            self.error = error
            raise
        return True


def host(name: str) -> Host:
    """Return this machine as a build of the construct *name* gets to see it."""
    report = Report(name=name, write=_write, detail=sys.stderr.isatty() or "CDK_DEBUG" in os.environ)
    return Host(
        environ=os.environ,
        run=Process(progress=report.progress, waiting=report.say),
        report=report,
        cache=platformdirs.user_cache_path("cdk-python-function"),
        uv=uv.find_uv_bin(),
        python=sys.executable,
        ids=(os.getuid(), os.getgid()) if os.name == "posix" else None,
        uv_config=_uv.user_configuration(os.environ, Path.home()),
        resolved=_RESOLVED,
    )


def _write(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - what the user sees


@contextmanager
def bundled(scope: Construct, id: str, spec: BundleSpec, options: BundlingOptions) -> Generator[lambda_.AssetCode]:
    """Give the code of a construct to its constructor, and let an error of the build be the one the user sees.

    Raises:
        PythonFunctionError: The bundle cannot be built.
    """
    name = f"{scope.node.path}/{id}".lstrip("/")
    spec = _apart_from_output(spec, scope)
    bundler = Bundler(spec, name)
    with plainly():
        _verify.expect(spec)
        code = _code(spec, options, bundler)
    try:
        yield code
    except RuntimeError:
        if bundler.error is None:
            raise
        if bundler.output is not None:
            shutil.rmtree(bundler.output, ignore_errors=True)
        raise bundler.error.with_traceback(None) from None
    construct = scope.node.find_child(id)
    for notice in spec.warnings:
        aws_cdk.Annotations.of(construct).add_warning_v2(notice.id, notice.text)
    if bundler.output is None and aws_cdk.Stack.of(scope).bundling_required:
        _write(f"{name}: unchanged, its asset is reused")


def _apart_from_output(spec: BundleSpec, scope: Construct) -> BundleSpec:
    """Leave CDK's own output out of a source that it is in, which would hold every asset made before."""
    stage = aws_cdk.Stage.of(scope)
    output = Path(stage.asset_outdir) if stage else None
    if output is None or not output.is_relative_to(spec.source.directory):
        return spec
    return replace(spec, source=replace(spec.source, outdir=output.relative_to(spec.source.directory).as_posix()))


def _code(spec: BundleSpec, options: BundlingOptions, bundler: Bundler) -> lambda_.AssetCode:
    hashed_output = options.asset_hash_type is aws_cdk.AssetHashType.OUTPUT
    identity = options.asset_hash or _fingerprint.fingerprint(spec)
    return lambda_.Code.from_asset(
        str(spec.source.directory),
        asset_hash=None if hashed_output else identity,
        asset_hash_type=aws_cdk.AssetHashType.OUTPUT if hashed_output else aws_cdk.AssetHashType.CUSTOM,
        bundling=aws_cdk.BundlingOptions(
            image=options.image or aws_cdk.DockerImage.from_registry(spec.container.image),
            local=bundler,
            # CDK takes bundles of one directory for one unless it sees a difference, and it does not look at ours.
            command=[identity] if hashed_output else None,
            output_type=aws_cdk.BundlingOutput.NOT_ARCHIVED,
        ),
    )
