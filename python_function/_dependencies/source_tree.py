"""What a source tree says that it needs, as lines of a requirements file, without running any of it."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from python_function._dependencies.formats import manifest_lines, poetry_sources
from python_function._dependencies.local_packages import setup_arguments, setup_cfg
from python_function._machine.toml import NOTHING, alternatives, read_toml, strings, table

_ROOT: Final = "{root:uri}"
"""hatchling's word for the URL of the directory of a project."""

_NAME: Final = re.compile(r"[\w.-]+")
_OF_GIT: Final = frozenset(
    {
        "dunamai",
        "flit-scm",
        "hatch-vcs",
        "poetry-dynamic-versioning",
        "setuptools-git-versioning",
        "setuptools-scm",
        "uv-dynamic-versioning",
        "vcs-versioning",
        "versioneer",
        "versioningit",
    }
)
"""What asks git for the version of a package that is built."""

_PLACES: Final = frozenset({"path", "file", "git", "url"})
"""What a table of poetry's says of a package that is from no index."""


def needs(directory: Path, extras: Collection[str]) -> tuple[str, ...]:
    """Return what the tree at *directory* needs at run time, with *extras*; whatever is not known before a build lacks.

    Raises:
        PackagingError: Its metadata cannot be parsed.
    """
    manifest = _manifest(directory)
    project = table(manifest, "project")
    texts = tuple(_requirements(directory, manifest, frozenset(extras)))
    if {"dependencies", "optional-dependencies"} & set(strings(project, "dynamic")):
        texts += tuple(table(manifest, "tool", "uv", "sources"))
    enriches = "dependencies" in project
    own = () if enriches else _poetry(manifest, extras)
    placed = tuple(line.text for line in poetry_sources.of(texts, manifest, directory)) if enriches else texts
    return (
        *_lines(placed, manifest, directory),
        *(manifest_lines.line(name, value, directory) for name, value in own),
    )


def build_needs(directory: Path) -> tuple[str, ...]:
    """Return what the tree at *directory* needs to be built, as far as its manifest says.

    Raises:
        PackagingError: The manifest cannot be parsed.
    """
    manifest = _manifest(directory)
    texts = strings(manifest, "build-system", "requires")
    return _lines(texts, manifest, directory)


def _lines(texts: Sequence[str], manifest: Mapping[str, object], directory: Path) -> tuple[str, ...]:
    return tuple(line.text for line in manifest_lines.lines(texts, _without_indexes(manifest), directory))


def asks_git(directory: Path) -> bool:
    """Tell whether the tree at *directory* has its version from git.

    Raises:
        PackagingError: Its metadata cannot be parsed.
    """
    manifest = _manifest(directory)
    given = setup_arguments(directory)
    asked = (
        *strings(manifest, "build-system", "requires"),
        *_constants(given.get("setup_requires")),
        *_listed(setup_cfg(directory, "options").get("setup_requires", "")),
    )
    names = {canonicalize_name(match[0]) for text in asked if (match := _NAME.match(text))}
    of_pdm = table(manifest, "tool", "pdm", "version").get("source") == "scm"
    return bool(names & _OF_GIT) or "use_scm_version" in given or of_pdm or "versioneer" in table(manifest, "tool")


def _manifest(directory: Path) -> Mapping[str, object]:
    file = directory / "pyproject.toml"
    return read_toml(file) if file.is_file() else NOTHING


def _without_indexes(manifest: Mapping[str, object]) -> Mapping[str, object]:
    """Return *manifest* without the indexes that it names: they are for a lock of its own."""
    own = {key: value for key, value in table(manifest, "tool", "uv").items() if key != "index"}
    return {**manifest, "tool": {**table(manifest, "tool"), "uv": own}}


def _requirements(directory: Path, manifest: Mapping[str, object], extras: frozenset[str]) -> Iterator[str]:
    for table_of, chosen in _declared(directory, manifest):
        names = {str(canonicalize_name(name)): texts for name, texts in chosen.items()}
        yield from (_placed(text, directory) for text in table_of)
        waiting, seen = sorted(extras), set[str]()
        while waiting:
            extra = waiting.pop()
            if extra in seen:
                continue
            seen.add(extra)
            for text in names.get(extra, ()):
                yield _placed(text, directory)
                waiting += _own_extras(text, manifest)


def _declared(
    directory: Path, manifest: Mapping[str, object]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]]:
    """Yield the dependencies, and those of each extra, of every file that may hold them."""
    optional = table(manifest, "project", "optional-dependencies")
    yield strings(manifest, "project", "dependencies"), {name: strings(optional, name) for name in optional}
    options, more = setup_cfg(directory, "options"), setup_cfg(directory, "options.extras_require")
    yield _listed(options.get("install_requires", "")), {name: _listed(text) for name, text in more.items()}
    given = setup_arguments(directory)
    yield _constants(given.get("install_requires")), _by_name(given.get("extras_require"))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def _constants(node: ast.expr | None) -> tuple[str, ...]:
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else ()
    return tuple(item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str))


def _by_name(node: ast.expr | None) -> Mapping[str, tuple[str, ...]]:
    pairs = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
    return {
        key.value: _constants(value)
        for key, value in pairs
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _placed(text: str, directory: Path) -> str:
    return text.replace(_ROOT, directory.as_uri())


def _own_extras(text: str, manifest: Mapping[str, object]) -> Iterable[str]:
    """Return the extras of the project itself that *text*, one of its requirements, asks for."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return ()
    name = table(manifest, "project").get("name")
    own = isinstance(name, str) and canonicalize_name(requirement.name) == canonicalize_name(name)
    return map(canonicalize_name, requirement.extras) if own else ()


def _poetry(manifest: Mapping[str, object], extras: Collection[str]) -> Iterator[tuple[str, object]]:
    poetry = table(manifest, "tool", "poetry")
    chosen = {
        canonicalize_name(name)
        for extra in table(poetry, "extras")
        if canonicalize_name(extra) in extras
        for name in strings(poetry, "extras", extra)
    }
    for name, value in table(poetry, "dependencies").items():
        for one in alternatives(value) or (value,):
            if name != "python" and (not table(one).get("optional") or canonicalize_name(name) in chosen):
                yield name, one
