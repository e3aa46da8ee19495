"""Patterns mean what they mean to git itself, and none takes long."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from python_function._source import walk
from python_function._source.patterns import compile_rules
from python_function._source.rules import Matcher
from python_function.errors import OptionError

NAMES = ("a", "b", "ab", "a.b", "[a]", "a*b", "a b", "-", "!a", "#a", "A", "a]b", " a", "a\nb", "\n")
PATHS = (
    *NAMES[4:],
    *(f"a/{name}" for name in NAMES if name != "b"),
    *("a/b/a", "a/b/ab/a.b", "a/b/ab/a\nb", "b/a/b/a", "b/b", "ab/a/a/a", "ab/ab/-/A"),
)
PIECES = (
    *(
        "a",
        "b",
        "A",
        ".",
        "-",
        "^",
        "]",
        "*",
        "?",
        "/",
        " ",
        "!",
        "#",
        "\\*",
        "\\[",
        "\\ ",
        "\\!",
        "**/",
        "/**",
        "/**/",
    ),
    *("[ab]", "[!a]", "[^b]", "[a-b]", "[]a]", "[!]a]", "[a-]", "[\\]]", "[[:alpha:]]", "[[:punct:]]", "[a[:space:]]"),
)
SECONDS = 10
"""Far more than any pattern takes that is matched in one go, and far less than one that is tried in every way."""


def listed(root: Path, patterns: list[str]) -> list[str]:
    """Return the files below *root* that git would add, were *patterns* its ignore file."""
    (root / ".git/info/exclude").write_text("".join(f"{pattern}\n" for pattern in patterns))
    command = ("git", "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard")
    done = subprocess.run(command, cwd=root, capture_output=True, check=True)
    return sorted(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(("git", "init", "--quiet", str(root)), check=True)
    for path in PATHS:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    assert len(listed(root, [])) == len(PATHS)
    return root


def has_loose_stars(pattern: str) -> bool:
    """Tell whether two stars stand beside something in a path: git before 2.42 has a fault there."""
    return "/" in pattern.strip("/") and any("**" in part and part.strip("*") for part in pattern.split("/"))


@given(
    patterns=st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), min_size=1, max_size=3)
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_patterns_what_is_left_is_what_git_leaves(repository: Path, patterns: list[str]) -> None:
    assume(not any(map(has_loose_stars, patterns)))
    try:
        rules = compile_rules([*patterns, ".git"])
    except OptionError:
        assume(False)  # noqa: FBT003 - hypothesis has it so

    assert walk.select(repository, rules) == listed(repository, patterns)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[z-a]", "nothing is from 'z' to 'a'"),
        ("x[", "a bracket is not closed"),
        ("[]", "a bracket is not closed"),
        ("[a\\", "a bracket is not closed"),
        ("[a/b]", "a bracket is not closed"),
        ("[[:word:]]", r"\[:word:\] is no class"),
        ("x\\", "a backslash ends it"),
        ("a//b", "nothing is between two slashes"),
        ("/", "it names nothing"),
        ("!", "it names nothing"),
        ("//", "it names nothing"),
    ],
)
def test_a_pattern_that_can_match_nothing_is_told(pattern: str, reason: str) -> None:
    with pytest.raises(OptionError, match=f"asset_excludes has .*, which is no gitignore pattern: {reason}"):
        compile_rules([pattern])


@pytest.mark.parametrize("name", ["a\nb", "\n", "a\n", "é\n\r", "\udcff", " ", "a\\b", "a\tb"])
@pytest.mark.parametrize("pattern", [".env", "*.key", "/*/s.key", "**/.env", "*/**", "?*/", "secret*"])
def test_what_is_left_out_stays_out_below_directories_of_any_name(tmp_path: Path, name: str, pattern: str) -> None:
    kept, secrets = tmp_path / "kept.py", ("secret.env", ".env", "s.key", "secret\n")
    kept.touch()
    expected = {secret for secret in secrets if pattern in {"*/**", "?*/"}}
    expected |= {secret for secret in secrets if Path(secret).match(pattern.rpartition("/")[2] or "none")}
    (tmp_path / name).mkdir()
    for secret in secrets:
        (tmp_path / name / secret).touch()

    left = {path for path in walk.select(tmp_path, compile_rules([pattern])) if path != "kept.py"}

    assert left == {f"{name}/{secret}" for secret in secrets} - {f"{name}/{secret}" for secret in expected}


def test_a_question_mark_is_a_character_where_it_is_a_byte_to_git(tmp_path: Path) -> None:
    (tmp_path / "é").touch()

    assert walk.select(tmp_path, compile_rules(["?"])) == []


@pytest.mark.parametrize("pattern", ["\0", "\ud800", "a" * 5000, "*" * 5000, "/".join("a" * 900)])
def test_odd_patterns_are_patterns_too(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "index.py").touch()

    assert walk.select(tmp_path, compile_rules([pattern])) == ([] if pattern[0] == "*" else ["index.py"])


@pytest.mark.parametrize("pattern", ["*a" * 60 + "b", "**/a/" * 40 + "b", "*?" * 100 + "x", "**/*a*a*a*a/" * 20 + "z"])
@pytest.mark.parametrize("path", ["a" * 4000, "a/" * 2000, "aaaaaaaaaa/" * 380 + "a"])
@pytest.mark.usefixtures("alarm")
def test_no_pattern_is_tried_in_every_way(pattern: str, path: str) -> None:
    assert Matcher(compile_rules([pattern])).leaving_out(path, path.rstrip("/").rpartition("/")[2]) is None


@pytest.fixture
def alarm() -> Iterator[None]:
    """End a test that hangs, instead of waiting with it."""

    def end(number: int, frame: object) -> NoReturn:
        raise TimeoutError(number, frame)

    previous = signal.signal(signal.SIGALRM, end)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)
