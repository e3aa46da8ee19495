"""Gives code to CDK, and errors and warnings to the user."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import aws_cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct, IConstruct

from python_function._bundle import context, fingerprint, form, inputs, record, verify
from python_function._bundle.checks import content, kept, verdict
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.image import Image
from python_function._bundle.spec import BundleSpec
from python_function._cdk.bundler import Bundler, host, write
from python_function._cdk.image_code import ImageCode, Stage, staged
from python_function._machine import cache, lock
from python_function.errors import detached, plainly
from python_function.options import BundlingOptions


class _Asset(TypedDict):
    """What CDK is told of an asset, whatever it is the code of."""

    asset_hash: str | None
    asset_hash_type: aws_cdk.AssetHashType
    bundling: aws_cdk.BundlingOptions


@contextmanager
def bundled(scope: Construct, id: str, spec: BundleSpec, options: BundlingOptions) -> Generator[lambda_.Code]:
    """Give the code of a construct to its constructor, and let an error of the build be the one the user sees.

    Raises:
        PythonFunctionError: The bundle cannot be built.
    """
    name = f"{scope.node.path}/{id}".lstrip("/")
    spec = _apart_from_output(spec, scope)
    with plainly():
        spec = inputs.find(spec)
        content.expect(spec)
        spec = spec if options.asset_hash else inputs.read(spec)
        bundler = Bundler(spec, name)
        identity = _given(spec, options) or fingerprint.fingerprint(spec)
        asset = _asset(spec, options, bundler, identity)
    in_image = False
    try:
        with _alone(scope, name, identity):
            code = _code(scope, id, spec, asset)
            in_image = isinstance(code, ImageCode)
            yield code
    except RuntimeError:
        if bundler.error is None:
            raise
    # Outside of the handler, or Python would hang CDK's error on to ours.
    if bundler.error is not None:
        if bundler.output is not None:
            shutil.rmtree(bundler.output, ignore_errors=True)
        raise detached(bundler.error)
    construct = scope.node.find_child(id)
    bundle = directory(construct)
    with plainly():
        verdicts = _verdicts(bundle, spec, bundler) if bundle else ()
    became = (form.became_image(spec.source.directory),) if in_image and spec.image and spec.image.beyond else ()
    for notice in (*spec.warnings, *became, *verdict.warnings(verdicts)):
        aws_cdk.Annotations.of(construct).add_warning_v2(notice.id, notice.text)
    if bundler.built is not None and bundle is not None:
        made = record.of(spec, bundler.built, hash=identity, at=datetime.now(UTC))
        record.write(made, record.beside(bundle))
    if bundler.output is None and bundle is not None:
        write(f"{name}: unchanged, its asset is reused")


@contextmanager
def image(scope: Construct, id: str, spec: BundleSpec, options: BundlingOptions) -> Generator[ImageCode]:
    """Give the image of a construct to its constructor, as :func:`bundled` does it for code.

    Raises:
        PythonFunctionError: The bundle cannot be built.
    """
    with bundled(scope, id, spec, options) as code:
        assert isinstance(code, ImageCode)  # noqa: S101 - a spec with an image has no other code
        yield code


def directory(construct: IConstruct) -> Path | None:
    """Return the finished bundle of a function or layer, or ``None`` where bundling is skipped."""
    stage, code = aws_cdk.Stage.of(construct), construct.node.find_child("Code")
    if stage is None or not aws_cdk.Stack.of(construct).bundling_required:
        return None
    if isinstance(code, aws_cdk.AssetStaging):
        return staged(code)
    if not isinstance(code, s3_assets.Asset):
        return None
    return Path(os.path.normpath(Path(stage.outdir, code.asset_path)))


def _verdicts(bundle: Path, spec: BundleSpec, bundler: Bundler) -> tuple[Verdict, ...]:
    """Return what the checks say of *bundle*, whether it was built now or is used again.

    Raises:
        BundlingError: It cannot be used as it is now.
    """
    file, of = bundle.with_name(f"checks-{bundle.name}.json"), verify.circumstances(spec)
    known = None if bundler.built else kept.read(file, of)
    if known is not None:
        verdict.demand(known)
        return known
    verdicts = bundler.built.verdicts if bundler.built else _looked_at(spec, bundle)
    verdict.demand(verdicts)
    kept.write(file, verdicts, of)
    return verdicts


def _looked_at(spec: BundleSpec, bundle: Path) -> tuple[Verdict, ...]:
    """Return what the checks say of a bundle that is there, as it is or laid out for an image."""
    if spec.image is None or not context.is_context(bundle, spec.image):
        return verify.verify(spec, bundle)[1]
    with tempfile.TemporaryDirectory(dir=bundle.parent, prefix=".python-function-") as scratch:
        context.unpack(bundle, Path(scratch))
        return verify.verify(spec, Path(scratch))[1]


def _apart_from_output(spec: BundleSpec, scope: Construct) -> BundleSpec:
    """Leave CDK's own output out of a source that it is in, which would hold every asset made before."""
    stage = aws_cdk.Stage.of(scope)
    output = Path(stage.asset_outdir) if stage else None
    if output is None:
        return spec
    spec = replace(spec, packaging=spec.packaging.apart_from(output))
    if not output.is_relative_to(spec.source.directory):
        return spec
    return replace(spec, source=replace(spec.source, outdir=output.relative_to(spec.source.directory).as_posix()))


