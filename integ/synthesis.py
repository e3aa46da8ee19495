"""One way to synthesize a function, and to look at what came out."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from packaging.utils import canonicalize_name

from python_function import BundlingOptions, PythonFunction

if TYPE_CHECKING:
    from pathlib import Path

RUNTIMES: Final = {
    "3.11": lambda_.Runtime.PYTHON_3_11,
    "3.12": lambda_.Runtime.PYTHON_3_12,
    "3.13": lambda_.Runtime.PYTHON_3_13,
}
ARCHITECTURES: Final = {"x86_64": lambda_.Architecture.X86_64, "arm64": lambda_.Architecture.ARM_64}
HANDLER: Final = "import requests\n\n\ndef handler(event, context):\n    return requests.__version__\n"
PINNED: Final = "certifi==2025.1.31\ncharset-normalizer==3.4.1\nidna==3.10\nrequests==2.32.3\nurllib3==2.3.0\n"

_APP: Final = """\
import aws_cdk
from aws_cdk import aws_lambda as lambda_

from python_function import BundlingOptions, CommandHooks, PythonFunction

app = aws_cdk.App()
stack = aws_cdk.Stack(app, "Stack")
PythonFunction(
    stack, "Function", entry="function", runtime=lambda_.Runtime.PYTHON_3_13, bundling=BundlingOptions(OPTIONS)
)
app.synth()
"""


def bundle(entry: Path, outdir: Path, python: str = "3.13", machine: str = "x86_64", **options: Any) -> Path:  # noqa: ANN401 - any option of bundling
    """Bundle a function in this process and return its asset, named after its hash."""
    PythonFunction(
        Stack(App(outdir=str(outdir)), "Stack"),
        "Function",
        entry=entry,
        runtime=RUNTIMES[python],
        architecture=ARCHITECTURES[machine],
        bundling=BundlingOptions(**options),
    )
    (asset,) = outdir.glob("asset.*")
    return asset


def write_app(directory: Path, options: str = "") -> Path:
    """Write an app of one function with dependencies from the default index, for the CDK's command line."""
    (directory / "function").mkdir(parents=True)
    (directory / "function/index.py").write_text(HANDLER)
    (directory / "function/requirements.txt").write_text(PINNED)
    (directory / "app.py").write_text(_APP.replace("OPTIONS", options))
    (directory / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    return directory


def installed(asset: Path) -> dict[str, str]:
    """Return the versions of the distributions in an asset, by their normalized names."""
    found = importlib.metadata.distributions(path=[str(asset)])
    return {canonicalize_name(distribution.name): distribution.version for distribution in found}


def digest(root: Path) -> str:
    """Return one digest of all paths, modes and contents below a directory."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    lines = (f"{f.relative_to(root)} {f.stat().st_mode:o} {hashlib.sha256(f.read_bytes()).hexdigest()}" for f in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def state(root: Path) -> list[tuple[str, int, int, int]]:
    """Return what any write to a tree would change."""
    files = (root, *sorted(root.rglob("*")))
    return [(str(f), f.stat().st_mtime_ns, f.stat().st_ino, f.stat().st_mode) for f in files]
