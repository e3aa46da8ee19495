"""What the library knows of one way to declare dependencies."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Where to look, and for what.

    Attributes:
        home: The directory that declares the dependencies.
        index: The file of the handler.
        project_root: The directory above *home* that the search may go up to.
        choice: What was chosen among the optional dependencies.
    """

    home: Path
    index: Path | None
    project_root: Path | None
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to declare dependencies.

    Attributes:
        kind: What ``packaging=`` calls it.
        file: The name of the file that declares them; empty where that is the handler's own.
        part: The part of that file, where the whole file is not about dependencies.
        docs: Its page of the documentation, below ``docs/packaging``.
        read: Reads the file, for the project in a directory, with what was chosen.
        is_lock: Whether the file is a lock: two of them contradict each other.
        unlocked: The kind of what is read where the lock is not there.
        is_ignored_loudly: Whether the user should know that something else was taken.
        declares: Tells whether a file of that name is meant for it.
        above: Finds the file above the home, where no lock is in it.
    """

    kind: str
    file: str
    part: str = ""
    docs: str
    read: Callable[[Path, Path, Choice], Declared]
    is_lock: bool = False
    unlocked: str = ""
    is_ignored_loudly: bool = False
    declares: Callable[[Path, Choice], bool] = lambda file, _choice: file.is_file()
    above: Callable[[Search], Path | None] = lambda _search: None

    def find(self, search: Search) -> Path | None:
        """Return the file that declares dependencies in this way, as far as it is at home."""
        path = self.place(search)
        return path if path and self.declares(path, search.choice) else None

    def place(self, search: Search) -> Path | None:
        """Return where the file would be."""
        return search.home / self.file if self.file else search.index

    def named(self, path: Path | None) -> str:
        """Return what in *path* declares dependencies, with its place."""
        place = str(path) if path else "the handler's file"
        return f"a {self.part} in {place}" if self.part else place

    def called(self, path: Path) -> str:
        """Return what in *path* declares dependencies, by its name alone."""
        return f"the {self.part} of {path.name}" if self.part else path.name
