"""``cdk-python-function cache``: what it shows and what it removes, on a cache of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from python_function._bundle import tree_store
from python_function._bundle.tree_store import Made
from python_function._cli import program
from python_function._machine import here, lock

DAY = 24 * 3600.0
Keep = Callable[..., None]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(here.TREES, raising=False)
    return here.cache()


@pytest.fixture
def keep(root: Path) -> Keep:
    """Return what keeps a tree of some distributions that was used some days ago."""

    def keep(key: str, *distributions: str, days: float = 0, size: int = 1_000_000) -> None:
        def make(directory: Path) -> Made:
            for name in distributions:
                (directory / f"{name}.dist-info").mkdir()
            (directory / "module.py").write_bytes(bytes(size))
            return Made(note="")

        with tree_store.tree(root / "trees", key, make, now=time.time() - days * DAY):
            pass

    return keep


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert program.main(["cache", *arguments]) == 0
    return capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shown(capsys, *arguments, "--json"))
    return found


def keys(trees: list[dict[str, Any]]) -> list[str]:
    return [tree["key"] for tree in trees]


def test_a_cache_without_anything_is_shown(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys).splitlines() == [
        f"cache         {root}",
        "trees         0 trees, 0 B; at most 5,000.0 MB are kept",
        "others        0 B of installers for containers and of lists",
    ]
    assert not root.exists()


def test_trees_are_shown_with_what_they_hold(root: Path, keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep("a" * 64, "boto3-1.35.0", "idna-3.10", "requests-2.32.3", "six-1.17.0", "urllib3-2.3.0", days=2)
    keep("b" * 64, "six-1.17.0", size=500)
    (root / "exports").mkdir()
    (root / "exports/list").write_text("12345")

    lines = shown(capsys).splitlines()

    assert lines[1:] == [
        "trees         2 trees, 1.0 MB; at most 5,000.0 MB are kept",
        "others        5 B of installers for containers and of lists",
        "",
        "  size  used        tree          holds",
        " 500 B  just now    bbbbbbbbbbbb  six 1.17.0",
        "1.0 MB  2 days ago  aaaaaaaaaaaa  boto3 1.35.0, idna 3.10, requests 2.32.3, six 1.17.0 and 1 more",
    ]


def test_scripts_get_all_of_it(root: Path, keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep("key", "six-1.17.0", size=7)

    found = as_json(capsys)

    (tree,) = found["trees"]
    assert tree.pop("used").endswith("+00:00")
    assert tree == {
        "key": "key",
        "directory": str(root / "trees/key/tree"),
        "bytes": 7,
        "distributions": [{"name": "six", "version": "1.17.0"}],
    }
    assert {name: value for name, value in found.items() if name != "trees"} == {
        "directory": str(root),
        "limit": 5_000_000_000,
        "bytes": 7,
        "others": 0,
        "removed": [],
    }


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        ((), ["new", "week"]),
        (("--max-age", "5"), ["new"]),
        (("--max-age", "100"), ["new", "week", "month"]),
        (("--max-size", "1.5"), ["new"]),
        (("--max-size", "0"), []),
    ],
)
def test_what_is_old_or_too_much_is_pruned(
    root: Path, keep: Keep, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], left: list[str]
) -> None:
    for key, days in {"month": 31, "week": 7, "new": 0}.items():
        keep(key, days=days)

    found = as_json(capsys, "prune", *arguments)

    assert keys(found["trees"]) == left
    assert sorted([*left, *keys(found["removed"])]) == ["month", "new", "week"]
    assert sorted(path.name for path in (root / "trees").iterdir()) == sorted([*left, "locks"])


def test_the_limit_of_builds_counts_for_pruning(
    keep: Keep, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("old", days=1)
    keep("new")
    monkeypatch.setenv(here.TREES, "1")

    assert "removed       1 tree, 1.0 MB\n" in shown(capsys, "prune")


def test_clearing_removes_all_that_is_no_lock(root: Path, keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    keep("key")
    for name in ("exports", "uv", "locks", "containers"):
        (root / name).mkdir()
        (root / name / "file").write_text("")

    assert keys(as_json(capsys, "clear")["removed"]) == ["key"]

    assert sorted(path.name for path in root.iterdir()) == ["containers", "locks", "trees"]


def test_clearing_leaves_what_a_container_uses(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("uv", "containers"):
        (root / name).mkdir(parents=True)
    owner = tmp_path / "lock"
    (root / "containers/name").write_text(f"{socket.gethostname()}\n{owner}\ndocker")

    with lock.held(owner):
        assert program.main(["cache", "clear"]) == 0
    assert "uv stays: a build in a container uses it" in capsys.readouterr().err
    assert (root / "uv").is_dir()

    assert program.main(["cache", "clear"]) == 0
    assert not (root / "uv").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "--max-age", "1"),
        ("clear", "--max-size", "1"),
        ("prune", "--max-age", "-1"),
        ("prune", "--max-size", "inf"),
        ("prune", "--max-age", "nan"),
        ("shrink",),
    ],
)
def test_what_makes_no_sense_removes_nothing(
    root: Path, keep: Keep, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    keep("key", days=100)

    with pytest.raises(SystemExit, match=r"^2$"):
        program.main(["cache", *arguments])

    assert "usage: cdk-python-function cache" in capsys.readouterr().err
    assert (root / "trees/key").is_dir()


def test_a_cache_that_cannot_be_told_is_an_error(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(here.TREES, "much")

    assert program.main(["cache"]) == program.UNUSABLE
    assert "must be 'off' or a number of megabytes" in capsys.readouterr().err
    assert not root.exists()


def test_the_cache_is_looked_at_without_the_cdk(root: Path) -> None:
    code = "import sys\nfrom python_function._cli.program import main\nmain(['cache'])\n"
    code += "print({name.partition('.')[0] for name in sys.modules} & {'aws_cdk', 'jsii', 'rich'})\n"

    done = subprocess.run((sys.executable, "-c", code), env=os.environ, capture_output=True, text=True, check=True)

    assert str(root) in done.stdout
    assert done.stdout.splitlines()[-1] == "set()"
