"""AWS CDK constructs that turn a directory of Python code into a Lambda function or layer."""

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from python_function.errors import (
        BundlingError,
        EngineError,
        EntryError,
        OptionError,
        PackagingError,
        PythonFunctionError,
    )
    from python_function.function import PythonFunction
    from python_function.layer import PythonLayerVersion
    from python_function.options import RUNTIME_PACKAGES, BundlingOptions, CommandHooks, Package, Packaging, Strategy
    from python_function.service import PythonService

    __version__: str

__all__ = [
    "RUNTIME_PACKAGES",
    "BundlingError",
    "BundlingOptions",
    "CommandHooks",
    "EngineError",
    "EntryError",
    "OptionError",
    "Package",
    "Packaging",
    "PackagingError",
    "PythonFunction",
    "PythonFunctionError",
    "PythonLayerVersion",
    "PythonService",
    "Strategy",
    "__version__",
]

_HOMES: Final = {
    **dict.fromkeys(
        ("BundlingOptions", "CommandHooks", "Package", "Packaging", "RUNTIME_PACKAGES", "Strategy"), "options"
    ),
    "PythonFunction": "function",
    "PythonLayerVersion": "layer",
    "PythonService": "service",
}


def __getattr__(name: str) -> object:
    """Import what is asked for: the command line needs nothing of CDK, which takes a second to import."""
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("cdk-python-function")
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