@contextmanager
def _alone(scope: Construct, name: str, identity: str) -> Generator[None]:
    """Keep other processes from building the same bundle in the same output: CDK takes their place to work away.

    They wait until CDK has looked for the asset, had it built, and put it in its place; then they find it there.
    """
    stage = aws_cdk.Stage.of(scope)
    with ExitStack() as locks:
        if stage and aws_cdk.Stack.of(scope).bundling_required:
            key = f"{os.path.realpath(stage.asset_outdir)}\n{identity}".encode()
            place = cache.directory(host(name), "locks")
            # Without a cache, or locks in it, there is nothing to hold: one process at a time still works.
            with suppress(OSError):
                _ = place and locks.enter_context(
                    lock.held(
                        place / hashlib.sha256(key).hexdigest(),
                        waiting=lambda: write(f"{name}: waiting for another process that builds it"),
                    )
                )
        yield


def _given(spec: BundleSpec, options: BundlingOptions) -> str:
    """Return the hash that the user gave, which does not know of images; empty if there is none."""
    if not options.asset_hash or spec.image is None:
        return options.asset_hash or ""
    return f"{options.asset_hash}\n{spec.image.identity}"


def _asset(spec: BundleSpec, options: BundlingOptions, bundler: Bundler, identity: str) -> _Asset:
    hashed_output = options.asset_hash_type is aws_cdk.AssetHashType.OUTPUT
    return _Asset(
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


def _code(scope: Construct, id: str, spec: BundleSpec, asset: _Asset) -> lambda_.Code:
    """Return the code of the construct *id*: an image if it is to be one, whose asset is no archive to be uploaded."""
    source = str(spec.source.directory)

    def stage(construct: Construct) -> aws_cdk.AssetStaging:
        return aws_cdk.AssetStaging(construct, "Code", source_path=source, **asset)

    if spec.image is None or (spec.image.beyond and not _becomes_image(scope, id, spec.image, stage)):
        return lambda_.Code.from_asset(source, **asset)
    return ImageCode(stage, platform=spec.target.docker_platform)


def _becomes_image(scope: Construct, id: str, image: Image, stage: Stage) -> bool:
    """Tell whether a bundle is too large for an archive: it is built for that, unless its stack is not wanted.

    CDK has to be told what a function is before there is one. What stands in for it is gone when it is made; CDK keeps
    what was staged.
    """
    if not aws_cdk.Stack.of(scope).bundling_required:
        return False
    before = Construct(scope, id)
    try:
        return context.is_context(staged(stage(before)), image)
    finally:
        scope.node.try_remove_child(id)
