"""Functions in images: synthesized, built as the CDK builds them, and invoked as Lambda does."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Annotations, Match, Template

from integ.conftest import install_client
from integ.lambda_image import BASE, PYTHON, ensure_base, invoke
from integ.synthesis import PINNED, write_app
from python_function import Package, PythonFunction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integ.engine import Engine

LIMIT = 262_144_000
HEAVY = "pandas==3.0.0\nscipy==1.17.0\nscikit-learn==1.8.0\npyarrow==23.0.0\nmatplotlib==3.10.8\n"
HEAVY_HANDLER = """\
import matplotlib, pandas, pyarrow, scipy, sklearn.linear_model


def handler(event, context):
    table = pyarrow.Table.from_pandas(pandas.DataFrame({"x": [1.0, 2.0], "y": [2.0, 4.0]}))
    frame = table.to_pandas()
    model = sklearn.linear_model.LinearRegression().fit(frame[["x"]], frame["y"])
    return [round(float(model.coef_[0]), 6), scipy.__version__, matplotlib.__version__]
"""


@pytest.fixture
def base(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """Return the image that functions are made from, under AWS's name; made here if it is not there."""
    is_there = engine.machine(BASE) is not None
    (tmp_path / "base").mkdir()
    ensure_base(engine, install_client(PYTHON, "x86_64"), tmp_path / "base")
    yield BASE
    if not is_there:
        engine.call("image", "rm", "--force", BASE)


def synthesized(entry: Path, outdir: Path, package: Package = "image") -> Path:
    """Return what the image of a function is built from."""
    stack = Stack(App(outdir=str(outdir)), "Stack")
    PythonFunction(stack, "Function", entry=entry, runtime=lambda_.Runtime.PYTHON_3_13, package=package)
    (dockerfile,) = outdir.glob("asset.*/Dockerfile")
    return dockerfile.parent


def built(engine: Engine, context: Path, tag: str) -> list[str]:
    """Build an image as the CDK does, and return the digests of its layers, the lowest first."""
    done = engine.call("build", "--tag", tag, "--platform", "linux/amd64", str(context))
    assert done.returncode == 0, done.stdout + done.stderr
    layers: list[str] = json.loads(engine.call("image", "inspect", "--format", "{{json .RootFS.Layers}}", tag).stdout)
    return layers


def test_an_image_answers_and_an_edit_changes_the_layer_of_the_code_alone(
    base: str, engine: Engine, tmp_path: Path
) -> None:
    entry = write_app(tmp_path / "app") / "function"
    tags = [f"localhost/cdk-python-function/{tmp_path.name.lower()}:{name}" for name in ("first", "second")]

    try:
        first = built(engine, synthesized(entry, tmp_path / "first"), tags[0])
        invocation = invoke(engine, tags[0], {})
        (entry / "index.py").write_text("def handler(event, context):\n    return 'edited'\n")
        second = built(engine, synthesized(entry, tmp_path / "second"), tags[1])
        edited = invoke(engine, tags[1], {})
    finally:
        engine.call("image", "rm", "--force", *tags)

    assert invocation.error is None
    assert f"requests=={invocation.result}" in PINNED
    assert edited.result == "edited"
    under = json.loads(engine.call("image", "inspect", "--format", "{{json .RootFS.Layers}}", base).stdout)
    assert first[: len(under)] == under
    assert (len(first) - len(under), first[:-1] == second[:-1], first[-1] == second[-1]) == (2, True, False)


def test_only_what_is_too_large_for_an_archive_becomes_an_image(tmp_path: Path) -> None:
    entry = tmp_path / "entry"
    entry.mkdir()
    (entry / "index.py").write_text("def handler(event, context): ...\n")
    with (entry / "model.bin").open("wb") as model:
        model.truncate(LIMIT)
    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")

    PythonFunction(stack, "Function", entry=entry, package="auto")

    Template.from_stack(stack).has_resource_properties(
        "AWS::Lambda::Function", {"PackageType": "Image", "Handler": Match.absent(), "Runtime": Match.absent()}
    )
    Annotations.from_stack(stack).has_warning("/Stack/Function", Match.string_like_regexp("becameImage"))


@pytest.mark.skipif(os.environ.get("LARGE") != "all", reason="LARGE=all installs and builds half a gigabyte")
def test_what_data_science_needs_becomes_an_image_and_answers(base: str, engine: Engine, tmp_path: Path) -> None:
    del base
    entry = write_app(tmp_path / "app") / "function"
    (entry / "index.py").write_text(HEAVY_HANDLER)
    (entry / "requirements.txt").write_text(HEAVY)
    tag = f"localhost/cdk-python-function/{tmp_path.name.lower()}:heavy"

    try:
        context = synthesized(entry, tmp_path / "cdk.out", package="auto")
        built(engine, context, tag)
        invocation = invoke(engine, tag, {})
    finally:
        engine.call("image", "rm", "--force", tag)

    assert sum(path.stat().st_size for path in context.rglob("*") if path.is_file()) > LIMIT
    assert invocation.error is None
    assert invocation.result[0] == 2.0
