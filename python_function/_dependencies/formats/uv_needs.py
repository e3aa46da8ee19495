"""``uv.lock``: which of its packages needs which others, for which environments."""

from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import canonicalize_name

from python_function._dependencies.complete import Need
from python_function._dependencies.declared import Locked
from python_function._dependencies.formats import uv_lock
from python_function._machine.toml import read_toml, strings, table, tables


def needs(locked: Locked) -> Iterator[Need]:
    """Yield what the packages of the lock *locked* need, as far as the lock is certain of it."""
    lock = read_toml(locked.file)
    packages = tables(lock, "package")
    roots = uv_lock.roots_of(lock, locked.part.member)
    choice = uv_lock.with_default_groups(locked.choice, read_toml(locked.project / "pyproject.toml"))
    excluded = frozenset(map(canonicalize_name, choice.exclude))
    named: dict[str, list[tuple[int, Mapping[str, object]]]] = {}
    for number, package in enumerate(packages):
        if uv_lock.name_of(package) not in excluded:
            named.setdefault(uv_lock.name_of(package), []).append((number, package))
    own = frozenset(id(root) for root in roots) if locked.part.member else frozenset[int]()
    for number, package in enumerate(packages):
        lists = [("dependencies", ""), *(("optional-dependencies", x) for x in table(package, "optional-dependencies"))]
        for place in lists:
            yield from _below(_key(number, place[1]), package, place, named, own)
    for number, package in enumerate(packages):
        if any(package is root for root in roots):
            yield from () if own else (_need("", _key(number), package, "", own),)
            for place in uv_lock.wishes(choice):
                yield from _below("", package, place, named, own)


def _below(
    asker: str,
    package: Mapping[str, object],
    place: tuple[str, str],
    named: Mapping[str, Sequence[tuple[int, Mapping[str, object]]]],
    own: frozenset[int],
) -> Iterator[Need]:
    """Yield what *package* has in its list at *place*; what may be one of several packages is not certain."""
    key, extra = place
    for dependency in tables(package, key, *((extra,) if extra else ())):
        several = named.get(uv_lock.name_of(dependency), ())
        meant = [(number, other) for number, other in several if uv_lock.meets(other, dependency)]
        if len(meant) == 1:
            ((number, other),) = meant
            marker = str(dependency.get("marker", ""))
            for wish in ("", *strings(dependency, "extra")):
                yield _need(asker, _key(number, wish), other, marker, own)


def _need(asker: str, asked: str, package: Mapping[str, object], marker: str, own: frozenset[int]) -> Need:
    source = table(package, "source")
    is_installed = "virtual" not in source and id(package) not in own
    return Need(
        asker=asker,
        asked=asked,
        name=uv_lock.name_of(package) if is_installed else "",
        version=str(package.get("version", "")) if "registry" in source else "",
        marker=marker,
    )


def _key(number: int, extra: str = "") -> str:
    return f"{number} {extra}"
