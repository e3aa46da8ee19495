"""Which runtimes a bundle is built for: given, or declared wherever its dependencies may be."""

from collections.abc import Sequence
from pathlib import Path

from python_function._dependencies.detect import Packaging
from python_function._source.select import Source
from python_function._target import infer
from python_function._target.infer import Runtime


def choose(
    given: Sequence[str], *, option: str, source: Source, packaging: Packaging, index: Path | None
) -> tuple[Runtime, ...]:
    """Choose the runtime, or take those that were given, each held to what the project says.

    What decides may stand from the entry up to the home of the dependencies.

    Args:
        given: The names of the runtimes that the user gave, the one to build for first.
        option: How the user gave them: the name of the option, ``{}`` for a number in a list.
        source: The source that is bundled.
        packaging: What declares the dependencies.
        index: The handler's file, if there is one.

    Raises:
        OptionError: What the project says rules one out, or all.
        PackagingError: A file that says it cannot be read.
    """
    homes = (source.directory, source.within, packaging.file and packaging.file.parent)
    top = min((home for home in homes if home), key=lambda home: len(home.parts))
    return tuple(
        infer.infer(
            source.directory, given=name, index=index, top=top, lock=packaging.file, option=option.format(number)
        )
        for number, name in enumerate(given or (None,))
    )
