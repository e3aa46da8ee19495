"""Each part of the environment is what it says it is."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
import uv

from integ.images import BARE, runtime_image

if TYPE_CHECKING:
    from pathlib import Path

    from integ.cdk_cli import CdkCli
    from integ.engine import Engine
    from integ.lambda_runtime import ChooseRuntime, LambdaRuntime
    from integ.package_index import PackageIndex, StartIndex
    from integ.wheelhouse import Wheelhouse

WHO = "import platform; print(platform.machine(), platform.python_version())"
HANDLER = """
import greeting

def handler(event, context):
    if event == "fail":
        raise ValueError("no")
    return {"event": event, "request": context.aws_request_id, "greeting": greeting.TEXT}
"""
APP = """
import aws_cdk
from aws_cdk import aws_lambda as lambda_

app = aws_cdk.App()
stack = aws_cdk.Stack(app, "Example")
code = lambda_.Code.from_inline("handler = print")
lambda_.Function(stack, "Function", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)
app.synth()
"""


@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_an_image_has_the_python_of_its_runtime(engine: Engine, python: str) -> None:
    found = engine.run(runtime_image(python).latest, "python", "-c", WHO)

    assert found.startswith(f"x86_64 {python}.")


@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_an_arm64_image_runs_aarch64_programs(arm64: Engine, python: str) -> None:
    image = runtime_image(python, "arm64")

    found = arm64.run(image.tag, "python", "-c", WHO, options=["--platform=linux/arm64"])

    assert found.startswith(f"aarch64 {python}.")


def test_latest_names_the_arm64_image_while_a_test_wants_it(arm64_latest: Engine) -> None:
    found = arm64_latest.run(
        "public.ecr.aws/sam/build-python3.13", "python", "-c", WHO, options=["--platform=linux/arm64"]
    )

    assert found.startswith("aarch64 3.13.")


@pytest.mark.parametrize("missing", ["bash", "cc", "pip", "pip3", "rsync", "uv"])
def test_the_bare_image_has_little_more_than_a_shell_and_a_python(engine: Engine, missing: str) -> None:
    found = engine.run(BARE.latest, "sh", "-c", f"command -v python3; command -v {missing} || echo none")

    assert found == "/usr/bin/python3\nnone\n"


def test_podman_runs_an_image_of_its_own_store(podman: Engine) -> None:
    assert podman.run(runtime_image("3.13").latest, "python", "-c", WHO).startswith("x86_64 3.13.")


def test_an_image_that_is_not_there_is_not_pulled(engine: Engine) -> None:
    with pytest.raises(AssertionError, match="No such image"):
        engine.run("localhost/nothing", "true")


def test_the_cdk_synthesizes_an_app(cdk: CdkCli, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (tmp_path / "app.py").write_text(APP)

    finished = cdk("synth", "--quiet", cwd=tmp_path, output=tmp_path / "out")

    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "out" / "Example.template.json").is_file()


def test_an_index_serves_a_wheelhouse(wheelhouse: Wheelhouse, index: StartIndex, tmp_path: Path) -> None:
    wheelhouse.wheel("first", requires=["second>=1"])
    wheelhouse.sdist("second")

    install(index(wheelhouse.directory), tmp_path / "target", "first").check_returncode()

    assert {path.name for path in (tmp_path / "target").iterdir() if path.suffix != ".dist-info"} >= {"first", "second"}


def test_an_index_demands_its_password(wheelhouse: Wheelhouse, index: StartIndex) -> None:
    wheelhouse.wheel("first")
    private = index(wheelhouse.directory, user="someone", password="secret")
    request = urllib.request.Request(f"{private.url}first/")
    credentials = base64.b64encode(b"someone:secret").decode()

    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request)
    request.add_header("Authorization", f"Basic {credentials}")
    with urllib.request.urlopen(request) as answer:
        page = answer.read().decode()

    assert "first-1.0-py3-none-any.whl" in page
    assert private.requests == [(401, "/simple/first/"), (200, "/simple/first/")]


@pytest.mark.parametrize(
    ("tag", "python", "platform", "fits"),
    [
        pytest.param("cp311-abi3-manylinux2014_x86_64", "3.13", "x86_64-manylinux2014", True, id="abi3 is for later"),
        pytest.param(
            "cp313-abi3-manylinux2014_x86_64", "3.11", "x86_64-manylinux2014", False, id="and not for earlier"
        ),
        pytest.param("cp313-cp313-manylinux2014_aarch64", "3.13", "aarch64-manylinux2014", True, id="arm64"),
        pytest.param("cp313-cp313-manylinux2014_aarch64", "3.13", "x86_64-manylinux2014", False, id="arm64 only"),
    ],
)
def test_a_native_wheel_fits_its_platform_alone(
    wheelhouse: Wheelhouse, index: StartIndex, tmp_path: Path, tag: str, python: str, platform: str, fits: bool
) -> None:
    wheelhouse.wheel("native", tag=tag)
    target = (f"--python-version={python}", f"--python-platform={platform}", "--only-binary=:all:")

    finished = install(index(wheelhouse.directory), tmp_path / "target", "native", *target)

    assert (finished.returncode == 0) is fits, finished.stderr


def test_a_native_sdist_is_compiled_where_a_compiler_is(engine: Engine, wheelhouse: Wheelhouse) -> None:
    wheelhouse.sdist("native", native=True)
    script = "pip install -q --no-index --find-links=/wheelhouse --target=/tmp/x native && cd /tmp/x && python -c"
    volume = f"--volume={wheelhouse.directory}:/wheelhouse:ro"

    found = engine.run(
        runtime_image("3.13").latest,
        *("sh", "-c", f"{script} 'import native._native as n; print(n.ANSWER)'"),
        options=[volume, "--network=none"],
    )

    assert found == "42\n"


def test_a_function_is_invoked_on_this_machine(host_runtime: LambdaRuntime, tmp_path: Path) -> None:
    bundle, layer = bundle_and_layer(tmp_path)

    invocation = host_runtime.invoke(bundle, "index.handler", {"key": "ü"}, layers=[layer])

    assert invocation.error is None
    assert invocation.result["event"] == {"key": "ü"}
    assert invocation.result["greeting"] == "hello"
    assert invocation.result["request"]


def test_an_exception_comes_back_as_lambda_reports_it(host_runtime: LambdaRuntime, tmp_path: Path) -> None:
    bundle, layer = bundle_and_layer(tmp_path)

    invocation = host_runtime.invoke(bundle, "index.handler", "fail", layers=[layer])

    assert invocation.error is not None
    assert (invocation.error["errorType"], invocation.error["errorMessage"]) == ("ValueError", "no")


def test_what_is_not_in_the_bundle_cannot_be_imported(host_runtime: LambdaRuntime, tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("import pytest\n\ndef handler(event, context): ...\n")

    invocation = host_runtime.invoke(tmp_path, "index.handler")

    assert invocation.error is not None
    assert "No module named 'pytest'" in invocation.error["errorMessage"]


@pytest.mark.parametrize(("python", "machine"), [("3.11", "x86_64"), ("3.13", "x86_64"), ("3.13", "arm64")])
def test_a_function_is_invoked_in_an_image(
    lambda_runtime: ChooseRuntime, tmp_path: Path, python: str, machine: str
) -> None:
    bundle, layer = bundle_and_layer(tmp_path)

    invocation = lambda_runtime(python, machine).invoke(bundle, "index.handler", [1, None], layers=[layer])

    assert invocation.error is None, invocation.log
    assert invocation.result["event"] == [1, None]
    assert invocation.result["greeting"] == "hello"


def bundle_and_layer(directory: Path) -> tuple[Path, Path]:
    bundle, layer = directory / "bundle", directory / "layer"
    (layer / "python").mkdir(parents=True)
    (layer / "python" / "greeting.py").write_text("TEXT = 'hello'\n")
    bundle.mkdir()
    (bundle / "index.py").write_text(HANDLER)
    return bundle, layer


def install(index: PackageIndex, target: Path, requirement: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(uv.find_uv_bin(), "pip", "install", f"--default-index={index.url}", f"--target={target}"),
            *("--no-cache", f"--python={sys.executable}", *options, requirement),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
