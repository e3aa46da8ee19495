"""The machine that the process runs on, as a host."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import platformdirs
import uv as uv_package

from python_function._machine import uv
from python_function._machine.host import Host
from python_function._machine.process import Process
from python_function._machine.report import Report

_RESOLVED: Final[dict[str, str]] = {}
_TOLD: Final[set[str]] = set()


def host(name: str, *, environ: Mapping[str, str], write: Callable[[str], None], detail: bool) -> Host:
    """Return this machine as a build gets to see it.

    Args:
        name: What is built, as lines about it start.
        environ: The environment of the process.
        write: Shows a line to the user.
        detail: Whether the output of programs is wanted.
    """
    report = Report(name=name, write=write, detail=detail)
    return Host(
        environ=environ,
        run=Process(progress=report.progress, show=report.show, waiting=report.say),
        report=report,
        cache=platformdirs.user_cache_path("cdk-python-function"),
        uv=uv_package.find_uv_bin(),
        python=sys.executable,
        ids=(os.getuid(), os.getgid()) if os.name == "posix" else None,
        uv_config=uv.user_configuration(environ, Path.home()),
        resolved=_RESOLVED,
        told=_TOLD,
    )
