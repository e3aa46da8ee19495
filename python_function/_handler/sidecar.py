"""The handler's file beside the file that defines the construct."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from python_function._handler import python_file
from python_function.errors import EntryError

_NOT_IN_NAMES: Final = re.compile(r"\W")


def find(definers: Sequence[Path], construct_id: str) -> Path:
    """Return the file that belongs to the construct *construct_id*.

    Args:
        definers: The files that may have defined the construct, likeliest first.
        construct_id: Its id; the sidecar of ``my_handler`` in ``stack.py`` is ``stack.my_handler.py``, or
            ``stack_my_handler.py`` where tests want to import it.
    """
    if not definers:
        msg = (
            f"No file defines the construct {construct_id!r}, so none can stand beside it. Pass entry=... to name one."
        )
        raise EntryError(msg)
    looked_for = [file for definer in definers for file in _beside(definer, construct_id)]
    found = next((file for file in looked_for if python_file.exists(file)), None)
    twin = found and found.with_name(bundled_name(found.name))
    if twin and twin != found and python_file.exists(twin):
        msg = f"Both {found} and {twin} are the handler's file of the construct {construct_id!r}. Remove one."
        raise EntryError(msg)
    if found is None:
        places = " and ".join(map(str, looked_for))
        msg = f"No handler's file for the construct {construct_id!r}: looked for {places}. Add one, or pass entry=..."
        raise EntryError(msg)
    return found


def bundled_name(name: str) -> str:
    """Return the importable name under which the file *name* is bundled."""
    stem = _NOT_IN_NAMES.sub("_", name.removesuffix(".py"))
    return f"{stem}.py" if stem.isidentifier() else f"_{stem}.py"


def _beside(definer: Path, construct_id: str) -> Iterator[Path]:
    stem = definer.name.removesuffix(".py")
    plain = f"{stem}.{construct_id.replace('/', '--')}.py"
    yield definer.with_name(plain)
    yield definer.with_name(bundled_name(plain))
