"""Which files decide the dependencies, and what is read of them."""

import json
from pathlib import Path

import pytest

from python_function._dependencies import detect
from python_function._dependencies.assigned import Assigned, Index
from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Listed, Locked
from python_function._dependencies.detect import Packaging
from python_function._dependencies.files import KINDS
from python_function._dependencies.formats import poetry, poetry_versions
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.lock_part import LockPart
from python_function._dependencies.requirements_txt.read import Requirements
from python_function.errors import OptionError, PackagingError

_FILES = {
    "uv": "uv.lock",
    "poetry": "poetry.lock",
    "pipenv": "Pipfile.lock",
    "pylock": "pylock.toml",
    "pip": "requirements.txt",
    "script": "index.py",
    "pyproject": "pyproject.toml",
}
_MINIMAL = {
    "uv.lock": 'version = 1\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\n',
    "poetry.lock": '[metadata]\nlock-version = "2.1"\n',
    "Pipfile.lock": '{"_meta": {}, "default": {}, "develop": {}}',
    "pylock.toml": 'lock-version = "1.0"\ncreated-by = "hand"\npackages = []\n',
    "requirements.txt": "six==1.17.0\n",
    "index.py": '# /// script\n# dependencies = ["six==1.17.0"]\n# ///\n',
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["six==1.17.0"]\n',
}


def _write(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def _detect(
    entry: Path, *, index: str = "index.py", packaging: str | None = None, project_root: Path | None = None
) -> Packaging:
    return detect.detect(entry, index=entry / index, packaging=packaging, project_root=project_root)


def _lines(packaging: Packaging) -> tuple[str, ...]:
    return _requirements(packaging).lines


def _requirements(packaging: Packaging) -> Requirements:
    assert isinstance(packaging.content, Listed)
    return packaging.content.requirements


def _part(packaging: Packaging) -> LockPart:
    assert isinstance(packaging.content, Locked)
    return packaging.content.part


@pytest.mark.parametrize("kind", _FILES)
def test_each_kind_is_found_by_its_file(tmp_path: Path, kind: str) -> None:
    needs = {"index.py": "", "pyproject.toml": ""} | {_FILES[kind]: _MINIMAL[_FILES[kind]]}

    found = _detect(_write(tmp_path, needs))

    assert (found.kind, found.file) == (kind, tmp_path / _FILES[kind])


def test_without_any_of_the_files_nothing_is_declared(tmp_path: Path) -> None:
    found = _detect(_write(tmp_path, {"index.py": "", "pyproject.toml": "[tool.ruff]\n"}))

    assert (found.kind, found.identity, found.title) == ("none", (), "no dependencies")


def test_the_order_of_kinds_is_the_documented_one() -> None:
    assert KINDS == ("uv", "poetry", "pipenv", "pylock", "pip", "script", "pyproject", "none")


@pytest.mark.parametrize(
    ("there", "kind", "warnings"),
    [
        pytest.param(["uv", "pip", "pyproject"], "uv", ["ignoredDependencies"], id="lock and requirements"),
        pytest.param(["pylock", "script"], "pylock", ["ignoredDependencies"], id="lock and script"),
        pytest.param(["pip", "script"], "pip", ["ignoredDependencies"], id="requirements and script"),
        pytest.param(["pip", "pyproject"], "pip", [], id="requirements and manifest"),
        pytest.param(["script", "pyproject"], "script", [], id="script and manifest"),
        pytest.param(["pyproject"], "pyproject", ["noLock"], id="manifest alone"),
    ],
)
def test_the_first_kind_wins(tmp_path: Path, there: list[str], kind: str, warnings: list[str]) -> None:
    needs = {"pyproject.toml": ""} | {_FILES[each]: _MINIMAL[_FILES[each]] for each in there}

    found = _detect(_write(tmp_path, needs))

    assert found.kind == kind
    assert [notice.id for notice in found.warnings] == warnings


def test_two_locks_contradict_each_other(tmp_path: Path) -> None:
    _write(tmp_path, _MINIMAL)

    with pytest.raises(PackagingError, match=r"both uv\.lock and poetry\.lock and .*packaging=\.\.\. to choose"):
        _detect(tmp_path)


@pytest.mark.parametrize("kind", _FILES)
def test_packaging_forces_a_kind(tmp_path: Path, kind: str) -> None:
    _write(tmp_path, _MINIMAL)

    assert _detect(tmp_path, packaging=kind).kind == kind


def test_packaging_none_declares_nothing(tmp_path: Path) -> None:
    assert _detect(_write(tmp_path, _MINIMAL), packaging="none").kind == "none"


@pytest.mark.parametrize(
    ("packaging", "error", "match"),
    [
        ("conda", OptionError, "must be one of uv, poetry, .* not 'conda'"),
        ("pylock", PackagingError, r"needs /.*/pylock\.toml\. Found: /.*/requirements\.txt"),
        ("script", PackagingError, r"needs a PEP 723 block in /.*/index\.py"),
        ("poetry", PackagingError, r"needs /.*/poetry\.lock"),
    ],
)
def test_a_forced_kind_that_is_not_there_is_an_error(
    tmp_path: Path, packaging: str, error: type[Exception], match: str
) -> None:
    _write(tmp_path, {"index.py": "", "requirements.txt": ""})

    with pytest.raises(error, match=match):
        _detect(tmp_path, packaging=packaging)


def test_a_project_root_widens_the_search(tmp_path: Path) -> None:
    _write(tmp_path, {"requirements.txt": "six==1.17.0", "src/app/index.py": ""})
    entry = tmp_path / "src" / "app"

    assert _detect(entry).kind == "none"
    assert _detect(entry, project_root=tmp_path).file == tmp_path / "requirements.txt"
    assert _detect(entry, project_root=tmp_path / "src").kind == "none"


def test_requirements_that_are_not_pinned_give_one_warning(tmp_path: Path) -> None:
    found = _detect(_write(tmp_path, {"index.py": "", "requirements.txt": "six\nidna==3.7\ntoolz>=1\n"}))

    (warning,) = found.warnings
    assert warning.id == "unpinned"
    assert "requirements.txt:1: six; requirements.txt:3: toolz>=1." in warning.text


@pytest.mark.parametrize(
    ("files", "options", "match"),
    [
        (
            {"requirements.txt": ""},
            Choice(groups=("dev",)),
            r"groups=\['dev'\] has no meaning for /.*requirements\.txt",
        ),
        ({"requirements.txt": ""}, Choice(extras=("x",)), "extras"),
        ({}, Choice(groups=("x",)), "has no meaning for"),
        (
            {"pyproject.toml": _MINIMAL["pyproject.toml"] + "[dependency-groups]\ndev = []\n"},
            Choice(groups=("docs",)),
            r"has no 'docs'\. It has: dev\.",
        ),
        ({"Pipfile.lock": _MINIMAL["Pipfile.lock"]}, Choice(groups=("docs",)), "has no 'docs'"),
        ({"Pipfile.lock": _MINIMAL["Pipfile.lock"]}, Choice(extras=("docs",)), "knows no extras"),
        ({"pylock.toml": _MINIMAL["pylock.toml"]}, Choice(extras=("x",)), "has no 'x'"),
    ],
)
def test_a_group_or_extra_that_is_not_there_is_an_error(
    tmp_path: Path, files: dict[str, str], options: Choice, match: str
) -> None:
    _write(tmp_path, files)

    with pytest.raises(OptionError, match=match):
        detect.detect(tmp_path, choice=options)


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "pylock.toml", "pyproject.toml", "Pipfile.lock"])
def test_a_broken_file_is_named(tmp_path: Path, name: str) -> None:
    _write(tmp_path, {"pyproject.toml": "", name: "= {"})

    with pytest.raises(PackagingError, match=rf"{tmp_path}/{name} (is no valid TOML|cannot be read as JSON)"):
        detect.detect(tmp_path)


