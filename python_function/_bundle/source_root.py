"""Which folder of the entry stands at the bundle's root."""

from pathlib import PurePosixPath

from python_function._handler import layout
from python_function._handler.entry import Entry
from python_function._handler.layout import Root
from python_function._source import select
from python_function._source.select import Source
from python_function.errors import OptionError


def normal(given: str | None) -> str | None:
    """Return a folder of the entry as the user gives it, without detours; ``""`` for the entry itself."""
    folder = None if given is None else str(PurePosixPath(given))
    return "" if folder == "." else folder


def decide(given: str | None, source: Source, found: Entry | None) -> Root:
    """Decide it: the user says it, the module path of the handler does, or the imports of the code.

    Args:
        given: What the user says, without detours.
        source: The source that is bundled.
        found: What Lambda will call; ``None`` for a layer.

    Raises:
        OptionError: There is no such folder.
    """
    if given is not None:
        if not (source.directory / given).is_dir():
            msg = f"source_root {given!r} is no folder of {source.directory}."
            raise OptionError(msg)
        return Root(given, "source_root is given")
    if found is not None and found.root is not None:
        return Root(found.root, "the handler's module path starts there")
    if source.only or not (source.directory / layout.SOURCE_ROOT).is_dir():
        return Root()
    files = [file.path for file in select.files(source).files]
    return layout.find(source.directory, files, index=found.index if found else None)
