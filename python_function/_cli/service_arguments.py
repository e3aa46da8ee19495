"""The arguments of the command ``service``."""

import argparse
import textwrap
from typing import Any, Final, Protocol

from python_function._target.target import GLIBC


class _Commands(Protocol):
    """What the parsers of the commands are added to."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:  # noqa: ANN401 - any option of a parser
        """Add the parser of one command."""
        ...


_WIDTH: Final = 79

_EXAMPLES: Final = """\
examples:
  {prog} service check web
  {prog} service write web
  {prog} service write web --output -
  {prog} service run web --port 9000 --set LOG=debug
"""

_EXIT_CODES: Final = """\
exit codes:
  0    done
  1    the service cannot run like that
  2    the command line is wrong
  3    a command failed, or the service ended by itself
  130  interrupted; nothing of the service is left
"""


def add(commands: _Commands, prog: str) -> None:
    """Let the program know the command."""
    text = (
        "A web service: its apprunner.yaml, or what its code says of how it runs. ENTRY is the directory with the code."
    )
    parser = commands.add_parser(
        "service",
        help="a web service: check how it runs, write that down, run it here",
        description=textwrap.fill(text, _WIDTH),
        epilog=f"{_EXAMPLES.format(prog=prog)}\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    actions = parser.add_subparsers(required=True, metavar="check|write|run", dest="action")
    check = _action(actions, "check", "tell what of an apprunner.yaml, or of the code, cannot work")
    check.add_argument("--json", action="store_true", help="print JSON")
    write = _action(actions, "write", "write the apprunner.yaml that fits the code")
    write.add_argument("-o", "--output", metavar="FILE", help="the file to write, - to print it; by default in ENTRY")
    run = _action(actions, "run", "run the service on this machine, in a copy of its code")
    run.add_argument("--port", type=_port, metavar="NUMBER", help="the port to listen to, instead of the service's")
    run.add_argument(
        "--runtime", choices=tuple(GLIBC), metavar="RUNTIME", help="the Python, where no apprunner.yaml says it"
    )
    run.add_argument(
        "--set",
        metavar="NAME[=VALUE]",
        action="append",
        default=[],
        help="a variable for the service, a secret or another; without =VALUE, as it is here",
    )


def _port(text: str) -> int:
    if not text.isdecimal() or len(text) > len("65535") or int(text) not in range(1, 65536):
        msg = f"{text!r} is no port, which is a number from 1 to 65535"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _action(actions: _Commands, name: str, summary: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=summary.capitalize() + ".", allow_abbrev=False)
    parser.add_argument("entry", metavar="ENTRY", help="the directory with the code")
    return parser
