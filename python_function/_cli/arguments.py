"""The arguments of the program, and what it says about them."""

import argparse
import importlib
import math
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeAlias, get_args

from python_function._cli import epilogs, flags, service_arguments
from python_function._cli.terminal import Terminal
from python_function._target.target import ARCHITECTURES, GLIBC
from python_function.options import Adapter


class _Commands(Protocol):
    """What the parsers of the commands are added to."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:  # noqa: ANN401 - any option of a parser
        """Add the parser of one command."""
        ...


Command: TypeAlias = Callable[[argparse.Namespace, Terminal], None]

_WIDTH: Final = 79


def parse(given: Sequence[str] | None, *, prog: str) -> argparse.Namespace:
    """Return the arguments *given*, or end the process where they are wrong or ask for help."""
    parser = argparse.ArgumentParser(
        prog=prog,
        allow_abbrev=False,
        description="Bundles of Python code for AWS Lambda, as the constructs make them.",
        epilog=f"{epilogs.EXIT_CODES}\nThe options of a command, and examples:\n  {prog} COMMAND --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    _explain(commands, prog)
    _build(commands, prog)
    _report(commands, prog)
    _cache(commands, prog)
    service_arguments.add(commands, prog)
    parsed = parser.parse_args(given)
    if parsed.command == "cache":
        _check_limits(parsed, commands.choices["cache"])
    elif parsed.command != "service" and parsed.layer and (parsed.index or parsed.handler or parsed.adapter):
        wrong = "a layer has no handler: leave out --index, --handler and --adapter, or --layer"
        commands.choices[parsed.command].error(wrong)
    return parsed


def command(parsed: argparse.Namespace) -> Command:
    """Return what does the command that was given: its module is imported only then."""
    module = importlib.import_module(f"python_function._cli.commands.{parsed.command}")
    run: Command = module.run
    return run


def _explain(commands: _Commands, prog: str) -> None:
    text = "Print what a function, or a layer, of ENTRY would be and why. Nothing is built or started."
    summary = "what would become of an entry"
    parser = _parser(commands, "explain", prog=prog, summary=summary, text=text, examples=epilogs.EXPLAIN)
    _add_common(parser)


def _build(commands: _Commands, prog: str) -> None:
    text = (
        "Build a .zip deployment package: code and dependencies, checked, the same bytes every time. It is written"
        " when all is done, over one that is there."
    )
    summary = "a .zip deployment package"
    parser = _parser(commands, "build", prog=prog, summary=summary, text=text, examples=epilogs.BUILD)
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the package to write")
    parser.add_argument(
        "--record", action="store_true", help="write what it holds beside it, to FILE.json, which report reads"
    )
    _add_environment(parser)
    _add_common(parser)


def _report(commands: _Commands, prog: str) -> None:
    text = (
        "Tell what a bundle holds: distributions, sizes, where each is from, what the checks say. ENTRY is an asset in"
        " cdk.out, a .zip package, or the directory or file of a function, which is built for that."
    )
    parser = _parser(commands, "report", prog=prog, summary="what is in a bundle", text=text, examples=epilogs.REPORT)
    parser.add_argument("--html", metavar="FILE", help="write a page with a map of the bundle")
    parser.add_argument(
        "--format",
        choices=("table", "json", "cyclonedx"),
        default="table",
        metavar="FORMAT",
        help="table, json, or cyclonedx for a software bill of materials",
    )
    parser.add_argument(
        "--imports",
        action="store_true",
        help="import the handler's module with a Python like Lambda's, and tell what takes long",
    )
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a variable of the function's environment, for --imports; without =VALUE, as it is here",
    )
    _add_environment(parser)
    _add_common(parser, "an asset in cdk.out, a .zip package, or the directory or file of a function")


def _cache(commands: _Commands, prog: str) -> None:
    text = (
        "Tell what is kept for the next build, remove what was not used for long or is too much, or remove all. What"
        " a build uses just now stays; what is gone is made again."
    )
    summary = "what is kept for the next build"
    parser = _parser(
        commands, "cache", prog=prog, summary=summary, text=text, examples=epilogs.CACHE, operand="[show|prune|clear]"
    )
    parser.add_argument("action", nargs="?", choices=("show", "prune", "clear"), default="show", metavar="ACTION")
    parser.add_argument("--max-age", type=float, metavar="DAYS", help="prune what was not used for so long; 30 days")
    parser.add_argument("--max-size", type=float, metavar="MB", help="prune what is more, the oldest first")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _check_limits(parsed: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    limits = [limit for limit in (parsed.max_age, parsed.max_size) if limit is not None]
    if limits and parsed.action != "prune":
        parser.error(f"--max-age and --max-size are for 'cache prune', not for 'cache {parsed.action}'")
    if not all(0 <= limit < math.inf for limit in limits):
        parser.error("--max-age and --max-size must be numbers of days and megabytes, not less than 0")


def _add_environment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from-venv",
        metavar="DIR",
        help="take what is installed in a virtual environment, in place of what the project declares",
    )


def _parser(
    commands: _Commands,
    name: str,
    *,
    prog: str,
    summary: str,
    text: str,
    examples: str,
    operand: str = "ENTRY",
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        usage=f"{prog} {name} [OPTION ...] {operand}",
        description=textwrap.fill(text, _WIDTH),
        epilog=f"{examples.format(prog=prog)}\n{epilogs.EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_common(
    parser: argparse.ArgumentParser, entry: str = "the directory with the code, its handler's file, or a .zip"
) -> None:
    parser.add_argument("entry", metavar="ENTRY", help=entry)
    parser.add_argument("--index", metavar="FILE", help="the handler's file, relative to ENTRY")
    parser.add_argument("--handler", metavar="NAME", help="the function, or module path and function")
    parser.add_argument(
        "--adapter",
        choices=get_args(Adapter),
        help="how requests reach the function; by default its code decides",
    )
    parser.add_argument("--layer", action="store_true", help="a layer, which has no handler")
    parser.add_argument(
        "--runtime",
        choices=tuple(GLIBC),
        metavar="RUNTIME",
        help=f"{', '.join(GLIBC)}; by default what the project asks for",
    )
    parser.add_argument(
        "--architecture",
        choices=ARCHITECTURES,
        default=ARCHITECTURES[0],
        metavar="NAME",
        help=f"{', '.join(ARCHITECTURES)}; by default {ARCHITECTURES[0]}",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    flags.add(parser)


class _Version(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """End the process."""
        import importlib.metadata

        sys.stdout.write(f"cdk-python-function {importlib.metadata.version('cdk-python-function')}\n")
        parser.exit()
