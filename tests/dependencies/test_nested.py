"""What is local by declaration stays local, however deep it is declared and in whatever words."""

import json
from pathlib import Path

import pytest

from python_function._dependencies import detect, nested
from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._dependencies.local_packages import LocalArchive
from python_function._dependencies.requirements_txt import read
from python_function.errors import PackagingError


def _write(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def _project(name: str, *needs: str, more: str = "") -> str:
    return f'[project]\nname = "{name}"\nversion = "1"\ndependencies = {json.dumps(needs)}\n{more}'


def _local(packaging: Packaging) -> dict[str, str]:
    return {package.name: package.directory.name for package in packaging.local}


_SOURCE = '[tool.uv.sources]\nother = { path = "../other" }\n'
_LIBS = {
    "uv path": {"pyproject.toml": _project("lib", "other", more=_SOURCE)},
    "uv editable": {
        "pyproject.toml": _project("lib", "Other>=1", more=_SOURCE.replace('other"', 'other", editable = true'))
    },
    "uv, one of several": {
        "pyproject.toml": _project(
            "lib",
            "other",
            more='[tool.uv.sources]\nother = [{ path = "../other", marker = "sys_platform == \'linux\'" }]\n',
        )
    },
    "uv, dynamic dependencies": {
        "pyproject.toml": f'[project]\nname = "lib"\nversion = "1"\ndynamic = ["dependencies"]\n{_SOURCE}'
    },
    "poetry": {
        "pyproject.toml": '[tool.poetry]\nname = "lib"\n[tool.poetry.dependencies]\nother = { path = "../other" }\n'
    },
    "poetry, several": {
        "pyproject.toml": '[tool.poetry]\nname = "lib"\n[tool.poetry.dependencies]\nother = [{ path = "../other" }]\n'
    },
    "poetry 2, in both tables": {
        "pyproject.toml": _project(
            "lib", "other", more='[tool.poetry.dependencies]\nother = { path = "../other", develop = true }\n'
        )
    },
    "standard, relative": {"pyproject.toml": _project("lib", "other @ file:../other")},
    "hatch": {"pyproject.toml": _project("lib", "other @ {root:uri}/../other")},
    "pdm": {"pyproject.toml": _project("lib", "other @ file:///${PROJECT_ROOT}/../other")},
    "setup.cfg": {
        "setup.cfg": "[metadata]\nname = lib\n[options]\ninstall_requires =\n  six\n  other @ file:../other\n"
    },
    "setup.py": {"setup.py": "setup(name='lib', install_requires=['other @ file:../other'])\n"},
    "for the build": {
        "pyproject.toml": f'[build-system]\nrequires = ["other"]\n[project]\nname = "lib"\nversion = "1"\n{_SOURCE}'
    },
}
_ENTRIES = {
    "requirements": {"requirements.txt": "-e ../lib\n"},
    "pyproject": {"pyproject.toml": _project("fn", "lib", more='[tool.uv.sources]\nlib = { path = "../lib" }\n')},
    "script": {
        "index.py": '# /// script\n# dependencies = ["lib"]\n# [tool.uv.sources]\n# lib = { path = "../lib" }\n# ///\n'
    },
    "Pipfile": {"Pipfile": '[packages]\nlib = { path = "../lib", editable = true }\n'},
    "poetry": {"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\nlib = { path = "../lib" }\n'},
}


@pytest.mark.parametrize("entry", _ENTRIES.values(), ids=_ENTRIES)
@pytest.mark.parametrize("lib", _LIBS.values(), ids=_LIBS)
def test_a_local_package_of_a_local_package_is_local(
    tmp_path: Path, entry: dict[str, str], lib: dict[str, str]
) -> None:
    _write(tmp_path / "lib", lib)
    _write(tmp_path / "other", {"pyproject.toml": _project("other")})

    fn = _write(tmp_path / "fn", entry)
    found = detect.detect(fn, index=fn / "index.py")

    assert _local(found) == {"lib": "lib", "other": "other"}


def test_every_depth_is_followed_and_circles_end(tmp_path: Path) -> None:
    for number in range(30):
        after = (number + 1) % 30
        source = f'[tool.uv.sources]\np{after} = {{ path = "../p{after}" }}\n'
        _write(tmp_path / f"p{number}", {"pyproject.toml": _project(f"p{number}", f"p{after}", more=source)})

    found = detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../p7\n"}))

    assert sorted(_local(found)) == sorted(f"p{number}" for number in range(30))


def test_a_member_of_the_workspace_is_local_and_the_sources_of_its_root_count(tmp_path: Path) -> None:
    root = (
        '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/out"]\n'
        '[tool.uv.sources]\nvendored = { path = "vendored" }\nown = { path = "vendored" }\n'
    )
    needs = 'dependencies = ["member", "vendored", "own"]\n'
    sources = '[tool.uv.sources]\nmember = { workspace = true }\nown = { path = "own" }\n'
    _write(
        tmp_path / "shop",
        {
            "pyproject.toml": root,
            "packages/lib/pyproject.toml": f'[project]\nname = "lib"\nversion = "1"\n{needs}{sources}',
            "packages/lib/own/pyproject.toml": _project("own"),
            "packages/of-another-name/pyproject.toml": _project("Member"),
            "packages/out/pyproject.toml": _project("member"),
            "vendored/pyproject.toml": _project("vendored"),
        },
    )

    found = detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../shop/packages/lib\n"}))

    places = {"lib": "lib", "member": "of-another-name", "vendored": "vendored", "own": "own"}
    assert _local(found) == places


@pytest.mark.parametrize(
    ("above", "what"),
    [
        pytest.param("", "is in none", id="no workspace"),
        pytest.param('[tool.uv.workspace]\nmembers = ["l*"]\n', "has no such member", id="no member of that name"),
    ],
)
def test_a_source_that_is_no_member_of_a_workspace_is_told(tmp_path: Path, above: str, what: str) -> None:
    lib = _project("lib", "other", more="[tool.uv.sources]\nother = { workspace = true }\n")
    _write(tmp_path, {"pyproject.toml": above, "lib/pyproject.toml": lib})

    with pytest.raises(PackagingError, match=f"lib/pyproject.toml takes 'other' from .*{what}"):
        detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../lib\n"}))


def test_only_the_extras_that_are_asked_for_are_followed(tmp_path: Path) -> None:
    extras = (
        '[project.optional-dependencies]\nA_b = ["other"]\nall = ["lib[a-b]"]\nnot = ["third"]\n'
        '[tool.uv.sources]\nother = { path = "../other" }\nthird = { path = "../absent" }\n'
    )
    _write(tmp_path / "lib", {"pyproject.toml": _project("lib", more=extras)})
    _write(tmp_path / "other", {"pyproject.toml": _project("other")})
    _write(tmp_path / "top", {"pyproject.toml": _project("top", "lib[all] @ file:../lib")})

    without = detect.detect(_write(tmp_path / "one", {"requirements.txt": "../lib\n"}))
    asked = detect.detect(_write(tmp_path / "two", {"requirements.txt": "../lib[a.B]\n"}))
    deeper = detect.detect(_write(tmp_path / "three", {"requirements.txt": "../lib\n../top\n"}))

    assert sorted(_local(without)) == ["lib"]
    assert sorted(_local(asked)) == ["lib", "other"]
    assert sorted(_local(deeper)) == ["lib", "other", "top"]


def test_archives_and_urls_of_local_packages_are_kept(tmp_path: Path) -> None:
    sources = (
        '[tool.uv.sources]\nmade = { path = "made-1-py3-none-any.whl" }\n'
        'repo = { git = "https://h.invalid/r", rev = "v1" }\n'
    )
    lib = _project("lib", "made", "repo", "direct @ https://u:p@h.invalid/direct-1.tar.gz", more=sources)
    _write(tmp_path / "lib", {"pyproject.toml": lib, "made-1-py3-none-any.whl": ""})

    content = detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../lib\n"})).content

    assert isinstance(content, Listed)
    found = content.requirements
    assert found.archives == (LocalArchive(name="made", path=tmp_path / "lib" / "made-1-py3-none-any.whl"),)
    assert sorted(found.constraints) == [
        "direct @ https://u:p@h.invalid/direct-1.tar.gz",
        "repo @ git+https://h.invalid/r@v1",
    ]
    assert not any("u:p@" in text for text in found.identity)
    assert any("r@v1" in text for text in found.identity)


def test_two_places_of_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    _write(tmp_path / "lib", {"pyproject.toml": _project("lib", "other", more=_SOURCE)})
    for place in ("other", "fork"):
        _write(tmp_path / place, {"pyproject.toml": _project("other")})

    with pytest.raises(PackagingError, match=r"lib/pyproject.toml takes 'other' from .*/other, but .* from .*/fork\."):
        detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../lib\n../fork\n"}))


def test_one_place_by_two_ways_is_one(tmp_path: Path) -> None:
    _write(tmp_path / "lib", {"pyproject.toml": _project("lib", "other", more=_SOURCE)})
    _write(tmp_path / "other", {"pyproject.toml": _project("other")})
    (tmp_path / "alias").symlink_to("other")

    found = detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../lib\n../alias\n"}))

    assert sorted(_local(found)) == ["lib", "other"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param('other = { path = "../absent" }', "there is no .*/absent", id="absent"),
        pytest.param('other = { path = "../empty" }', "is no package", id="no package"),
        pytest.param('other = { path = "../wrong" }', "is the package 'wrong', not 'other'", id="another name"),
    ],
)
def test_a_place_that_cannot_be_followed_is_told_with_the_file_that_names_it(
    tmp_path: Path, text: str, what: str
) -> None:
    _write(tmp_path / "lib", {"pyproject.toml": _project("lib", "other", more=f"[tool.uv.sources]\n{text}\n")})
    _write(tmp_path, {"empty/README": "", "wrong/pyproject.toml": _project("wrong")})

    with pytest.raises(PackagingError, match=rf"lib/pyproject.toml \(dependencies\):1: .*{what}"):
        detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../lib\n"}))


def test_what_a_build_needs_comes_first(tmp_path: Path) -> None:
    for name, builder in (("a", "b"), ("b", "c")):
        more = f'[build-system]\nrequires = ["{builder}"]\n[tool.uv.sources]\n{builder} = {{ path = "../{builder}" }}\n'
        _write(tmp_path / name, {"pyproject.toml": _project(name, more=more)})
    _write(tmp_path / "c", {"pyproject.toml": _project("c")})

    found = detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../a\n"}))

    assert [(package.name, package.builds_with) for package in found.local] == [("c", ()), ("b", ("c",)), ("a", ("b",))]


def test_packages_that_need_each_other_to_be_built_are_told(tmp_path: Path) -> None:
    for name, builder in (("a", "b"), ("b", "a")):
        more = f'[build-system]\nrequires = ["{builder}"]\n[tool.uv.sources]\n{builder} = {{ path = "../{builder}" }}\n'
        _write(tmp_path / name, {"pyproject.toml": _project(name, more=more)})

    with pytest.raises(PackagingError, match="need each other to be built"):
        detect.detect(_write(tmp_path / "fn", {"requirements.txt": "../a\n"}))


def test_a_lock_that_takes_from_an_index_what_a_local_package_has_elsewhere_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "lib", {"pyproject.toml": _project("lib", "other", more=_SOURCE)})
    _write(tmp_path / "other", {"pyproject.toml": _project("other")})
    exported = read.parse("lib @ file:lib\nother==1.0\n", base=tmp_path, source="the lock", exact=True)

    with pytest.raises(PackagingError, match=r"takes from an index .* 'other' \(.*/other\).* lock again"):
        nested.follow(exported)


