"""``poetry.lock``: which of its packages needs which others, for which environments."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import canonicalize_name

from python_function._dependencies.choice import Choice
from python_function._dependencies.complete import Need
from python_function._dependencies.declared import Locked
from python_function._dependencies.formats import manifest_lines, poetry_lock
from python_function._dependencies.marker import of_line
from python_function._machine.toml import NOTHING, alternatives, read_toml, strings, table, tables

_NO_INDEX = frozenset({"directory", "file", "git", "url"})


def needs(locked: Locked) -> Iterator[Need]:
    """Yield what the packages of the lock *locked* need, as far as the lock is certain of it."""
    packages = tables(read_toml(locked.file), "package")
    if any("groups" in package for package in packages):
        yield from _of_the_project(packages, locked.choice)
    else:
        yield from _of_each_other(packages, locked)


def _of_the_project(packages: Sequence[Mapping[str, object]], choice: Choice) -> Iterator[Need]:
    """Yield what a lock of poetry 2 says that the project needs: of every package, and for which groups."""
    for package in packages:
        wanted = [group for group in strings(package, "groups") if group == "main" or choice.takes_group(group)]
        markers = package.get("markers", "")
        for group in wanted if package.get("optional") is False else ():
            marker = markers if isinstance(markers, str) else table(markers).get(group, "")
            yield _need("", package, str(marker))


def _of_each_other(packages: Sequence[Mapping[str, object]], locked: Locked) -> Iterator[Need]:
    """Yield what the manifest asks for, and what each package of an older lock does."""
    many = Counter(map(poetry_lock.name_of, packages))
    named = {poetry_lock.name_of(package): package for package in packages}
    poetry = table(read_toml(locked.file.with_name("pyproject.toml")), "tool", "poetry")
    for name, value in poetry_lock.wanted(poetry, locked.choice):
        if package := named.get(canonicalize_name(name)):
            yield _one_of(many, "", package, of_line(manifest_lines.line("any", _conditions(value), locked.project)))
    for package in packages:
        for name, value in table(package, "dependencies").items():
            several: list[Mapping[str, object]] = alternatives(value) or [NOTHING]
            for one in several:
                if not one.get("optional") and (other := named.get(canonicalize_name(name))):
                    yield _one_of(many, poetry_lock.name_of(package), other, str(one.get("markers", "")))


def _conditions(value: object) -> Mapping[str, object]:
    """Return *value* without what has nothing to do with the environment."""
    return {key: one for key, one in table(value).items() if key in {"markers", "python", "platform"}}


def _one_of(many: Counter[str], asker: str, package: Mapping[str, object], marker: str) -> Need:
    """Return that *asker* needs *package*; of several of that name it is not certain which, and what that needs."""
    if many[poetry_lock.name_of(package)] == 1:
        return _need(asker, package, marker)
    return Need(asker=asker, asked="?", name=poetry_lock.name_of(package), marker=marker)


def _need(asker: str, package: Mapping[str, object], marker: str) -> Need:
    name = poetry_lock.name_of(package)
    has_url = table(package, "source").get("type") in _NO_INDEX
    version = "" if has_url else str(package.get("version", ""))
    return Need(asker=asker, asked=name, name=name, version=version, marker=marker)
