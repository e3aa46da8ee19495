"""Layers for several runtimes and architectures, with real packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from python_function import BundlingError, BundlingOptions, PythonFunction, PythonLayerVersion

if TYPE_CHECKING:
    from pathlib import Path

BOTH: Final = (lambda_.Runtime.PYTHON_3_12, lambda_.Runtime.PYTHON_3_13)
X86, ARM = lambda_.Architecture.X86_64, lambda_.Architecture.ARM_64


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")


def layer(
    stack: Stack, tmp_path: Path, requirement: str, architectures: list[lambda_.Architecture]
) -> PythonLayerVersion:
    entry = tmp_path / "layer"
    entry.mkdir()
    (entry / "shared.py").write_text(f"import {requirement.partition('==')[0].replace('-', '_')}\n")
    (entry / "requirements.txt").write_text(f"{requirement}\ntyping-extensions==4.14.1\n")
    return PythonLayerVersion(
        stack,
        "Layer",
        entry=entry,
        compatible_runtimes=list(BOTH),
        compatible_architectures=architectures,
        bundling=BundlingOptions(strategy="local"),
    )


def directory(layer: PythonLayerVersion) -> Path:
    assert layer.made.directory is not None
    return layer.made.directory


def test_pure_python_is_there_once_for_all(stack: Stack, tmp_path: Path) -> None:
    bundle = directory(layer(stack, tmp_path, "idna==3.10", [X86, ARM]))

    assert (bundle / "python/idna/__init__.py").is_file()
    assert not (bundle / "python/lib").exists()


def test_native_code_is_there_for_each_runtime_and_functions_find_it(stack: Stack, tmp_path: Path) -> None:
    made = layer(stack, tmp_path, "pydantic-core==2.33.2", [X86])
    bundle = directory(made)
    function = tmp_path / "function"
    function.mkdir()
    (function / "index.py").write_text("import shared, pydantic_core\n\n\ndef handler(event, context): ...\n")

    for number, runtime in enumerate(BOTH):
        PythonFunction(stack, f"F{number}", entry=function, runtime=runtime, layers=[made])

    assert sorted(path.relative_to(bundle).as_posix() for path in bundle.rglob("*.so")) == [
        f"python/lib/python3.{minor}/site-packages/pydantic_core/_pydantic_core.cpython-3{minor}-x86_64-linux-gnu.so"
        for minor in (12, 13)
    ]
    assert [path.name for path in bundle.iterdir()] == ["python"]
    assert [path.name for path in (bundle / "python").iterdir()] == ["lib"]


def test_native_code_for_two_architectures_is_an_error_that_says_how(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(BundlingError, match=r"both x86_64 and arm64 on python3\.12: pydantic_core 2\.33\.2 differs"):
        layer(stack, tmp_path, "pydantic-core==2.33.2", [X86, ARM])
