import os
import socket
from contextlib import nullcontext
from pathlib import Path

import pytest

from python_function._bundle import finish
from python_function._source import tree, walk
from python_function._source.patterns import compile_rules


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def listed(root: Path) -> dict[str, tuple[int, bytes]]:
    """Return mode and content of every file below *root*, and the modes of its directories."""
    return {
        str(path.relative_to(root)): (path.lstat().st_mode & 0o777, b"" if path.is_dir() else path.read_bytes())
        for path in root.rglob("*")
    }


def test_selection_is_sorted_and_knows_files_only(tmp_path: Path) -> None:
    write(tmp_path, "b.py", "a/z.py", "a/a.py", "ä ö.py")
    (tmp_path / "empty/nested").mkdir(parents=True)

    assert walk.select(tmp_path, ()) == ["a/a.py", "a/z.py", "b.py", "ä ö.py"]


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        pytest.param(["tests"], ["a/b.py", "data/k.txt", "data/x.txt", "top.py"], id="a-name-anywhere"),
        pytest.param(["*.txt"], ["a/b.py", "a/tests/t.py", "tests/t.py", "top.py"], id="a-glob"),
        pytest.param(["/tests"], ["a/b.py", "a/tests/t.py", "data/k.txt", "data/x.txt", "top.py"], id="anchored"),
        pytest.param(["tests/"], ["a/b.py", "data/k.txt", "data/x.txt", "top.py"], id="directories-only"),
        pytest.param(["top.py/"], None, id="a-directory-pattern-leaves-files"),
        pytest.param(
            ["data/*", "!data/k.txt"], ["a/b.py", "a/tests/t.py", "data/k.txt", "tests/t.py", "top.py"], id="taken-back"
        ),
        pytest.param(["data", "!data/k.txt"], ["a/b.py", "a/tests/t.py", "tests/t.py", "top.py"], id="never-reached"),
        pytest.param(["**/t.py"], ["a/b.py", "data/k.txt", "data/x.txt", "top.py"], id="two-stars"),
        pytest.param(["# tests", "", "  "], None, id="comments-and-blanks"),
        pytest.param(["*", "!top.py"], ["top.py"], id="all-but-one"),
    ],
)
def test_patterns_mean_what_they_mean_to_git(tmp_path: Path, patterns: list[str], left: list[str] | None) -> None:
    everything = ["a/b.py", "a/tests/t.py", "data/k.txt", "data/x.txt", "tests/t.py", "top.py"]
    write(tmp_path, *everything)

    assert walk.select(tmp_path, compile_rules(patterns)) == (everything if left is None else left)


def test_a_survey_names_the_topmost_path_left_out_and_the_rule_that_decided(tmp_path: Path) -> None:
    write(tmp_path, "a/tests/deep/t.py", "a/b.py", "data/k.txt", "data/x.txt", "tests/t.py")
    tests, texts, back = compile_rules(["tests", "*.txt", "!k.txt"])

    found = walk.survey(tmp_path, (tests, texts, back))

    assert [(one.path, one.rule) for one in found] == [
        ("a/b.py", None),
        ("a/tests/", tests),
        ("data/k.txt", None),
        ("data/x.txt", texts),
        ("tests/", tests),
    ]


def test_a_directory_that_is_left_out_is_never_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "index.py", "node_modules/x")
    os.mkfifo(tmp_path / "node_modules/fifo")
    (tmp_path / "node_modules/away").symlink_to("/etc")

    assert walk.select(tmp_path, compile_rules(["node_modules"])) == ["index.py"]


def test_links_inside_the_tree_are_followed(tmp_path: Path) -> None:
    write(tmp_path, "real/a.py")
    (tmp_path / "linked").symlink_to("real")
    (tmp_path / "b.py").symlink_to("real/a.py")
    (tmp_path / "c.py").symlink_to(tmp_path / "real/a.py")

    tree.copy(tmp_path, tmp_path.parent / "out", ())

    copied = tmp_path.parent / "out"
    assert {path: content for path, (_, content) in listed(copied).items() if content} == dict.fromkeys(
        ["b.py", "c.py", "linked/a.py", "real/a.py"], b"real/a.py"
    )
    assert not any(path.is_symlink() for path in copied.rglob("*"))


