"""Nothing decides a bundle but its hash: one input is changed at a time, over real projects of every kind.

Bundles differ, so hashes differ; hashes differ, so there is a reason. A bounded selection of the changes runs always,
all of them with MUTATIONS=all.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest

from integ import kinds
from integ.synthesis import digest
from integ.wheelhouse import Wheelhouse, project
from python_function import BundlingOptions, CommandHooks
from python_function._bundle import build, inputs, resolve
from python_function._bundle.fingerprint import fingerprint
from python_function._bundle.resolve import Wanted
from python_function._machine import here
from python_function.errors import PythonFunctionError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from integ.package_index import StartIndex

EVERYTHING: Final = os.environ.get("MUTATIONS") == "all"
SELECTED: Final = 9
"""How many of the changes of a project are made where not all are."""

NOTHING: Final[Mapping[str, str]] = {}
HANDLER: Final = "def handler(event, context):\n    return 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a project: its hash and the digest of its bundle, or an error."""

    hash: str = ""
    bundle: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project of the user's, and how it is bundled."""

    root: Path
    entry: Path
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    index: str | None = None

    def outcome(self, environ: Mapping[str, str] = NOTHING, **options: Any) -> Outcome:  # noqa: ANN401 - any option
        merged: dict[str, Any] = {"strategy": "local", **self.options, **options}
        given = BundlingOptions(**merged)
        output = self.root.parent / "output"
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir()
        wanted = Wanted(
            entry=self.entry, runtimes=("python3.13",), architecture="x86_64", options=given, cwd=self.root.parent
        )
        found = ""
        try:
            spec = inputs.read(resolve.function(wanted, index=self.index).spec)
            found = fingerprint(spec)
            host = here.host("it", environ={**os.environ, **environ}, write=lambda _: None, detail=False)
            build.build(spec, output, host)
        except PythonFunctionError as error:
            return Outcome(hash=found, error=str(error))
        return Outcome(hash=found, bundle=digest(output))


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def plain(root: Path, _: str) -> Project:
    write(root / "app", {"index.py": HANDLER, "data/table.csv": "a\nb\n", "run.sh": "true\n", "tests/test.py": ""})
    return Project(root=root, entry=root / "app", options={"asset_excludes": ["tests"]})


def src_layout(root: Path, _: str) -> Project:
    write(root / "app", {"src/main.py": HANDLER, "src/shop/__init__.py": "", "more.txt": "1\n"})
    return Project(root=root, entry=root / "app", index="src/main.py")


def hooked(root: Path, _: str) -> Project:
    write(root / "app", {"index.py": HANDLER, "words.txt": "a\n", "tests/words.txt": "b\n"})
    hooks = CommandHooks(before_bundling="cat *.txt tests/*.txt >made", after_bundling="wc -c <made >size; rm made")
    return Project(
        root=root, entry=root / "app", options={"command_hooks": hooks, "asset_excludes": ["tests", "*.txt"]}
    )


def requirements(root: Path, url: str) -> Project:
    listed = f"-i {url}\n-r more.txt\n-c ../constraints.txt\n--find-links ../house\n-e ../lib\napp\n"
    write(root / "app", {"index.py": HANDLER, "requirements.txt": listed, "more.txt": "extra\n"})
    write(root, {"constraints.txt": "base<2\n", "other/README": ""})
    write(root / "lib", {**project("lib", "1.0", ["base"]), "lib/__init__.py": "A = 1\n"})
    Wheelhouse(root / "house").directory.mkdir()
    Wheelhouse(root / "house").wheel("extra", "3.0")
    return Project(root=root, entry=root / "app", options={"project_root": root})


def nested(root: Path, url: str) -> Project:
    write(root / "app", {"index.py": HANDLER, "requirements.txt": f"-i {url}\n../first\n"})
    second = project("second", "1.0")
    source = '\n[tool.uv.sources]\nsecond = {path = "../second"}\n'
    first = project("first", "1.0", ["second"])
    write(root / "first", {**first, "pyproject.toml": first["pyproject.toml"] + source, "first/__init__.py": ""})
    write(root / "second", {**second, "second/__init__.py": "A = 1\n"})
    return Project(root=root, entry=root / "app", options={"project_root": root})


