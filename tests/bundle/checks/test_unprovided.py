"""What the user's files import and nothing provides."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from python_function._bundle.checks import distribution_names, imported, inventory, unprovided
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.unprovided import Missing
from python_function._target.target import Target
from tests.corpus import FUNCTIONS, Project

TARGET = Target("python3.13", "x86_64")


def make(root: Path, files: Mapping[str, str], installed: Mapping[str, str] | None = None) -> Inventory:
    installed = installed or {}
    record = "".join(f"{file},,\n" for file in installed)
    info = {"x-1.dist-info/METADATA": "Name: x\nVersion: 1\n", "x-1.dist-info/RECORD": record}
    for name, text in {**files, **installed, **info}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return inventory.take(root, files)


def missing(
    found: Inventory, handler: str | None = "index.py", target: Target = TARGET, *layers: Inventory
) -> tuple[Missing, ...]:
    path = imported.search_path(target, found, layers)
    return unprovided.missing(found, handler_file=handler, places=path, target=target)


def modules(found: tuple[Missing, ...]) -> list[str]:
    return [each.module for each in found]


def test_an_import_that_nothing_provides_is_told_with_its_place_and_its_likely_origin(tmp_path: Path) -> None:
    found = make(tmp_path, {"index.py": "import json\n\nimport PIL.Image\n"})

    verdict = unprovided.check(
        found,
        handler_file="index.py",
        places=imported.search_path(TARGET, found),
        target=TARGET,
        sources={"index.py": Path("/srv/fn/index.py")},
    )

    assert missing(found) == (Missing(file="index.py", line=3, module="PIL", origin="likely of pillow"),)
    (notice,) = verdict.warnings
    assert notice.id == "missingImport"
    assert "/srv/fn/index.py:3: PIL, likely of pillow\n" in notice.text


@pytest.mark.parametrize(
    "text",
    [
        "import os, json, zoneinfo",
        "import boto3, botocore.config, urllib3, dateutil.parser",
        "import installed, installed.anything",
        "import native, bytecode",
        "from google.cloud import storage",
        "import google.cloud.storage.blob",
        "import helper\nfrom shop import cart",
        "from shop import NAME",
        "import six.moves.urllib",
        "import xml.etree.ElementTree as ET",
        "from __future__ import annotations",
        "import sys\nsys.path.insert(0, 'vendored')\nimport deep",
    ],
)
def test_what_the_bundle_the_standard_library_or_the_runtime_has_is_provided(tmp_path: Path, text: str) -> None:
    own = {
        "index.py": text,
        "helper.py": "",
        "shop/__init__.py": "NAME = 1",
        "shop/cart.py": "",
        "vendored/deep.py": "",
    }
    installed = {
        "installed/__init__.py": "import nowhere",
        "native.cpython-313-x86_64-linux-gnu.so": "",
        "bytecode.pyc": "",
        "google/cloud/storage/__init__.py": "",
        "six.py": "",
    }

    assert missing(make(tmp_path, own, installed)) == ()


@pytest.mark.parametrize(
    ("text", "hole"),
    [
        ("import nothere", "nothere"),
        ("from nothere.deep import x", "nothere"),
        ("import google.cloud.storage", "google.cloud"),
        ("from google.cloud import storage", "google.cloud"),
        ("from google import cloud", "google.cloud"),
        ("from vendored import gone, deep", "vendored.gone"),
        ("import shop.gone", "shop.gone"),
        ("from shop.gone import x", "shop.gone"),
        ("import helper.gone", "helper.gone"),
        ("import deep", "deep"),
        ("import cgi", "cgi"),
        ("import aarch", "aarch"),
    ],
)
def test_what_is_nowhere_is_missing(tmp_path: Path, text: str, hole: str) -> None:
    own = {"index.py": text, "helper.py": "", "shop/__init__.py": "", "vendored/deep.py": ""}
    installed = {"google/protobuf/__init__.py": "", "aarch.cpython-313-aarch64-linux-gnu.so": ""}

    assert modules(missing(make(tmp_path, own, installed))) == [hole]


def test_imports_are_followed_through_the_users_files(tmp_path: Path) -> None:
    files = {
        "api/__init__.py": "import one",
        "api/main.py": "from .models import Order\nfrom . import views\nimport shop.util",
        "api/models.py": "import two",
        "api/views/__init__.py": "from ..deep import x",
        "api/deep.py": "import three",
        "shop/__init__.py": "",
        "shop/util.py": "import four",
        "unused.py": "import aws_cdk",
        "tests/test_main.py": "import pytest",
    }

    found = missing(make(tmp_path, files), "api/main.py")

    assert sorted(modules(found)) == ["four", "one", "three", "two"]


def test_of_a_layer_all_files_count_but_tests(tmp_path: Path) -> None:
    files = {"python/a.py": "import b\nimport nothere", "python/b.py": "", "python/tests/test_a.py": "import pytest"}
    found = make(tmp_path, files)
    places = imported.search_path(TARGET, found, [found])[1:]

    assert modules(unprovided.missing(found, handler_file=None, places=places, target=TARGET)) == ["nothere"]


def test_a_layer_provides(tmp_path: Path) -> None:
    function = make(tmp_path / "function", {"index.py": "import shared"})
    layer = make(tmp_path / "layer", {"python/shared.py": ""})

    assert missing(function, "index.py", TARGET, layer) == ()
    assert modules(missing(function)) == ["shared"]


def test_a_layer_that_nobody_knows_may_provide(tmp_path: Path) -> None:
    found = make(tmp_path, {"index.py": "import json\nimport shared.deep\nimport more"})
    places = imported.search_path(TARGET, found)

    verdict = unprovided.check(
        found, handler_file="index.py", places=places, target=TARGET, sources={}, unknown=("Stack/Imported",)
    )

    assert verdict.warnings == ()
    assert verdict.unknown == (
        "Neither the bundle nor the runtime has shared, more, and nobody here knows what is in Stack/Imported.",
    )


def test_what_was_left_out_of_a_distribution_is_told_as_that(tmp_path: Path) -> None:
    make(tmp_path, {"index.py": "import demo.core"}, {"demo/__init__.py": "", "demo/core.py": "", "other.py": ""})
    (tmp_path / "demo/core.py").unlink()
    (tmp_path / "demo/__init__.py").unlink()

    (found,) = missing(inventory.take(tmp_path, ["index.py"]))

    assert (found.module, found.origin) == ("demo", "which x 1 is without here: demo/__init__.py was left out")


@pytest.mark.parametrize(
    ("says", "module", "origin"),
    [
        ("Import-Name: house", "house", "which x 1 says it brings"),
        ("Import-Name: house.deep", "house.deep.down", "which x 1 says it brings"),
        ("Import-Name: house ; private", "house", "which x 1 says it brings"),
        ("Import-Namespace: house", "house.deep", "which x 1 says it brings"),
        ("Import-Name: house", "household", "likely of household"),
        ("Import-Name:", "house", "likely of house"),
    ],
)
def test_who_says_what_it_is_imported_by_is_believed(tmp_path: Path, says: str, module: str, origin: str) -> None:
    make(tmp_path, {"index.py": f"import {module}"})
    (tmp_path / "x-1.dist-info/METADATA").write_text(f"Name: x\nVersion: 1\n{says}\n")

    (found,) = missing(inventory.take(tmp_path, ["index.py"]))

    assert found.origin == origin


@pytest.mark.parametrize(
    ("module", "name"), [("sklearn.svm", "scikit-learn"), ("my_lib.x", "my-lib"), ("yaml", "pyyaml")]
)
def test_the_distribution_of_a_module_is_guessed(module: str, name: str) -> None:
    assert distribution_names.likely(module) == name


@pytest.mark.parametrize("project", FUNCTIONS, ids=lambda project: project.name)
def test_projects_are_free_of_holes_until_one_is_made(project: Project, tmp_path: Path) -> None:
    found = project.bundle(tmp_path)
    own = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    for name in project.provided:
        package = tmp_path.joinpath(*name.split("."))
        package.mkdir(parents=True)
        for place in (package, *package.parents[: name.count(".")]):
            (place / "__init__.py").touch()
    handler = found.spec.handler_file

    assert missing(inventory.take(tmp_path, own), handler) == ()
    if handler is not None:
        text = (tmp_path / handler).read_bytes()
        (tmp_path / handler).write_bytes(text + b"\nimport nothere\n")
        assert modules(missing(inventory.take(tmp_path, own), handler)) == ["nothere"]
