"""A name that is imported from a package may be a module there, which is no handler."""

from pathlib import Path

import pytest

from python_function._handler.check import check
from python_function._handler.entry import resolve
from python_function.errors import EntryError

REAL = "def lambda_handler(event, context): ...\n"
FUNCTION = "def handler(event, context): ...\n"


def write(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)


MODULES = [
    pytest.param("from app import handler", {"app/__init__.py": "", "app/handler.py": ""}, id="module"),
    pytest.param("from app import handler", {"app/handler.py": ""}, id="of a namespace"),
    pytest.param("from app import handler", {"app/handler/__init__.py": ""}, id="package"),
    pytest.param("from app.api import handler", {"app/api/handler.py": ""}, id="deeper"),
    pytest.param("from app import orders as handler", {"app/orders.py": ""}, id="by another name"),
    pytest.param("from shop import handler", {"src/shop/handler.py": ""}, id="in src"),
]


@pytest.mark.parametrize(("line", "files"), MODULES)
def test_a_module_is_passed_over_and_told_if_it_is_named(line: str, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, {"index.py": f"{line}\n{REAL}", **files})

    assert resolve(tmp_path, index=None, handler=None, cwd=tmp_path).function == "lambda_handler"
    with pytest.raises(EntryError, match=r"handler in .*index\.py:1 is a module, which cannot be called"):
        check(resolve(tmp_path, index="index.py", handler="handler", cwd=tmp_path), python_version="3.13")


FUNCTIONS = [
    pytest.param(
        "from app import handler", {"app/__init__.py": "from .handler import handler", "app/handler.py": ""}, id="bound"
    ),
    pytest.param("from app import handler", {"app/__init__.py": "from .x import *", "app/handler.py": ""}, id="star"),
    pytest.param("from app import handler", {"app.py": FUNCTION, "app/handler.py": ""}, id="before a namespace"),
    pytest.param("from app import handler", {"app/__init__.py": FUNCTION}, id="of the package itself"),
    pytest.param("from vendor.app import handler", {}, id="of a dependency"),
    pytest.param("from app.handler import handler", {"app/handler.py": FUNCTION}, id="function"),
]


@pytest.mark.parametrize(("line", "files"), FUNCTIONS)
def test_anything_else_is_taken_on_trust(line: str, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, {"index.py": f"{line}\n{REAL}", **files})
    found = resolve(tmp_path, index="index.py", handler=None, cwd=tmp_path)

    check(found, python_version="3.13")
    assert found.function == "handler"


def test_dots_start_at_the_file(tmp_path: Path) -> None:
    write(tmp_path, {"app/main.py": f"from . import handler\n{REAL}", "app/handler.py": "", "app/__init__.py": ""})

    assert resolve(tmp_path, index="app/main.py", handler=None, cwd=tmp_path).function == "lambda_handler"
