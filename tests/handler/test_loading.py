"""What Lambda's runtime client loads is accepted, and what it does not load is refused."""

from pathlib import Path

import pytest

from python_function._bundle import resolve
from python_function._bundle.resolve import Wanted
from python_function.errors import EntryError, OptionError, PythonFunctionError
from tests.handler.loading import HANDLER, NAMES, Name


def write(name: Name, directory: Path) -> Wanted:
    for path, text in name.files.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HANDLER if text is None else text)
    return Wanted(entry=directory, architecture="x86_64", cwd=directory)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.id)
def test_what_lambda_loads_is_accepted_and_nothing_else(name: Name, tmp_path: Path) -> None:
    wanted = write(name, tmp_path)

    if name.loads:
        found = resolve.function(wanted, index=name.index, handler=name.given or "handler")
        assert found.handler.rpartition(".")[0] == (name.given or found.handler).replace("/", ".").rpartition(".")[0]
    else:
        with pytest.raises(PythonFunctionError):
            resolve.function(wanted, index=name.index, handler=name.given or "handler")


ELSEWHERE = "datadog_lambda.handler.handler"


@pytest.mark.parametrize(
    ("files", "layers"),
    [
        pytest.param({"app.py": HANDLER, "requirements.txt": "datadog-lambda==6.99.0\n"}, False, id="dependency"),
        pytest.param({"app.py": HANDLER}, True, id="layer"),
        pytest.param({"datadog_lambda/notes.txt": "", "app.py": HANDLER}, True, id="a folder of that name"),
    ],
)
def test_a_handler_that_something_else_has_is_accepted_in_full(
    files: dict[str, str], layers: bool, tmp_path: Path
) -> None:
    write(Name(files=dict(files)), tmp_path)
    wanted = Wanted(entry=tmp_path, architecture="x86_64", cwd=tmp_path, layers=layers)

    found = resolve.function(wanted, handler=ELSEWHERE)

    assert found.handler == ELSEWHERE
    assert found.entry is not None
    assert found.entry.elsewhere == "datadog_lambda.handler"
    assert found.spec.handler_file is None


def test_the_script_of_a_layers_wrapper_is_accepted(tmp_path: Path) -> None:
    write(Name(files={"run.sh": "exec uvicorn app:app", "app.py": ""}), tmp_path)

    found = resolve.function(Wanted(entry=tmp_path, architecture="x86_64", cwd=tmp_path), handler="run.sh")

    assert found.handler == "run.sh"


@pytest.mark.parametrize(
    ("files", "layers", "handler", "message"),
    [
        pytest.param({"app.py": HANDLER}, False, ELSEWHERE, "no dependency or layer is there that could", id="nothing"),
        pytest.param({"app.py": HANDLER}, True, "app.main.handler", "app.py is there, which", id="a module"),
        pytest.param({"app/__init__.py": ""}, True, "app.main.handler", "app/__init__.py is there", id="a package"),
        pytest.param({"app.py": HANDLER}, True, "json.handler", "json is a module that Lambda has loaded", id="loaded"),
        pytest.param({}, False, "a.b.go", "has none of a/b/__init__.py, a/b.py, also not in src", id="not in src"),
    ],
)
def test_a_handler_that_nothing_else_can_have_is_told(
    files: dict[str, str], layers: bool, handler: str, message: str, tmp_path: Path
) -> None:
    write(Name(files=dict(files)), tmp_path)
    wanted = Wanted(entry=tmp_path, architecture="x86_64", cwd=tmp_path, layers=layers)

    with pytest.raises(EntryError, match=message):
        resolve.function(wanted, handler=handler)


@pytest.mark.parametrize("handler", ["a b", "a.b c", "", " ", "a:b", "a\0.b", "\ud800", "a.\ud800", "a\n.b"])
def test_what_lambdas_api_does_not_take_is_no_handler(handler: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="handler must be a function's name"):
        resolve.function(write(NAMES[0], tmp_path), handler=handler)


def test_a_name_that_is_free_in_newer_runtimes_is_accepted_there(tmp_path: Path) -> None:
    write(Name(files={"token.py": None}), tmp_path)

    for runtime, free in (("python3.12", False), ("python3.13", True)):
        wanted = Wanted(entry=tmp_path, runtimes=(runtime,), architecture="x86_64", cwd=tmp_path)
        if free:
            assert resolve.function(wanted, index="token.py").handler == "token.handler"
        else:
            with pytest.raises(EntryError, match="token is a module that Lambda has loaded already"):
                resolve.function(wanted, index="token.py")
