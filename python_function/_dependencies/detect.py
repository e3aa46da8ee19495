"""Which tool owns the dependencies of an entry, and what its files say, without starting it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, assert_never

from python_function._dependencies import nested
from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Listed, Locked
from python_function._dependencies.files import FORMATS, KINDS, found_in, home_of
from python_function._dependencies.formats import script
from python_function._dependencies.formats.record import Format, Search
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.requirements_txt import read
from python_function._machine.report import Notice
from python_function.errors import OptionError, PackagingError

_NO_CHOICE: Final = Choice()


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """Where the dependencies of an entry are declared.

    Attributes:
        kind: One of :data:`KINDS`.
        file: The file that decides: the lock, the requirements, or the manifest; ``None`` for the kind ``none``.
        content: What it says.
        identity: What decides the bundle, as text, without secrets and without the place of anything on this machine.
            The content of *local* is not in it.
        warnings: What the user should know.
    """

    kind: str = "none"
    file: Path | None = None
    content: Locked | Listed = field(default_factory=Listed)
    identity: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()

    @property
    def title(self) -> str:
        """What a line about the build calls it."""
        return f"dependencies of {self.file.name}" if self.file else "no dependencies"

    @property
    def is_exact(self) -> bool:
        """Whether the files say of everything which one it is, so that nothing is resolved."""
        match self.content:
            case Locked():
                return True
            case Listed(requirements=listed):
                return listed.exact or (listed.hashed and not listed.unpinned)

    @property
    def local(self) -> tuple[LocalPackage, ...]:
        """The source trees that the bundle depends on."""
        return self.content.local

    @property
    def packed(self) -> tuple[Path, ...]:
        """The archives in the user's tree, and the directories of archives, that packages are taken from."""
        match self.content:
            case Locked(part=part):
                return (*(archive.path for archive in part.archives), *part.links)
            case Listed(requirements=listed):
                return (*(archive.path for archive in listed.archives), *listed.links)

    def with_local(self, packages: Iterable[LocalPackage]) -> "Packaging":
        """Return this with *packages* in the place of the local ones that it has."""
        local = tuple(packages)
        match self.content:
            case Locked() as locked:
                content: Locked | Listed = replace(locked, part=replace(locked.part, local=local))
            case Listed() as listed:
                content = replace(listed, requirements=replace(listed.requirements, local=local))
            case _:
                assert_never(self.content)
        return replace(self, content=content)

    def apart_from(self, output: Path) -> "Packaging":
        """Return this with *output*, CDK's own, left out of every local package that it is in."""
        return self.with_local(
            replace(package, leaves_out=(output.relative_to(package.directory).as_posix(),))
            if output.is_relative_to(package.directory)
            else package
            for package in self.local
        )


def detect(
    entry: Path,
    *,
    index: Path | None = None,
    packaging: str | None = None,
    project_root: Path | None = None,
    choice: Choice = _NO_CHOICE,
) -> Packaging:
    """Find out what declares the dependencies of *entry*.

    Args:
        entry: The directory of the code; absolute.
        index: The file of the handler, which may carry its dependencies in a PEP 723 block; absolute.
        packaging: The kind to take, whatever else there is.
        project_root: The directory above the entry that the search may go up to. Without it only a uv workspace that
            the entry is a member of is looked for above the entry.
        choice: What to take of the optional dependencies, and how to ask the tool.

    Raises:
        PackagingError: The files contradict each other, or cannot be read.
        OptionError: An option does not fit what was found.
    """
    if packaging is not None and packaging not in KINDS:
        msg = f"packaging must be one of {', '.join(KINDS)}, not {packaging!r}."
        raise OptionError(msg)
    try:
        return _detected(entry, index, packaging, project_root, choice)
    except (RecursionError, UnicodeError, OSError) as error:
        msg = f"What declares the dependencies of {entry} cannot be read, or is nested too deeply: {error}."
        raise PackagingError(msg) from error


