"""Which folder stands at the bundle's root: the imports of the code say it, and every import keeps its meaning."""

import ast
from pathlib import Path
from typing import Final

import pytest

from python_function._handler import layout
from python_function._handler.layout import Root

HANDLER: Final = "def handler(event, context): ...\n"
PACKAGED: Final = "[build-system]\nrequires = []\n[project]\nname = 'shop'\n"


def find(directory: Path, files: dict[str, str], index: str | None) -> Root:
    for name, text in files.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return layout.find(directory, sorted(files), index=index)


EVIDENCE = [
    # what is imported from src by its name stays there, whoever imports it
    pytest.param({"src/a.py": "from src.b import c", "src/b.py": ""}, "", "src/a.py:1 imports src.b", id="by name"),
    pytest.param(
        {"index.py": "from app.main import x", "app/main.py": "\nfrom src.util import y", "src/util.py": ""},
        "",
        "app/main.py:2 imports src.util",
        id="by a file that the index imports",
    ),
    pytest.param({"a.py": "def f():\n  import src", "src/b.py": ""}, "", "a.py:2 imports src", id="in a function"),
    pytest.param({"a.py": "import os, src.b as b", "src/b.py": ""}, "", "a.py:1 imports src.b", id="with another"),
    pytest.param({"a.py": "import os; import src.b", "src/b.py": ""}, "", "a.py:1 imports src.b", id="semicolon"),
    pytest.param({"a.py": "import os, \\\n  src.b", "src/b.py": ""}, "", "a.py:1 imports src.b", id="two lines"),
    pytest.param({"a.py": "from src import (\n  b,\n)", "src/b.py": ""}, "", "a.py:1 imports src", id="brackets"),
    pytest.param({"src/a.py": "from .b import c", "src/b.py": ""}, "", "src/a.py:1 imports .b", id="by dots"),
    pytest.param({"src/p/a.py": "from ..b import c", "src/b.py": ""}, "", "src/p/a.py:1 imports ..b", id="two dots"),
    pytest.param({"src/a.py": "from . import b", "src/b.py": ""}, "", "src/a.py:1 imports .", id="a dot alone"),
    pytest.param(
        {"src/p/a.py": "from src.p.b import c", "src/p/b.py": "", "pyproject.toml": PACKAGED},
        "",
        "src/p/a.py:1 imports src.p.b",
        id="though packaged",
    ),
    # what only src holds is imported from there
    pytest.param({"src/a.py": "import b", "src/b.py": ""}, "src", "src/a.py:1 imports b", id="sibling"),
    pytest.param(
        {"src/a.py": "import b", "src/b.py": "", "src/__init__.py": ""}, "src", "src/a.py:1 imports b", id="__init__"
    ),
    pytest.param(
        {"src/p/a.py": "from p.b import c", "src/p/b.py": ""}, "src", "src/p/a.py:1 imports p.b", id="own package"
    ),
    pytest.param({"a.py": "from p import b", "src/p/b.py": ""}, "src", "a.py:1 imports p", id="from the top"),
    pytest.param({"a.py": "def f():\n import b", "src/b.py": ""}, "src", "a.py:2 imports b", id="later"),
    # both: no root is right for both, and the name was written out
    pytest.param(
        {"src/a.py": "import b\nfrom src.b import c", "src/b.py": ""}, "", "src/a.py:2 imports src.b", id="both"
    ),
    # tests have a say only where nothing else does
    pytest.param(
        {"src/a.py": "import b", "src/b.py": "", "tests/test_a.py": "from src.a import handler"},
        "src",
        "src/a.py:1 imports b",
        id="tests by name",
    ),
    pytest.param(
        {"src/a.py": "", "tests/unit/x.py": "from src.a import handler"},
        "",
        "tests/unit/x.py:1 imports src.a",
        id="tests alone, by name",
    ),
    pytest.param(
        {"src/p/a.py": "", "test_a.py": "from p.a import handler"}, "src", "test_a.py:1 imports p.a", id="tests alone"
    ),
]


@pytest.mark.parametrize(("files", "root", "reason"), EVIDENCE)
def test_the_imports_decide(files: dict[str, str], root: str, reason: str, tmp_path: Path) -> None:
    for index in (next(iter(files)), None):
        assert find(tmp_path, files, index) == Root(root, reason)