# uv


_WORKSPACE = """
version = 1
requires-python = ">=3.11"

[manifest]
members = ["fn-a", "fn-b", "lib", "root"]

[[package]]
name = "fn-a"
version = "1.0"
source = { virtual = "packages/fn_a" }
dependencies = [{ name = "lib" }, { name = "idna", extra = ["all"] }]

[package.optional-dependencies]
more = [{ name = "toolz" }]

[package.dev-dependencies]
dev = [{ name = "iniconfig" }]

[package.metadata]
requires-dist = [
    { name = "lib", editable = "packages/lib" },
    { name = "idna", extras = ["all"], specifier = ">=3" },
    { name = "toolz", marker = "extra == 'more'" }]

[package.metadata.requires-dev]
dev = [{ name = "iniconfig" }]

[[package]]
name = "fn-b"
version = "1.0"
source = { virtual = "packages/fn_b" }
dependencies = [{ name = "lib" }, { name = "attrs" }]

[[package]]
name = "lib"
version = "1.0"
source = { editable = "packages/lib" }
dependencies = [{ name = "six", marker = "sys_platform == 'linux'" }]

[[package]]
name = "root"
version = "0"
source = { virtual = "." }
"""
_REGISTRY = "".join(
    f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "https://index.invalid/simple" }}\n'
    f'wheels = [{{ url = "https://index.invalid/{name}.whl", hash = "sha256:{name}" }}]\n'
    + ('[package.optional-dependencies]\nall = [{ name = "certifi" }]\n' if name == "idna" else "")
    for name, version in {
        "attrs": "26.1",
        "certifi": "1",
        "idna": "3.7",
        "iniconfig": "2",
        "six": "1",
        "toolz": "1",
    }.items()
)


