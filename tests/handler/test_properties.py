"""Whatever stands in a project: what is found imports as Lambda imports it, and what is wrong is told by our errors."""

import contextlib
import functools
import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from python_function._handler.check import check
from python_function._handler.entry import Entry, resolve
from python_function._target.infer import infer
from python_function.errors import PythonFunctionError
from tests.doubles import bundle, rooted

QUICK = settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PARTS = ["app", "main", "src", "shop", "__init__", "my-app", "class", "json", "a.b"]
FUNCTIONS = ["handler", "main", "go"]

# every statement runs without an error, and every condition holds
STATEMENTS = [
    "def NAME(event, context): return 1",
    "def NAME(event, context=None, *rest): return 1",
    "def NAME(): return 1",
    "async def NAME(event, context): return 1",
    "NAME = lambda *arguments: 1",
    "NAME = None",
    "if __name__:\n    def NAME(event, context): return 1",
    "if __name__ == '__main__':\n    def NAME(event, context): return 1",
    "try:\n    raise OSError\nexcept OSError:\n    def NAME(event, context): return 1",
    "class NAME:\n    def __init__(self, event, context): pass",
    "class Callable:\n    def __call__(self, event, context): return 1\nNAME = Callable()",
    "class Plain: pass\nNAME = Plain()",
    "import functools\nNAME = functools.partial(max, 1)",
    "import json as NAME",
    "from operator import is_ as NAME",
    "'''\ndef NAME(event, context): return 1\n'''",
    "for NAME in [max]: pass",
    "(NAME, _) = max, min",
    "match max:\n    case NAME: pass",
    "[NAME for NAME in []]",
    "try:\n    import src\nexcept ImportError: pass",
    "def other(): from src.main import x",
]


@st.composite
def sources(draw: st.DrawFn) -> str:
    lines = draw(st.lists(st.tuples(st.sampled_from(STATEMENTS), st.sampled_from(FUNCTIONS)), max_size=3))
    large = draw(st.sampled_from([*[""] * 9, "LARGE\n"]))
    return large + "\n".join(statement.replace("NAME", name) for statement, name in lines) + "\n"


paths = st.lists(st.sampled_from(PARTS[:4]) | st.sampled_from(PARTS), min_size=1, max_size=3).map(
    lambda parts: "/".join(parts) + ".py"
)
trees = st.dictionaries(paths, sources(), min_size=1, max_size=4)
projects = st.sampled_from([{}, {"pyproject.toml": "[project]\nname = 'shop'\n"}])


@contextlib.contextmanager
def written(files: dict[str, str]) -> Generator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for path, text in files.items():
            file = Path(name, "fn", path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("LARGE\n", "x = 1\n" * 45_000), "utf-8")
        yield Path(name, "fn")


def imports(directory: Path, handler: str) -> bool:
    """Tell whether a Python that has imported nothing of *directory* imports *handler*, and may call it."""
    child = os.fork()
    if child == 0:
        module, _, function = handler.rpartition(".")
        status = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            sys.path.insert(0, str(directory))
            sys.dont_write_bytecode = True
            for name in {module.partition(".")[0], "src", *PARTS} - {"json"}:
                sys.modules.pop(name, None)
            importlib.invalidate_caches()
            status = 0 if callable(getattr(importlib.import_module(module), function)) else 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@QUICK
@given(
    trees,
    projects,
    st.none() | st.integers(0, 3),
    st.none() | st.sampled_from([*FUNCTIONS, "app.main.handler", "src.app.handler", "main.go"]),
)
@example({"src/main.py": "import src\ndef handler(e, c): return 1"}, {}, None, None)
@example({"main.py": "def handler(e, c): return 1", "main/__init__.py": ""}, {}, 0, None)
@example(
    {"main.py": "def handler(e, c): return 1", "src/main.py": ""},
    {"pyproject.toml": "[project]\nname = 'x'"},
    None,
    None,
)
def test_what_is_found_is_importable(
    files: dict[str, str], project: dict[str, str], nth: int | None, handler: str | None
) -> None:
    index = None if nth is None else list(files)[nth % len(files)]
    with written(files | project) as directory:
        try:
            entry = rooted(resolve(directory, index=index, handler=handler, cwd=Path("/")))
            check(entry, python_version="3.11")
            bundle(entry, directory.parent / "bundle")
        except PythonFunctionError:
            event("refused")
            return
        if entry.elsewhere:
            event("elsewhere")
            return
        event("found")

        assert imports(directory.parent / "bundle", entry.handler)