def away(root: Path) -> None:
    (root / "bad").symlink_to("/etc/passwd")


def climbing(root: Path) -> None:
    (root.parent / "neighbour.txt").write_text("")
    (root / "bad").symlink_to("../neighbour.txt")


def missing(root: Path) -> None:
    (root / "bad").symlink_to("nothing-there")


def self_pointing(root: Path) -> None:
    (root / "bad").symlink_to("bad")


def circle(root: Path) -> None:
    (root / "d/e").mkdir(parents=True)
    (root / "d/e/bad").symlink_to("..")


def to_root(root: Path) -> None:
    (root / "bad").symlink_to(".")


def fifo(root: Path) -> None:
    os.mkfifo(root / "bad")


def bound_socket(root: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "bad"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (away, r"bad is a link to '/etc/passwd', which is outside .*source\. Remove it"),
        (climbing, r"bad is a link to '\.\./neighbour\.txt', which is outside"),
        (missing, r"bad is a link to 'nothing-there', which is not there"),
        (self_pointing, r"bad is a link to 'bad', which is not there or makes a circle"),
        (circle, r"d/e/bad is a link to '\.\.', a directory that it is in: a circle"),
        (to_root, r"bad is a link to '\.', a directory that it is in: a circle"),
        (fifo, r"bad is a fifo, which no bundle can hold"),
        (bound_socket, r"bad is a socket, which no bundle can hold"),
    ],
)
def test_what_no_bundle_can_hold_is_named(tmp_path: Path, spoil: object, message: str) -> None:
    root = tmp_path / "source"
    write(root, "index.py")
    assert callable(spoil)
    spoil(root)

    with pytest.raises(walk.TreeError, match=message):
        walk.select(root, ())
    assert walk.select(root, compile_rules(["bad"])) == ["index.py"]


def test_modes_are_one_of_two_whatever_the_source_and_the_umask(tmp_path: Path) -> None:
    write(tmp_path / "in", "plain.py", "private.py", "run.sh", "group.py")
    (tmp_path / "in/private.py").chmod(0o600)
    (tmp_path / "in/run.sh").chmod(0o700)
    (tmp_path / "in/group.py").chmod(0o666)
    previous = os.umask(0o077)
    try:
        tree.copy(tmp_path / "in", tmp_path / "out", ())
        finish.finish(tmp_path / "out")
    finally:
        os.umask(previous)

    modes = {path: mode for path, (mode, _) in listed(tmp_path / "out").items()}
    assert modes == {"plain.py": 0o644, "private.py": 0o644, "run.sh": 0o755, "group.py": 0o644}
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


def test_the_content_of_the_source_root_stands_at_the_top(tmp_path: Path) -> None:
    write(tmp_path / "in", "src/app/main.py", "data/x.txt", "src2/y.py")

    tree.copy(tmp_path / "in", tmp_path / "out", (), strip="src")

    assert walk.select(tmp_path / "out", ()) == ["app/main.py", "data/x.txt", "src2/y.py"]


def test_two_files_with_one_place_are_an_error(tmp_path: Path) -> None:
    write(tmp_path / "in", "src/app.py", "app.py")

    with pytest.raises(walk.TreeError, match=r"app\.py and src/app\.py would both be app\.py"):
        tree.copy(tmp_path / "in", tmp_path / "out", (), strip="src")


def test_the_source_wins_over_what_is_there(tmp_path: Path) -> None:
    write(tmp_path / "in", "both.py", "was_directory", "was_file/new.py")
    write(tmp_path / "out", "both.py", "was_directory/old.py", "was_file", "kept.py")
    (tmp_path / "out/both.py").write_text("from a distribution")

    tree.copy(tmp_path / "in", tmp_path / "out", ())

    assert walk.select(tmp_path / "out", ()) == ["both.py", "kept.py", "was_directory", "was_file/new.py"]
    assert (tmp_path / "out/both.py").read_text() == "both.py"


