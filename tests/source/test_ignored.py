"""What git ignores is decided by git's own rules, and held against git itself."""

import os
import random
import subprocess
from pathlib import Path

import pytest

from python_function._source import ignored

_QUIET = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def _git(directory: Path, *arguments: str) -> str:
    argv = ("git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "core.excludesFile=", *arguments)
    return subprocess.run(argv, cwd=directory, check=True, capture_output=True, text=True, env=_QUIET).stdout


def _write(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _files(directory: Path) -> set[str]:
    found = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}
    return {path for path in found if not path.startswith(".git/")}


def _as_git_has_it(directory: Path) -> set[str]:
    listed = _git(directory, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return {name for name in listed if name}


def _kept(directory: Path) -> set[str]:
    files = _files(directory)
    return files - ignored.of(directory).among(files)


_TREE = (
    *("a.py", "a.log", "keep.log", "b/a.log", "b/c/a.log", "b/c/d.txt", "build/lib/x.py", "deep/build/x.py", "x y.txt"),
    *(
        "gen/a.py",
        "gen/b/c.py",
        "lib/x.py",
        "lib/y.py",
        "#hash",
        "!bang",
        "[z]",
        "tail ",
        "b/c/gen/z.py",
        "src/lib/x.py",
    ),
)
_PATTERNS = (
    *(
        "*.log",
        "!keep.log",
        "build/",
        "/b/c",
        "b/*/d.txt",
        "**/gen",
        "gen/**",
        "/gen/*",
        "!/gen/b",
        "lib",
        "lib/",
        "a/**/b",
    ),
    *(r"\#hash", r"\!bang", r"tail\ ", "x?y.txt", "[a-c].py", "pkg/b/", "/pkg/*.py", "pkg/**/x.py", "**/pkg/a.log"),
    *("[", "", "# comment", "*", "!*/", "!*.py", "pkg/", "!pkg/", "src/*/x.py", "*/b/c/*.txt", r"\[z]", "*.log\r"),
)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_ignored_is_what_git_ignores(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same trees every time
    package = tmp_path / "packages" / "pkg"
    _write(package, dict.fromkeys(_TREE, ""))
    for place in (tmp_path, tmp_path / "packages", package, package / "b", package / "src"):
        if chance.random() < 0.6:
            (place / ".gitignore").write_text("\n".join(chance.sample(_PATTERNS, chance.randrange(1, 7))) + "\n")
    _git(tmp_path, "init", "--quiet")
    _git(package, "add", "--force", *chance.sample(sorted(_TREE), chance.randrange(4)), "a.py")
    if seed % 3:
        _git(tmp_path, "update-index", "--index-version", str(seed % 3 + 2))

    expected = _as_git_has_it(package)

    if expected - ignored.of(package).tracked:  # git leaves out nothing but the package itself otherwise
        assert _kept(package) == expected


def test_a_package_that_is_ignored_as_a_whole_is_meant_even_so(tmp_path: Path) -> None:
    _write(tmp_path, {".gitignore": "/vendor/*\n*.log\n", "vendor/lib/a.py": "", "vendor/lib/a.log": ""})
    _git(tmp_path, "init", "--quiet")

    assert _kept(tmp_path / "vendor/lib") == {"a.py"}


def test_a_working_tree_besides_the_first_has_an_index_of_its_own(tmp_path: Path) -> None:
    _write(tmp_path / "one", {".gitignore": "*.log\n", "a.py": "", "kept.log": ""})
    _git(tmp_path / "one", "init", "--quiet")
    _git(tmp_path / "one", "add", "--force", ".")
    _git(tmp_path / "one", "commit", "--quiet", "--message=x")
    _git(tmp_path / "one", "worktree", "add", "--quiet", "../two")
    _write(tmp_path / "two", {"other.log": ""})

    assert _kept(tmp_path / "two") == {".git", ".gitignore", "a.py", "kept.log"}


@pytest.mark.parametrize("index", [b"", b"DIRC\0\0\0\x09\0\0\0\0", b"DIRC\0\0\0\x02\0\0\0\x05short", b"\0" * 100])
def test_where_the_index_cannot_be_read_nothing_is_ignored(tmp_path: Path, index: bytes) -> None:
    _write(tmp_path, {".gitignore": "*", "a.py": "", ".git/HEAD": ""})
    (tmp_path / ".git/index").write_bytes(index)

    assert ignored.of(tmp_path) == ignored.Ignored()


def test_without_a_repository_nothing_is_ignored(tmp_path: Path) -> None:
    _write(tmp_path, {".gitignore": "*", "a.py": ""})

    assert ignored.of(tmp_path) == ignored.Ignored()
