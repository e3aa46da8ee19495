"""The construct for a function."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Unpack

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from python_function import _checks
from python_function._bundle import compatibility, form, resolve, zipped
from python_function._bundle.checks import snap_start
from python_function._bundle.resolve import Wanted
from python_function._cdk import asset, caller, plain
from python_function._cdk.bundler import host
from python_function._cdk.image_code import ImageCode
from python_function._cdk.props import FunctionOptions
from python_function.errors import plainly
from python_function.options import Adapter, BundlingOptions, Package


class PythonFunction(lambda_.Function):
    """A Lambda function from a directory of Python code.

    Everything that :class:`aws_cdk.aws_lambda.Function` takes goes through as it is.

    Example:
        >>> PythonFunction(stack, "Orders", entry="functions/orders", memory_size=256)  # doctest: +SKIP

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        entry: Path | str | None = None,
        index: str | None = None,
        handler: str | None = None,
        adapter: Adapter | None = None,
        runtime: lambda_.Runtime | None = None,
        architecture: lambda_.Architecture | None = None,
        package: Package = "zip",
        base_image: str | None = None,
        bundling: BundlingOptions | None = None,
        **options: Unpack[FunctionOptions],
    ) -> None:
        """Find the code, and give it to CDK.

        Args:
            scope: The construct that the function belongs to.
            id: Its name there.
            entry: The directory with the code, the handler's file in it, or a ``.zip`` of it; a relative path starts at
                the working directory. Without it, the file ``<this file>.<id>.py`` beside the file that makes the
                construct.
            index: The handler's file, relative to *entry*. Without it, the first of ``index.py``,
                ``lambda_function.py``, ``handler.py``, ``main.py``, ``app.py`` that holds a handler.
            handler: The function in that file, or module path and function. Without it, the first of ``handler``,
                ``lambda_handler``, ``handle``, ``main``; ``lambda_handler`` in a file beside the construct's.
            adapter: ``"http"`` for a handler that reads ``event.body`` and returns a ``statusCode`` and a ``body``,
                whatever sends the request; ``"lambda"`` for one of Lambda's own event. By default the code decides.
            runtime: By default what the project asks for, and Python 3.13 where it asks for nothing.
            architecture: x86_64 by default.
            package: What the function is deployed as: ``zip``, an archive of 250 MB at most; ``image``, a container
                image of 10 GB at most, with the same bundle; ``auto``, an image if the bundle is too large for an
                archive.
            base_image: The image that an image is made from, by default AWS's own of the runtime. With its digest,
                ``public.ecr.aws/lambda/python:3.13@sha256:...``, it stays the same.
            bundling: How code and dependencies become an asset; by default as :class:`BundlingOptions` has it.
            **options: Everything else that ``aws_lambda.Function`` takes.

        Raises:
            EntryError: The entry, its handler or a file of it cannot be used as it is.
            OptionError: An option has a value that it cannot have.
            PackagingError: The dependencies are declared in a way that cannot be followed.
            BundlingError: A step of the build failed.
            TypeError: *bundling* is another construct's, or a keyword is unknown.
        """
        bundling = BundlingOptions.checked(bundling)
        architecture = architecture or lambda_.Architecture.X86_64
        if "code" in options:
            msg = "PythonFunction makes the code itself: pass entry=..., the directory that holds it, in place of code."
            raise TypeError(msg)
        definers = caller.defining_files(self)
        with plainly():
            _checks.path("entry", entry)
            entry = zipped.unpacked(entry, cwd=Path.cwd(), host=partial(host, id), index=index, handler=handler)
            wanted = _wanted(entry, runtime, architecture, bundling)
            wanted = replace(wanted, adapter=adapter, layers=bool(options.get("layers")))
            found = resolve.function(wanted, index=index, handler=handler, definers=definers, construct_id=id)
            used_with = plain.to_layers(options)
            compatibility.check(used_with, found.spec.target)
            shared = snap_start.check(found.spec) if options.get("snap_start") else ()
            image = form.image(
                package, base_image, target=found.spec.target, handler=found.handler, options=dict(options)
            )
        spec = replace(found.spec, layers=used_with, image=image, notices=(*found.spec.notices, *shared))
        self._package: Package = package
        with asset.bundled(scope, id, spec, bundling) as code:
            in_image = isinstance(code, ImageCode)
            super().__init__(
                scope,
                id,
                code=code,
                handler=lambda_.Handler.FROM_IMAGE if in_image else found.handler,
                runtime=lambda_.Runtime.FROM_IMAGE if in_image else runtime or plain.to_runtime(found.runtime.name),
                architecture=architecture,
                **options,
            )

    def add_layers(self, *layers: lambda_.ILayerVersion) -> None:
        """Add layers to the function.

        Args:
            *layers: The layers.

        Raises:
            OptionError: It is, or may be, an image, which has none.
        """
        with plainly():
            form.refuse_layers(self._package)
        super().add_layers(*layers)


def _wanted(
    entry: Path | str | None,
    runtime: lambda_.Runtime | None,
    architecture: lambda_.Architecture,
    bundling: BundlingOptions,
) -> Wanted:
    _checks.instance("runtime", runtime, "aws_lambda.Runtime")
    _checks.instance("architecture", architecture, "aws_lambda.Architecture")
    return Wanted(
        entry=entry,
        runtimes=(runtime.name,) if runtime else (),
        architecture=architecture.name,
        options=bundling,
        container=plain.to_container(bundling),
        cwd=Path.cwd(),
    )
