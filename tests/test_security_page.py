"""Each promise of docs/security.md names the tests that hold the library to it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^\| (?P<promise>\S[^|]*\.) \| (?P<tests>[^|]*)\|$", PAGE, re.MULTILINE)


def test_every_promise_has_a_test() -> None:
    sources = (
        path.read_text(encoding="utf-8", errors="replace")
        for room in ("tests", "integ")
        for path in (ROOT / room).rglob("*.py")
    )
    known = {name for text in sources for name in re.findall(r"^def (test_\w+)\(", text, re.MULTILINE)}
    named = {promise: re.findall(r"`(test_\w+)`", tests) for promise, tests in PROMISES}

    assert len(named) >= 7
    assert not [promise for promise, tests in named.items() if not tests]
    assert {name for tests in named.values() for name in tests} <= known