def of_kind(kind: str) -> Callable[[Path, str], Project]:
    def made(root: Path, url: str) -> Project:
        entry = kinds.write(kind, root / "app", ("app==1.0", "base==1.0", "extra==1.0"), url=url, handler=HANDLER)
        kinds.lock(kind, entry)
        return Project(root=root, entry=entry)

    return made


MADE: Final[Mapping[str, Callable[[Path, str], Project]]] = {
    "plain": plain,
    "src layout": src_layout,
    "hooked": hooked,
    "find-links and constraints": requirements,
    "nested local packages": nested,
    **{kind: of_kind(kind) for kind in kinds.KINDS},
}
ALWAYS: Final = ("plain", "src layout", "hooked", "find-links and constraints", "nested local packages", "uv", "script")


RUN: Final = tuple(MADE) if EVERYTHING else ALWAYS
INSTALLING: Final = tuple(name for name in RUN if name not in {"plain", "src layout", "hooked"})


@pytest.fixture
def url(tmp_path: Path, index: StartIndex) -> str:
    """The address of an index with two versions of everything."""
    house = Wheelhouse(tmp_path / "index")
    house.directory.mkdir()
    for version in ("1.0", "2.0"):
        house.wheel("app", version, requires=("base",))
        house.wheel("base", version)
        house.wheel("extra", version)
    return index(house.directory).url


@pytest.fixture(params=RUN)
def made(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> Project:
    (tmp_path / "root").mkdir()
    return MADE[request.param](tmp_path / "root", url)


def selected(changes: Sequence[Any]) -> Sequence[Any]:
    if EVERYTHING or len(changes) <= SELECTED:
        return changes
    return random.Random(len(changes)).sample(changes, SELECTED)  # noqa: S311 - a choice, and always the same one


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + (b"\n" if path.suffix in {".json", ".lock"} else b"\n# changed\n"))


def with_windows_line_ends(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def executable(path: Path) -> None:
    path.chmod(path.stat().st_mode ^ 0o111)


def removed(path: Path) -> None:
    path.unlink()


def bumped(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"1.0", b"2.0").replace(b"base<2", b"base"))


CHANGES: Final = (longer, with_windows_line_ends, executable, removed, bumped)

LEGITIMATE: Final = (
    (r"^(lib|first|second)/", "a local package is built by code of its own, which may look at any of its files"),
    (r"(^|/)(uv|poetry|Pipfile)\.lock$|pylock\.toml$", "a lock counts whole"),
    (r"(^|/)(pyproject\.toml|Pipfile)$", "the manifest beside a lock counts whole"),
    (r"requirements\.txt$|more\.txt$|constraints\.txt$", "what is asked for counts, even if the same comes of it"),
    (r"^house/", "every file of a place that packages are looked for in counts"),
    (r"^app/(tests/)?\w+\.txt$|^app/index\.py$", "a hook may look at any file of the entry"),
)
"""Where another hash may be of the same bundle, and why."""


@contextmanager
def restored(path: Path) -> Generator[None]:
    """Let *path* be as it was afterwards."""
    content, mode = path.read_bytes(), path.stat().st_mode
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(mode)


def held(base: Outcome, other: Outcome, name: str, *, legitimate: bool) -> str:
    """Return what is wrong with *other*, of one change, beside *base*."""
    if other.bundle and other.bundle != base.bundle and other.hash == base.hash:
        return f"{name}: another bundle under the same hash"
    if other.bundle == base.bundle and other.hash != base.hash and not legitimate:
        return f"{name}: another hash for the same bundle"
    return ""


def test_a_file_that_changes_a_bundle_changes_its_hash(made: Project) -> None:
    base = made.outcome()
    assert base.bundle, base.error
    files = sorted(path for path in made.root.rglob("*") if path.is_file() and is_ours(path.relative_to(made.root)))
    wrong: list[str] = []

    for path, change in selected([(path, change) for path in files for change in CHANGES]):
        name = path.relative_to(made.root).as_posix()
        legitimate = any(re.search(pattern, name) for pattern, _ in LEGITIMATE)
        with restored(path):
            change(path)
            wrong.append(held(base, made.outcome(), f"{change.__name__} {name}", legitimate=legitimate))

    assert list(filter(None, wrong)) == []
    assert made.outcome() == base


