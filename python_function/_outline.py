"""The few statements that matter of a Python file that is too large, or too new, to be parsed whole."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Collection, Iterator
from typing import Final

_INERT: Final = re.compile(
    r"""\#[^\n]*
    | (?P<quote>\"{3}|'{3}) .*? (?<!\\)(?:\\\\)* (?P=quote)
    | "(?!__main__")[^"\\\n]*(?:\\.[^"\\\n]*)*"
    | '(?!__main__')[^'\\\n]*(?:\\.[^'\\\n]*)*'
    """,
    re.VERBOSE | re.DOTALL,
)
"""Comments and strings: text that may look like code."""

_BLOCK: Final = re.compile(
    r"^(?:@[^\n]*\n(?:[ \t)\]}@][^\n]*\n|\n)*)?"  # decorators belong to what they decorate
    r"[^\s@)\]}][^\n]*\n?"
    r"(?:(?:[ \t)\]}]|(?:else|elif|except|finally)\b)[^\n]*\n?|\n)*",
    re.MULTILINE,
)
"""A statement that starts a line, with all that is indented under it."""

_DEFINITION: Final = re.compile(r"@|(?:async[ \t]+)?def\b|class\b")
_DEFINED: Final = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


def tree(source: bytes, names: Collection[str]) -> ast.Module:
    """Return the statements at the top of *source* that mention one of *names* or import everything."""
    wanted = re.compile(rf"\b(?:{'|'.join(map(re.escape, [*names, '__getattr__']))})\b|\bimport[ \t]*\*")
    text = _INERT.sub('""', _text(source))
    blocks = (block[0] for block in _BLOCK.finditer(text) if wanted.search(block[0])) if wanted.search(text) else ()
    return ast.Module([statement for block in blocks for statement in _statements(block)], [])


def _text(source: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding, errors="replace")
    except (SyntaxError, LookupError, ValueError):
        text = source.decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


def _statements(block: str) -> Iterator[ast.stmt]:
    """Parse one block; of one in a newer grammar, at least say which names it defines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield from ast.parse(block).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            found = _DEFINED.findall(block)
            for name in found[:1] if _DEFINITION.match(block) else found:
                yield from ast.parse(f"{name} = __build_class__()").body