def _workspace(root: Path) -> Path:
    member = (
        '[project]\nname = "{0}"\nversion = "1.0"\ndependencies = ["lib", "idna[all]>=3"]\n'
        "[project.optional-dependencies]\nmore = ['toolz']\n[dependency-groups]\ndev = ['iniconfig']\n"
    )
    files = {"uv.lock": _WORKSPACE + _REGISTRY, "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n'}
    files |= {f"packages/{name}/pyproject.toml": member.format(name) for name in ("fn_a", "fn_b", "lib", "new")}
    return _write(root, files)


def _names(packaging: Packaging) -> list[str]:
    return [title.partition("==")[0] for title in packaging.content.shown]


def test_a_member_finds_the_lock_of_its_workspace(tmp_path: Path) -> None:
    root = _workspace(tmp_path / "workspace")

    found = detect.detect(root / "packages" / "fn_a")

    assert (found.kind, found.file, _part(found).member) == ("uv", root / "uv.lock", "fn-a")
    assert found.local == (LocalPackage(name="lib", directory=root / "packages" / "lib"),)
    assert _names(found) == ["lib", "certifi", "idna", "six"]
    assert {origin.index for origin in _part(found).origins} == {"https://index.invalid/simple"}


def test_a_lock_above_the_project_root_is_out_of_sight(tmp_path: Path) -> None:
    entry = _workspace(tmp_path) / "packages" / "fn_a"

    assert detect.detect(entry, project_root=entry).kind == "pyproject"


def test_groups_and_extras_choose_from_the_lock(tmp_path: Path) -> None:
    entry = _workspace(tmp_path) / "packages" / "fn_a"

    more = detect.detect(entry, choice=Choice(groups=("dev",), extras=("more",)))

    assert _names(more) == ["lib", "certifi", "idna", "iniconfig", "six", "toolz"]


def test_what_is_excluded_leaves_what_only_it_needed(tmp_path: Path) -> None:
    entry = _workspace(tmp_path) / "packages" / "fn_a"

    found = detect.detect(entry, choice=Choice(exclude=("Lib",)))

    assert (_names(found), found.local) == (["certifi", "idna"], ())
    assert found.identity != detect.detect(entry).identity


def test_siblings_do_not_change_the_identity(tmp_path: Path) -> None:
    root = _workspace(tmp_path)
    before = detect.detect(root / "packages" / "fn_a").identity

    lock = root / "uv.lock"
    lock.write_text(lock.read_text().replace("26.1", "26.2"))

    assert detect.detect(root / "packages" / "fn_a").identity == before
    assert detect.detect(root / "packages" / "fn_b").identity != before


@pytest.mark.parametrize(
    ("old", "new"), [('name = "six"\nversion = "1"', 'name = "six"\nversion = "2"'), ("sha256:six", "sha256:6")]
)
def test_a_needed_package_changes_the_identity(tmp_path: Path, old: str, new: str) -> None:
    root = _workspace(tmp_path)
    before = detect.detect(root / "packages" / "fn_a").identity

    lock = root / "uv.lock"
    lock.write_text(lock.read_text().replace(old, new))

    assert detect.detect(root / "packages" / "fn_a").identity != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"lib"', '"lib", "new"'),
        ('"lib"', '"lib", "toolz"'),
        ("idna[all]>=3", "idna[all]>=4"),
        ("'toolz'", "'toolz<1'"),
    ],
)
def test_a_manifest_that_the_lock_may_not_fit_changes_the_identity(tmp_path: Path, old: str, new: str) -> None:
    entry = _workspace(tmp_path) / "packages" / "fn_a"
    choice = Choice(groups=("dev",), extras=("more",))
    before = detect.detect(entry, choice=choice)

    manifest = entry / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace(old, new))
    after = detect.detect(entry, choice=choice)

    assert (_part(before).fresh, _part(after).fresh) == (True, False)
    assert after.identity != before.identity


def test_what_a_manifest_says_to_other_tools_does_not_change_the_identity(tmp_path: Path) -> None:
    entry = _workspace(tmp_path) / "packages" / "fn_a"
    before = detect.detect(entry).identity

    manifest = entry / "pyproject.toml"
    manifest.write_text(manifest.read_text() + "[tool.ruff]\n")

    assert detect.detect(entry).identity == before


def test_a_member_that_the_lock_does_not_know_yet_belongs_to_the_workspace(tmp_path: Path) -> None:
    root = _workspace(tmp_path)

    found = detect.detect(root / "packages" / "new")

    assert (found.kind, _part(found).fresh) == ("uv", False)


def test_a_project_beside_the_workspace_is_no_member(tmp_path: Path) -> None:
    root = _write(_workspace(tmp_path), {"other/pyproject.toml": _MINIMAL["pyproject.toml"]})

    assert detect.detect(root / "other").kind == "pyproject"


# poetry

_POETRY = """
[[package]]
name = "lib"
version = "1.0"
description = "words"
optional = false
groups = ["main"]
files = []
develop = true

[package.dependencies]
six = "*"

[package.source]
type = "directory"
url = "../lib"

[[package]]
name = "six"
version = "1.17.0"
files = [{file = "six.whl", hash = "sha256:6"}]

[[package]]
name = "iniconfig"
version = "2.3.1"
files = []

[[package]]
name = "toolz"
version = "1"
optional = true
files = []

[metadata]
lock-version = "2.1"
content-hash = "CONTENT"
"""
_POETRY_MANIFEST = """
[tool.poetry]
package-mode = false
[tool.poetry.dependencies]
python = "^3.11"
lib = {path = "../lib", develop = true}
toolz = {version = "*", optional = true}
[tool.poetry.extras]
more = ["toolz"]
[tool.poetry.group.dev.dependencies]
iniconfig = "*"
"""


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(), ["lib", "six"]),
        (Choice(groups=("dev",)), ["lib", "six", "iniconfig"]),
        (Choice(extras=("more",)), ["lib", "six", "toolz"]),
    ],
)
def test_of_a_poetry_lock_only_what_is_needed_is_installed(tmp_path: Path, choice: Choice, names: list[str]) -> None:
    entry = _write(tmp_path / "fn", {"poetry.lock": _POETRY, "pyproject.toml": _POETRY_MANIFEST})
    _write(tmp_path, {"lib/setup.py": ""})

    found = detect.detect(entry, choice=choice)

    assert _names(found) == names
    assert found.local == (LocalPackage(name="lib", directory=tmp_path / "lib"),)


def test_what_is_excluded_of_a_poetry_lock_is_dropped_with_what_only_it_needed(tmp_path: Path) -> None:
    entry = _write(tmp_path / "fn", {"poetry.lock": _POETRY, "pyproject.toml": _POETRY_MANIFEST})

    found = detect.detect(entry, choice=Choice(groups=("dev",), exclude=("LIB",)))

    assert _part(found).dropped == ("lib", "six")
    assert found.local == ()


