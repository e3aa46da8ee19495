"""What of a lock and its manifest decides a bundle: one change at a time changes the identity, or may not."""

from pathlib import Path

import pytest

from python_function._dependencies import detect
from python_function._dependencies.choice import Choice

_UV_MANIFEST = """
[project]
name = "app"
version = "1"
dependencies = ["six"]
[project.optional-dependencies]
more = ["idna"]
all = ["app[more]"]
[dependency-groups]
docs = [{ include-group = "types" }]
types = ["toolz; python_version > '3'"]
prod = ["attrs"]
[tool.uv]
default-groups = ["dev", "prod"]
dev-dependencies = ["pytest"]
override-dependencies = ["idna==3"]
"""
_PACKAGES = "".join(
    f'[[package]]\nname = "{name}"\nversion = "1"\nsource = {{ registry = "https://index.invalid/simple" }}\n'
    f'wheels = [{{ url = "https://index.invalid/{name}.whl", hash = "sha256:{name}" }}]\n'
    for name in ("six", "idna", "toolz", "attrs", "pytest")
)
_UV_LOCK = """
version = 1
[manifest]
members = ["app"MORE]
overrides = [{ name = "idna", specifier = "==3" }]
[[package]]
name = "app"
version = "1"
source = { virtual = "PLACE" }
dependencies = [{ name = "six", marker = "sys_platform == 'linux'" }]
[package.optional-dependencies]
more = [{ name = "idna" }]
[package.dev-dependencies]
docs = [{ name = "toolz", marker = "python_version > '3'" }]
prod = [{ name = "attrs" }]
dev = [{ name = "pytest" }]
"""
_SIBLING = '[[package]]\nname = "sibling"\nversion = "1"\nsource = { virtual = "sibling" }\n'
_POETRY_MANIFEST = """
[tool.poetry.dependencies]
python = "^3.11"
six = { version = "*", python = ">=3.9", platform = "linux" }
idna = { version = "*", optional = true }
[tool.poetry.extras]
More = ["idna"]
[tool.poetry.group.docs.dependencies]
toolz = { version = "*", markers = "os_name == 'posix'" }
"""
_POETRY_LOCK = """
[[package]]
name = "six"
version = "1"
groups = ["main"]
markers = "sys_platform == 'linux'"
python-versions = ">=3.9"
files = [{ file = "six.whl", hash = "sha256:six" }]
[[package]]
name = "idna"
version = "1"
optional = true
groups = ["main"]
files = []
[package.extras]
fast = ["toolz"]
[extras]
more = ["idna"]
[metadata]
lock-version = "2.1"
python-versions = "^3.11"
content-hash = "x"
"""
_CHOICE = Choice(groups=("docs",), extras=("more",))


def _projects(root: Path) -> dict[str, Path]:
    alone = {"uv.lock": _UV_LOCK.replace("MORE", "").replace("PLACE", ".") + _PACKAGES, "pyproject.toml": _UV_MANIFEST}
    shared = _UV_LOCK.replace("MORE", ', "sibling"').replace("PLACE", "app") + _SIBLING + _PACKAGES
    member = {
        "uv.lock": shared,
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["app", "sibling"]\n',
        "app/pyproject.toml": _UV_MANIFEST,
    }
    poetry = {"poetry.lock": _POETRY_LOCK, "pyproject.toml": _POETRY_MANIFEST}
    for name, files in (("uv", alone), ("workspace", member), ("poetry", poetry)):
        for path, text in files.items():
            (root / name / path).parent.mkdir(parents=True, exist_ok=True)
            (root / name / path).write_text(text)
    return {"uv": root / "uv", "workspace": root / "workspace" / "app", "poetry": root / "poetry"}


