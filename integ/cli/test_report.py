"""What importing a function takes, in the image of its runtime."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from integ.engine import Engine


@pytest.mark.parametrize("machine", ["x86_64", "arm64"])
def test_imports_are_measured_in_the_image(machine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue("arm64_latest" if machine == "arm64" else "engine")
    entry = tmp_path / "function"
    entry.mkdir()
    (entry / "own.py").write_text("import json\n")
    (entry / "index.py").write_text(
        "import os, platform, own\nassert os.environ['TABLE'] == 'orders'\n"
        f"assert platform.machine() == '{'aarch64' if machine == 'arm64' else 'x86_64'}'\n"
        "assert platform.python_version().startswith('3.13.')\n"
        "def handler(event, context): ...\n"
    )
    options = ("--runtime=python3.13", f"--architecture={machine}", "--imports", "--set=TABLE=orders", "--json")
    command = (sys.executable, "-m", "python_function", "report", str(entry), *options)

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert engine.command == "docker"
    found = json.loads(done.stdout)["cold_start"]
    assert {"own", "json", "index"} <= {package["name"] for package in found["packages"]}
