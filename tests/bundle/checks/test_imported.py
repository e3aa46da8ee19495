"""Which file an import runs, held against the import system of the running Python."""

import importlib.machinery
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_function._bundle.checks import imported, inventory
from python_function._bundle.checks.imported import STANDARD_LIBRARY, THE_RUNTIME, Place
from python_function._bundle.checks.inventory import Inventory
from python_function._target import stdlib
from python_function._target.target import Target

HERE = Target(f"python{sys.version_info.major}.{sys.version_info.minor}", "x86_64")
TARGET = Target("python3.13", "x86_64")

NAMES = st.sampled_from(["aa", "bb"])
FILES = st.sampled_from(
    [*("__init__.py", "__init__.pyc", "__init__.abi3.so", "aa.py", "aa.pyc", "bb.so", "bb.py", "bb.cpython-27.so")]
)


def joined(parents: list[str], name: str) -> str:
    return "/".join([*parents, name])


PATHS = st.builds(joined, st.lists(NAMES, max_size=2), FILES)


def holding(*files: str) -> Inventory:
    return Inventory(root=Path("/bundle"), files=dict.fromkeys(files, 1))


def reference(module: str, roots: list[str]) -> str:
    """Return what Python's own finder finds for *module*, as far as it comes."""
    path, origin = roots, ""
    for part in module.split("."):
        spec = importlib.machinery.PathFinder.find_spec(part, path)
        if spec is None:
            return origin
        origin = spec.origin or ""
        path = list(spec.submodule_search_locations or ())
        if not path:
            return origin
    return origin


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sets(PATHS, max_size=5), min_size=1, max_size=2), st.lists(NAMES, min_size=1, max_size=3))
def test_an_import_comes_to_what_pythons_own_finder_finds(
    tmp_path_factory: pytest.TempPathFactory, trees: list[set[str]], parts: list[str]
) -> None:
    roots = [tmp_path_factory.mktemp("root") for _ in trees]
    for root, files in zip(roots, trees, strict=True):
        for file in files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).touch()
    path = [Place(inventory.take(root)) for root in roots]

    found = imported.find(".".join(parts), path, HERE)

    expected = reference(".".join(parts), list(map(str, roots)))
    assert (str(found.inventory.root / found.file) if found.inventory else "") == expected


def test_the_ends_of_modules_names_are_those_of_the_running_python_where_it_is_the_target() -> None:
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        pytest.skip("a Python of another platform")
    assert imported.suffixes(HERE) == (*importlib.machinery.EXTENSION_SUFFIXES, ".py", ".pyc")


@pytest.mark.parametrize(
    ("module", "elsewhere"),
    [
        ("calendar.main", STANDARD_LIBRARY),
        ("boto3.main", THE_RUNTIME),
        ("cgi.main", ""),
        ("shop.main", ""),
    ],
)
def test_a_directory_alone_gives_way_to_what_lambda_has(module: str, elsewhere: str) -> None:
    bundle = holding(*(f"{name}/main.py" for name in ("boto3", "calendar", "cgi", "shop")))

    assert imported.find(module, [Place(bundle)], TARGET).elsewhere == elsewhere


def test_a_package_of_the_bundle_comes_before_the_standard_library() -> None:
    bundle = holding("calendar/__init__.py", "calendar/main.py")

    assert imported.find("calendar.main", [Place(bundle)], TARGET).file == "calendar/main.py"


def test_layers_are_searched_after_the_bundle_and_for_the_version_first() -> None:
    layer = holding(
        "python/aa.py", "python/lib/python3.13/site-packages/aa.py", "python/lib/python3.12/site-packages/b"
    )

    path = imported.search_path(TARGET, holding("index.py"), [layer])

    assert [place.directory for place in path] == ["", "python/lib/python3.13/site-packages", "python"]
    assert imported.find("aa", path, TARGET).file == "python/lib/python3.13/site-packages/aa.py"


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("app/main.py", "app.main"),
        ("app/__init__.py", "app"),
        ("app/_x.cpython-313-x86_64-linux-gnu.so", "app._x"),
        ("my-handler.py", "my-handler"),
        ("a.b.py", None),
        ("app/data.json", None),
    ],
)
def test_a_file_is_imported_by_its_path(file: str, module: str | None) -> None:
    assert imported.module_of(file, TARGET) == module


@pytest.mark.parametrize(
    ("version", "there", "gone"),
    [("3.8", "binhex", "tomllib"), ("3.11", "distutils", "annotationlib"), ("3.13", "tomllib", "cgi")],
)
def test_the_standard_library_is_that_of_the_target(version: str, there: str, gone: str) -> None:
    assert there in stdlib.modules(version)
    assert gone not in stdlib.modules(version)


def test_setuptools_is_there_as_long_as_python_brings_it() -> None:
    assert "setuptools" in stdlib.provided("3.11")
    assert "setuptools" not in stdlib.provided("3.12")
