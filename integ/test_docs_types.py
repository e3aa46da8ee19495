"""Type checkers accept every example of the documentation, at their strictest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.documents import ROOT, apps

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a module for every example."""
    directory = tmp_path_factory.mktemp("documented")
    for example in apps():
        name = example.id.lower().replace(".md:", "_").replace("/", "_").replace("-", "_")
        (directory / f"{name}.py").write_text(example.module(), encoding="utf-8")
    return directory


def test_mypy_accepts_the_documentation(modules: Path) -> None:
    checked = _check(("mypy",), modules)

    assert checked.returncode == 0, checked.stdout


def test_pyright_accepts_the_documentation(modules: Path) -> None:
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "reportUnusedImport": False}
    (modules / "pyrightconfig.json").write_text(json.dumps(settings))

    checked = _check(("pyright", "--warnings", f"--pythonpath={sys.executable}", "--project"), modules)

    assert checked.returncode == 0, checked.stdout


def _check(command: tuple[str, ...], modules: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", *command, str(modules)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
