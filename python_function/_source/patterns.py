"""Patterns in gitignore syntax, as rules that the standard library alone can follow.

What git's own matcher does (https://git-scm.com/docs/gitignore, wildmatch.c) in regular expressions that never go back
over what a star has matched: a pattern takes time in proportion to the path, whatever it is.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Final

from python_function._source.rules import Rule
from python_function.errors import OptionError

_STAR: Final = "*"
_STARS: Final = "**"
"""What stand for themselves among the expressions of a component."""

_CLASSES: Final = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


def compile_rules(patterns: Iterable[str], option: str = "asset_excludes") -> tuple[Rule, ...]:
    """Turn gitignore patterns, which *option* gives, into rules.

    Raises:
        OptionError: A pattern is none.
    """
    return tuple(rule for pattern in patterns for rule in compile_pattern(pattern, option))


@functools.lru_cache(maxsize=1024)
def compile_pattern(pattern: str, option: str = "asset_excludes") -> tuple[Rule, ...]:
    """Turn one gitignore pattern, which *option* gives, into rules: none for a comment or a blank, else one.

    Raises:
        OptionError: It is none, or can match nothing.
    """
    text = _without_trailing_spaces(pattern)
    if not text or text.startswith("#"):
        return ()
    out = not text.startswith("!")
    body = text if out else text[1:]
    end = r"/\Z" if body.endswith("/") else r"/?\Z"
    body = body.removesuffix("/")
    of_name = "/" not in body
    try:
        components = tuple(_components(body.removeprefix("/"), of_name=of_name))
    except ValueError as error:
        msg = (
            f"{option} has {pattern!r}, which is no gitignore pattern: {error}. See"
            " https://git-scm.com/docs/gitignore; a backslash takes a character as it is."
        )
        raise OptionError(msg) from None
    return (Rule(_path(components) + end, out, of_name),)


def _without_trailing_spaces(pattern: str) -> str:
    stripped = pattern.rstrip(" ")
    backslashes = len(stripped) - len(stripped.rstrip("\\"))
    return pattern[: len(stripped) + 1] if backslashes % 2 and stripped != pattern else stripped


def _components(body: str, *, of_name: bool) -> Iterator[tuple[str, ...]]:
    """Yield what stands between slashes: expressions of one character each, and stars."""
    for component in re.split("/", body):
        if not component:
            msg = "it names nothing" if not body else "nothing is between two slashes"
            raise ValueError(msg)
        if not of_name and component.strip("*") == "" and len(component) > 1:
            yield (_STARS,)
        else:
            yield tuple(_characters(component))


def _characters(component: str) -> Iterator[str]:
    place = 0
    while place < len(component):
        match component[place]:
            case "*":
                yield _STAR
            case "?":
                yield "[^/]"
            case "[":
                expression, place = _bracketed(component, place + 1)
                yield expression
                continue
            case "\\":
                place += 1
                if place == len(component):
                    msg = "a backslash ends it"
                    raise ValueError(msg)
                yield re.escape(component[place])
            case character:
                yield re.escape(character)
        place += 1


def _bracketed(component: str, start: int) -> tuple[str, int]:
    """Return the expression of the bracket whose inside starts at *start*, and the place behind it."""
    place = start + (component[start : start + 1] in {"!", "^"})
    negated = place > start
    first, members = place, ""
    while component[place : place + 1] != "]" or place == first:
        named = re.compile(r"\[:(\w*):\]").match(component, place)
        if named:
            if named[1] not in _CLASSES:
                msg = f"[:{named[1]}:] is no class of characters"
                raise ValueError(msg)
            members += _CLASSES[named[1]]
            place = named.end()
            continue
        low, place = _member(component, place)
        if component[place : place + 1] == "-" and component[place + 1 : place + 2] not in {"]", ""}:
            high, place = _member(component, place + 1)
            if high < low:
                msg = f"nothing is from {low!r} to {high!r}"
                raise ValueError(msg)
            members += f"{re.escape(low)}-{re.escape(high)}"
        else:
            members += re.escape(low)
    return f"(?!/)[{'^' if negated else ''}{members}]", place + 1


def _member(component: str, place: int) -> tuple[str, int]:
    place += component[place : place + 1] == "\\"
    if place >= len(component):
        msg = "a bracket is not closed"
        raise ValueError(msg)
    return component[place], place + 1


def _path(components: tuple[tuple[str, ...], ...]) -> str:
    """Return the expression of a path without its end: what is between two ** is found where it is first."""
    names = (f"g{number}" for number in count())
    groups: list[list[str]] = [[]]
    for component in components:
        if component == (_STARS,):
            groups.append([])
        else:
            groups[-1].append(_component(component, names))
    first, *rest = groups
    if not rest:
        return "/".join(first)
    *between, last = rest
    found = ("".join(f"{name}/" for name in group) for group in between if group)
    anywhere = "".join(_first(rf"(?:[^/]+/)*?{expression}", names) for expression in found)
    ending = "(?:[^/]+/)*" + "/".join(last) if last else "(?s:.+)(?<!/)"
    return "".join(f"{name}/" for name in first) + anywhere + ending


def _component(characters: tuple[str, ...], names: Iterator[str]) -> str:
    """Return the expression of what is between two slashes; what is between two stars is found where it is first."""
    segments = [""]
    for character in characters:
        if character == _STAR:
            segments.append("")
        else:
            segments[-1] += character
    start, *rest = segments
    if not rest:
        return start
    *between, end = rest
    found = "".join(_first(f"[^/]*?{segment}", names) for segment in between if segment)
    return f"(?=[^/]){start}{found}[^/]*{end}(?![^/])"


def _first(expression: str, names: Iterator[str]) -> str:
    """Return an expression that matches where *expression* does first, and nowhere else."""
    name = next(names)
    return f"(?=(?P<{name}>{expression}))(?P={name})"
