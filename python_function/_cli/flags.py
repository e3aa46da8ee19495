"""The options of bundling as flags, one for each that a command line can give."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, get_args

from python_function.options import Check, Packaging, Strategy


class _Group(Protocol):
    """What flags are added to."""

    def add_argument(self, name: str, /, **options: Any) -> argparse.Action:  # noqa: ANN401 - any option of a flag
        """Add one flag."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A flag, and the option that it sets.

    Attributes:
        name: The flag, ``--exclude``.
        option: The field of the options, or of the container.
        metavar: What its value is called.
        help: What it does.
        takes: One value, any number of them, one a time, names with values, or nothing.
        choices: The values that it may have.
        value: What a flag without a value sets.
    """

    name: str
    option: str
    help: str
    metavar: str | None = None
    takes: Literal["one", "many", "pairs", "nothing"] = "one"
    choices: tuple[str, ...] | None = None
    value: bool = True


CONTENT: Final = (
    Flag(
        name="--exclude",
        option="asset_excludes",
        metavar="PATTERN",
        takes="many",
        help="leave out what matches, in gitignore syntax; !NAME takes a default back",
    ),
    Flag(
        name="--packaging",
        option="packaging",
        metavar="KIND",
        choices=get_args(Packaging),
        help=f"what declares the dependencies, where that is not to be found out: {', '.join(get_args(Packaging))}",
    ),
    Flag(name="--group", option="groups", metavar="NAME", takes="many", help="install a dependency group besides"),
    Flag(name="--extra", option="extras", metavar="NAME", takes="many", help="install an extra besides"),
    Flag(
        name="--exclude-package",
        option="exclude_packages",
        metavar="NAME",
        takes="many",
        help="leave out a package, with whatever only it needs",
    ),
    Flag(
        name="--exclude-installed",
        option="dependency_excludes",
        metavar="PATTERN",
        takes="many",
        help="leave out what matches of the installed files, in gitignore syntax",
    ),
    Flag(
        name="--strip",
        option="strip_native",
        takes="nothing",
        help="take symbols and debug information out of native libraries",
    ),
    Flag(
        name="--compile-bytecode",
        option="compile_bytecode",
        takes="nothing",
        help="bring the bytecode of every module, made by a Python of the runtime's version",
    ),
    Flag(
        name="--project-root",
        option="project_root",
        metavar="DIR",
        help="the directory above ENTRY that holds what it needs",
    ),
    Flag(
        name="--source-root",
        option="source_root",
        metavar="FOLDER",
        help="the folder of ENTRY whose files stand at the bundle's root, . for ENTRY itself",
    ),
    Flag(
        name="--output-path-suffix",
        option="output_path_suffix",
        metavar="FOLDER",
        help="the folder that everything goes into; of a layer, below python",
    ),
)
"""What goes in."""

BUILD: Final = (
    Flag(
        name="--strategy",
        option="strategy",
        metavar="WAY",
        choices=get_args(Strategy),
        help="local, docker or auto, the default: in a container only if something needs one",
    ),
    Flag(
        name="--before-bundling",
        option="before_bundling",
        metavar="COMMAND",
        takes="many",
        help="run a shell command before anything else",
    ),
    Flag(
        name="--after-bundling",
        option="after_bundling",
        metavar="COMMAND",
        takes="many",
        help="run a shell command when all else is done",
    ),
    Flag(
        name="--environment",
        option="environment",
        metavar="NAME[=VALUE]",
        takes="pairs",
        help="set a variable for every step; without a value, to what it is here",
    ),
    Flag(
        name="--secret",
        option="secrets",
        metavar="NAME",
        takes="many",
        help="hand every step a variable of this environment whose value shows nowhere",
    ),
    Flag(
        name="--installer-arg",
        option="installer_args",
        metavar="ARGUMENT",
        takes="many",
        help="hand uv an argument: --installer-arg=--index-strategy",
    ),
    Flag(
        name="--skip-check",
        option="skip_checks",
        metavar="CHECK",
        takes="many",
        help=f"leave out a check of the finished bundle: {', '.join(get_args(Check))}",
    ),
    Flag(
        name="--build-on-host",
        option="build_on_host",
        metavar="PACKAGE",
        takes="many",
        help="let the code of a package of others build it on this machine",
    ),
    Flag(name="--poetry-version", option="poetry_version", metavar="VERSION", help="the poetry that reads the lock"),
    Flag(
        name="--poetry-without-hashes",
        option="poetry_include_hashes",
        takes="nothing",
        value=False,
        help="do not check the hashes of a poetry.lock",
    ),
    Flag(
        name="--poetry-without-urls",
        option="poetry_without_urls",
        takes="nothing",
        help="leave out the sources that a poetry project names",
    ),
    Flag(name="--pipenv-version", option="pipenv_version", metavar="VERSION", help="the pipenv that reads the lock"),
)
"""How it is built."""

CONTAINER: Final = (
    Flag(name="--image", option="image", metavar="IMAGE", help="build in this image"),
    Flag(name="--platform", option="platform", metavar="PLATFORM", help="the platform of the image"),
    Flag(name="--network", option="network", metavar="NETWORK", help="the network of the container"),
    Flag(name="--user", option="user", metavar="USER", help="who builds in the container"),
    Flag(
        name="--volume",
        option="volumes",
        metavar="HERE:THERE",
        takes="many",
        help="mount a directory of this machine for the build",
    ),
    Flag(
        name="--volumes-from",
        option="volumes_from",
        metavar="CONTAINER",
        takes="many",
        help="mount the volumes of a container",
    ),
    Flag(name="--security-opt", option="security_opt", metavar="OPTION", help="a security option of the engine"),
    Flag(name="--working-directory", option="working_directory", metavar="DIR", help="where hooks start"),
    Flag(
        name="--volume-copy",
        option="copies",
        takes="nothing",
        help="copy files in and out of the container, for an engine that is elsewhere",
    ),
)
"""In which container; any of these means that it is built in one."""

NOT_FLAGS: Final[Mapping[str, str]] = {
    "asset_hash": "names assets of the CDK",
    "asset_hash_type": "names assets of the CDK",
    "build_args": "--environment does the same",
    "bundling_file_access": "--volume-copy",
    "command": "a build that is a program of the user's own needs none of ours around it",
    "command_hooks": "--before-bundling and --after-bundling",
    "entrypoint": "is for command",
}
"""The options that no flag is named after, and why."""


def add(parser: argparse.ArgumentParser) -> None:
    """Let *parser* know all flags of bundling."""
    for title, flags in (("what goes in", CONTENT), ("how it is built", BUILD), ("in which container", CONTAINER)):
        group = parser.add_argument_group(title)
        for flag in flags:
            _add(group, flag)


def _add(group: _Group, flag: Flag) -> None:
    if flag.takes == "nothing":
        group.add_argument(
            flag.name, dest=flag.option, action="store_const", const=flag.value, default=None, help=flag.help
        )
        return
    group.add_argument(
        flag.name,
        dest=flag.option,
        action="store" if flag.takes == "one" else "append",
        metavar=flag.metavar,
        choices=flag.choices,
        help=flag.help,
    )
