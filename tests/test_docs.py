"""What the documentation shows works, and what it points to is there."""

import ast
import dataclasses
import json
import re
import shlex
import stat
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import aws_cdk
import pytest
from aws_cdk import aws_ecs

from python_function._cli import arguments
from python_function.options import BundlingOptions
from tests.documents import PAGES, ROOT, Example, apps, examples, in_language

_HANDLER: Final = "def {}(event, context): ..."
_MEMBER: Final = '[project]\nname = "{}"\nversion = "1"\nrequires-python = ">=3.12"\n'
_BACKEND: Final = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
_UV_LOCK: Final = """\
version = 1
requires-python = ">=3.12, <3.14"
[[package]]
name = "orders"
version = "1.0.0"
source = { virtual = "." }
[package.optional-dependencies]
pdf = []
[package.dev-dependencies]
dev = []
reports = []
"""
_WORKSPACE_LOCK: Final = """\
version = 1
requires-python = ">=3.12"
[manifest]
members = ["mail", "orders", "shared", "shop"]
[[package]]
name = "mail"
version = "1"
source = { virtual = "functions/mail" }
[[package]]
name = "orders"
version = "1.0.0"
source = { virtual = "functions/orders" }
dependencies = [{ name = "shared" }]
[[package]]
name = "shared"
version = "1"
source = { editable = "packages/shared" }
[[package]]
name = "shop"
version = "1"
source = { virtual = "." }
"""
_POETRY_LOCK: Final = '[metadata]\nlock-version = "2.1"\ncontent-hash = ""\n'
_PIPENV_LOCK: Final = '{"_meta": {}, "default": {}, "develop": {}, "reports": {}}'

_AROUND: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "docs/containers.md": {"images/geo/Dockerfile": "FROM scratch"},
        "docs/layers.md": {"layers/plugins/plugin.py": ""},
        "docs/packaging/uv.md": {"functions/orders/uv.lock": _UV_LOCK},
        "docs/packaging/poetry.md": {"functions/orders/poetry.lock": _POETRY_LOCK},
        "docs/packaging/pipenv.md": {"functions/orders/Pipfile.lock": _PIPENV_LOCK},
        "docs/packaging/requirements.md": {
            "functions/common.txt": "idna==3.20",
            "functions/mail/constraints.txt": "typing-extensions==4.16.0",
            "functions/mail/wheels/README": "",
            "functions/mail/packages/prices/pyproject.toml": _MEMBER.format("prices") + _BACKEND,
            "functions/lib/pyproject.toml": _MEMBER.format("lib") + _BACKEND,
        },
        "docs/monorepos.md": {
            "packages/prices/pyproject.toml": _MEMBER.format("prices") + _BACKEND,
            "shop/pyproject.toml": _MEMBER.format("shop")
            + '[tool.uv.workspace]\nmembers = ["packages/*", "functions/*"]\n',
            "shop/uv.lock": _WORKSPACE_LOCK,
            "shop/packages/shared/pyproject.toml": _MEMBER.format("shared") + _BACKEND,
            "shop/functions/mail/pyproject.toml": _MEMBER.format("mail"),
            "shop/app/orders/index.py": _HANDLER.format("handler"),
            "shop/app/mail/index.py": _HANDLER.format("handler"),
        },
        "docs/services.md": {"web/server.py": "import os\nif __name__ == '__main__':\n    print(os.environ['PORT'])\n"},
        "docs/troubleshooting.md": {
            "functions/orders/pyproject.toml": _MEMBER.format("orders"),
            "functions/orders/uv.lock": _UV_LOCK,
        },
    }
)
"""What the examples of a page take for granted, besides a handler for each function."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working directory in which the programs and variables of the examples are at hand."""
    aws = tmp_path / "bin" / "aws"
    aws.parent.mkdir()
    aws.write_text("#!/bin/sh\necho token\n")
    aws.chmod(aws.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(aws.parent), prepend=":")
    monkeypatch.setenv("INDEX_TOKEN", "token")
    monkeypatch.setenv("GH_PAT", "token")
    monkeypatch.setattr(aws_cdk.DockerImage, "from_build", aws_cdk.DockerImage.from_registry)
    app = tmp_path / "app"
    app.mkdir()
    monkeypatch.chdir(app)
    return app