def _detected(
    entry: Path, index: Path | None, packaging: str | None, project_root: Path | None, choice: Choice
) -> Packaging:
    home = home_of(entry, project_root)
    search = Search(home=home, index=index, project_root=project_root, choice=choice)
    found = found_in(search)
    if packaging == "none" or not (found or packaging):
        choice.check(home, groups=None, extras=None)
        return Packaging()
    if packaging is None:
        chosen = _first(home, found)
        return _declared(chosen, found[chosen], search, _ignored(chosen, found))
    chosen = _asked_for(packaging, search, found)
    return _declared(chosen, found[chosen], search, ())


def kind_of_file(index: Path) -> str:
    """Return the kind for a handler's file that is bundled alone: nothing of the project around it is its own.

    Args:
        index: The file; its PEP 723 block wins over the requirements file beside it.
    """
    if script.has(index):
        return "script"
    return "pip" if index.with_name("requirements.txt").is_file() else "none"


def _first(home: Path, found: Mapping[Format, Path]) -> Format:
    locks = [path for format_, path in found.items() if format_.is_lock]
    if len(locks) > 1:
        names = " and ".join(path.name for path in locks)
        msg = f"{home} has both {names}. Remove one, or pass packaging=... to choose."
        raise PackagingError(msg)
    return next(iter(found))


def _asked_for(kind: str, search: Search, found: Mapping[Format, Path]) -> Format:
    of_kind = [format_ for format_ in FORMATS if format_.kind == kind]
    unlocked = [format_ for format_ in FORMATS if format_.kind in {each.unlocked for each in of_kind}]
    for format_ in (*of_kind, *unlocked):
        if format_ in found:
            return format_
    there = ", ".join(str(path) for path in found.values()) or "nothing that declares dependencies"
    needs = of_kind[0].named(of_kind[0].place(search))
    msg = f"packaging={kind!r} needs {needs}. Found: {there}. Create it, or leave packaging out."
    raise PackagingError(msg)


def _ignored(chosen: Format, found: Mapping[Format, Path]) -> tuple[Notice, ...]:
    others = [format_ for format_ in found if format_.is_ignored_loudly and format_ != chosen]
    if not others:
        return ()
    what = " and ".join(format_.called(found[format_]) for format_ in others)
    text = f"{found[chosen]} decides the dependencies; {what} is not read. Remove it, or pass packaging=... to choose."
    return (Notice(id="ignoredDependencies", text=text),)


def _declared(format_: Format, file: Path, search: Search, notices: tuple[Notice, ...]) -> Packaging:
    declared = format_.read(file, search.home, search.choice)
    content = declared.content
    if isinstance(content, Listed):
        requirements = nested.follow(read.without(content.requirements, search.choice.exclude))
        content = replace(content, requirements=requirements, choice=search.choice)
    else:
        local = nested.of_lock(file, content.part.local, content.part.archives)
        content = replace(content, part=replace(content.part, local=local))
    packaging = Packaging(
        kind=format_.kind,
        file=file,
        content=content,
        identity=(format_.kind, format_.file, *content.identity),
        warnings=(*notices, *declared.warnings, *_excluded_alone(file, content)),
    )
    return packaging.with_local(_within(package, search.project_root) for package in packaging.local)


def _excluded_alone(file: Path, content: Listed | Locked) -> Iterator[Notice]:
    if isinstance(content, Listed) and content.requirements.exact and content.choice.exclude:
        text = (
            f"{file} does not say which package needs which, so exclude_packages leaves out what it names and nothing "
            "else. Name the packages that only those needed, too."
        )
        yield Notice(id="excludedAlone", text=text)


def _within(package: LocalPackage, project_root: Path | None) -> LocalPackage:
    is_inside = project_root is not None and package.directory.is_relative_to(project_root)
    return replace(package, within=project_root) if is_inside else package