def is_ours(path: Path) -> bool:
    """Tell whether a file is of the project, and not of what a tool keeps beside it, which links to Pythons."""
    return path.parts[0] not in {"environments", "poetry"}


OPTIONS: Final[Sequence[Mapping[str, Any]]] = (
    {"asset_excludes": ["*.csv"]},
    {"asset_excludes": ["!tests"]},
    {"exclude_packages": ["base"]},
    {"output_path_suffix": "below"},
    {"source_root": "src"},
    {"source_root": "."},
    {"installer_args": ["--prerelease=allow"]},
    {"installer_args": ["--no-deps"]},
    {"environment": {"UV_RESOLUTION": "lowest"}},
    {"environment": {"UV_EXCLUDE_NEWER": "2000-01-01"}},
    {"environment": {"AUTH_MODE": "1"}, "command_hooks": CommandHooks(after_bundling="echo $AUTH_MODE >mode")},
    {"environment": {"AUTH_MODE": "2"}, "command_hooks": CommandHooks(after_bundling="echo $AUTH_MODE >mode")},
    {"command_hooks": CommandHooks(before_bundling="echo >made")},
    {"command_hooks": CommandHooks(after_bundling="echo >made")},
    {"command_hooks": CommandHooks(after_bundling="echo 1 >made")},
    {"build_on_host": ["base"]},
    {"skip_checks": ["modules"]},
    {"build_args": {"A": "1"}},
    {"poetry_include_hashes": False},
    {"poetry_without_urls": True},
    {"groups": ["dev"]},
    {"extras": ["more"]},
)


def test_options_that_make_other_bundles_make_other_hashes(made: Project) -> None:
    nothing: dict[str, Any] = {}
    outcomes = [(options, made.outcome(**options)) for options in (nothing, *selected(OPTIONS))]

    hashes: dict[str, str] = {}
    for options, outcome in outcomes:
        if outcome.bundle:
            assert hashes.setdefault(outcome.hash, outcome.bundle) == outcome.bundle, options


def variables() -> Iterator[tuple[str, str]]:
    """Yield every variable that uv and pip say they read, with values that could mean something to it."""
    helps = ("pip install", "pip compile", "export", "lock", "tool run", "build")
    texts = [
        subprocess.run((kinds.UV, "help", *one.split()), capture_output=True, text=True, check=True) for one in helps
    ]
    names = {name for text in texts for name in re.findall(r"\[env: (UV_\w+)", text.stdout)}
    pip = subprocess.run((sys.executable, "-m", "pip", "install", "--help"), capture_output=True, text=True, check=True)
    names |= {f"PIP_{option.upper().replace('-', '_')}" for option in re.findall(r"--([a-z-]+)", pip.stdout)}
    names |= {
        "UV_CONSTRAINT",
        "UV_OVERRIDE",
        "UV_EXCLUDE",
        "UV_BUILD_CONSTRAINT",
        "UV_NO_BINARY_PACKAGE",
        "UV_NO_SOURCES",
    }
    for name in sorted(names - HANDED_ON):
        yield from ((name, value) for value in ("1", "lowest", "2000-01-01", "FILE"))


HANDED_ON: Final = {
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL"),
    *("PIP_FIND_LINKS", "UV_FIND_LINKS", "PIP_NO_INDEX", "UV_INDEX_STRATEGY", "PIP_PROXY"),
    *("UV_CACHE_DIR", "PIP_CACHE_DIR", "UV_CONFIG_FILE", "PIP_CONFIG_FILE"),
}
"""What says where packages are and how to reach them: of the process's own it reaches the tools, and never counts."""


@pytest.mark.parametrize("kind", INSTALLING)
def test_no_variable_of_the_process_decides_what_is_in_a_bundle(kind: str, tmp_path: Path, url: str) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "file.txt").write_text("base<2\n--no-binary base\n")
    project = MADE[kind](tmp_path / "root", url)
    base = project.outcome()
    assert base.bundle, base.error
    wrong: list[str] = []

    for name, value in selected(list(variables())):
        other = project.outcome({name: str(tmp_path / "file.txt") if value == "FILE" else value})
        if other.hash != base.hash or (other.bundle and other.bundle != base.bundle):
            wrong.append(f"{name}={value}")

    assert wrong == []
