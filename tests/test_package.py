import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import python_function


@pytest.mark.parametrize("name", python_function.__all__)
def test_everything_that_is_public_can_be_imported_from_the_root(name: str) -> None:
    assert getattr(python_function, name) is not None


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'NodejsFunction'"):
        python_function.NodejsFunction  # noqa: B018


def test_the_package_knows_its_version() -> None:
    assert python_function.__version__ == importlib.metadata.version("cdk-python-function")


def test_every_error_that_a_build_can_raise_is_public() -> None:
    assert issubclass(python_function.EngineError, python_function.BundlingError)
    assert issubclass(python_function.BundlingError, python_function.PythonFunctionError)


def test_nothing_of_cdk_is_imported_before_it_is_asked_for() -> None:
    code = "import sys, python_function, python_function.errors; print('aws_cdk' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_types_come_with_the_package() -> None:
    assert (Path(python_function.__file__).parent / "py.typed").is_file()
