"""CDK's objects as plain data."""

import pytest
from aws_cdk import BundlingFileAccess, DockerImage, DockerVolume

from python_function._bundle.spec import Container
from python_function._cdk import plain
from python_function.errors import OptionError
from python_function.options import BundlingOptions


@pytest.mark.parametrize("name", ["--privileged", "-v", "", " ", "a b", "a\nb", "name\t"])
def test_an_image_is_never_an_option_of_the_engine(name: str) -> None:
    options = BundlingOptions(image=DockerImage.from_registry(name))

    with pytest.raises(OptionError, match="is no image's name"):
        plain.to_container(options)


@pytest.mark.parametrize("name", ["python", "localhost:5000/a/b-c_d:1.0-x", "a@sha256:0123"])
def test_an_image_has_its_name(name: str) -> None:
    assert plain.to_container(BundlingOptions(image=DockerImage.from_registry(name))).image == name


def test_a_container_is_as_the_options_say() -> None:
    options = BundlingOptions(
        network="host",
        volumes=[DockerVolume(host_path="/a:b", container_path="/c")],
        bundling_file_access=BundlingFileAccess.VOLUME_COPY,
    )

    assert plain.to_container(options) == Container(network="host", volumes=(("/a:b", "/c"),), copies=True)
