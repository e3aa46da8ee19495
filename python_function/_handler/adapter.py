"""Whether requests reach a handler as Lambda has them, or through the adapter."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from python_function._handler import event_use, python_file
from python_function._handler.candidates import HANDLERS
from python_function._handler.entry import Entry
from python_function.errors import OptionError

Name: TypeAlias = Literal["http", "lambda"]

_BY_NAME: Final = ("handler.py", "handle")
"""The file and the function of OpenFaaS' template, which mean requests where the code itself does not say."""

_MEANINGS: Final[tuple[tuple[str, Name, str], ...]] = (
    ("key", "lambda", "reads"),
    ("attribute", "http", "reads"),
    ("whole", "lambda", "takes the event whole:"),
)


@dataclass(frozen=True, slots=True)
class Adapted:
    """How requests reach a handler, and why."""

    name: Name
    reason: str


def decide(given: str | None, entry: Entry) -> Adapted:
    """Decide it: the user says it, what the handler reads of its event does, or its name.

    Raises:
        OptionError: There is no such adapter.
    """
    if given is not None:
        name: Name | None = next((each for each in get_args(Name) if each == given), None)
        if name is None:
            msg = f"adapter must be 'http', 'lambda' or None, not {given!r}."
            raise OptionError(msg)
        return Adapted(name, "given")
    if entry.elsewhere or entry.generated or entry.source is None:
        return Adapted("lambda", "the code of the handler is not here to be read")
    module = python_file.load(entry.source, names={entry.function, *HANDLERS})
    uses = event_use.of(module, entry.function)
    if uses is None:
        return Adapted("lambda", f"what {entry.function} of {entry.index} does with its event is not plain to see")
    return _of_uses(uses, entry, lines=not module.is_outline)


def _of_uses(uses: tuple[event_use.Use, ...], entry: Entry, *, lines: bool) -> Adapted:
    """Decide it by what is read: keys are of dicts alone, and attributes are what no dict has."""
    for kind, name, does in _MEANINGS:
        use = next((use for use in uses if use.kind == kind), None)
        if use is not None:
            where = f"{entry.index}:{use.line}" if lines else entry.index
            return Adapted(name, f"{where} {does} {use.text}")
    if (entry.bundle_index, entry.function) == _BY_NAME:
        return Adapted(
            "http", f"{entry.function} of {entry.index} reads nothing of its event, and is called as in OpenFaaS"
        )
    return Adapted("lambda", f"{entry.function} of {entry.index} reads nothing of its event")
