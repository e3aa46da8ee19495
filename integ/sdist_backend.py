"""A build backend without a build tool: it stands inside the source distributions that tests make.

A project with a `native.c` gets it compiled by `cc`, so that it builds only where a C compiler is.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def build_wheel(
    wheel_directory: str, config_settings: object = None, metadata_directory: str | None = None
) -> str:  # PEP 517
    """Build the project in the working directory and return the wheel's file name."""
    del config_settings, metadata_directory
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    files = {str(path): path.read_bytes() for path in Path(name).rglob("*") if path.is_file()}
    tag = "py3-none-any"
    if Path("native.c").is_file():
        suffix = sysconfig.get_config_var("EXT_SUFFIX")
        files[f"{name}/_native{suffix}"] = compile_native(Path("native.c"))
        python = f"cp{sys.version_info.major}{sys.version_info.minor}"
        tag = f"{python}-{python}-{sysconfig.get_platform().replace('-', '_')}"
    path = write_wheel(Path(wheel_directory), name, version, tag, files, project.get("dependencies", ()))
    return path.name


def compile_native(source: Path) -> bytes:
    """Compile one C file as an extension of the running Python."""
    include = sysconfig.get_path("include")
    subprocess.run(("cc", "-shared", "-fPIC", f"-I{include}", "-o", "native.so", str(source)), check=True)
    return Path("native.so").read_bytes()


def write_wheel(
    directory: Path, name: str, version: str, tag: str, files: Mapping[str, bytes], requires: Sequence[str]
) -> Path:
    """Write a wheel with a true RECORD and dates that never change, and return its path."""
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    pure = str(tag.endswith("-any")).lower()
    members = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: {pure}\nTag: {tag}\n".encode(),
    }
    record = "".join(f"{path},sha256={digest(content)},{len(content)}\n" for path, content in members.items())
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    path = directory / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for member, content in members.items():
            wheel.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), content)
    return path


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
