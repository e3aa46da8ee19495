"""CDK's objects as plain data, which unlike jsii's objects can be compared, and back."""

import re
from typing import Final

import aws_cdk
from aws_cdk import aws_lambda as lambda_

from python_function._bundle.spec import Container, Layer
from python_function._cdk.props import FunctionOptions
from python_function.errors import OptionError
from python_function.options import BundlingOptions


def to_runtime(name: str) -> lambda_.Runtime:
    """Return CDK's runtime of the name *name*: the constant, for CDK takes no other for compatible with it."""
    constant: object = getattr(lambda_.Runtime, name.upper().replace(".", "_"), None)
    if isinstance(constant, lambda_.Runtime):
        return constant
    return lambda_.Runtime(name, lambda_.RuntimeFamily.PYTHON, supports_inline_code=True)


_NO_IMAGE: Final = re.compile(r"-|.*[\s\x00-\x1f]|\Z", re.DOTALL)
"""What no image is called, and an engine may take for an option or for nothing."""


def to_container(options: BundlingOptions) -> Container:
    """Return the container as *options* want it.

    Raises:
        OptionError: The image has no image's name.
    """
    if options.image and _NO_IMAGE.match(options.image.image):
        msg = f"image {options.image.image!r} is no image's name, which is like 'registry/name:tag'."
        raise OptionError(msg)
    return Container(
        image=options.image.image if options.image else "",
        image_hash=options.image.to_json() if options.image else None,
        platform=options.platform or "",
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


def to_layers(options: FunctionOptions) -> tuple[Layer, ...]:
    """Return the layers that *options* name; what is known of one is what its construct says of itself."""
    given = options.get("layers") or ()
    known: list[tuple[lambda_.ILayerVersion, object]] = [(layer, getattr(layer, "made", None)) for layer in given]
    return tuple(made if isinstance(made, Layer) else Layer(name=layer.node.path) for layer, made in known)


def _volume(volume: aws_cdk.DockerVolume) -> tuple[str, ...]:
    consistency = () if volume.consistency is None else (volume.consistency.value.lower(),)
    return (volume.host_path, volume.container_path, *consistency)