UNSAID = [
    pytest.param({"src/main.py": HANDLER}, "", "src", id="a file in src"),
    pytest.param({"src/main.py": HANDLER, "requirements.txt": ""}, "", "src", id="a flat project"),
    pytest.param({"src/p/main.py": HANDLER}, "", "src", id="a package in src"),
    pytest.param({"src/p/main.py": "from .b import c", "src/p/b.py": ""}, "", "src", id="dots that stay inside"),
    pytest.param({"src/p/main.py": HANDLER, "pyproject.toml": PACKAGED}, "src", "src", id="packaged"),
    pytest.param({"src/p/main.py": HANDLER, "setup.py": ""}, "src", "src", id="setuptools"),
    pytest.param({"src/p/main.py": HANDLER, "setup.cfg": ""}, "src", "src", id="setup.cfg"),
    pytest.param({"src/main.py": HANDLER, "pyproject.toml": PACKAGED}, "", "src", id="no package"),
    pytest.param({"src/p/a.py": HANDLER, "pyproject.toml": "[project]\nname='x'"}, "", "src", id="no build system"),
    pytest.param({"src/p/a.py": HANDLER, "pyproject.toml": "[tool.x]\n"}, "", "src", id="only tools"),
    pytest.param({"src/p/a.py": HANDLER, "pyproject.toml": "[tool"}, "", "src", id="broken project"),
    pytest.param({"src/main.py": HANDLER, "src/__init__.py": ""}, "", "", id="src is a package"),
    pytest.param({"a.py": HANDLER, "src/p/b.py": ""}, "", "", id="index at the top"),
    pytest.param(
        {"a.py": HANDLER, "src/p/b.py": "", "pyproject.toml": PACKAGED}, "src", "src", id="at the top, packaged"
    ),
    pytest.param({"src/a.py": "'''\nfrom src.b import c'''", "src/b.py": ""}, "", "src", id="in a string"),
    pytest.param({"src/a.py": "# import b\n", "src/b.py": ""}, "", "src", id="in a comment"),
    pytest.param({"src/a.py": "import json, boto3, os.path"}, "", "src", id="nothing of the user's"),
    pytest.param({"b.py": "", "src/a.py": "import b", "src/b.py": ""}, "", "", id="at either place"),
    pytest.param({"src/src/a.py": "import src.a"}, "", "src", id="src in src"),
    pytest.param({"src/a.py": "import b", "src/b.txt": ""}, "", "src", id="no module"),
]


@pytest.mark.parametrize(("files", "root", "of_layer"), UNSAID)
def test_where_imports_say_nothing_a_packaged_project_has_its_src(
    files: dict[str, str], root: str, of_layer: str, tmp_path: Path
) -> None:
    index = next(name for name in files if name.endswith(".py"))

    assert find(tmp_path, files, index).name == root
    assert find(tmp_path, files, None).name == of_layer


@pytest.mark.parametrize("files", [{"a.py": "import src"}, {"src/data.json": "{}", "a.py": ""}, {}, {"src.py": ""}])
def test_without_modules_in_src_there_is_nothing_to_decide(files: dict[str, str], tmp_path: Path) -> None:
    assert find(tmp_path, files, None) == Root()


@pytest.mark.parametrize(
    "text", ["def f(:\n", "import b\n" + "(" * 10_000, "\0", "type X = int\nimport b\n", "x = 1\n" * 50_000]
)
def test_what_cannot_be_parsed_is_no_error_here(text: str, tmp_path: Path) -> None:
    assert find(tmp_path, {"src/a.py": text, "src/b.py": ""}, "src/a.py").name in {"", "src"}


def test_a_file_that_is_gone_is_no_error_here(tmp_path: Path) -> None:
    assert layout.find(tmp_path, ["src/a.py"], index="src/a.py").name == ""


def test_few_of_many_files_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"src/p{number}/a.py": f"import json\nfrom p{number - 1}.a import x\n" for number in range(300)}
    parsed: list[bytes] = []
    parse = ast.parse

    def counted(text: bytes, *, feature_version: tuple[int, int]) -> ast.Module:
        parsed.append(text)
        return parse(text, feature_version=feature_version)

    monkeypatch.setattr(ast, "parse", counted)

    assert find(tmp_path, files, "src/p7/a.py") == Root("src", "src/p7/a.py:2 imports p6.a")
    assert len(parsed) <= 1
