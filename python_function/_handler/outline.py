"""The few statements that matter of a Python file that is too large, or too new, to be parsed whole."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Collection, Iterator, Sequence
from typing import Final

_PARSED_CHARACTERS: Final = 64 * 1024
"""Longer statements, which are data, are not parsed."""

_STRINGS: Final = re.compile(r"""\"{3}|'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\#.*""")
"""What has a line's quotes in it: the start of a string of several lines, a string, or a comment."""

_DEFINITION: Final = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+(\w+)")
_ASSIGNMENT: Final = re.compile(r"(\w+)\s*(?::|=(?!=))")
_INSIDE: Final = frozenset({"", " ", "\t", "#", ")", "]", "}"})
"""How lines begin that no statement begins at, the end of the text counting."""

_CLAUSE: Final = re.compile(r"(?:else|elif|except|finally)\b")


def tree(source: bytes, names: Collection[str]) -> ast.Module:
    """Return the statements of *source* that may bind one of *names*, or import everything."""
    text = decoded(source)
    blocks = list(_blocks(text))
    wanted = {*names, "__getattr__"}
    found = _mentioning(wanted, blocks, text)
    made_of = {name for statement in found for name in _assigned(statement)}
    return ast.Module(found if made_of <= wanted else _mentioning(wanted | made_of, blocks, text), [])


def decoded(source: bytes) -> str:
    """Return the text of a Python file, whose lines end in newlines alone."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding, errors="replace")
    except (SyntaxError, LookupError, ValueError):
        text = source.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


def _blocks(text: str) -> Iterator[Sequence[str]]:
    """Yield the lines of each statement that starts a line, with its decorators and all that is indented under it."""
    block: list[str] = []
    quotes, decorated, continued = "", False, False
    for line in text.split("\n"):
        starts = not quotes and line[:1] not in _INSIDE and not (line[0] in "ef" and _CLAUSE.match(line))
        if starts and not decorated and not continued:
            yield block
            block = []
        block.append(line)
        decorated = line.startswith("@") if starts else decorated
        if quotes or '"""' in line or "'''" in line:
            quotes = _open(line, quotes)
        continued = line.endswith("\\")
    yield block


def _open(line: str, quotes: str) -> str:
    """Return the quotes of the string that is open at the end of *line*, where that of *quotes* is at its start."""
    position = 0
    while True:
        if quotes:
            end = _end(line, quotes, position)
            if end < 0:
                return quotes
            quotes, position = "", end
        found = _STRINGS.search(line, position)
        if found is None:
            return ""
        quotes, position = (found[0] if found[0] in {'"""', "'''"} else ""), found.end()


def _end(line: str, quotes: str, position: int) -> int:
    """Return where the string ends that is open at *position*, or -1."""
    while (position := line.find(quotes, position)) >= 0:
        before = position
        while before and line[before - 1] == "\\":
            before -= 1
        if (position - before) % 2 == 0:
            return position + len(quotes)
        position += 1
    return -1


def _mentioning(names: Collection[str], blocks: Sequence[Sequence[str]], text: str) -> list[ast.stmt]:
    mention = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b|\bimport\s*\*")
    lines = {_line(text, match.start()) for match in mention.finditer(text)}
    found: list[ast.stmt] = []
    for block in blocks:
        if not lines.isdisjoint(block):
            head = next((line for line in block if not line.startswith("@")), "")
            definition = _DEFINITION.match(head)
            found += _statements("\n".join(block), head) if not definition or definition[1] in names else ()
    return found


def _line(text: str, position: int) -> str:
    end = text.find("\n", position)
    return text[text.rfind("\n", 0, position) + 1 : end if end >= 0 else None]


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """Yield the function or class that an assignment takes as it is or calls."""
    match statement:
        case ast.Assign(value=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            yield name
        case _:
            return


def _statements(text: str, head: str) -> Iterator[ast.stmt]:
    """Parse one block; of one that is too long or in a newer grammar, at least say which names it defines."""
    if len(text) <= _PARSED_CHARACTERS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield from ast.parse(text).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                pass
            else:
                return
    lines = text.splitlines()
    definition = _DEFINITION.match(head) or _ASSIGNMENT.match(head)
    found = [definition] if definition else [each for line in lines if (each := _DEFINITION.match(line))]
    for each in found:
        yield from ast.parse(f"{each[1]} = __build_class__()").body
