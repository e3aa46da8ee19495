"""Writes ``python_function/_cdk/props.py``, the options of CDK's constructs, as the installed aws-cdk-lib has them.

Run it as a program after an update of aws-cdk-lib.
"""

import inspect
import re
import typing
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import aws_lambda as lambda_

PATH = Path(__file__).parent.parent / "python_function" / "_cdk" / "props.py"

CONSTRUCTS: Mapping[str, tuple[type, frozenset[str]]] = {
    "FunctionOptions": (lambda_.Function, frozenset({"scope", "id", "code", "handler", "runtime", "architecture"})),
    "LayerVersionOptions": (
        lambda_.LayerVersion,
        frozenset({"scope", "id", "code", "compatible_runtimes", "compatible_architectures"}),
    ),
}
"""Each TypedDict, the construct whose options it holds, and the ones that we name ourselves."""


def options(construct: type, named: frozenset[str]) -> Mapping[str, object]:
    """Return the options of *construct* that are not in *named*, with their types."""
    constructor = inspect.getattr_static(construct, "__init__")
    hints = typing.get_type_hints(constructor)
    return {name: hint for name, hint in hints.items() if name not in named | {"return"}}


def rendered(hint: object) -> str:
    """Return *hint* as a type checker reads it."""
    arguments = typing.get_args(hint)
    if {int, float} <= set(arguments):
        return " | ".join(["float", *(rendered(other) for other in arguments if other not in (int, float))])
    if typing.get_origin(hint) is typing.Union:
        return " | ".join(rendered(argument) for argument in arguments)
    if arguments:
        origin = typing.get_origin(hint)
        assert isinstance(origin, type)
        return f"{origin.__name__}[{', '.join(rendered(argument) for argument in arguments)}]"
    if hint is typing.Any:
        return "Any"
    assert isinstance(hint, type)
    if hint is type(None):
        return "None"
    return hint.__name__ if hint.__module__ == "builtins" else f"{hint.__module__}.{hint.__name__}"


def source() -> str:
    """Return the text of the module."""
    bodies = [
        f"class {name}(TypedDict, total=False):\n"
        f'    """What ``{construct.__name__}`` takes besides our own options."""\n\n'
        + "".join(f"    {option}: {rendered(hint)}\n" for option, hint in options(construct, named).items())
        for name, (construct, named) in CONSTRUCTS.items()
    ]
    body = "\n\n".join(bodies)
    modules = sorted({"aws_cdk", *re.findall(r"aws_cdk(?:\.[a-z]\w+)+", body)})
    return (
        '"""The options of CDK\'s constructs; written by tools/generate_cdk_props.py."""\n\n'
        "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING, Any, TypedDict\n\n"
        "if TYPE_CHECKING:\n    from collections.abc import Mapping, Sequence\n\n"
        + "".join(f"    import {module}\n" for module in modules)
        + f"\n\n{body}"
    )


if __name__ == "__main__":
    PATH.write_text(source(), encoding="utf-8")
