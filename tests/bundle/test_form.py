"""What a function is deployed as, and the options that go with it."""

import pytest

from python_function._bundle import form
from python_function._bundle.checks import size
from python_function._bundle.image import Image
from python_function.errors import OptionError
from tests.doubles import TARGET

BASE = "public.ecr.aws/lambda/python:3.13"


def asked(package: str, base: str | None = None, **options: object) -> Image | None:
    return form.image(package, base, target=TARGET, handler="index.handler", options=options)


def test_an_archive_is_no_image() -> None:
    assert asked("zip", layers=["layer"]) is None


def test_an_image_is_made_from_the_one_of_its_runtime_and_calls_the_handler() -> None:
    assert asked("image") == Image(base=BASE, command=("index.handler",))


def test_a_base_is_taken_as_it_is() -> None:
    pinned = f"{BASE}@sha256:{'0' * 64}"

    assert asked("image", pinned) == Image(base=pinned, command=("index.handler",))


def test_what_decides_by_itself_does_so_by_the_limit_of_archives() -> None:
    assert asked("auto") == Image(base=BASE, command=("index.handler",), beyond=size.LIMIT)


@pytest.mark.parametrize("package", ["Image", "", "ZIP", "oci"])
def test_another_package_is_an_error_that_names_them(package: str) -> None:
    with pytest.raises(OptionError, match="'zip', 'image', 'auto'"):
        asked(package)


def test_an_archive_has_no_base() -> None:
    with pytest.raises(OptionError, match=r'only an image is made from\. Pass package="image"'):
        asked("zip", BASE)


@pytest.mark.parametrize("package", ["image", "auto"])
@pytest.mark.parametrize("option", ["layers", "adot_instrumentation", "code_signing_config", "profiling"])
def test_what_an_image_cannot_have_is_an_error_that_says_what_to_do(package: str, option: str) -> None:
    with pytest.raises(OptionError, match=rf'package="{package}" .* {option} is given: .* Or pass package="zip"'):
        form.image(package, None, target=TARGET, handler="index.handler", options={option: ["something"]})


def test_options_that_are_empty_are_not_given() -> None:
    assert asked("image", layers=list[str](), profiling=False) is not None


@pytest.mark.parametrize("package", ["image", "auto"])
def test_no_layer_is_added_to_an_image(package: str) -> None:
    with pytest.raises(OptionError, match="an image has no layers"):
        form.refuse_layers(package)


def test_layers_are_added_to_an_archive() -> None:
    form.refuse_layers("zip")
