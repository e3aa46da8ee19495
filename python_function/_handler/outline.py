"""The few statements that matter of a Python file that is too large, or too new, to be parsed whole."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Collection, Iterator
from typing import Final

_TEXT: Final = re.compile(
    r"""
    (?P<code> (?: [^'"\#]++ | \#[^\n]*+
                | (?!["]{3}|[']{3}) (?: "(?:[^"\\\n]++|\\.)*+"?+ | '(?:[^'\\\n]++|\\.)*+'?+ ) )*+ )
    (?: (?P<quotes>["]{3}|[']{3}) (?:[^\\"']++|\\.|(?!(?P=quotes))["'])*+ (?P=quotes)?+ )?+
    """,
    re.VERBOSE | re.DOTALL,
)
"""Code up to the next string of several lines, and that string: its lines may look like code."""

_REST: Final = r"[^\n]*+(?:\n(?:[ \t)\]}][^\n]*+|(?:else|elif|except|finally)\b[^\n]*+|(?=\n)))*+"
"""The rest of a statement that starts a line, with all that is indented under it."""

_DEFINITION: Final = re.compile(r"@|(?:async|class|def)\b")
_DEFINED: Final = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


def tree(source: bytes, names: Collection[str]) -> ast.Module:
    """Return the statements of *source* that may bind one of *names*, or import everything."""
    text = _TEXT.sub(lambda found: found["code"] + ('""' if found["quotes"] else ""), f"\n{decoded(source)}\n")
    wanted = {*names, "__getattr__"}
    found = _mentioning(wanted, text)
    made_of = {name for statement in found for name in _assigned(statement)}
    return ast.Module(found if made_of <= wanted else _mentioning(wanted | made_of, text), [])


def _mentioning(names: Collection[str], text: str) -> list[ast.stmt]:
    wanted = "|".join(map(re.escape, sorted(names)))
    mention = re.compile(rf"\b(?:{wanted})\b|\bimport[ \t]*\*")
    blocks = (block[0].lstrip("\n") for block in _blocks(wanted).finditer(text) if mention.search(block[0]))
    return [statement for block in blocks for statement in _statements(block)]


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """Yield the function or class that an assignment takes as it is or calls."""
    match statement:
        case ast.Assign(value=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            yield name
        case _:
            return


def _blocks(wanted: str) -> re.Pattern[str]:
    """Match what starts a line and may bind a wanted name: definitions of it, compound statements, mentions of it."""
    return re.compile(
        rf"""\n(?:
        (?: @{_REST}\n )*+ (?:async[ \t]+)?+ (?:def|class) [ \t]+ (?:{wanted})\b
        | (?:for|from|if|import|match|try|while|with) \b
        | (?! [\s)\]}}\#@] | (?:async|class|def)\b ) [^\n]*? (?: \b(?:{wanted})\b )
        ){_REST}""",
        re.VERBOSE,
    )


def decoded(source: bytes) -> str:
    """Return the text of a Python file, whose lines end in newlines alone."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding, errors="replace")
    except (SyntaxError, LookupError, ValueError):
        text = source.decode("utf-8", errors="replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


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
