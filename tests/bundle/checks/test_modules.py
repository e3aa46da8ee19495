"""Whose file Lambda runs for the handler, and which of the user's modules are never imported."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from python_function._bundle.checks import modules
from python_function._bundle.checks.inventory import Distribution, Inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._target.target import Target

TARGET = Target("python3.13", "x86_64")


def check(
    own: Sequence[str],
    installed: Sequence[str],
    *,
    handler: str | None = None,
    lost: Sequence[str] = (),
    layers: Sequence[Inventory] = (),
) -> Verdict:
    bundle = Inventory(
        root=Path("/bundle"),
        files=dict.fromkeys((*own, *installed), 1),
        distributions=(Distribution(name="evil", version="1", files=tuple(installed), lost=tuple(lost)),),
        own=frozenset(own),
    )
    return modules.check(
        bundle, handler_file=handler, entry="/srv/fn", target=TARGET, layers=layers, is_layer=handler is None
    )


@pytest.mark.parametrize(
    ("handler", "taker"),
    [
        pytest.param("api/main.py", "api/main/__init__.py", id="a package beside a module"),
        pytest.param("index.py", "index/__init__.pyc", id="bytecode of a package"),
        pytest.param("index.py", "index/__init__.abi3.so", id="native package"),
        pytest.param("index.py", "index.so", id="native module"),
        pytest.param("index.py", "index.abi3.so", id="native module of the stable ABI"),
        pytest.param("index.py", "index.cpython-313-x86_64-linux-gnu.so", id="native module of the version"),
        pytest.param("api/main.py", "api.py", id="a module closes a namespace"),
        pytest.param("api/main.py", "api.pyc", id="bytecode closes a namespace"),
        pytest.param("api/v1/main.py", "api/v1.py", id="a module closes a namespace further down"),
        pytest.param("api/__init__.py", "api/__init__.so", id="native package beside the package"),
    ],
)
def test_what_takes_the_handlers_place_is_an_error_that_names_it(handler: str, taker: str) -> None:
    verdict = check([handler], [taker], handler=handler)

    (error,) = verdict.errors
    assert f"handler's file {handler!r} of /srv/fn" in error
    assert f"comes to {taker} of the installed evil 1" in error
    assert "exclude_packages=['evil']" in error
    assert verdict.warnings == ()


@pytest.mark.parametrize(
    ("handler", "harmless"),
    [
        ("index.py", "index.pyc"),
        ("index.py", "index.cpython-312-x86_64-linux-gnu.so"),
        ("index.py", "index.cpython-313-aarch64-linux-gnu.so"),
        ("index.py", "index/data.json"),
        ("index.py", "index/helper.py"),
        ("api/main.py", "api/__init__.py"),
        ("api/main.py", "main/__init__.py"),
        ("my-handler.py", "my_handler/__init__.py"),
    ],
)
def test_what_python_does_not_prefer_takes_nothing(handler: str, harmless: str) -> None:
    verdict = check([handler], [harmless], handler=handler)

    assert verdict.errors == ()
    assert "hiddenModule" not in {notice.id for notice in verdict.warnings}


def test_a_handler_in_a_directory_that_the_standard_library_has_a_module_for_is_an_error() -> None:
    (error,) = check(["calendar/main.py"], [], handler="calendar/main.py").errors

    assert "import calendar.main comes to the standard library" in error
    assert "exclude_packages" not in error


def test_a_layer_can_take_the_place_of_a_namespace() -> None:
    layer = Inventory(root=Path("/layer"), files={"python/api/__init__.py": 1})

    (error,) = check(["api/main.py"], [], handler="api/main.py", layers=[layer]).errors

    assert "comes to python/api/__init__.py in a layer" in error


def test_a_module_that_is_never_imported_is_told_with_what_is_in_its_place() -> None:
    (notice,) = check(["index.py", "api/util.py"], ["api/util/__init__.py"], handler="index.py").warnings

    assert notice.id == "hiddenModule"
    assert notice.text.startswith(
        "api/util.py is never imported: import api.util comes to api/util/__init__.py of the installed evil 1."
    )


@pytest.mark.parametrize(
    ("own", "installed", "lost"),
    [
        pytest.param("docopt.py", ["docopt.py"], [], id="written over it"),
        pytest.param("docopt.py", [], ["docopt/__init__.py"], id="put in its place"),
        pytest.param("docopt/__init__.py", ["docopt.py"], [], id="a package comes before a module"),
    ],
)
def test_a_module_that_is_imported_in_the_place_of_an_installed_one_is_told(
    own: str, installed: list[str], lost: list[str]
) -> None:
    (notice,) = check(["index.py", own], installed, handler="index.py", lost=lost).warnings

    assert notice.id == "hidingModule"
    assert notice.text.startswith(f"{own} is imported in the place of a module of the installed evil 1.")


def test_a_namespace_that_both_have_files_in_is_nothing_to_tell() -> None:
    verdict = check(["index.py", "google/mine.py"], ["google/cloud/__init__.py"], handler="index.py")

    assert verdict == Verdict(check="modules")


def test_many_modules_are_one_warning() -> None:
    own = [f"m{number}.py" for number in range(9)]

    (notice,) = check(["index.py", *own], [f"m{number}.so" for number in range(9)], handler="index.py").warnings

    assert "; and 4 more." in notice.text


def test_in_a_layer_the_modules_below_python_count() -> None:
    (notice,) = check(["python/util.py"], ["python/util/__init__.py"]).warnings

    assert "import util comes to python/util/__init__.py" in notice.text