def test_of_a_lock_that_has_everything_nothing_is_added_but_what_builds_need(tmp_path: Path) -> None:
    sources = _SOURCE + 'builder = { path = "../builder" }\nextra = { path = "../extra" }\n'
    more = f'[build-system]\nrequires = ["builder"]\n{sources}[project.optional-dependencies]\nx = ["extra"]\n'
    _write(tmp_path / "lib", {"pyproject.toml": _project("lib", "other", more=more)})
    for name in ("other", "builder", "extra"):
        _write(tmp_path / name, {"pyproject.toml": _project(name)})

    text = "lib[x] @ file:lib\nother @ file:other\n"
    found = nested.follow(read.parse(text, base=tmp_path, source="the lock", exact=True))

    assert sorted(package.name for package in found.local) == ["builder", "lib", "other"]
    assert found.lines == ("lib[x]", "other")


_LOCKS = {
    "uv.lock": 'version = 1\n[[package]]\nname = "fn"\nversion = "1"\nsource = { virtual = "." }\n'
    'dependencies = [{ name = "lib" }]\n[[package]]\nname = "lib"\nversion = "1"\nsource = { editable = "../lib" }\n',
    "poetry.lock": '[[package]]\nname = "lib"\nversion = "1"\n[package.source]\ntype = "directory"\nurl = "../lib"\n'
    '[metadata]\nlock-version = "2.1"\n',
    "Pipfile.lock": '{"_meta": {}, "default": {"lib": {"path": "../lib", "editable": true}}}',
    "pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "lib"\n'
    '[packages.directory]\npath = "../lib"\n',
}


@pytest.mark.parametrize("lock", _LOCKS)
@pytest.mark.parametrize("there", ["nothing", "a file", "no package"])
def test_a_local_package_of_a_lock_that_is_not_there_is_told(tmp_path: Path, lock: str, there: str) -> None:
    manifest = _project("fn", "lib") if lock != "Pipfile.lock" else ""
    fn = _write(tmp_path / "fn", {lock: _LOCKS[lock], "pyproject.toml": manifest})
    if there == "a file":
        _write(tmp_path, {"lib": ""})
    if there == "no package":
        _write(tmp_path, {"lib/README": ""})

    with pytest.raises(PackagingError) as caught:
        detect.detect(fn, choice=Choice())

    for part in (str(fn / lock), "lib", str(tmp_path / "lib")):
        assert part in str(caught.value)
