"""Asks Lambda's runtime client to load handlers, each in a process of its own that has imported nothing before.

Run as a program: the client's directory as its argument, rows of bundle, handler and provided modules as JSON on
standard input. It prints for each row nothing where the handler was loaded and can be called, else what was said.
"""

import importlib
import importlib.abc
import importlib.machinery
import json
import os
import sys
import types
from collections.abc import Sequence
from unittest import mock


class Provided(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules of which nothing is known but their names, as if a layer or a dependency had them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = frozenset(name.partition(".")[0] for name in names)

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        known = fullname.partition(".")[0] in self.names
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if known else None

    def exec_module(self, module: types.ModuleType) -> None:
        def attribute(name: str) -> mock.MagicMock:
            return mock.MagicMock(name=name)

        module.__dict__["__getattr__"] = attribute


def answer(bundle: str, handler: str, provided: Sequence[str]) -> str:
    """Return what goes wrong when Lambda's client loads *handler*."""
    bootstrap = importlib.import_module("awslambdaric.bootstrap")
    sys.dont_write_bytecode = True
    sys.path.insert(0, bundle)
    sys.meta_path.append(Provided(provided))
    try:
        loaded = bootstrap._get_handler(handler)  # noqa: SLF001 - what decides has no public name
    except BaseException as error:  # noqa: BLE001 - whatever goes wrong is the answer
        return f"{type(error).__name__}: {error} {getattr(error, 'msg', '')}"
    return "" if callable(loaded) else f"{loaded!r} cannot be called"


def apart(bundle: str, handler: str, provided: Sequence[str]) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, answer(bundle, handler, provided).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    importlib.import_module("awslambdaric.bootstrap")
    rows = json.load(sys.stdin)
    sys.stdout.write(json.dumps([apart(*row) for row in rows]))