@pytest.mark.parametrize(
    ("source", "installed", "left"),
    [
        (["idna.py"], ["idna/__init__.py", "idna/core.py"], ["idna.py"]),
        (["idna.py"], ["idna.cpython-313-x86_64-linux-gnu.so", "idna.abi3.so"], ["idna.py"]),
        (["idna/__init__.py"], ["idna/__init__.py", "idna/core.py"], ["idna/__init__.py"]),
        (["idna/__init__.py"], ["idna.py"], ["idna/__init__.py"]),
        (["space/mine.py"], ["space/theirs.py"], ["space/mine.py", "space/theirs.py"]),
        (["idna.py"], ["idna/data.txt"], ["idna.py", "idna/data.txt"]),
        (["idna.py"], ["idna-3.10.dist-info/METADATA"], ["idna-3.10.dist-info/METADATA", "idna.py"]),
        (["idna.txt"], ["idna/__init__.py"], ["idna.txt", "idna/__init__.py"]),
    ],
)
def test_what_python_would_import_in_the_place_of_the_source_goes(
    tmp_path: Path, source: list[str], installed: list[str], left: list[str]
) -> None:
    write(tmp_path / "in", *source)
    write(tmp_path / "out", *installed)

    tree.copy(tmp_path / "in", tmp_path / "out", ())

    assert walk.select(tmp_path / "out", ()) == left


def test_the_source_never_writes_through_a_link_into_the_installers_cache(tmp_path: Path) -> None:
    write(tmp_path, "cache/both.py", "in/both.py")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/both.py").hardlink_to(tmp_path / "cache/both.py")

    tree.copy(tmp_path / "in", tmp_path / "out", ())

    assert (tmp_path / "cache/both.py").read_text() == "cache/both.py"


def test_a_finished_bundle_holds_no_links_stamped_bytecode_or_empty_directories(tmp_path: Path) -> None:
    write(tmp_path, "real/a.py")
    (tmp_path / "linked").symlink_to("real")
    (tmp_path / "empty/nested").mkdir(parents=True)
    (tmp_path / "stamped.pyc").write_bytes(b"\xf3\r\r\n" + bytes(4) + b"time" + b"size")
    (tmp_path / "unchecked.pyc").write_bytes(b"\xf3\r\r\n\x01\0\0\0" + b"12345678")

    finish.finish(tmp_path)

    assert walk.select(tmp_path, ()) == ["linked/a.py", "real/a.py", "unchecked.pyc"]
    assert set(listed(tmp_path)) == {"linked", "linked/a.py", "real", "real/a.py", "unchecked.pyc"}


def test_finishing_changes_no_mode_in_the_installers_cache(tmp_path: Path) -> None:
    write(tmp_path, "cache/a.py")
    (tmp_path / "cache/a.py").chmod(0o600)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.py").hardlink_to(tmp_path / "cache/a.py")

    finish.finish(tmp_path / "out")

    assert (tmp_path / "out/a.py").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "cache/a.py").stat().st_mode & 0o777 == 0o600


