import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from python_function._bundle import kept_trees, placing, tree_store
from python_function._bundle.tree_store import Made

NOW = 1_000_000_000.0


class Maker:
    """Makes one tree, and counts how often."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, directory: Path) -> Made:
        self.calls += 1
        (directory / "package").mkdir()
        (directory / "package/__init__.py").write_text("VALUE = 1\n")
        (directory / "package/tool").write_text("#!/bin/sh\n")
        (directory / "package/tool").chmod(0o755)
        return Made(note=f"made {self.calls}")


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "trees"


def test_a_tree_is_made_once(root: Path, make: Maker) -> None:
    for _ in range(2):
        with tree_store.tree(root, "key", make, now=NOW) as found:
            tree = found.directory
            assert (tree / "package/__init__.py").read_text() == "VALUE = 1\n"

    assert make.calls == 1


def test_what_was_noted_of_a_tree_stays_with_it(root: Path, make: Maker) -> None:
    for _ in range(2):
        with tree_store.tree(root, "key", make, now=NOW) as found:
            assert found.note == "made 1"


def _empty_note(tree: Path) -> None:
    (tree.parent / "note").write_text("")


def _note_something_else(tree: Path) -> None:
    (tree.parent / "note").write_text("mode 1")


def _put_a_file_in_its_place(tree: Path) -> None:
    shutil.rmtree(tree.parent)
    tree.parent.write_text("")


def _lead_nowhere(tree: Path) -> None:
    shutil.rmtree(tree.parent)
    tree.parent.symlink_to("nowhere")


def _lose_note(tree: Path) -> None:
    (tree.parent / "note").unlink()


def _edit(tree: Path) -> None:
    (tree / "package/__init__.py").write_text("VALUE = 2\n")


def _edit_unseen(tree: Path) -> None:
    path = tree / "package/__init__.py"
    path.write_text("VALUE = 2\n")
    os.utime(path, ns=(1, 1))


def _truncate(tree: Path) -> None:
    (tree / "package/__init__.py").write_text("")


def _remove(tree: Path) -> None:
    (tree / "package/__init__.py").unlink()


def _add(tree: Path) -> None:
    (tree / "package/planted.py").write_text("")


def _open_to_all(tree: Path) -> None:
    (tree / "package/__init__.py").chmod(0o777)


def _link(tree: Path) -> None:
    (tree / "package/__init__.py").unlink()
    (tree / "package/__init__.py").symlink_to("tool")


def _break_manifest(tree: Path) -> None:
    (tree.parent / "manifest.json").write_text("{")


def _empty_manifest(tree: Path) -> None:
    (tree.parent / "manifest.json").write_text("[]")


def _lose_manifest(tree: Path) -> None:
    (tree.parent / "manifest.json").unlink()


@pytest.mark.parametrize(
    "change",
    [
        _edit,
        _edit_unseen,
        _truncate,
        _remove,
        _add,
        _open_to_all,
        _link,
        _break_manifest,
        _empty_manifest,
        _lose_manifest,
        _lose_note,
        _put_a_file_in_its_place,
        _lead_nowhere,
        _empty_note,
        _note_something_else,
    ],
)
def test_a_tree_that_was_changed_is_made_anew(root: Path, make: Maker, change: Callable[[Path], None]) -> None:
    with tree_store.tree(root, "key", make, now=NOW) as found:
        tree = found.directory
        change(tree)

    with tree_store.tree(root, "key", make, now=NOW) as found:
        tree = found.directory
        assert (tree / "package/__init__.py").read_text() == "VALUE = 1\n"
        assert sorted(path.name for path in (tree / "package").iterdir()) == ["__init__.py", "tool"]
    assert make.calls == 2


def test_a_tree_that_was_only_touched_is_kept(root: Path, make: Maker) -> None:
    with tree_store.tree(root, "key", make, now=NOW) as found:
        tree = found.directory
        os.utime(tree / "package/__init__.py")

    with tree_store.tree(root, "key", make, now=NOW):
        assert make.calls == 1


@pytest.mark.parametrize(("age", "calls"), [(0, 1), (600, 1), (601, 2), (-1, 2)])
def test_a_tree_that_floats_is_made_anew_in_time(root: Path, make: Maker, age: float, calls: int) -> None:
    with tree_store.tree(root, "key", make, now=NOW, fresh_for=600):
        os.utime(root / "key/manifest.json", (NOW, NOW))

    with tree_store.tree(root, "key", make, now=NOW + age, fresh_for=600):
        assert make.calls == calls


def test_what_fails_leaves_nothing(root: Path, make: Maker) -> None:
    def fail(directory: Path) -> Made:
        make(directory)
        msg = "no such package"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="no such package"), tree_store.tree(root, "key", fail, now=NOW):
        pass

    assert [path.name for path in root.iterdir()] == ["locks"]
    assert list((root / "locks").iterdir()) == []
    assert kept_trees.kept(root) == ()


def test_two_who_want_one_tree_make_it_once(root: Path, make: Maker) -> None:
    def want() -> None:
        with tree_store.tree(root, "key", make, now=NOW):
            pass

    wanting = [threading.Thread(target=want) for _ in range(4)]
    for thread in wanting:
        thread.start()
    for thread in wanting:
        thread.join()

    assert make.calls == 1


def test_a_shared_tree_costs_no_second_copy(root: Path, make: Maker, tmp_path: Path) -> None:
    with tree_store.tree(root, "key", make, now=NOW) as found:
        tree = found.directory
        placing.place(found, tmp_path, shared=True)

        assert (tmp_path / "package/tool").samefile(tree / "package/tool")
        assert (tmp_path / "package").stat().st_mode & 0o777 == 0o755


def test_what_is_written_to_is_a_copy(root: Path, make: Maker, tmp_path: Path) -> None:
    with tree_store.tree(root, "key", make, now=NOW) as found:
        tree = found.directory
        placing.place(found, tmp_path, shared=False)
    (tmp_path / "package/__init__.py").write_text("VALUE = 3\n")
    (tmp_path / "package/tool").chmod(0o600)

    with tree_store.tree(root, "key", make, now=NOW) as found:
        tree = found.directory
        assert (tree / "package/__init__.py").read_text() == "VALUE = 1\n"
        assert (tree / "package/tool").stat().st_mode & 0o777 == 0o755
    assert make.calls == 1


def test_a_copy_has_the_modes_of_the_tree_whatever_the_umask(root: Path, make: Maker, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with tree_store.tree(root, "key", make, now=NOW) as found:
            placing.place(found, tmp_path, shared=False)
    finally:
        os.umask(before)

    assert (tmp_path / "package").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "package/tool").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "package/__init__.py").stat().st_mode & 0o777 == 0o644


def test_a_tree_that_was_found_whole_is_not_looked_through_again(root: Path, make: Maker) -> None:
    seen: dict[str, object] = {}
    with tree_store.tree(root, "key", make, now=NOW, seen=seen) as first:
        (first.directory / "package/__init__.py").write_text("VALUE = 2\n")

    with tree_store.tree(root, "key", make, now=NOW, seen=seen) as found:
        assert found is first
    with tree_store.tree(root, "key", make, now=NOW, seen={}) as found:
        assert found.stamp != first.stamp
    assert make.calls == 2


def test_another_tree_in_the_place_of_one_that_was_seen_is_looked_through(root: Path, make: Maker) -> None:
    seen: dict[str, object] = {}
    with tree_store.tree(root, "key", make, now=NOW, seen=seen) as first:
        _edit(first.directory)
    with tree_store.tree(root, "key", make, now=NOW) as found:
        _edit(found.directory)

    with tree_store.tree(root, "key", make, now=NOW, seen=seen) as found:
        assert (found.directory / "package/__init__.py").read_text() == "VALUE = 1\n"
    assert make.calls == 3


def test_a_tree_that_was_seen_and_is_gone_is_made_anew(root: Path, make: Maker) -> None:
    seen: dict[str, object] = {}
    with tree_store.tree(root, "key", make, now=NOW, seen=seen):
        pass
    shutil.rmtree(root / "key")

    with tree_store.tree(root, "key", make, now=NOW, seen=seen) as found:
        assert found.sizes == {"package/__init__.py": 10, "package/tool": 10}
    assert make.calls == 2


def test_a_digest_that_is_known_is_believed(root: Path, make: Maker) -> None:
    def made(directory: Path) -> Made:
        return Made(note=make(directory).note, digests={"package/tool": "wrong"})

    with tree_store.tree(root, "key", made, now=NOW) as found:
        os.utime(found.directory / "package/__init__.py")
    with tree_store.tree(root, "key", made, now=NOW) as found:
        os.utime(found.directory / "package/tool")
    assert make.calls == 1

    with tree_store.tree(root, "key", made, now=NOW):
        assert make.calls == 2