@pytest.mark.parametrize(
    ("text", "lines", "excludes"),
    [
        pytest.param("boto3\nsix==1.17.0\n", ("six==1.17.0",), ("boto3",), id="to be resolved"),
        pytest.param(
            f"boto3==1 --hash=sha256:{'a' * 64}\nboto3-stubs==1 --hash=sha256:{'b' * 64}",
            (f"boto3-stubs==1 --hash=sha256:{'b' * 64}",),
            ("boto3",),
            id="hashed",
        ),
    ],
)
def test_what_is_excluded_of_requirements(
    tmp_path: Path, text: str, lines: tuple[str, ...], excludes: tuple[str, ...]
) -> None:
    _write(tmp_path, {"requirements.txt": text})

    found = detect.detect(tmp_path, choice=Choice(exclude=("Boto3",)))

    assert (_lines(found), _requirements(found).excludes) == (lines, excludes)


@pytest.mark.parametrize("kind", ["uv", "poetry", "pipenv", "pylock", "pip", "pyproject"])
def test_a_list_without_needs_is_told_where_something_is_excluded(tmp_path: Path, kind: str) -> None:
    file = _FILES[kind]
    project = {"pyproject.toml": _MINIMAL["pyproject.toml"]} if kind in {"uv", "poetry"} else {}
    _write(tmp_path, {**project, file: _MINIMAL[file]})
    told = ["excludedAlone"] if kind in {"pipenv", "pylock"} else []

    of_all, of_some = (
        [
            notice
            for notice in detect.detect(tmp_path, packaging=kind, choice=Choice(exclude=exclude)).warnings
            if notice.id == "excludedAlone"
        ]
        for exclude in ((), ("boto3",))
    )

    assert of_all == []
    assert [notice.id for notice in of_some] == told
    assert all(str(tmp_path / file) in notice.text for notice in of_some)


def test_a_local_package_that_is_excluded_is_not_built(tmp_path: Path) -> None:
    _write(tmp_path, {"requirements.txt": "./lib\nsix==1.17.0\n", "lib/pyproject.toml": '[project]\nname = "lib"\n'})

    found = detect.detect(tmp_path, choice=Choice(exclude=("Lib",)))

    assert (_lines(found), found.local) == (("six==1.17.0",), ())


# The digests below are what poetry 2.5.1 wrote for these manifests, and 1.8.5 for the first.
@pytest.mark.parametrize(
    ("manifest", "digest"),
    [
        pytest.param(
            '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.11"\n'
            "[tool.poetry.group.dev.dependencies]\n",
            "6cf8f2098deeaa3dc98cd7da59e3206943d55eb198e94e63ece5db376268caca",
            id="tool.poetry",
        ),
        pytest.param(
            '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = []\n'
            "[tool.poetry]\npackage-mode = false\n",
            "f5666f5625d676c506924a57dc0520a1f3ed2b2c774baed3dc85353594f8473d",
            id="project",
        ),
        pytest.param(
            '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11"\n[dependency-groups]\ndev = []\n'
            "[tool.poetry]\npackage-mode = false\n[tool.poetry.group.docs.dependencies]\n",
            "5f9242c73a32143350ad99be759d9562a5d3a75d98d4b71f955caeceaac4dd2a",
            id="dependency groups",
        ),
    ],
)
def test_poetry_tells_a_fresh_lock_by_its_content_hash(tmp_path: Path, manifest: str, digest: str) -> None:
    _write(tmp_path, {"pyproject.toml": manifest, "poetry.lock": _POETRY.replace("CONTENT", digest)})
    fresh = detect.detect(tmp_path)

    _write(tmp_path, {"pyproject.toml": manifest.replace("3.11", "3.12")})

    assert _part(fresh).fresh
    assert not _part(detect.detect(tmp_path)).fresh
    assert detect.detect(tmp_path).identity != fresh.identity


@pytest.mark.parametrize(
    ("lock_version", "asked", "poetry_and_plugin"),
    [
        ("1.1", None, ("1.8.5", "1.8.0")),
        ("2.0", None, ("1.8.5", "1.8.0")),
        ("2.1", None, ("2.5.1", "1.10.1")),
        ("9.0", "1.7.1", ("1.7.1", "1.8.0")),
        ("9.0", "2.2.0", ("2.2.0", "1.10.1")),
    ],
)
def test_the_poetry_suits_the_lock(
    tmp_path: Path, lock_version: str, asked: str | None, poetry_and_plugin: tuple[str, str]
) -> None:
    lock = tmp_path / "poetry.lock"
    lock.write_text(f'[metadata]\nlock-version = "{lock_version}"\n')

    release = poetry.release_for(lock, asked)

    assert (release.poetry, release.plugin) == poetry_and_plugin


def test_a_poetry_lock_of_the_future_needs_a_version(tmp_path: Path) -> None:
    lock = tmp_path / "poetry.lock"
    lock.write_text('[metadata]\nlock-version = "9.0"\n')

    with pytest.raises(PackagingError, match=r"lock version '9\.0'; .*poetry_version="):
        poetry.release_for(lock, None)


# pipenv

_PIPFILE = """
[[source]]
url = "https://$USER:${TOKEN}@index.invalid/simple"
verify_ssl = true
name = "main"
[packages]
idna = "==3.7"
lib = {path = "./lib", editable = true}
certifi = {version = "*", extras = ["x"], markers = "os_name == 'posix'", sys_platform = "== 'linux'"}
repo = {git = "git@host.invalid:a/b.git", ref = "main", subdirectory = "s"}
[dev-packages]
iniconfig = "*"
[docs]
toolz = "~=1.0"
[requires]
python_version = "3.11"
"""
_PIPFILE_LOCK: dict[str, object] = {
    "_meta": {"hash": {}, "sources": []},
    "default": {"idna": {"version": "==3.7", "hashes": ["sha256:1"]}, "lib": {"path": "./lib", "editable": True}},
    "develop": {"iniconfig": {"version": "==2"}},
    "docs": {"toolz": {"version": "==1"}},
}


