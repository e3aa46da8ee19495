"""A bundle in an image, as CDK takes code: built where the app is deployed, by whoever publishes its assets."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import aws_cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from python_function._bundle.image import DOCKERFILE

Stage: TypeAlias = Callable[[Construct], aws_cdk.AssetStaging]
"""Makes an asset below a construct."""

_METADATA: Final = "aws:cdk:enable-asset-metadata"
"""The context by which the CDK's command line asks for what `sam local` and others look for in a template."""


class ImageCode(lambda_.Code):
    """The code of a function whose asset is a context that an image is built from.

    CDK's own image assets copy and read their directory as soon as they are made. This one is staged like the bundle of
    an archive, so that it is built only where it is wanted, and has the same hash where it is not.
    """

    def __init__(self, stage: Stage, *, platform: str) -> None:
        """Keep what makes the asset once there is a function.

        Args:
            stage: Makes the asset below a construct, and bundles it where the stack is wanted.
            platform: What the image is built for, ``linux/arm64``.
        """
        super().__init__()
        self._stage = stage
        self._platform = platform
        self._path = ""

    @property
    def is_inline(self) -> bool:
        """Whether the code is in the template."""
        return False

    def bind(self, scope: Construct) -> lambda_.CodeConfig:
        """Make the asset of the function *scope*, and say where its image will be."""
        return lambda_.CodeConfig(image=lambda_.CodeImageConfig(image_uri=self.place(scope).image_uri))

    def place(self, scope: Construct) -> aws_cdk.DockerImageAssetLocation:
        """Make the asset below *scope*, and return where its image will be."""
        staging, stack = self._stage(scope), aws_cdk.Stack.of(scope)
        self._path = staging.relative_staged_path(stack)
        return stack.synthesizer.add_docker_image_asset(
            source_hash=staging.asset_hash,
            directory_name=self._path,
            display_name=aws_cdk.Names.stack_relative_construct_path(scope),
            platform=self._platform,
        )

    def bind_to_resource(
        self,
        resource: aws_cdk.CfnResource,
        *,
        resource_property: str | None = None,
    ) -> None:
        """Say in the template where the image is built from, for tools that build it themselves."""
        if not resource.node.try_get_context(_METADATA):
            return
        resource.add_metadata("aws:asset:path", self._path)
        resource.add_metadata("aws:asset:dockerfile-path", DOCKERFILE)
        resource.add_metadata("aws:asset:property", resource_property or "Code.ImageUri")


def staged(staging: aws_cdk.AssetStaging) -> Path:
    """Return where what *staging* has made is."""
    return Path(os.path.normpath(staging.absolute_staged_path))