@pytest.mark.parametrize("example", apps(), ids=lambda example: example.id)
def test_an_example_runs(example: Example, place: Path) -> None:
    if "PythonService(" in example.text and not hasattr(aws_ecs, "CfnExpressGatewayService"):
        pytest.skip("this aws-cdk-lib does not know ECS Express Mode")
    for path, text in _files(example).items():
        _write(place / path, text)
    source = place / "stack.py"
    source.write_text(example.text, encoding="utf-8")
    _add_handlers(ast.parse(example.text), source)
    code = compile(example.module(), str(source), "exec", dont_inherit=True)

    exec(code, {"__name__": "stack", "__file__": str(source)})  # noqa: S102 - examples are there to be run


@pytest.mark.parametrize(
    "example", [block for block in in_language("python") if block.file], ids=lambda block: block.id
)
def test_the_code_of_a_function_is_python(example: Example) -> None:
    compile(example.text, example.id, "exec")


@pytest.mark.parametrize("example", in_language("sh"), ids=lambda example: example.id)
def test_a_shell_understands_its_commands(example: Example) -> None:
    subprocess.run(["bash", "-n"], input=example.text, text=True, check=True)


def test_our_program_understands_its_commands() -> None:
    called = re.compile(r"(?:^|\$\()(?:cdk-python-function|python -m python_function) ([^|)>\n]*)", re.MULTILINE)
    given = [line for example in in_language("sh") for line in called.findall(example.text)]

    assert {arguments.parse(shlex.split(line), prog="program").command for line in given} >= {"explain", "build"}


@pytest.mark.parametrize("example", in_language("toml", "json"), ids=lambda example: example.id)
def test_data_can_be_read(example: Example) -> None:
    _ = json.loads(example.text) if example.language == "json" else tomllib.loads(example.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_points_to_what_is_there(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_file(), f"{target} is not there"
        assert not anchor or anchor in set(_anchors(file)), f"{target} has no such heading"


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    listed = set(re.findall(r"\]\(([\w/-]+\.md)\)", index.read_text(encoding="utf-8")))

    assert listed == {page.relative_to(index.parent).as_posix() for page in PAGES[1:]} - {"index.md"}


def test_the_readme_names_every_bundling_option_and_the_pages_explain_each() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES[1:])
    readme = PAGES[0].read_text(encoding="utf-8")
    table = readme[readme.index("## Options of bundling") : readme.index("## Documentation")]

    options = {field.name for field in dataclasses.fields(BundlingOptions)}

    assert set(re.findall(r"`(\w+)`", table)) == options
    for option in sorted(options):
        assert option in text, f"{option} is explained nowhere"


def _files(example: Example) -> dict[str, str]:
    shown = {block.file: block.text for block in examples(ROOT / example.page) if block.file}
    return {**_AROUND.get(example.page, {}), **shown}


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _add_handlers(tree: ast.Module, source: Path) -> None:
    """Make the code of each function and layer that *source* defines, where a page does not show it."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
        match call.func:
            case ast.Name(id="PythonLayerVersion"):
                entry = source.parent / str(given["entry"])
                if not entry.is_dir():
                    _write(entry / "shared.py", "")
            case ast.Name(id="PythonFunction") if not any(word.arg == "entry" for word in call.keywords):
                construct_id = ast.literal_eval(call.args[1])
                _write(source.with_name(f"{source.stem}.{construct_id}.py"), _HANDLER.format("lambda_handler"))
            case ast.Name(id="PythonFunction") if "entry" in given:
                _add_handler(
                    source.parent / str(given["entry"]), given.get("index"), str(given.get("handler", "handler"))
                )
            case _:
                pass


def _add_handler(entry: Path, index: object, handler: str) -> None:
    if entry.suffix == ".zip":
        entry.parent.mkdir()
        with zipfile.ZipFile(entry, "w") as archive:
            archive.writestr("handler.py", _HANDLER.format(handler))
        return
    *module, function = handler.split(".")
    named = index or ("/".join(module) + ".py" if module else None)
    if entry.suffix != ".py" and named is None and any(entry.glob("*.py")):
        return
    file = entry if entry.suffix == ".py" else entry / str(named or "index.py")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if f"def {function}(" not in text:
        _write(file, f"{text}\n{_HANDLER.format(function)}\n")


def _anchors(page: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
