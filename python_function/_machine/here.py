"""The machine that the process runs on, as a host."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import platformdirs
import uv as uv_package

from python_function._machine import environment, pip_conf, uv_conf, variables
from python_function._machine.host import Host
from python_function._machine.process import Process
from python_function._machine.report import Report
from python_function.errors import BundlingError, OptionError, PackagingError

TREES: Final = "CDK_PYTHON_FUNCTION_TREES"
"""The variable that says how many megabytes of installed dependencies are kept; ``off`` for none."""

_TREE_MEGABYTES: Final = 5_000
_RESOLVED: Final[dict[str, str]] = {}
_TREES: Final[dict[str, object]] = {}
_TOLD: Final[set[str]] = set()


def host(
    name: str,
    *,
    environ: Mapping[str, str],
    write: Callable[[str], None],
    detail: bool,
    secrets: frozenset[str] = frozenset(),
) -> Host:
    """Return this machine as a build gets to see it.

    Args:
        name: What is built, as lines about it start.
        environ: The environment of the process.
        write: Shows a line to the user.
        detail: Whether the output of programs is wanted.
        secrets: What may show in no line.

    Raises:
        BundlingError: The user has no home.
        OptionError: The variable :data:`TREES` has another value than it may have.
        PackagingError: A file that says where packages are cannot be read.
    """
    report = Report(name=name, write=write, detail=detail, secrets=secrets)
    return Host(
        environ=environment.absolute(_with_settings(environ), Path.cwd()),
        run=Process(progress=report.progress, show=report.show, waiting=report.say, secrets=secrets),
        report=report,
        cache=cache(),
        uv=uv_package.find_uv_bin(),
        python=sys.executable,
        ids=(os.getuid(), os.getgid()) if os.name == "posix" else None,
        resolved=_RESOLVED,
        trees=_TREES,
        told=_TOLD,
        tree_bytes=tree_bytes(environ),
    )


def tree_bytes(environ: Mapping[str, str]) -> int:
    """Return how much of dependencies may be kept; nothing is where it is zero.

    Raises:
        OptionError: The variable :data:`TREES` has another value than it may have.
    """
    text = environ.get(TREES, str(_TREE_MEGABYTES))
    if text == "off" or text.isdecimal():
        return 0 if text == "off" else int(text) * 1_000_000
    msg = f"{TREES} must be 'off' or a number of megabytes, not {text!r}. It says how much of dependencies is kept."
    raise OptionError(msg)


def _with_settings(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return *environ* with what pip's and uv's own files say besides: where packages are and how to reach them."""
    home = os.path.expanduser("~")  # noqa: PTH111 - where there is none, that is for whoever needs one to tell
    try:
        pips = pip_conf.settings(environ, sys.prefix, environ.get("HOME") or home)
    except ValueError as error:
        raise PackagingError(str(error)) from None
    uvs = uv_conf.settings(environ, Path(environ.get("HOME") or home))
    # Of several indexes uv asks the first that knows a name: one with a few packages would hide all others of theirs.
    named_by_file = pips.get("PIP_EXTRA_INDEX_URL") and not environ.get("PIP_EXTRA_INDEX_URL")
    as_pip = {variables.AS_PIP: "pip"} if named_by_file else {}
    return environment.merged({**as_pip, **pips}, uvs, environ)


def cache() -> Path:
    """Return the library's directory in the user's cache.

    Raises:
        BundlingError: The user has no home.
    """
    try:
        found = platformdirs.user_cache_path("cdk-python-function")
    except RuntimeError:  # older versions return what they could not expand
        found = Path("~")
    if found.parts[:1] == ("~",):
        msg = (
            "There is no place to keep downloads: HOME is not set, and the user who runs this has no entry in the"
            " system's list of users. Set HOME, or XDG_CACHE_HOME, to a directory that may be written to."
        )
        raise BundlingError(msg) from None
    return Path.cwd() / found