def _pipenv(directory: Path, *, locked: bool) -> Path:
    _write(directory, {"Pipfile": _PIPFILE, "lib/pyproject.toml": '[project]\nname = "lib"\n'})
    return _write(directory, {"Pipfile.lock": json.dumps(_PIPFILE_LOCK)} if locked else {})


@pytest.mark.parametrize(
    ("groups", "names"),
    [((), ["idna", "lib"]), (("dev",), ["idna", "lib", "iniconfig"]), (("docs",), ["idna", "lib", "toolz"])],
)
def test_groups_choose_categories_of_a_pipfile_lock(tmp_path: Path, groups: tuple[str, ...], names: list[str]) -> None:
    found = detect.detect(_pipenv(tmp_path, locked=True), choice=Choice(groups=groups))

    assert [line.split("=")[0] for line in _lines(found)] == names
    assert found.local == (LocalPackage(name="lib", directory=tmp_path / "lib"),)


def test_what_is_excluded_of_a_pipfile_lock_is_dropped(tmp_path: Path) -> None:
    found = detect.detect(_pipenv(tmp_path, locked=True), choice=Choice(exclude=("LIB",)))

    assert (_lines(found), found.local) == (("idna==3.7 --hash=sha256:1",), ())


def test_a_pipfile_lock_is_stale_for_another_pipfile(tmp_path: Path) -> None:
    # The digest is what pipenv 2026.10.3 wrote for this Pipfile.
    manifest = (
        '[[source]]\nurl = "https://index.invalid/simple"\nverify_ssl = true\nname = "main"\n'
        "[packages]\n[dev-packages]\n[docs]\n[requires]\npython_version = '3.11'\n"
    )
    lock = {"_meta": {"hash": {"sha256": "fb5a2c68d879949537894acb4df00b533c6e16d4474def641accf3ee501f7013"}}}
    _write(tmp_path, {"Pipfile": manifest, "Pipfile.lock": json.dumps(lock)})
    fresh = detect.detect(tmp_path)

    _write(tmp_path, {"Pipfile": manifest + "[scripts]\nx = 'y'\n"})
    same = detect.detect(tmp_path)
    _write(tmp_path, {"Pipfile": manifest.replace("[docs]", "[docs]\nsix = '*'")})

    assert fresh.identity == same.identity
    with pytest.raises(PackagingError, match=r"Pipfile\.lock is stale.*Run 'pipenv lock' in /.* and commit"):
        detect.detect(tmp_path)


@pytest.mark.parametrize(
    "digest",
    [
        pytest.param("de9630335f893a1574c480d5c67076937ed4a3cb4f5f3487d14809177f9ea59b", id="pipenv-2026-folds-names"),
        pytest.param("75746cd18f49f4b4c91128068c6d9bf69a30bf413e7ca0733f8b5eaaa6518339", id="plette-does-not"),
    ],
)
def test_a_pipfile_lock_is_fresh_whichever_pipenv_wrote_it(tmp_path: Path, digest: str) -> None:
    manifest = (
        '[[source]]\nurl = "https://index.invalid/simple"\nverify_ssl = true\nname = "main"\n'
        "[packages]\nPyYAML = \"*\"\n[dev-packages]\n[requires]\npython_version = '3.11'\n"
    )
    lock = {"_meta": {"hash": {"sha256": digest}}}

    assert detect.detect(_write(tmp_path, {"Pipfile": manifest, "Pipfile.lock": json.dumps(lock)})).kind == "pipenv"


def test_a_pipfile_that_leaves_its_source_to_pipenv_cannot_be_told_from_another(tmp_path: Path) -> None:
    lock = {"_meta": {"hash": {"sha256": "0" * 64}}}

    assert (
        detect.detect(_write(tmp_path, {"Pipfile": "[packages]\n", "Pipfile.lock": json.dumps(lock)})).kind == "pipenv"
    )


def test_a_pipfile_lock_is_plain_data(tmp_path: Path) -> None:
    lock = {
        "_meta": {
            "sources": [
                {"name": "main", "url": "https://index.invalid/simple"},
                {"name": "corp", "url": "https://$USER:${TOKEN}@corp.invalid/simple"},
            ]
        },
        "default": {
            "six": {"version": "==1.17.0", "index": "main", "markers": "os_name == 'posix'", "hashes": ["sha256:6"]},
            "corp-lib": {"version": "==1", "index": "corp", "extras": ["x"], "hashes": ["sha256:c", "sha256:d"]},
            "repo": {"git": "https://host.invalid/repo", "ref": "0" * 40},
            "found": {"file": "./found-1-py3-none-any.whl"},
            "lib": {"path": "./lib", "editable": True},
        },
    }
    _write(tmp_path, {"lib/pyproject.toml": '[project]\nname = "lib"\n', "found-1-py3-none-any.whl": "one"})

    found = detect.detect(_write(tmp_path, {"Pipfile.lock": json.dumps(lock)}))
    _write(tmp_path, {"found-1-py3-none-any.whl": "other"})

    assert _lines(found) == (
        'six==1.17.0 ; os_name == "posix" --hash=sha256:6',
        "corp-lib[x]==1 --hash=sha256:c --hash=sha256:d",
        f"repo @ git+https://host.invalid/repo@{'0' * 40}",
        "found",
        "lib",
    )
    index = Index(name="corp", url="https://${USER}:${TOKEN}@corp.invalid/simple")
    assert _requirements(found).assigned == (Assigned(name="corp-lib", index=index),)
    assert _requirements(found).options == ("--index-url https://index.invalid/simple",)
    assert _requirements(found).exact
    assert detect.detect(tmp_path).identity != found.identity


