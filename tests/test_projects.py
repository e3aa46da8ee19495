"""Real-looking projects: each is found with nothing but its directory, and imports as Lambda imports it."""

import subprocess
import sys
from pathlib import Path

import pytest

from python_function._handler.check import check
from python_function._handler.entry import Entry, resolve
from python_function._target.infer import infer
from tests.doubles import bundle, rooted

PROJECTS = Path(__file__).parent / "projects"
STUBS = Path(__file__).parent / "stubs"

CALL = """
import importlib, sys
sys.path[:0] = sys.argv[1:3]
module, _, function = sys.argv[3].rpartition(".")
print(getattr(importlib.import_module(module), function)({}, None))
"""

FOUND = [
    pytest.param("flat", "lambda_function.lambda_handler", "", "python3.13", id="flat"),
    pytest.param("src_layout", "shop.main.handler", "src", "python3.12", id="src layout"),
    pytest.param("package", "app.main.handler", "", "python3.12", id="package"),
    pytest.param("fastapi", "main.handler", "", "python3.13", id="FastAPI in an adapter"),
    pytest.param("reexported", "index.handler", "", "python3.13", id="re-exported from a package"),
    pytest.param("callable_instance", "handler.lambda_handler", "", "python3.13", id="callable instance"),
    pytest.param("decorated", "index.handler", "", "python3.13", id="decorated"),
    pytest.param("conditional", "app.handler", "", "python3.13", id="defined under conditions"),
    pytest.param("sidecar", "stack_my_handler.lambda_handler", "", "python3.13", id="sidecar"),
    pytest.param("script", "report.handle", "", "python3.13", id="script with metadata"),
]


def find(project: str) -> Entry:
    directory = PROJECTS / project
    if project == "sidecar":
        definers = (directory / "stack.py",)
        found = resolve(None, index=None, handler=None, cwd=directory, definers=definers, construct_id="my_handler")
        return rooted(found)
    return rooted(resolve(directory, index=None, handler=None, cwd=Path("/")))


@pytest.mark.parametrize(("project", "handler", "root", "runtime"), FOUND)
def test_a_project_is_found_and_its_handler_runs(
    project: str, handler: str, root: str, runtime: str, tmp_path: Path
) -> None:
    entry = find(project)
    chosen = infer(entry.directory, given=None, index=entry.file)
    check(entry, python_version=chosen.name.removeprefix("python"))
    bundle(entry, tmp_path / "bundle")

    called = [sys.executable, "-I", "-S", "-B", "-c", CALL, str(tmp_path / "bundle"), str(STUBS), entry.handler]
    run = subprocess.run(called, capture_output=True, text=True, check=False)

    assert (entry.handler, entry.root, chosen.name) == (handler, root, runtime)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("{")


def test_every_project_is_in_the_table() -> None:
    assert {path.name for path in PROJECTS.iterdir()} == {parameters.values[0] for parameters in FOUND}
