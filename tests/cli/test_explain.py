"""``python -m python_function explain``: that it tells what the constructs do, without CDK."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk
import jsii
import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from python_function import PythonFunction, PythonLayerVersion
from python_function._cli.program import main
from python_function._source import select
from python_function._source.select import Source
from python_function._target.target import ARCHITECTURES, GLIBC, Target

HANDLER = "def handler(event, context): ...\n"
SHOP = {"src/shop/main.py": HANDLER, "src/shop/__init__.py": ""}
PROJECT = """\
[project]
name = "shop"
version = "1"
requires-python = ">=3.11,<3.13"
dependencies = ["six>=1"]
"""
UV_LOCK = """\
version = 1
requires-python = ">=3.11,<3.13"
[[package]]
name = "shop"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "six" }]
[package.metadata]
requires-dist = [{ name = "six", specifier = ">=1" }]
[[package]]
name = "six"
version = "1.17.0"
source = { registry = "https://index.invalid/simple" }
[[package]]
name = "toolz"
version = "1.0.0"
source = { registry = "https://index.invalid/simple" }
"""
POETRY_LOCK = """\
[[package]]
name = "six"
version = "1.17.0"
optional = false
python-versions = "*"
groups = ["main"]
files = []
[metadata]
lock-version = "2.1"
python-versions = ">=3.11,<3.13"
content-hash = "0"
"""
PIPFILE_LOCK = '{"_meta": {"hash": {"sha256": "0"}}, "default": {"six": {"version": "==1.17.0"}}, "develop": {}}'


@pytest.fixture
def explain(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return the command with its JSON read."""

    def run(*arguments: str | Path) -> Any:  # noqa: ANN401 - JSON
        assert main(["explain", *map(str, arguments), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def write(directory: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


def synthesized(build: Callable[[Stack], object], kind: str) -> dict[str, Any]:
    """Return the properties of the only *kind* that *build* adds to a stack."""
    stack = Stack(App(context={"aws:cdk:bundling-stacks": list[str]()}), "Stack")
    build(stack)
    (resource,) = Template.from_stack(stack).find_resources(f"AWS::Lambda::{kind}").values()
    return dict(resource["Properties"])


@jsii.implements(aws_cdk.ILocalBundling)
class Unbuilt:
    """Stands where the constructs have what builds."""

    def try_bundle(self, output_dir: str, **_: object) -> bool:
        raise NotImplementedError(output_dir)


def asset(entry: Path, explained: Any) -> str:  # noqa: ANN401 - JSON
    """Return what CDK calls the asset that was *explained*: it has a hash of its own, of ours and of the image."""
    code = lambda_.Code.from_asset(
        str(entry),
        asset_hash=explained["hash"],
        asset_hash_type=aws_cdk.AssetHashType.CUSTOM,
        bundling=aws_cdk.BundlingOptions(
            image=aws_cdk.DockerImage.from_registry(explained["image"]),
            local=Unbuilt(),
            output_type=aws_cdk.BundlingOutput.NOT_ARCHIVED,
        ),
    )
    made = synthesized(lambda stack: lambda_.LayerVersion(stack, "Layer", code=code), "LayerVersion")
    return str(made["Content"]["S3Key"])


CDK: Mapping[str, Callable[[str], Any]] = {
    "runtime": lambda name: lambda_.Runtime(name, lambda_.RuntimeFamily.PYTHON),
    "architecture": lambda name: getattr(lambda_.Architecture, name.upper().replace("ARM64", "ARM_64")),
}
PROJECTS = [
    pytest.param({"index.py": HANDLER}, ".", {}, id="nothing-to-install"),
    pytest.param({"app.py": HANDLER, "other.py": "", "requirements.txt": "six\n"}, "app.py", {}, id="a-file"),
    pytest.param({**SHOP, "pyproject.toml": PROJECT, "uv.lock": UV_LOCK}, ".", {}, id="src-lock"),
    pytest.param(
        {"a/b.py": "def go(e, c): ...\n", "c.py": HANDLER},
        ".",
        {"index": "a/b.py", "handler": "go", "runtime": "python3.11", "architecture": "arm64"},
        id="all-given",
    ),
]


@pytest.mark.parametrize(("files", "entry", "given"), PROJECTS)
def test_a_function_is_explained_as_it_is_made(
    tmp_path: Path, files: Mapping[str, str], entry: str, given: Mapping[str, str], explain: Callable[..., Any]
) -> None:
    place = write(tmp_path, files) / entry
    cdk: dict[str, Any] = {name: CDK.get(name, str)(value) for name, value in given.items()}

    found = explain(place, *(f"--{name}={value}" for name, value in given.items()))
    made = synthesized(lambda stack: PythonFunction(stack, "Function", entry=place, **cdk), "Function")

    assert (found["handler"], found["runtime"]["name"]) == (made["Handler"], made["Runtime"])
    assert [found["architecture"]] == made["Architectures"]
    assert made["Code"]["S3Key"] == asset(tmp_path, found)


def test_a_layer_is_explained_as_it_is_made(tmp_path: Path, explain: Callable[..., Any]) -> None:
    write(tmp_path, {"shared/__init__.py": "", "requirements.txt": "six==1.17.0\n", "pyproject.toml": PROJECT})

    found = explain(tmp_path, "--layer", "--architecture=arm64")
    made = synthesized(
        lambda stack: PythonLayerVersion(
            stack, "Layer", entry=tmp_path, compatible_architectures=[lambda_.Architecture.ARM_64]
        ),
        "LayerVersion",
    )

    assert (found["index"], found["handler"], found["considered"]) == (None, None, [])
    assert [found["runtime"]["name"]] == made["CompatibleRuntimes"]
    assert made["Content"]["S3Key"] == asset(tmp_path, found)


def test_the_json_has_the_documented_keys(tmp_path: Path, explain: Callable[..., Any]) -> None:
    files = {
        "index.py": "",
        "main.py": HANDLER,
        "requirements.txt": "./lib\nsix\n",
        "lib/pyproject.toml": '[project]\nname = "lib"\nversion = "1"\n',
        "a/__pycache__/x.pyc": "x",
        "b/__pycache__/y.pyc": "y",
        "data.txt": "12345",
    }
    write(tmp_path, files)

    found = explain(tmp_path)

    page = (Path(__file__).parents[2] / "docs" / "explain.md").read_text("utf-8")
    documented = " ".join(re.findall(r"^\| (`[^|]+`) \|", page.partition("| key | value |")[2], re.MULTILINE))
    assert set(re.findall(r"\w+", documented)) == set(found)
    assert len(found.pop("hash")) == 64
    (warning,) = found.pop("warnings")
    assert (warning.pop("id"), "six" in warning.pop("text"), warning) == ("unpinned", True, {})
    assert found == {
        "entry": str(tmp_path),
        "index": "main.py",
        "handler": "main.handler",
        "adapter": {"name": "lambda", "reason": "handler of main.py reads nothing of its event"},
        "considered": ["index.py holds no handler"],
        "runtime": {"name": "python3.13", "reason": "default"},
        "architecture": "x86_64",
        "packaging": {
            "kind": "pip",
            "file": str(tmp_path / "requirements.txt"),
            "declared": ["lib", "six"],
            "local": [{"name": "lib", "directory": str(tmp_path / "lib")}],
        },
        "strategy": {
            "name": "auto",
            "reason": "on this machine, or in a container if a dependency has no wheel for the target",
        },
        "image": "public.ecr.aws/sam/build-python3.13",
        "platform": "linux/amd64",
        "source": {
            "root": "",
            "root_reason": "",
            "files": 4,
            "bytes": len(HANDLER) + len(files["lib/pyproject.toml"]) + 5,
            "largest": [
                {"path": "lib/pyproject.toml", "bytes": len(files["lib/pyproject.toml"])},
                {"path": "main.py", "bytes": len(HANDLER)},
                {"path": "data.txt", "bytes": 5},
                {"path": "index.py", "bytes": 0},
            ],
            "left_out": [
                {"pattern": "__pycache__", "paths": 2, "examples": ["a/__pycache__/", "b/__pycache__/"]},
                {"pattern": "/requirements.txt", "paths": 1, "examples": ["requirements.txt"]},
            ],
        },
    }


@pytest.mark.parametrize(
    ("files", "kind", "declared"),
    [
        pytest.param({"pyproject.toml": PROJECT, "uv.lock": UV_LOCK}, "uv", ["six==1.17.0"], id="uv"),
        pytest.param({"pyproject.toml": PROJECT, "poetry.lock": POETRY_LOCK}, "poetry", ["six==1.17.0"], id="poetry"),
        pytest.param({"Pipfile": "", "Pipfile.lock": PIPFILE_LOCK}, "pipenv", ["six==1.17.0"], id="pipenv"),
        pytest.param({"pyproject.toml": PROJECT}, "pyproject", ["six>=1"], id="manifest"),
        pytest.param(
            {"requirements.txt": f"six==1.17.0 --hash=sha256:{'0' * 64}\n"}, "pip", ["six==1.17.0"], id="without-hashes"
        ),
        pytest.param(
            {"requirements.txt": "six @ https://me:secret@example.com/six-1-py3-none-any.whl\n"},
            "pip",
            ["six @ https://***@example.com/six-1-py3-none-any.whl"],
            id="without-secrets",
        ),
        pytest.param({}, "none", [], id="none"),
    ],
)
def test_the_dependencies_are_named(
    entry: Path, files: Mapping[str, str], kind: str, declared: list[str], explain: Callable[..., Any]
) -> None:
    write(entry, files)

    found = explain(entry)

    assert (found["packaging"]["kind"], found["packaging"]["declared"]) == (kind, declared)


def test_where_one_file_is_meant_nothing_around_it_is_looked_at(entry: Path) -> None:
    write(entry, {"app.py": "", ".venv/x": ""})

    selection = select.files(Source(directory=entry, only=("index.py", "stack_index.py")))
    assert [(file.path, file.place) for file in selection.files] == [("index.py", "stack_index.py")]


def test_only_the_ten_largest_files_and_three_examples_are_named(entry: Path, explain: Callable[..., Any]) -> None:
    write(entry, {f"data/{size:02}.txt": "x" * size for size in range(40, 60)} | {f"{n}.pyc": "" for n in range(5)})

    source = explain(entry)["source"]

    assert [file["bytes"] for file in source["largest"]] == list(range(59, 49, -1))
    assert source["left_out"] == [{"pattern": "*.py[cod]", "paths": 5, "examples": ["0.pyc", "1.pyc", "2.pyc"]}]


TEXT = """\
entry         ENTRY
index         src/shop/main.py
handler       shop.main.handler
adapter       lambda
              handler of src/shop/main.py reads nothing of its event
runtime       python3.12 on x86_64
              requires-python in ENTRY/pyproject.toml is '>=3.11,<3.13'
packaging     uv: ENTRY/uv.lock
              six==1.17.0
strategy      auto
              on this machine, or in a container if a dependency has no wheel for the target
image         public.ecr.aws/sam/build-python3.12 (linux/amd64), for a container
source        3 files, 1.5 MB
              what is in src/ stands at the root of the bundle: the project is packaged, its packages are in src
                  1.5 MB  data.bin
                    33 B  src/shop/main.py
                     0 B  src/shop/__init__.py
left out      .venv            .venv/
              /pyproject.toml  pyproject.toml
              __pycache__      src/__pycache__/, src/shop/__pycache__/
              /uv.lock         uv.lock
hash          HASH
"""


def test_people_get_aligned_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packaged = f"[build-system]\nrequires = []\n{PROJECT}"
    files = {**SHOP, "pyproject.toml": packaged, "uv.lock": UV_LOCK, "data.bin": "x" * 1_500_000}
    rubbish = dict.fromkeys(("src/__pycache__/a.pyc", "src/shop/__pycache__/b.pyc", ".venv/bin/python"), "")
    write(tmp_path, files | rubbish)

    assert main(["explain", str(tmp_path)]) == 0

    printed = capsys.readouterr().out
    *_, fingerprint = printed.split()
    assert printed.replace(fingerprint, "HASH").replace(str(tmp_path), "ENTRY") == TEXT


REQUESTS = "def handle(event, context):\n    return event.body\n"


@pytest.mark.parametrize(
    ("arguments", "handler", "adapter"),
    [
        ((), "_python_function_http.handler", {"name": "http", "reason": "handler.py:2 reads event.body"}),
        (("--adapter=lambda",), "handler.handle", {"name": "lambda", "reason": "given"}),
    ],
)
def test_how_requests_reach_a_handler_is_said(
    tmp_path: Path, explain: Callable[..., Any], arguments: tuple[str, ...], handler: str, adapter: dict[str, str]
) -> None:
    write(tmp_path / "fn", {"handler.py": REQUESTS})
    given = arguments[0].partition("=")[2] if arguments else None

    found = explain(tmp_path / "fn", *arguments)

    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")
    PythonFunction(stack, "Fn", entry=tmp_path / "fn", adapter="lambda" if given else None)
    (made,) = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    assert (found["handler"], found["adapter"]) == (handler, adapter)
    assert made["Properties"]["Handler"] == handler
    assert made["Properties"]["Code"]["S3Key"] == asset(tmp_path, found)


def test_a_zip_is_explained_and_made_as_its_directory(
    tmp_path: Path, explain: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(tmp_path / "fn", {"handler.py": REQUESTS})
    shutil.make_archive(str(tmp_path / "fn"), "zip", tmp_path / "fn")

    plain, zipped = explain(tmp_path / "fn"), explain(tmp_path / "fn.zip")

    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")
    PythonFunction(stack, "Fn", entry=tmp_path / "fn.zip")
    layer = PythonLayerVersion(stack, "Layer", entry=tmp_path / "fn.zip")
    (made,) = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    assert {**zipped, "entry": ""} == {**plain, "entry": ""}
    assert zipped["entry"].startswith(f"{tmp_path}/cache/")
    assert zipped["entry"].endswith("/fn.zip")
    assert made["Properties"]["Code"]["S3Key"] == asset(tmp_path, plain)
    assert layer.made.directory is not None
    assert (layer.made.directory / "python/handler.py").read_text() == REQUESTS


def test_the_handler_of_a_folder_is_said_as_lambda_gets_it(tmp_path: Path, explain: Callable[..., Any]) -> None:
    write(tmp_path, {"index.py": HANDLER})

    assert explain(tmp_path, "--output-path-suffix=app")["handler"] == "app.index.handler"


def test_long_lists_and_warnings_stay_readable(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(entry, {"requirements.txt": "".join(f"package{number}\n" for number in range(50))})

    main(["explain", str(entry)])

    lines = capsys.readouterr().out.splitlines()
    assert "              and 30 more" in lines
    assert [line[:14].strip() for line in lines if line[0] != " "].count("warning") == 1
    assert all(len(line) <= 98 for line in lines if str(entry) not in line)


def test_what_synthesis_would_warn_of_is_said(entry: Path, explain: Callable[..., Any]) -> None:
    write(entry, {"requirements.txt": "six\n"})

    warnings = explain(entry, "--runtime=python3.9")["warnings"]

    assert [warning["id"] for warning in warnings] == ["deprecatedRuntime", "unpinned"]


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_our_errors_are_messages(tmp_path: Path, as_json: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["explain", str(tmp_path / "nowhere"), *as_json])

    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    assert printed.err.startswith(f"entry '{tmp_path}/nowhere' not found")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the running Python knows the newest grammar")
def test_a_file_that_the_running_python_cannot_parse_is_warned_of(explain: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, {"index.py": "x = t'{1}'\n" + HANDLER})

    (warning,) = explain(tmp_path, "--runtime=python3.14")["warnings"]

    assert warning["id"] == "syntax"
    assert f"{tmp_path}/index.py:1 does not parse with Python 3." in warning["text"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: COMMAND"),
        (["explain"], "required: ENTRY"),
        (["explain", ".", "--runtime=nodejs22.x"], "invalid choice: 'nodejs22.x'"),
        (["explain", ".", "--layer", "--handler=go"], "a layer has no handler"),
        (["explain", ".", "--layer", "--adapter=http"], "a layer has no handler"),
    ],
)
def test_a_wrong_command_line_is_told_with_the_usage(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    printed = capsys.readouterr().err
    assert printed.startswith("usage: cdk-python-function")
    assert message in printed


def test_names_that_cannot_be_printed_are_escaped(entry: Path) -> None:
    write(entry, {"ä\udcff.txt": "x" * 100})
    command = (sys.executable, "-m", "python_function", "explain", str(entry))

    done = subprocess.run(command, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=True)

    assert rb"\xe4\udcff.txt" in done.stdout


def test_nothing_of_cdk_is_imported_and_nothing_started(entry: Path) -> None:
    write(entry, {"requirements.txt": "six==1.17.0\n"})
    program = (
        "import runpy, sys\n"
        "sys.addaudithook(lambda event, _: event in {'subprocess.Popen', 'os.exec', 'os.posix_spawn', 'os.fork',"
        " 'os.system', 'socket.connect'} and sys.exit(event))\n"
        "sys.argv[1:] = ['explain', sys.argv[1]]\n"
        "try:\n    runpy.run_module('python_function', run_name='__main__')\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
        "sys.exit(', '.join({'aws_cdk', 'constructs', 'jsii'} & sys.modules.keys()) or 0)\n"
    )

    done = subprocess.run((sys.executable, "-c", program, str(entry)), capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "index.handler" in done.stdout


def test_the_image_is_the_one_that_cdk_names() -> None:
    for name in GLIBC:
        runtime = lambda_.Runtime(name, lambda_.RuntimeFamily.PYTHON)
        assert Target(name, ARCHITECTURES[0]).bundling_image == runtime.bundling_image.image