def test_an_index_that_a_pipfile_lock_does_not_know_is_an_error(tmp_path: Path) -> None:
    lock: dict[str, object] = {"_meta": {"sources": []}, "default": {"six": {"version": "==1", "index": "corp"}}}

    with pytest.raises(PackagingError, match=r"Pipfile\.lock: six is from the index 'corp'"):
        detect.detect(_write(tmp_path, {"Pipfile.lock": json.dumps(lock)}))


def test_a_pipenv_that_is_asked_for_is_told_to_be_without_effect(tmp_path: Path) -> None:
    _write(tmp_path, {"Pipfile.lock": _MINIMAL["Pipfile.lock"]})

    found = detect.detect(tmp_path, choice=Choice(pipenv_version="2026.10.3"))

    assert [notice.id for notice in found.warnings] == ["pipenvVersion"]


def test_a_pipfile_without_a_lock_is_read_itself(tmp_path: Path) -> None:
    found = detect.detect(_pipenv(tmp_path, locked=False), choice=Choice(groups=("docs",)))

    assert found.kind == "pipenv"
    assert [notice.id for notice in found.warnings] == ["noLock"]
    assert "Run 'pipenv lock' and commit Pipfile.lock" in found.warnings[0].text
    assert _requirements(found).options == ("--index-url https://${USER}:${TOKEN}@index.invalid/simple",)
    assert _lines(found) == (
        "idna==3.7",
        "lib",
        'certifi[x] ; os_name == "posix" and sys_platform == "linux"',
        "repo @ git+ssh://git@host.invalid/a/b.git@main#subdirectory=s",
        "toolz~=1.0",
    )


# pyproject.toml without a lock

_MANIFEST = """
[project]
name = "app"
version = "1"
dependencies = ["six==1.17.0", "lib[x]; python_version < '3.13'", "repo", "wheel"]
[project.optional-dependencies]
More_Things = ["toolz"]
[dependency-groups]
dev = ["iniconfig", {include-group = "types"}]
types = ["typing-extensions"]
loop = [{include-group = "loop"}]
[tool.uv.sources]
lib = { path = "../li b", editable = true }
repo = { git = "https://host.invalid/repo", tag = "v1" }
wheel = [
    { url = "https://host.invalid/wheel-1-py3-none-any.whl", marker = "sys_platform == 'linux'" },
    { index = "other", marker = "sys_platform == 'darwin'" },
]
[[tool.uv.index]]
url = "https://index.invalid/simple"
[[tool.uv.index]]
name = "other"
url = "https://other.invalid/simple"
explicit = true
"""


def test_a_manifest_without_a_lock_is_read_with_its_sources(tmp_path: Path) -> None:
    entry = _write(tmp_path / "app", {"pyproject.toml": _MANIFEST})
    _write(tmp_path / "li b", {"pyproject.toml": '[project]\nname = "lib"\n'})

    found = detect.detect(entry, choice=Choice(groups=("dev",), extras=("more-things",)))

    assert _requirements(found).options == ("--extra-index-url https://index.invalid/simple",)
    assert found.local == (LocalPackage(name="lib", directory=tmp_path / "li b", marker='(python_version < "3.13")'),)
    other = Index(name="other", url="https://other.invalid/simple")
    assert _requirements(found).assigned == (Assigned(name="wheel", index=other, marker="(sys_platform == 'darwin')"),)
    assert _lines(found) == (
        "six==1.17.0",
        'lib[x] ; python_version < "3.13"',
        "repo @ git+https://host.invalid/repo@v1",
        'wheel @ https://host.invalid/wheel-1-py3-none-any.whl ; sys_platform == "linux"',
        'wheel ; sys_platform == "darwin"',
        "toolz",
        "iniconfig",
        "typing-extensions",
    )


def test_chosen_groups_are_dependencies_even_if_there_are_no_others(tmp_path: Path) -> None:
    _write(tmp_path, {"pyproject.toml": '[dependency-groups]\nLambda = ["six"]\n'})

    assert detect.detect(tmp_path).kind == "none"
    assert _lines(detect.detect(tmp_path, choice=Choice(groups=("lambda",)))) == ("six",)


def test_a_group_that_includes_itself_is_an_error(tmp_path: Path) -> None:
    _write(tmp_path / "app", {"pyproject.toml": _MANIFEST})

    with pytest.raises(
        PackagingError, match=r"pyproject\.toml: \[dependency-groups\] cannot be followed: .*loop includes itself"
    ):
        detect.detect(tmp_path / "app", choice=Choice(groups=("loop",)))


def test_a_poetry_manifest_without_a_lock_is_read_itself(tmp_path: Path) -> None:
    manifest = """
[tool.poetry.dependencies]
python = ">=3.11"
idna = "^3.0"
six = [{version = "1.16", python = "<3.12"}, {version = "~1.17", python = "^3.12"}]
tomli = {version = "*", python = "^3.10.4 || 3.9.*"}
toolz = {version = "*", optional = true}
other = {version = "*", optional = true}
[tool.poetry.extras]
more = ["toolz"]
[tool.poetry.group.dev.dependencies]
iniconfig = ">=1 <3"
"""
    _write(tmp_path, {"pyproject.toml": manifest})

    found = detect.detect(tmp_path, choice=Choice(groups=("dev",), extras=("more",)))

    assert "Run 'poetry lock'" in found.warnings[0].text
    assert _lines(found) == (
        "idna<4.0,>=3.0",
        'six==1.16 ; python_version < "3.12"',
        'six<1.18,>=1.17 ; python_version >= "3.12" and python_version < "4.0"',
        (
            'tomli ; (python_version >= "3.9" and python_version < "3.10")'
            ' or (python_full_version >= "3.10.4" and python_full_version < "4.0.0")'
        ),
        "toolz",
        "iniconfig<3,>=1",
    )


