"""Gives code to CDK, and errors and warnings to the user."""

import hashlib
import os
import shutil
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aws_cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct, IConstruct

from python_function._bundle import fingerprint, inputs, record, verify
from python_function._bundle.checks import content, kept, verdict
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.spec import BundleSpec
from python_function._cdk.bundler import Bundler, host, write
from python_function._machine import cache, lock
from python_function.errors import detached, plainly
from python_function.options import BundlingOptions


@contextmanager
def bundled(scope: Construct, id: str, spec: BundleSpec, options: BundlingOptions) -> Generator[lambda_.AssetCode]:
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
        identity = options.asset_hash or fingerprint.fingerprint(spec)
        code = _code(spec, options, bundler, identity)
    try:
        with _alone(scope, name, identity):
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
    with plainly():
        verdicts = _verdicts(construct, spec, bundler)
    for notice in (*spec.warnings, *verdict.warnings(verdicts)):
        aws_cdk.Annotations.of(construct).add_warning_v2(notice.id, notice.text)
    bundle = directory(construct)
    if bundler.built is not None and bundle is not None:
        made = record.of(spec, bundler.built, hash=identity, at=datetime.now(UTC))
        record.write(made, record.beside(bundle))
    if bundler.output is None and aws_cdk.Stack.of(scope).bundling_required:
        write(f"{name}: unchanged, its asset is reused")


def directory(construct: IConstruct) -> Path | None:
    """Return the finished bundle of a function or layer, or ``None`` where bundling is skipped."""
    stage, code = aws_cdk.Stage.of(construct), construct.node.find_child("Code")
    if stage is None or not aws_cdk.Stack.of(construct).bundling_required or not isinstance(code, s3_assets.Asset):
        return None
    return Path(os.path.normpath(Path(stage.outdir, code.asset_path)))


def _verdicts(construct: IConstruct, spec: BundleSpec, bundler: Bundler) -> tuple[Verdict, ...]:
    """Return what the checks say of the bundle of *construct*, whether it was built now or is used again.

    Raises:
        BundlingError: It cannot be used as it is now.
    """
    bundle = directory(construct)
    if bundle is None:
        return ()
    file, of = bundle.with_name(f"checks-{bundle.name}.json"), verify.circumstances(spec)
    verdicts = bundler.built.verdicts if bundler.built else kept.read(file, of)
    if verdicts is None:
        _, verdicts = verify.verify(spec, bundle)
    verdict.demand(verdicts)
    kept.write(file, verdicts, of)
    return verdicts


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


def _code(spec: BundleSpec, options: BundlingOptions, bundler: Bundler, identity: str) -> lambda_.AssetCode:
    hashed_output = options.asset_hash_type is aws_cdk.AssetHashType.OUTPUT
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
