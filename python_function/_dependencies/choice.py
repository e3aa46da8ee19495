"""What the user chose of the dependencies that are declared."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from python_function.errors import OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to take of the optional dependencies, and how to ask the tool that knows them.

    Attributes:
        groups: Dependency groups; categories of a Pipfile.
        extras: Optional dependencies of the project.
        exclude: Packages to leave out, with whatever only they need.
        poetry_version: The poetry that exports, instead of the one that suits the lock.
        pipenv_version: Without effect: no pipenv is started.
        poetry_include_hashes: Whether what poetry exports has hashes.
        poetry_without_urls: Whether what poetry exports leaves out its sources.
    """

    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    poetry_version: str | None = None
    pipenv_version: str | None = None
    poetry_include_hashes: bool = True
    poetry_without_urls: bool = False

    def identity(self) -> tuple[str, ...]:
        """Return what may change what is installed; the order of choices does not."""
        return (
            *(f"group {name}" for name in sorted({canonicalize_name(name) for name in self.groups})),
            *(f"extra {name}" for name in sorted({canonicalize_name(name) for name in self.extras})),
            *(f"without {name}" for name in sorted({canonicalize_name(name) for name in self.exclude})),
            *(() if self.poetry_include_hashes else ("without hashes",)),
            *(("without urls",) if self.poetry_without_urls else ()),
            *((f"poetry {self.poetry_version}",) if self.poetry_version else ()),
        )

    def takes_group(self, name: str) -> bool:
        """Tell whether the group *name* was chosen, however it is spelled."""
        return canonicalize_name(name) in map(canonicalize_name, self.groups)

    def takes_extra(self, name: str) -> bool:
        """Tell whether the extra *name* was chosen, however it is spelled."""
        return canonicalize_name(name) in map(canonicalize_name, self.extras)

    def check(self, file: Path, *, groups: Collection[str] | None, extras: Collection[str] | None) -> None:
        """Hold the choice to what there is; None where *file* cannot have such a thing at all.

        Raises:
            OptionError: Something was chosen that is not there.
        """
        for word, chosen, known in (("groups", self.groups, groups), ("extras", self.extras, extras)):
            if chosen and known is None:
                msg = f"{word}={list(chosen)} has no meaning for {file}, which knows no {word}. Leave it out."
                raise OptionError(msg)
            names = {canonicalize_name(name) for name in known or ()}
            if unknown := [name for name in chosen if canonicalize_name(name) not in names]:
                there = ", ".join(sorted(names)) or "none"
                msg = f"{word}={list(chosen)}: {file} has no {', '.join(map(repr, unknown))}. It has: {there}."
                raise OptionError(msg)
