"""Whether text that the running Python cannot parse may be in the grammar of a newer one, by its tokens."""

import io
import itertools
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from tokenize import TokenInfo
from types import MappingProxyType
from typing import Final, TypeAlias

_Tokens: TypeAlias = Sequence[TokenInfo]

_TEMPLATES: Final = frozenset({"t", "tr", "rt"})
_TEMPLATE_IN_TEXT: Final = re.compile(r"\b(?:t|tr|rt)['\"]", re.IGNORECASE)
_FORMATTED: Final = re.compile(r"(?:f|fr|rf)['\"]", re.IGNORECASE)
_FORMAT_DEPTH: Final = 2
"""How deep the braces of an f-string may be nested in every Python."""


def may_explain(source: bytes, *, running: tuple[int, int], version: tuple[int, int]) -> bool:
    """Tell whether *source*, which the *running* Python cannot parse, may be right for the Python *version*."""
    if version > max(_NEW):
        return True
    tokens = list(_tokens(source))
    return any(has(tokens) for since, added in _NEW.items() if running < since <= version for has in added)


def _tokens(source: bytes) -> Iterator[TokenInfo]:
    """Yield the tokens of *source* that mean something, up to where they can't be told any more."""
    silent = {tokenize.COMMENT, tokenize.NL}
    try:
        yield from (token for token in tokenize.tokenize(io.BytesIO(source).readline) if token.type not in silent)
    except (tokenize.TokenError, SyntaxError, LookupError, ValueError):
        return


def _has_type_statement(tokens: _Tokens) -> bool:
    return any(first.string == "type" and second.type == tokenize.NAME for first, second in itertools.pairwise(tokens))


def _has_type_parameters(tokens: _Tokens) -> bool:
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(first.string in {"def", "class"} and third.string == "[" for first, _, third in triples)


def _has_free_format(tokens: _Tokens) -> bool:
    """Tell whether an f-string may hold what only newer Pythons take there: its own quotes, backslashes, comments."""
    return any(_is_free(token.string) for token in tokens if _FORMATTED.match(token.string)) or any(
        second.type == tokenize.ERRORTOKEN and _FORMATTED.match(first.string + second.string) is not None
        for first, second in itertools.pairwise(tokens)
    )


def _is_free(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth > _FORMAT_DEPTH or (depth > 0 and character in "\\#"):
            return True
    return depth != 0


def _has_template(tokens: _Tokens) -> bool:
    pairs = itertools.pairwise(tokens)
    return any(
        first.string.lower() in _TEMPLATES and second.string[:1] in {"'", '"'} for first, second in pairs
    ) or any(_TEMPLATE_IN_TEXT.search(token.string) for token in tokens if _FORMATTED.match(token.string))


def _has_bare_exceptions(tokens: _Tokens) -> bool:
    starts = (number for number, token in enumerate(tokens) if token.string == "except")
    return any(_lists(tokens[start + 1 :]) for start in starts)


def _lists(tokens: _Tokens) -> bool:
    """Tell whether *tokens* have a comma outside of brackets before the colon."""
    depth = 0
    for token in itertools.takewhile(lambda token: token.type != tokenize.NEWLINE, tokens):
        depth += (token.string in {"(", "[", "{"}) - (token.string in {")", "]", "}"})
        if depth == 0 and token.string in {",", ":"}:
            return token.string == ","
    return False


_NEW: Final[Mapping[tuple[int, int], Sequence[Callable[[_Tokens], bool]]]] = MappingProxyType(
    {
        # https://peps.python.org/pep-0695/ and https://peps.python.org/pep-0701/
        (3, 12): (_has_type_statement, _has_type_parameters, _has_free_format),
        (3, 13): (),
        # https://peps.python.org/pep-0750/ and https://peps.python.org/pep-0758/
        (3, 14): (_has_template, _has_bare_exceptions),
    }
)
"""What each Python's grammar added; rather too much than too little."""
