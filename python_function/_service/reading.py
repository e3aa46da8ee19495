"""Reads ``apprunner.yaml``: every key of the format, and what is wrong with each."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from python_function._service import yaml_text
from python_function._service.apprunner import DEFAULT_PORT, Configuration, Finding, Said, Variable
from python_function._service.yaml_text import Items, Node, Table, Text

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("version", "runtime", "build", "run"),
    "build": ("commands", "env"),
    "build.commands": ("pre-build", "build", "post-build"),
    "run": ("runtime-version", "pre-run", "command", "network", "env", "secrets"),
    "run.network": ("port", "env"),
}
"""The keys of each table."""

_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_PORTS: Final = range(1, 65536)
_RESERVED: Final = "AWSAPPRUNNER"

_NO_BUILD: Final = (
    "build.commands.build is missing, which App Runner wants. Write a list with one command at least, such as"
    ' "- python3 --version".'
)
_NO_COMMAND: Final = 'run.command is missing: nothing says what to start. Write "command: python3 server.py" below run.'


def read(content: bytes, *, name: str) -> tuple[Configuration, tuple[Finding, ...]]:
    """Return what the file *name* with *content* says, and what is wrong with it.

    Raises:
        EntryError: It is no YAML at all.
    """
    reader = _Reader()
    configuration = reader.configuration(yaml_text.parse(content, name=name) or Table(1, ()))
    return configuration, tuple(sorted(reader.findings, key=lambda finding: finding.line))


@dataclass(frozen=True, slots=True)
class _Reader:
    findings: list[Finding] = field(default_factory=list[Finding])

    def configuration(self, root: Node) -> Configuration:
        top = self._table(root, "")
        _ = self._required(top, "version", root, "1.0")
        runtime = self._required(top, "runtime", root, "python311")
        build, run = self._table(top.get("build"), "build"), self._table(top.get("run"), "run")
        commands = self._table(build.get("commands"), "build.commands")
        network = self._table(run.get("network"), "run.network")
        if "build" not in commands:
            self._tell(build.get("commands") or top.get("build") or root, _NO_BUILD)
        command = self._text(run.get("command"), "run.command")
        if not command and "command" not in run:
            self._tell(top.get("run") or root, _NO_COMMAND)
        return Configuration(
            runtime=runtime or Said(""),
            pre_build=self._commands(commands, "pre-build", "build.commands"),
            build=self._commands(commands, "build", "build.commands"),
            post_build=self._commands(commands, "post-build", "build.commands"),
            build_env=self._variables(build.get("env"), "build.env", "value"),
            version=self._text(run.get("runtime-version"), "run.runtime-version"),
            pre_run=self._commands(run, "pre-run", "run"),
            command=command or Said(""),
            port=self._port(network.get("port")),
            port_env=self._name(network.get("env"), "run.network.env"),
            env=self._variables(run.get("env"), "run.env", "value"),
            secrets=self._variables(run.get("secrets"), "run.secrets", "value-from"),
        )

    def _tell(self, node: Node, text: str) -> None:
        self.findings.append(Finding(node.line, text))

    def _table(self, node: Node | None, place: str) -> Mapping[str, Node]:
        """Return the known keys of the table at *place*."""
        match node:
            case None:
                return {}
            case Table(entries=entries):
                return self._known(entries, place)
            case Text(written=""):
                return {}
            case _:
                below = ", ".join(_KEYS[place])
                self._tell(node, f"{place or 'The file'} has to be a table. Write keys below it, of {below}.")
                return {}

    def _known(self, entries: tuple[tuple[Text, Node], ...], place: str) -> Mapping[str, Node]:
        found: dict[str, Node] = {}
        for key, value in entries:
            if key.written not in _KEYS[place]:
                self._tell(key, _unknown(key.written, place))
            elif key.written in found:
                again = f"{_path(place, key.written)} is there twice, first in line {found[key.written].line}."
                self._tell(key, f"{again} Readers take one of them. Leave one out.")
            else:
                found[key.written] = value
        return found

    def _required(self, table: Mapping[str, Node], key: str, root: Node, example: str) -> Said | None:
        found = self._text(table.get(key), key)
        if not found and key not in table:
            self._tell(root, f'{key} is missing. Write "{key}: {example}" at the top of the file.')
        return found

    def _text(self, node: Node | None, place: str) -> Said | None:
        match node:
            case None:
                return None
            case Text(written=written, read=read) if written and written == read:
                return Said(written, node.line)
            case Text(written=written, read=read) if read:
                self._tell(node, f'{place} is {written}, which YAML reads as {read}. Write it in quotes: "{written}".')
                return Said(written, node.line)
            case Text():
                self._tell(node, f"{place} is empty. Write a text after the colon, or leave out the key.")
            case Items():
                self._tell(
                    node, f"{place} is a list, and has to be one text. Write it behind the colon, without a dash."
                )
            case Table():
                self._tell(node, f"{place} is a table, which a text with ': ' in it is to YAML. Put it in quotes.")
        return None

    def _commands(self, table: Mapping[str, Node], key: str, place: str) -> tuple[Said, ...]:
        match table.get(key):
            case None:
                return ()
            case Items(items=items) if items:
                found = (self._text(item, f"A command of {place}.{key}") for item in items)
                return tuple(command for command in found if command)
            case node:
                self._tell(
                    node, f'{place}.{key} has to be a list of commands. Write each in a line with "- " before it.'
                )
                return ()

    def _variables(self, node: Node | None, place: str, value_key: str) -> tuple[Variable, ...]:
        form = f'Write a list, of "- name: NAME" with "  {value_key}: ..." below it.'
        match node:
            case None:
                return ()
            case Items(items=items):
                found = [self._variable(item, place, value_key, form) for item in items]
            case _:
                self._tell(node, f"{place} is no list of variables. {form}")
                return ()
        variables = [variable for variable in found if variable]
        for number, variable in enumerate(variables):
            if variable.name in {other.name for other in variables[:number]}:
                text = f"{place} has {variable.name} twice, of which one value counts. Leave one out."
                self.findings.append(Finding(variable.line, text))
        return tuple(variables)

    def _variable(self, node: Node, place: str, value_key: str, form: str) -> Variable | None:
        keys = {key.written: value for key, value in node.entries} if isinstance(node, Table) else {}
        if set(keys) != {"name", value_key}:
            found = f" with {', '.join(keys)}" if keys else ""
            self._tell(node, f"{place} has an entry{found}, where name and {value_key} belong. {form}")
            return None
        name, value = self._name(keys["name"], f"A name in {place}"), keys[value_key]
        empty = isinstance(value, Text) and not value.written
        text = Said("", value.line) if empty else self._text(value, f"{value_key} of {name.text if name else place}")
        return Variable(name.text, text.text, name.line) if name and text else None

    def _name(self, node: Node | None, place: str) -> Said | None:
        said = self._text(node, place)
        if said is None or node is None:
            return None
        if said.text.startswith(_RESERVED):
            self._tell(
                node, f"{place} is {said.text}: names that start with {_RESERVED} are App Runner's own. Rename it."
            )
        elif not _NAME.fullmatch(said.text):
            self._tell(node, f"{place} is {said.text!r}, which no variable is called. Use letters, digits and _.")
        else:
            return said
        return None

    def _port(self, node: Node | None) -> int:
        said = self._text(node, "run.network.port")
        if said is None or node is None:
            return DEFAULT_PORT
        if said.text.isdecimal() and len(said.text) <= len("65535") and int(said.text) in _PORTS:
            return int(said.text)
        self._tell(node, f"run.network.port is {said.text}, and has to be a number from {_PORTS[0]} to {_PORTS[-1]}.")
        return DEFAULT_PORT


def _unknown(key: str, place: str) -> str:
    """Say what the *key* of *place*, which the format does not have, may be meant for."""
    elsewhere = [_path(other, key) for other, keys in _KEYS.items() if key in keys]
    near = [_path(place, name) for name in difflib.get_close_matches(key, _KEYS[place], n=1)]
    meant = " or ".join(elsewhere or near)
    remedy = f"Did you mean {meant}?" if meant else f"There are {', '.join(_KEYS[place])}."
    return f"{_path(place, key)} is no key of the file. {remedy}"


def _path(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
