import os
from pathlib import Path

import pytest

from python_function._bundle import kept_trees, tree_store
from python_function._bundle.tree_store import Made

DAY = 24 * 3600
NOW = 1_000_000_000.0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "trees"


def make(directory: Path) -> Made:
    for name in ("six-1.17.0.dist-info", "Big_One-2.0.post1.dist-info", "six"):
        (directory / name).mkdir()
        (directory / name / "content").write_text("12345")
    return Made(note="")


def test_what_a_tree_holds_is_read_off_its_metadata(root: Path) -> None:
    with tree_store.tree(root, "key", make, now=NOW):
        (tree,) = kept_trees.kept(root)

    assert (tree.key, tree.bytes, tree.used) == ("key", 15, NOW)
    assert kept_trees.distributions(tree) == (("Big_One", "2.0.post1"), ("six", "1.17.0"))


def test_trees_that_nobody_uses_go(root: Path) -> None:
    for key in ("old", "new"):
        with tree_store.tree(root, key, make, now=NOW):
            pass
    os.utime(root / "old", (0, 0))

    gone = kept_trees.prune(root, now=31 * DAY, max_age=30 * DAY)

    assert [tree.key for tree in gone] == ["old"]
    assert [tree.key for tree in kept_trees.kept(root)] == ["new"]


def test_beyond_a_size_those_go_that_were_used_first(root: Path) -> None:
    for number, key in enumerate(("first", "second", "third")):
        with tree_store.tree(root, key, make, now=NOW):
            pass
        os.utime(root / key, (number, number))
    size = kept_trees.kept(root)[0].bytes

    kept_trees.prune(root, now=0, max_bytes=2 * size)

    assert [tree.key for tree in kept_trees.kept(root)] == ["third", "second"]


def test_a_tree_in_use_stays(root: Path) -> None:
    with tree_store.tree(root, "key", make, now=0):
        assert kept_trees.prune(root, now=31 * DAY) == ()

        assert [tree.key for tree in kept_trees.kept(root)] == ["key"]


@pytest.mark.parametrize("begun", ["making-key-abc", "key"])
def test_what_a_killed_process_left_goes_at_once(root: Path, begun: str) -> None:
    (root / begun / "tree").mkdir(parents=True)
    (root / "locks").mkdir()

    assert [tree.bytes for tree in kept_trees.kept(root)] == ([] if begun.startswith("making") else [0])
    kept_trees.clear(root)

    assert [path.name for path in root.iterdir()] == ["locks"]


def test_a_tree_that_is_being_made_stays_and_is_none_yet(root: Path) -> None:
    def make_slowly(directory: Path) -> Made:
        (directory.parent / tree_store.SIZE).write_text("9")
        assert kept_trees.kept(root) == ()
        assert kept_trees.prune(root, now=NOW, max_bytes=0) == ()
        assert kept_trees.clear(root) == ()
        return make(directory)

    with tree_store.tree(root, "key", make_slowly, now=NOW) as found:
        assert (found.directory / "six/content").is_file()


def test_trees_that_go_while_they_are_listed_are_no_error(root: Path) -> None:
    with tree_store.tree(root, "key", make, now=NOW):
        pass
    (tree,) = kept_trees.kept(root)
    kept_trees.clear(root)

    assert kept_trees.distributions(tree) == ()
    assert kept_trees.clear(root) == ()


def test_clearing_leaves_what_somebody_uses(root: Path) -> None:
    with tree_store.tree(root, "other", make, now=NOW):
        pass
    with tree_store.tree(root, "key", make, now=NOW):
        assert [tree.key for tree in kept_trees.clear(root)] == ["other"]

        assert [tree.key for tree in kept_trees.kept(root)] == ["key"]


def test_where_nothing_was_ever_kept_nothing_is_removed(root: Path) -> None:
    assert kept_trees.kept(root) == kept_trees.clear(root) == ()
    assert not root.exists()
