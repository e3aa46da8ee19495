"""Measures the static check of a handler at the end of five megabytes, beside parsing as many bytes.

Run with ``python -m benchmarks.checking``. Needs nothing but the library.
"""

import ast
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from python_function._handler.check import check
from python_function._handler.entry import Entry

HANDLER = "\n\ndef handler(event, context):\n    return event\n"
SHAPES = {
    "statements": "x = 1\n" * 850_000,
    "data": "X = {\n" + "  'key': [1, 'v', \"w\"],\n" * 210_000 + "}\n",
    "text": "X = '''" + "a b\n" * 1_300_000 + "'''\n",
    "comments": "# comment\n" * 520_000,
    "functions": "def f(event):\n    '''Doc.'''\n    return handler(event)\n\n" * 92_000,
    "one line": "X = '" + "ab" * 2_600_000 + "'\n",
}


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        entry = Entry(directory=Path(name), index="app.py", function="handler")
        for shape, filler in SHAPES.items():
            entry.file.write_text(filler + HANDLER)
            checked = seconds(lambda: check(entry, python_version="3.11"))
            parsed = seconds(lambda: ast.parse(entry.file.read_bytes()))
            sys.stdout.write(f"{shape:12} check {checked:5.2f} s, parse {parsed:5.2f} s, {checked / parsed:5.2f} x\n")


if __name__ == "__main__":
    main()
