"""Which paths rules leave out; the standard library only, for it also runs in build containers.

It stays within the grammar of Python 3.8, the oldest Python that a runtime's image brings.
"""

from __future__ import annotations

import re
from typing import Iterable, Iterator, NamedTuple


class Rule(NamedTuple):
    """What takes a path out, or back in: the last rule that matches decides.

    Attributes:
        expression: A regular expression for a whole path, of a directory with a slash at its end.
        out: Whether it takes out.
        of_name: Whether it is for the last component of the path alone.
    """

    expression: str
    out: bool
    of_name: bool = False


class Matcher:
    """Rules, made quick to ask: of most paths one look tells that none of them matches."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = [(re.compile(rule.expression), rule) for rule in reversed([Rule(*rule) for rule in rules])]
        self._names = _either([rule.expression for _, rule in self._rules if rule.of_name])
        self._paths = _either([rule.expression for _, rule in self._rules if not rule.of_name])

    def leaving_out(self, path: str, name: str) -> Rule | None:
        """Return the rule that takes *path* out, if one does; *name* is its end."""
        for expressions, text in ((self._names, name), (self._paths, path)):
            for expression in expressions:
                if expression.match(text):
                    return self._decisive(path, name)
        return None

    def _decisive(self, path: str, name: str) -> Rule | None:
        for pattern, rule in self._rules:
            if pattern.match(name if rule.of_name else path):
                return rule if rule.out else None
        return None

    def left_in(self, paths: Iterable[str]) -> Iterator[str]:
        """Yield those of *paths*, of files, that are not left out and in no directory that is."""
        left_out: dict[str, bool] = {"": False}
        for path in paths:
            end = 0
            while True:
                above, end = path[:end], path.find("/", end) + 1 or len(path)
                one = path[:end]
                if one not in left_out:
                    name = one[len(above) :]
                    left_out[one] = left_out[above] or self.leaving_out(one, name) is not None
                if end == len(path):
                    break
            if not left_out[path]:
                yield path


def _either(expressions: list[str]) -> list[re.Pattern[str]]:
    """Return few expressions that match where any of *expressions* does; those with names of their own stay alone."""
    plain = [expression for expression in expressions if "(?P" not in expression]
    named = [expression for expression in expressions if "(?P" in expression]
    together = ["|".join(f"(?:{expression})" for expression in plain)] if plain else []
    return [re.compile(expression) for expression in (*together, *named)]
