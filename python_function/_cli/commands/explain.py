"""The command ``explain``."""

import argparse
import dataclasses
import json
from pathlib import Path

from python_function._cli import render, wanted
from python_function._cli.explain import explain
from python_function._cli.terminal import Terminal


def run(given: argparse.Namespace, terminal: Terminal) -> None:
    """Print what would become of an entry.

    Raises:
        PythonFunctionError: Nothing would.
    """
    explanation = explain(wanted.resolved(given, cwd=Path.cwd(), environ=terminal.environ))
    if given.json:
        terminal.print(json.dumps(dataclasses.asdict(explanation), indent=2))
    else:
        terminal.labelled(render.render(explanation), width=render.LABEL)
