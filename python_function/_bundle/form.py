"""What a function gets its bundle as: an archive, or an image."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from python_function._bundle.checks import size
from python_function._bundle.image import Image
from python_function._machine.report import Notice
from python_function._target.target import Target
from python_function.errors import OptionError

_HAS_NO_LAYERS: Final = "an image has no layers: let the entry depend on what they bring"
_UNFIT: Final = {
    "layers": _HAS_NO_LAYERS,
    "adot_instrumentation": "its layer cannot be added to an image",
    "insights_version": "its layer cannot be added to an image",
    "params_and_secrets": "its layer cannot be added to an image",
    "profiling": "its agent does not run in an image",
    "profiling_group": "its agent does not run in an image",
    "code_signing_config": "Lambda checks signatures of archives alone",
    "runtime_management_mode": "an image brings its runtime, and keeps it until it is built anew",
}
"""The options that a function in an image cannot have, and why."""


def image(
    package: str, base: str | None, *, target: Target, handler: str, options: Mapping[str, object]
) -> Image | None:
    """Return the image that a function is, or may be; ``None`` if it is an archive whatever its size.

    Args:
        package: ``zip``, ``image`` or ``auto``.
        base: The image that it is made from; by default the one that AWS offers for the runtime.
        target: What the function runs on.
        handler: Its handler, as Lambda has it.
        options: The other options of the function.

    Raises:
        OptionError: There is no such package, or an option does not go with it.
    """
    if package not in {"zip", "image", "auto"}:
        msg = f"package must be one of 'zip', 'image', 'auto', not {package!r}."
        raise OptionError(msg)
    if package == "zip":
        if base is not None:
            msg = f'base_image is {base!r}, which only an image is made from. Pass package="image", or leave it out.'
            raise OptionError(msg)
        return None
    found = next((name for name in _UNFIT if options.get(name)), None)
    if found is not None:
        raise OptionError(_unfit(found, package))
    return Image(
        base=target.runtime_image if base is None else base,
        command=(handler,),
        beyond=size.LIMIT if package == "auto" else 0,
    )


def refuse_layers(package: str) -> None:
    """Let no layer be added to what is, or may be, an image.

    Raises:
        OptionError: It would be.
    """
    if package != "zip":
        raise OptionError(_unfit("layers", package))


def became_image(entry: Path) -> Notice:
    """Return what the user should know of a function that its size made an image."""
    text = (
        f"The bundle of {entry} has more than the {size.LIMIT:,} bytes that an archive may have, so the function is"
        ' an image. Pass package="image" to keep it one: whenever its size crosses the limit, CloudFormation replaces'
        " the function, which does not work if it has a function_name."
    )
    return Notice(id="becameImage", text=text)


def _unfit(name: str, package: str) -> str:
    may = "may make the function" if package == "auto" else "makes the function"
    return f'package="{package}" {may} an image, and {name} is given: {_UNFIT[name]}. Or pass package="zip".'
