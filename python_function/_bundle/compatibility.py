"""Whether a function can use its layers."""

from collections.abc import Sequence
from typing import Final

from python_function._bundle.spec import Layer
from python_function._target.target import Target
from python_function.errors import OptionError

_MOST: Final = 5
"""How many layers a function can have: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html"""


def check(layers: Sequence[Layer], target: Target) -> None:
    """Hold *layers* to what they were made for.

    Raises:
        OptionError: One was not made for *target*, or they are too many.
    """
    if len(layers) > _MOST:
        names = ", ".join(layer.name for layer in layers)
        msg = f"layers has {len(layers)} layers, and Lambda takes {_MOST} at most: {names}."
        raise OptionError(msg)
    for layer in layers:
        wanted = (
            ("runtime", target.runtime, layer.runtimes, "compatible_runtimes"),
            ("architecture", target.architecture, layer.architectures, "compatible_architectures"),
        )
        for what, name, made_for, option in wanted:
            if made_for and name not in made_for:
                msg = (
                    f"The layer {layer.name} is made for {', '.join(made_for)}, and the {what} of this function is"
                    f" {name}. Add it to the {option} of the layer, or make another layer."
                )
                raise OptionError(msg)
