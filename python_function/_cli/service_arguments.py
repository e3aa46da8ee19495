"""The arguments of the command ``service``."""

import argparse
import textwrap
from typing import Any, Final, Protocol


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
"""

_EXIT_CODES: Final = """\
exit codes:
  0    done
  1    the service cannot run like that
  2    the command line is wrong
"""


def add(commands: _Commands, prog: str) -> None:
    """Let the program know the command."""
    text = (
        "A web service: its apprunner.yaml, or what its code says of how it runs. ENTRY is the directory with the code."
    )
    parser = commands.add_parser(
        "service",
        help="a web service: check how it runs, write that down",
        description=textwrap.fill(text, _WIDTH),
        epilog=f"{_EXAMPLES.format(prog=prog)}\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    actions = parser.add_subparsers(required=True, metavar="check|write", dest="action")
    check = _action(actions, "check", "tell what of an apprunner.yaml, or of the code, cannot work")
    check.add_argument("--json", action="store_true", help="print JSON")
    write = _action(actions, "write", "write the apprunner.yaml that fits the code")
    write.add_argument("-o", "--output", metavar="FILE", help="the file to write, - to print it; by default in ENTRY")


def _action(actions: _Commands, name: str, summary: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=summary.capitalize() + ".", allow_abbrev=False)
    parser.add_argument("entry", metavar="ENTRY", help="the directory with the code")
    return parser