@pytest.mark.parametrize(
    ("constraint", "specifier"),
    [
        ("*", ""),
        ("1.2", "==1.2"),
        ("=1.2", "==1.2"),
        ("==1.2", "==1.2"),
        ("1.*", "==1.*"),
        ("^1.2.3", "<2.0.0,>=1.2.3"),
        ("^0.2.3", "<0.3.0,>=0.2.3"),
        ("^0.3", "<0.4,>=0.3"),
        ("^1.2 || ^1.3", "<2.0,>=1.2"),
        ("^0.0.3", "<0.0.4,>=0.0.3"),
        ("^0", "<1,>=0"),
        ("~1.2.3", "<1.3.0,>=1.2.3"),
        ("~1", "<2,>=1"),
        ("~=1.2", "~=1.2"),
        (">=1,<2", "<2,>=1"),
        (">= 1.0 , != 1.5", "!=1.5,>=1.0"),
    ],
)
def test_poetry_constraints_become_specifiers(constraint: str, specifier: str) -> None:
    assert poetry_versions.specifier(constraint) == specifier


@pytest.mark.parametrize("constraint", ["^1 || ^3", "^x", "=>1", ">2 <1"])
def test_a_constraint_that_is_no_specifier_is_an_error(constraint: str) -> None:
    with pytest.raises(PackagingError, match="version constraint"):
        poetry_versions.specifier(constraint)


# PEP 723

_SCRIPT = """#!/usr/bin/env python
# /// script
# requires-python = ">=3.12"
# dependencies = [
#   "six==1.17.0",
#   "toolz<2",
# ]
# [tool.uv.sources]
# toolz = { url = "https://host.invalid/toolz-1-py3-none-any.whl" }
# ///
def handler(event, context): ...
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_script_declares_its_own_dependencies(tmp_path: Path, newline: str) -> None:
    (tmp_path / "index.py").write_text(_SCRIPT, newline=newline)

    found = _detect(tmp_path)

    assert found.kind == "script"
    assert _lines(found) == ("six==1.17.0", "toolz @ https://host.invalid/toolz-1-py3-none-any.whl")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("# /// script\n# dependencies = [\n# ///\n", r"index\.py: the script block is no valid TOML"),
        ("# /// script\n# a = 1\n# ///\n\n# /// script\n# a = 1\n# ///\n", "has 2 script blocks"),
        ('# /// script\n# dependencies = ["a b"]\n# ///\n', r"index\.py \(PEP 723 block\):1: 'a b'"),
    ],
)
def test_a_broken_script_block_is_named(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "index.py").write_text(text)

    with pytest.raises(PackagingError, match=match):
        _detect(tmp_path)


# pylock.toml

_PYLOCK = """
lock-version = "1.0"
created-by = "hand"
extras = ["more"]
dependency-groups = ["dev", "base"]
default-groups = ["base"]

[[packages]]
name = "six"
version = "1.17.0"
marker = "sys_platform == 'linux'"
sdist = { url = "https://h.invalid/six-1.17.0.tar.gz", hashes = { sha256 = "aa" } }
wheels = [{ url = "https://h.invalid/six-1.17.0-py3-none-any.whl", hashes = { md5 = "00", sha256 = "bb" } }]

[[packages]]
name = "toolz"
version = "1"
marker = "'more' in extras and os_name == 'posix'"
wheels = [{ url = "https://h.invalid/toolz-1-py3-none-any.whl", hashes = { sha256 = "dd" } }]

[[packages]]
name = "iniconfig"
version = "2"
marker = "'dev' in dependency_groups or 'more' not in extras"
wheels = [{ url = "https://h.invalid/iniconfig-2-py3-none-any.whl", hashes = { sha256 = "dd" } }]

[[packages]]
name = "base"
version = "2"
marker = "'base' in dependency_groups"
wheels = [{ url = "https://h.invalid/base-2-py3-none-any.whl", hashes = { sha256 = "dd" } }]

[[packages]]
name = "lib"
directory = { path = "../lib", editable = true }

[[packages]]
name = "app"
directory = { path = "." }

[[packages]]
name = "repo"
vcs = { type = "git", url = "https://h.invalid/repo", commit-id = "0123", subdirectory = "s" }

