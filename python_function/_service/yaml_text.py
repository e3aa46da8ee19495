"""YAML as plain data that knows its lines, and what readers of YAML make of a text that its author did not mean."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml

from python_function.errors import EntryError

_LONGEST: Final = 1_000_000
"""More bytes than anybody writes by hand."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text.

    Attributes:
        line: Where it starts, from 1.
        written: What the file says.
        read: What it means to YAML: ``3.10`` without quotes is the number 3.1, and ``yes`` is true.
    """

    line: int
    written: str
    read: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list.

    Attributes:
        line: Where it starts, from 1.
        items: What is in it.
    """

    line: int
    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """Keys with values.

    Attributes:
        line: Where it starts, from 1.
        entries: The keys, as often as they are there, each with its value.
    """

    line: int
    entries: "tuple[tuple[Text, Node], ...]"


Node: TypeAlias = Text | Items | Table


def parse(content: bytes, *, name: str) -> Node | None:
    """Return what *content* says, or ``None`` where it says nothing.

    Args:
        content: The bytes of a file.
        name: What errors call it.

    Raises:
        EntryError: It is no YAML, or nobody has written that.
    """
    if len(content) > _LONGEST:
        msg = f"{name} has {len(content):,} bytes, more than can be meant. Look at what it is."
        raise EntryError(msg)
    try:
        node = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        return None if node is None else _Conversion().of(node)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{name}, line {line}: byte {error.object[error.start]:#04x} is no UTF-8. Save the file as UTF-8."
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        msg = f"{name}, line {mark.line + 1 if mark else 1}: {error.problem or error.context}. Write it as YAML has it."
    except yaml.YAMLError as error:
        msg = f"{name}: {str(error).splitlines()[0]}. Write it as YAML has it."
    except RecursionError:
        msg = f"{name} is nested too deeply. Write it plainly."
    raise EntryError(msg)


class _Conversion:
    """Nodes of the library as ours; one that is referred to many times is converted once, or files could explode."""

    def __init__(self) -> None:
        self._done: dict[int, Node] = {}
        self._begun: set[int] = set()

    def of(self, node: yaml.Node) -> Node:
        key = id(node)
        if key in self._begun and key not in self._done:
            raise yaml.MarkedYAMLError(problem="this refers to itself", problem_mark=node.start_mark)
        if key not in self._done:
            self._begun.add(key)
            self._done[key] = self._converted(node)
        return self._done[key]

    def _converted(self, node: yaml.Node) -> Node:
        line = node.start_mark.line + 1
        match node:
            case yaml.MappingNode(value=pairs):
                return Table(line, tuple((self._key(key), self.of(value)) for key, value in pairs))
            case yaml.SequenceNode(value=nodes):
                return Items(line, tuple(map(self.of, nodes)))
            case _:
                return Text(line, str(node.value), _read(node))

    def _key(self, node: yaml.Node) -> Text:
        match self.of(node):
            case Text() as text:
                return text
            case _:
                raise yaml.MarkedYAMLError(problem="a key has to be a text", problem_mark=node.start_mark)


def _read(node: yaml.Node) -> str:
    """Return the value of the scalar *node* as whatever prints it again would write it."""
    reader = yaml.constructor.SafeConstructor()
    try:
        value: object = reader.construct_object(node)  # pyright: ignore[reportUnknownMemberType] - of its stubs
    except (yaml.YAMLError, ValueError):  # a tag of somebody's own, a date that is none, a number without end
        return str(node.value)
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case dt.date():
            return value.isoformat()
        case _:
            return str(node.value)