def test_links_in_a_bundle_mean_what_they_meant_where_they_were(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    write(bundle, "p/data", "data", "p/q/keep", "a.txt")
    (bundle / "data").write_text("wrong")
    (bundle / "p/q/link").symlink_to("../data")
    (bundle / "top").symlink_to("p/q")
    (bundle / "absolute.txt").symlink_to("/asset-output/a.txt")
    (bundle / "built.txt").symlink_to(tmp_path / "built/a.txt")

    finish.finish(bundle, known_as=("/asset-output", str(tmp_path / "built")))

    assert (bundle / "top/link").read_text() == "p/data"
    assert (bundle / "p/q/link").read_text() == "p/data"
    assert (bundle / "absolute.txt").read_text() == "a.txt"
    assert (bundle / "built.txt").read_text() == "a.txt"
    assert not [path for path in bundle.rglob("*") if path.is_symlink()]


def test_a_bundle_with_a_link_out_of_it_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad").symlink_to("/etc")

    with pytest.raises(walk.TreeError, match="bad is a link to '/etc', which is outside"):
        finish.finish(tmp_path)


@pytest.mark.parametrize("depth", [250, 251])
def test_directories_may_be_nested_as_deeply_as_anybody_can_remove_them(tmp_path: Path, depth: int) -> None:
    deep = "/".join("d" * depth)
    write(tmp_path, f"in/{deep}/x.py")

    if depth > 250:
        with pytest.raises(walk.TreeError, match=r"/d is nested more than 250 directories deep\. Remove it, or leave"):
            tree.copy(tmp_path / "in", tmp_path / "out", ())
    else:
        tree.copy(tmp_path / "in", tmp_path / "out", ())
        finish.finish(tmp_path / "out")
        assert walk.select(tmp_path / "out", ()) == [f"{deep}/x.py"]


def test_links_that_multiply_end_in_an_error(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        for side in "ab":
            (tmp_path / str(number) / side).symlink_to(f"../{number + 1}")
    write(tmp_path, "20/x.py")

    with pytest.raises(
        walk.TreeError, match=r"one of more than 20000 paths that lead through links below links, .* leave them out"
    ):
        walk.select(tmp_path, ())
    assert walk.select(tmp_path, compile_rules(["/?", "/1?"])) == ["20/x.py"]


def test_a_file_that_goes_while_it_is_looked_for_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "gone.py")
    scandir = os.scandir

    def racing(path: str) -> object:
        with scandir(path) as entries:
            found = list(entries)
        (tmp_path / "gone.py").unlink(missing_ok=True)
        return nullcontext(found)

    monkeypatch.setattr(os, "scandir", racing)

    with pytest.raises(walk.TreeError, match=r"gone\.py cannot be read: No such file or directory"):
        walk.select(tmp_path, ())


@pytest.mark.parametrize("mode", [0o000, 0o400])
@pytest.mark.parametrize("path", ["closed", "a/closed"])
def test_a_directory_that_cannot_be_read_is_named(unprivileged: Path, path: str, mode: int) -> None:
    write(unprivileged, f"{path}/x.py")
    (unprivileged / path).chmod(mode)

    with pytest.raises(walk.TreeError, match=r"closed.* cannot be read: Permission denied"):
        walk.select(unprivileged, ())
    assert walk.select(unprivileged, compile_rules(["closed"])) == []
    assert walk.select(unprivileged, (), excused=compile_rules(["closed"])) == []
    (unprivileged / path).chmod(0o700)


def test_names_that_are_no_text_are_names(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe\n.py")
    write(tmp_path / "in", "index.py")
    (tmp_path / "in" / name).touch()

    tree.copy(tmp_path / "in", tmp_path / "out", ())

    assert walk.select(tmp_path / "out", ()) == ["index.py", name]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_a_finished_bundle_has_two_modes_whatever_made_it(tmp_path: Path, umask: int) -> None:
    previous = os.umask(umask)
    try:
        write(tmp_path, "out/a/b.py", "out/run.sh", "out/setuid", "out/closed/c.py")
        (tmp_path / "out/run.sh").chmod(0o711)
        (tmp_path / "out/setuid").chmod(0o4755)
        (tmp_path / "out/closed").chmod(0o500)
        finish.finish(tmp_path / "out")
    finally:
        os.umask(previous)

    assert {path: mode for path, (mode, _) in listed(tmp_path / "out").items()} == {
        **dict.fromkeys(("a", "closed", "run.sh", "setuid"), 0o755),
        **dict.fromkeys(("a/b.py", "closed/c.py"), 0o644),
    }
    assert (tmp_path / "out/setuid").lstat().st_mode & 0o7777 == 0o755


def test_what_no_bundle_can_hold_is_named_when_it_is_finished(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "bad")

    with pytest.raises(walk.TreeError, match=r"bad is a fifo, which no bundle can hold\. Remove it in a hook"):
        finish.finish(tmp_path)
