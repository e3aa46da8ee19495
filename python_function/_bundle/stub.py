"""The module that stands in a bundle between Lambda and the handler: the adapter of requests."""

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Final

from python_function._handler.adapter import Adapted
from python_function._handler.entry import Entry

_MODULE: Final = "_python_function_http"
_FUNCTION: Final = "handler"
_CODE: Final = ("_handler", "http_adapter.py")

HANDLER: Final = f"{_MODULE}.{_FUNCTION}"
"""The handler string that Lambda gets in place of the user's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A module of this library's that stands at the bundle's root, between Lambda and the handler.

    Attributes:
        place: Its file.
        text: What is in it.
        reason: Why it is there, for people.
    """

    place: str
    text: str = field(repr=False)
    reason: str


def called(entry: Entry, prefix: str) -> str:
    """Return the user's handler in a bundle that has everything in the folder *prefix*."""
    return entry.handler if entry.elsewhere else ".".join((*PurePosixPath(prefix).parts, entry.handler))


def of(adapted: Adapted, entry: Entry, prefix: str) -> Stub | None:
    """Return what stands between Lambda and the handler of *entry*, if something has to."""
    if adapted.name != "http":
        return None
    module, _, function = called(entry, prefix).rpartition(".")
    code = files("python_function").joinpath(*_CODE).read_text(encoding="utf-8")
    text = f"{code}\n\n{_FUNCTION} = answering({module!r}, {function!r})\n"
    return Stub(place=f"{_MODULE}.py", text=text, reason=adapted.reason)