[[packages]]
name = "archive"
archive = { url = "https://h.invalid/archive.zip", hashes = { sha256 = "cc" } }
"""


def test_a_pylock_says_everything_itself(tmp_path: Path) -> None:
    entry = _write(tmp_path / "app", {"pylock.toml": _PYLOCK})
    _write(tmp_path / "lib", {"pyproject.toml": '[project]\nname = "lib"\n'})

    found = detect.detect(entry, choice=Choice(extras=("more",)))

    assert (_requirements(found).exact, _requirements(found).hashed) == (True, True)
    assert found.local == (LocalPackage(name="lib", directory=tmp_path / "lib"),)
    assert _lines(found) == (
        'six==1.17.0 ; sys_platform == "linux" --hash=sha256:bb --hash=sha256:aa',
        'toolz==1 ; python_version >= "0" and os_name == "posix" --hash=sha256:dd',
        'iniconfig==2 ; python_version < "0" or python_version < "0" --hash=sha256:dd',
        'base==2 ; python_version >= "0" --hash=sha256:dd',
        "lib",
        "repo @ git+https://h.invalid/repo@0123#subdirectory=s",
        "archive @ https://h.invalid/archive.zip --hash=sha256:cc",
    )


def test_a_pylock_of_the_future_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, {"pylock.toml": 'lock-version = "2.0"\n'})

    with pytest.raises(PackagingError, match=r"lock version '2\.0'; known here is 1\.0"):
        detect.detect(tmp_path)


def test_no_identity_has_a_secret_or_a_place(tmp_path: Path) -> None:
    for name in ("here", "there"):
        _pipenv(tmp_path / name / "pipenv", locked=False)
        _write(tmp_path / name / "lib", {"pyproject.toml": '[project]\nname = "lib"\n'})
        _write(tmp_path / name / "pylock", {"pylock.toml": _PYLOCK.replace("https://h", f"https://u:{name}@h")})
        _write(tmp_path / name / "poetry", {"poetry.lock": _POETRY, "pyproject.toml": _POETRY_MANIFEST})
        _workspace(tmp_path / name / "uv")

    for kind in ("pipenv", "pylock", "poetry", "uv/packages/fn_a"):
        here, there = (detect.detect(tmp_path / name / kind).identity for name in ("here", "there"))
        assert here == there
        assert str(tmp_path) not in str(here)


@pytest.mark.parametrize(
    ("extra", "choice", "lines"),
    [
        pytest.param(
            '[dependency-groups]\nprod = ["toolz"]\ndev = ["pytest"]\n[tool.uv]\ndefault-groups = ["prod", "dev"]\n',
            Choice(),
            ("six", "toolz"),
            id="default groups of uv but for development",
        ),
        pytest.param(
            '[tool.uv]\ndev-dependencies = ["pytest"]\n', Choice(groups=("dev",)), ("six", "pytest"), id="old dev of uv"
        ),
        pytest.param(
            '[tool.poetry.group.Docs.dependencies]\ntoolz = "^1.0"\n',
            Choice(groups=("docs",)),
            ("six", "toolz<2.0,>=1.0"),
            id="a group of poetry beside a standard project",
        ),
        pytest.param(
            '[tool.poetry.dev-dependencies]\ntoolz = "*"\n', Choice(groups=("dev",)), ("six", "toolz"), id="old dev"
        ),
        pytest.param(
            '[project.optional-dependencies]\nall = ["app[more]"]\nmore = ["toolz"]\n',
            Choice(extras=("all",)),
            ("six", "toolz"),
            id="an extra that names another",
        ),
    ],
)
def test_what_is_chosen_without_a_lock_is_in(
    tmp_path: Path, extra: str, choice: Choice, lines: tuple[str, ...]
) -> None:
    _write(tmp_path, {"pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["six"]\n' + extra})

    assert _lines(detect.detect(tmp_path, choice=choice)) == lines


@pytest.mark.parametrize("file", ["pyproject.toml", "index.py"])
def test_what_holds_the_resolution_of_uv_holds_ours(tmp_path: Path, file: str) -> None:
    settings = '[tool.uv]\nconstraint-dependencies = ["idna<3"]\noverride-dependencies = ["six==1.16"]\n'
    declared = 'dependencies = ["requests"]\n'
    block = "".join(f"# {line}\n" for line in ("/// script", *(declared + settings).splitlines(), "///"))
    texts = {"pyproject.toml": f'[project]\nname = "app"\nversion = "1"\n{declared}{settings}', "index.py": block}

    found = _detect(_write(tmp_path, {file: texts[file]}))
    other = _detect(_write(tmp_path, {file: texts[file].replace("six==1.16", "six==1.17")}))

    assert (_requirements(found).constraints, _requirements(found).overrides) == (("idna<3",), ("six==1.16",))
    assert found.identity != other.identity


def test_a_standard_project_has_the_places_that_poetry_has_for_it(tmp_path: Path) -> None:
    manifest = """
[project]
name = "app"
version = "1"
dependencies = ["lib[x]; python_version < '4'", "corp>=1", "six"]
[tool.poetry.dependencies]
lib = { path = "../lib", develop = true }
corp = { source = "main" }
[[tool.poetry.source]]
name = "main"
url = "https://corp.invalid/simple"
priority = "explicit"
"""
    entry = _write(tmp_path / "app", {"pyproject.toml": manifest})
    _write(tmp_path / "lib", {"pyproject.toml": '[project]\nname = "lib"\n'})

    found = detect.detect(entry)

    index = Index(name="main", url="https://corp.invalid/simple")
    assert [(package.name, package.directory) for package in found.local] == [("lib", tmp_path / "lib")]
    assert _lines(found) == ('lib[x] ; python_version < "4"', "corp>=1", "six")
    assert _requirements(found).assigned == (Assigned(name="corp", index=index),)
    assert _requirements(found).options == ()


@pytest.mark.parametrize("value", ["1979-05-27", "1", "true", "[]", "{}"])
def test_a_group_that_includes_no_name_is_our_error(tmp_path: Path, value: str) -> None:
    manifest = f"""[project]
name = "fn"
version = "1"
[dependency-groups]
g = [{{include-group = {value}}}]
"""
    (tmp_path / "pyproject.toml").write_text(manifest)

    with pytest.raises(PackagingError, match=r"\[dependency-groups\]"):
        detect.detect(tmp_path, choice=Choice(groups=("g",)))
