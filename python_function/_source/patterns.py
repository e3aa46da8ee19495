"""Patterns in gitignore syntax, as rules that the standard library alone can follow."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from python_function._source.tree import Rule
from python_function.errors import OptionError

if TYPE_CHECKING:
    import re


def compile_rules(patterns: Iterable[str]) -> tuple[Rule, ...]:
    """Turn gitignore patterns into rules.

    Raises:
        OptionError: A pattern is none.
    """
    return tuple(rule for pattern in patterns for rule in compile_pattern(pattern))


def compile_pattern(pattern: str) -> tuple[Rule, ...]:
    """Turn one gitignore pattern into rules: none for a comment or a blank, else one.

    Raises:
        OptionError: It is none.
    """
    try:
        compiled = GitIgnoreSpecPattern(pattern)
    except GitIgnorePatternError:
        compiled = None
    expression = cast("re.Pattern[str] | None", compiled and compiled.regex)  # pyright: ignore[reportUnknownMemberType]
    if compiled is not None and compiled.include is not None and expression is not None:
        return ((expression.pattern, compiled.include),)
    if not pattern.strip() or pattern.startswith("#"):
        return ()
    msg = f"asset_excludes has {pattern!r}, which is no gitignore pattern: https://git-scm.com/docs/gitignore."
    raise OptionError(msg)
