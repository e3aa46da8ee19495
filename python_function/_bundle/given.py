"""The variables that the user gives for a bundle: which of them count, and which are secrets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._machine import environment, redact, text_file
from python_function._machine.report import Notice
from python_function.errors import OptionError
from python_function.options import BundlingOptions

_VARIABLES: Final = MappingProxyType(
    {
        "-f": "UV_FIND_LINKS",
        "-i": "UV_DEFAULT_INDEX",
        "--default-index": "UV_DEFAULT_INDEX",
        "--extra-index-url": "UV_EXTRA_INDEX_URL",
        "--find-links": "UV_FIND_LINKS",
        "--index": "UV_INDEX",
        "--index-url": "UV_DEFAULT_INDEX",
    }
)
"""Arguments of uv that take a URL, and the variables that say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What every step gets to see.

    Attributes:
        variables: Names and values, sorted.
        secrets: The names of those that count by name alone.
        installer_args: The arguments of the installer, none of which lets anybody in.
        notices: What the user should know.
    """

    variables: tuple[tuple[str, str], ...]
    secrets: frozenset[str]
    installer_args: tuple[str, ...]
    notices: tuple[Notice, ...]


def given(options: BundlingOptions, packaging: Packaging) -> Given:
    """Return the variables of *options* for a bundle with the dependencies of *packaging*.

    Raises:
        OptionError: An argument of the installer holds credentials where no variable can take its place.
    """
    open_ones = {**(options.build_args or {}), **(options.environment or {})}
    arguments, from_arguments = _taken_apart(options.installer_args)
    of_index = environment.credential_names(open_ones, _texts(packaging)) if open_ones else frozenset[str]()
    suspects = sorted(name for name in open_ones if redact.names_secret(name) and name not in of_index)
    secrets = options.secrets or {}
    return Given(
        variables=tuple(sorted({**open_ones, **from_arguments, **secrets}.items())),
        secrets=frozenset({*secrets, *of_index}),
        installer_args=arguments,
        notices=(_warning(suspects),) if suspects else (),
    )


def lists(packaging: Packaging, directory: Path) -> tuple[str, ...]:
    """Return the lists in *directory* that were read: they may hold credentials, and nothing at run time needs them."""
    files = packaging.content.requirements.files if isinstance(packaging.content, Listed) else ()
    inside = (file.relative_to(directory) for file in files if file.is_relative_to(directory))
    return tuple(sorted({file.as_posix() for file in inside if file.suffix != ".py"}))


def _warning(names: list[str]) -> Notice:
    instead = ", ".join(f'"{name}": ...' for name in names)
    text = (
        f"environment holds {' and '.join(names)}, by the name a credential: the asset hash changes with its value."
        f" Pass secrets={{{instead}}} instead, whose values show nowhere and are not hashed."
    )
    return Notice(id="secretInEnvironment", text=text)


def _texts(packaging: Packaging) -> Iterator[str]:
    """Yield what may name the variables that an index's credentials are in."""
    match packaging.content:
        case Listed(requirements=requirements):
            yield from (*requirements.options, *requirements.lines, *requirements.constraints)
        case _:
            if packaging.file:
                yield text_file.read(packaging.file).decode(errors="replace")


def _taken_apart(arguments: Iterable[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return *arguments* without those that let somebody in, and the variables that take their place."""
    kept: list[str] = []
    found: dict[str, str] = {}
    for argument in arguments:
        name, _, value = argument.partition("=")
        if not redact.holds_credentials(argument):
            kept.append(argument)
            continue
        if value and "://" not in name:
            option = name
        else:
            option, value = kept.pop() if kept else "", argument
        if option not in _VARIABLES:
            msg = (
                f"installer_args holds credentials in {redact.masked(argument)!r}. Pass them as environment or secrets."
            )
            raise OptionError(msg)
        variable = _VARIABLES[option]
        separator = "," if variable == "UV_FIND_LINKS" else " "
        found[variable] = f"{found[variable]}{separator}{value}" if variable in found else value
    return tuple(kept), found
