"""The command line: ``python -m python_function``."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from python_function._cli import render
from python_function._cli.explain import Explanation, function, layer
from python_function._target.target import ARCHITECTURES, GLIBC
from python_function.errors import PythonFunctionError


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what *arguments* say, by default those of the process, and return its exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.layer and (given.index or given.handler):
        parser.error("a layer has no handler: leave out --index and --handler, or --layer")
    try:
        explanation = _explained(given)
    except PythonFunctionError as error:
        _write(sys.stderr, str(error))
        return 1
    as_json = json.dumps(dataclasses.asdict(explanation), indent=2)
    _write(sys.stdout, as_json if given.json else render.render(explanation))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m python_function", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    text = "Print what a function, or a layer, of ENTRY would be and why. Nothing is built or started."
    explain = commands.add_parser("explain", help="what would become of an entry", description=text, allow_abbrev=False)
    explain.add_argument("entry", metavar="ENTRY", help="the directory with the code, or the handler's file in it")
    explain.add_argument("--index", metavar="FILE", help="the handler's file, relative to ENTRY")
    explain.add_argument("--handler", metavar="NAME", help="the function, or module path and function")
    explain.add_argument("--layer", action="store_true", help="explain a layer, which has no handler")
    explain.add_argument(
        "--runtime",
        choices=tuple(GLIBC),
        metavar="RUNTIME",
        help=f"{', '.join(GLIBC)}; by default what the project asks for",
    )
    explain.add_argument(
        "--architecture", choices=ARCHITECTURES, default=ARCHITECTURES[0], help=f"by default {ARCHITECTURES[0]}"
    )
    explain.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _explained(given: argparse.Namespace) -> Explanation:
    runtime, architecture, cwd = given.runtime, given.architecture, Path.cwd()
    if given.layer:
        return layer(given.entry, runtime=runtime, architecture=architecture, cwd=cwd)
    return function(
        given.entry, index=given.index, handler=given.handler, runtime=runtime, architecture=architecture, cwd=cwd
    )


def _write(stream: TextIO, text: str) -> None:
    """Print *text* even where a file's name is not in the encoding of *stream*."""
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


if __name__ == "__main__":
    sys.exit(main())