_OF_UV = [
    ("uv.lock", "sys_platform == 'linux'", "sys_platform == 'win32'"),
    ("uv.lock", "python_version > '3'", "python_version < '3'"),
    ("uv.lock", "sha256:idna", "sha256:other"),
    ("uv.lock", "sha256:attrs", "sha256:other"),
    ("uv.lock", 'overrides = [{ name = "idna", specifier = "==3" }]', ""),
    ("pyproject.toml", "python_version > '3'", "python_version < '3'"),
    ("pyproject.toml", '{ include-group = "types" }', ""),
    ("pyproject.toml", 'override-dependencies = ["idna==3"]', ""),
    ("pyproject.toml", '"app[more]"', '"app"'),
    ("pyproject.toml", 'default-groups = ["dev", "prod"]', ""),
    ("pyproject.toml", 'dev-dependencies = ["pytest"]', ""),
]
_OF_POETRY = [
    ("poetry.lock", "sys_platform == 'linux'", "sys_platform == 'win32'"),
    ("poetry.lock", '">=3.9"', '">=3.10"'),
    ("poetry.lock", 'groups = ["main"]', 'groups = ["main", "docs"]'),
    ("poetry.lock", "optional = true", "optional = false"),
    ("poetry.lock", 'fast = ["toolz"]', ""),
    ("poetry.lock", 'more = ["idna"]', ""),
    ("pyproject.toml", 'python = ">=3.9", ', ""),
    ("pyproject.toml", ', platform = "linux"', ""),
    ("pyproject.toml", ", markers = \"os_name == 'posix'\"", ""),
    ("pyproject.toml", 'More = ["idna"]', 'More = ["idna", "six"]'),
    ("pyproject.toml", 'python = "^3.11"', 'python = "^3.12"'),
]


@pytest.mark.parametrize(
    ("kind", "file", "old", "new"),
    [
        *(("uv", *change) for change in _OF_UV),
        *(("workspace", *change) for change in _OF_UV),
        *(("poetry", *change) for change in _OF_POETRY),
    ],
)
def test_what_may_change_the_list_changes_the_identity(
    tmp_path: Path, kind: str, file: str, old: str, new: str
) -> None:
    entry = _projects(tmp_path)[kind]
    before = detect.detect(entry, choice=_CHOICE).identity
    path = next(place / file for place in (entry, entry.parent) if (place / file).is_file())
    text = path.read_text()
    assert old in text

    path.write_text(text.replace(old, new))

    assert detect.detect(entry, choice=_CHOICE).identity != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("../uv.lock", 'name = "sibling"\nversion = "1"', 'name = "sibling"\nversion = "2"'),
        ("../uv.lock", "sha256:pytest", "sha256:other"),
        ("../uv.lock", "https://index.invalid/six.whl", "https://mirror.invalid/six.whl"),
        ("../pyproject.toml", '"sibling"', '"sibling", "third"'),
        ("pyproject.toml", "[project]", "[tool.ruff]\n[project]"),
    ],
)
def test_what_a_member_does_not_need_changes_nothing(tmp_path: Path, file: str, old: str, new: str) -> None:
    entry = _projects(tmp_path)["workspace"]
    before = detect.detect(entry, choice=_CHOICE).identity
    text = (entry / file).read_text()
    assert old in text

    (entry / file).write_text(text.replace(old, new))

    assert detect.detect(entry, choice=_CHOICE).identity == before


@pytest.mark.parametrize("kind", ["uv", "workspace", "poetry"])
def test_names_of_groups_and_extras_may_be_spelled_in_any_way(tmp_path: Path, kind: str) -> None:
    entry = _projects(tmp_path)[kind]

    identities = {
        detect.detect(entry, choice=Choice(groups=(group,), extras=(extra,))).identity
        for group, extra in (("docs", "more"), ("Docs", "MORE"))
    }

    assert len(identities) == 1


def test_groups_that_uv_installs_by_default_are_in_but_for_development(tmp_path: Path) -> None:
    for entry in (_projects(tmp_path)[kind] for kind in ("uv", "workspace")):
        assert detect.detect(entry).content.shown == ("six==1", "attrs==1")


def test_the_poetry_that_is_asked_counts(tmp_path: Path) -> None:
    entry = _projects(tmp_path)["poetry"]

    assert detect.detect(entry).identity != detect.detect(entry, choice=Choice(poetry_version="2.0.0")).identity


def test_a_flat_index_on_this_machine_counts_by_its_content(tmp_path: Path) -> None:
    entry = _projects(tmp_path)["uv"]
    lock = entry / "uv.lock"
    lock.write_text(lock.read_text().replace('registry = "https://index.invalid/simple"', 'registry = "wheels"'))
    wheel = entry / "wheels" / "six-1-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_text("one")
    before = detect.detect(entry).identity

    wheel.write_text("other")

    assert detect.detect(entry).identity != before
