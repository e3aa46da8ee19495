"""The construct for a layer."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Unpack

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from python_function import _checks
from python_function._bundle import resolve, zipped
from python_function._bundle.resolve import Wanted
from python_function._bundle.spec import Layer
from python_function._cdk import asset, caller, plain
from python_function._cdk.bundler import host
from python_function._cdk.props import LayerVersionOptions
from python_function.errors import plainly
from python_function.options import BundlingOptions


class PythonLayerVersion(lambda_.LayerVersion):
    """A Lambda layer from a directory of Python code, or from dependencies alone.

    Everything that :class:`aws_cdk.aws_lambda.LayerVersion` takes goes through as it is.

    Example:
        >>> PythonLayerVersion(stack, "Shared", entry="layers/shared")  # doctest: +SKIP

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        entry: Path | str,
        compatible_runtimes: Sequence[lambda_.Runtime] | None = None,
        compatible_architectures: Sequence[lambda_.Architecture] | None = None,
        bundling: BundlingOptions | None = None,
        **options: Unpack[LayerVersionOptions],
    ) -> None:
        """Find the code, and give it to CDK.

        Args:
            scope: The construct that the layer belongs to.
            id: Its name there.
            entry: The directory with code, dependencies or both, or a ``.zip`` of it; a relative path starts at the
                working directory.
            compatible_runtimes: The runtimes it is for, by default the one that the project asks for, and Python 3.13
                where it asks for nothing. It is built for each; where they need different files, each has its own.
            compatible_architectures: The architectures it is for, x86_64 by default. Several need the same files.
            bundling: How code and dependencies become an asset; by default as :class:`BundlingOptions` has it.
            **options: Everything else that ``aws_lambda.LayerVersion`` takes.

        Raises:
            EntryError: The entry or a file of it cannot be used as it is.
            OptionError: An option has a value that it cannot have.
            PackagingError: The dependencies are declared in a way that cannot be followed.
            BundlingError: A step of the build failed.
            TypeError: *bundling* is another construct's, or a keyword is unknown.
        """
        bundling = BundlingOptions.checked(bundling)
        if "code" in options:
            msg = "PythonLayerVersion makes the code itself: pass entry=..., the directory that holds it."
            raise TypeError(msg)
        definers = caller.defining_files(self)
        with plainly():
            _checks.path("entry", entry)
            _checks.sequence("compatible_runtimes", compatible_runtimes or (), "aws_lambda.Runtime")
            _checks.sequence("compatible_architectures", compatible_architectures or (), "aws_lambda.Architecture")
            architectures = list(compatible_architectures or (lambda_.Architecture.X86_64,))
            runtimes = tuple(runtime.name for runtime in compatible_runtimes or ())
            machines = tuple(architecture.name for architecture in architectures)
            wanted = Wanted(
                entry=zipped.unpacked(entry, cwd=Path.cwd(), host=partial(host, id)),
                runtimes=runtimes,
                runtime_option="compatible_runtimes[{}]",
                architecture=machines[0],
                other_architectures=machines[1:],
                options=bundling,
                container=plain.to_container(bundling),
                cwd=Path.cwd(),
            )
            found = resolve.layer(wanted, definers=definers)
        with asset.bundled(scope, id, found.spec, bundling) as code:
            super().__init__(
                scope,
                id,
                code=code,
                compatible_runtimes=list(compatible_runtimes or ()) or [plain.to_runtime(found.runtime.name)],
                compatible_architectures=architectures,
                **options,
            )
        directory = asset.directory(self)
        used_for = runtimes or (found.runtime.name,)
        self.made = Layer(name=self.node.path, runtimes=used_for, architectures=machines, directory=directory)
        """What the layer is, for the functions that use it."""