def refuses_or_answers(call: Callable[[], object]) -> None:
    with contextlib.suppress(PythonFunctionError):
        call()


@QUICK
@given(st.binary(max_size=60) | st.text(alphabet="defhandler (),:=@*'\"#\\\n\t{}[]", max_size=80).map(str.encode))
@example(b"# coding: hex\n")
@example(b"# coding: undefined\nhandler = 1")
@example(b"# coding: idna\nhandler = 1")
@example(b"# coding: utf-16\nhandler = 1")
@example(b"handler = " + b"9" * 5000)
def test_any_file_is_answered_or_refused(content: bytes) -> None:
    with written({"index.py": ""}) as directory:
        (directory / "index.py").write_bytes(content)

        refuses_or_answers(lambda: resolve(directory, index=None, handler=None, cwd=Path("/")))
        for python in ("3.8", "3.14"):
            entry = Entry(directory=directory, index="index.py", function="handler")
            refuses_or_answers(functools.partial(check, entry, python_version=python))


@QUICK
@given(entry=st.text(max_size=8), index=st.none() | st.text(max_size=12), handler=st.none() | st.text(max_size=12))
@example(entry="", index="/", handler=None)
@example(entry="x" * 300, index=None, handler=None)
@example(entry=".", index=f"{'x' * 300}.py", handler=None)
@example(entry=".", index="\ud800.py", handler="\ud800")
@example(entry="\ud800", index=None, handler=None)
def test_any_arguments_are_answered_or_refused(entry: str, index: str | None, handler: str | None) -> None:
    with written({"index.py": "def handler(event, context): ..."}) as directory:
        refuses_or_answers(lambda: resolve(entry, index=index, handler=handler, cwd=directory))
        refuses_or_answers(
            lambda: resolve(
                None, index=None, handler=handler, cwd=directory, definers=[directory / "a.py"], construct_id=entry
            )
        )


versions = st.text(alphabet="0123456789.,<>=!~^*| xrc+t-#\n", max_size=16) | st.text(max_size=8)


@QUICK
@given(versions, st.sampled_from([".python-version", "project", "poetry", "Pipfile"]))
def test_any_version_is_answered_or_refused(version: str, kind: str) -> None:
    quoted = "'''" + version.replace("'", "").replace("\0", "") + "'''"
    files = {
        ".python-version": (".python-version", version),
        "project": ("pyproject.toml", f"[project]\nrequires-python = {quoted}"),
        "poetry": ("pyproject.toml", f"[tool.poetry.dependencies]\npython = {quoted}"),
        "Pipfile": ("Pipfile", f"[requires]\npython_version = {quoted}"),
    }
    name, text = files[kind]

    with written({name: text}) as directory:
        refuses_or_answers(lambda: infer(directory, given=None))


@pytest.mark.parametrize("value", ["3", "[]", "{}", "true", "['3.12']", "{version = 3}"])
@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("pyproject.toml", "[project]\nrequires-python = "),
        ("pyproject.toml", "[tool.poetry.dependencies]\npython = "),
        ("pyproject.toml", "project = "),
        ("pyproject.toml", "tool = "),
        ("Pipfile", "[requires]\npython_version = "),
        ("Pipfile", "requires = "),
    ],
)
def test_any_type_is_answered_or_refused(name: str, head: str, value: str) -> None:
    with written({name: head + value, "index.py": "def handler(event, context): ..."}) as directory:
        refuses_or_answers(lambda: resolve(directory, index=None, handler=None, cwd=directory))
        refuses_or_answers(lambda: infer(directory, given=None))
