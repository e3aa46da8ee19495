"""What is kept of dependencies under attack: many builds at once, killed ones, damaged trees, disks that are full.

Every bundle comes out as it does where nothing is kept, or not at all. With `CAMPAIGN=all`, many times.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from integ.bundle.test_same_bytes import IMPORTABLE, OTHER_USERS, pythons
from integ.conftest import unavailable
from integ.images import BARE
from integ.synthesis import digest
from integ.wheelhouse import Wheelhouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

EVERYTHING: Final = os.environ.get("CAMPAIGN") == "all"
SYNTHESES, FUNCTIONS, ROUNDS, KILLS = (8, 10, 5, 50) if EVERYTHING else (2, 3, 1, 3)
SECONDS: Final = 1800
ROOM: Final = ("4k", "100k", "400k", "700k", "1000k", "1100k", "1200k", "1500k") if EVERYTHING else ("4k", "700k")
"""The sizes of disks on which a tree of 1 MB has no room, or not enough for what is known of it."""

APP: Final = """
import sys
from aws_cdk import App, DockerImage, Stack
from aws_cdk import aws_lambda as lambda_
from python_function import BundlingOptions, PythonFunction

entries, outdir, count, image = sys.argv[1:]
app = App(outdir=outdir)
stack = Stack(app, "Stack")
for number in range(int(count)):
    container = {"image": DockerImage.from_registry(image)} if image and number % 2 else {"strategy": "local"}
    runtime, bundling = lambda_.Runtime.PYTHON_3_13, BundlingOptions(**container)
    PythonFunction(stack, f"F{number}", entry=f"{entries}/{number}", runtime=runtime, bundling=bundling)
app.synth()
"""
BUILD: Final = ("-m", "python_function", "build", "--runtime=python3.13", "--strategy=local")


@pytest.fixture(scope="module")
def entries() -> Iterator[Path]:
    """Return a directory that everybody can read with ten functions, of three different lists of dependencies."""
    with tempfile.TemporaryDirectory(prefix="entries-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        house = Wheelhouse(directory / "wheels")
        house.directory.mkdir()
        modules = {f"large/m{number}.py": f"{number}#".ljust(20_000, "x") for number in range(50)}
        house.wheel("large", files={**modules, "large/tool": "#!/bin/sh\n"})
        house.wheel("small")
        for number in range(10):
            wanted = ("large", "large\nsmall", "small")[number % 3]
            (directory / str(number)).mkdir()
            (directory / str(number) / "index.py").write_text(f"def handler(event, context):\n    return {number}\n")
            lines = f"--no-index\n--find-links {house.directory}\n{wanted}\n".replace("e\n", "e==1.0\n")
            (directory / str(number) / "requirements.txt").write_text(lines.replace("small\n", "small==1.0\n"))
        yield directory


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def kept_in(cache: Path) -> Path:
    return cache / "cdk-python-function" / "trees"


def environment(cache: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(cache), "UV_CACHE_DIR": str(cache.parent / "uv"), **more}


def build(entry: Path, cache: Path, **more: str) -> tuple[subprocess.CompletedProcess[str], bytes]:
    """Return what the command said that packages *entry*, and the package."""
    with tempfile.TemporaryDirectory(prefix="package-") as place:
        package = Path(place, "package.zip")
        command = (sys.executable, *BUILD, str(entry), "-o", str(package))
        done = subprocess.run(
            command, env=environment(cache, **more), capture_output=True, text=True, check=False, timeout=SECONDS
        )
        return done, package.read_bytes() if package.exists() else b""


@pytest.fixture(scope="module")
def packages(entries: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, bytes]:
    """Return the packages of three functions, made without keeping anything."""
    cache = tmp_path_factory.mktemp("nothing")
    return {number: build(entries / str(number), cache, CDK_PYTHON_FUNCTION_TREES="off")[1] for number in range(3)}


def start(entries: Path, outdir: Path, cache: Path, *, image: str = "", trees: str = "100") -> subprocess.Popen[str]:
    command = (sys.executable, "-c", APP, str(entries), str(outdir), str(FUNCTIONS), image)
    env = environment(cache, CDK_PYTHON_FUNCTION_TREES=trees)
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> str:
    """Return what a synthesis said, which did all that it should."""
    said = process.communicate(timeout=SECONDS)[1]
    assert process.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def right(entries: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return the assets of the app, all built on this machine and without keeping anything."""
    place = tmp_path_factory.mktemp("right")
    ended(start(entries, place / "cdk.out", place / "cache", trees="off"))
    return assets(place / "cdk.out")


def assets(outdir: Path) -> dict[str, str]:
    return {asset.name: digest(asset) for asset in outdir.glob("asset.*")}


def hold_whole(cache: Path) -> None:
    """Make sure that every file of every tree is what it was when the tree was made."""
    for place in kept_in(cache).iterdir():
        if place.name != "locks" and not place.name.startswith("making-"):
            for path, (*_, wanted) in json.loads((place / "manifest.json").read_text()).items():
                file = place / "tree" / path if path else place / "note"
                assert hashlib.sha256(file.read_bytes()).hexdigest() == wanted, file


@pytest.mark.usefixtures("engine")
def test_many_syntheses_at_once_make_the_right_assets(entries: Path, tmp_path: Path, right: Mapping[str, str]) -> None:
    contents = {digest(entries / str(number)) for number in range(FUNCTIONS)}
    assert len(right) == len(contents) == FUNCTIONS
    for number in range(ROUNDS):
        cache = tmp_path / f"cache{number}"
        for state in ("cold", "warm"):
            outputs = [tmp_path / f"{number}-{state}-{each // 2}" for each in range(SYNTHESES)]  # two to a directory
            running = [start(entries, output, cache, image=BARE.latest) for output in outputs]
            for process in running:
                ended(process)

            for output in set(outputs):  # other images make other names, of the same content
                assert sorted(assets(output).values()) == sorted(right.values())
                shutil.rmtree(output)
            hold_whole(cache)


def marked(entry: Path, package: Path, number: int) -> tuple[str, ...]:
    """Return the command that packages *entry* with a tree of its own for each *number*."""
    return (sys.executable, *BUILD, str(entry), "-o", str(package), "--environment", f"MARK={number}")


def test_builds_that_are_killed_harm_no_other(entries: Path, cache: Path, packages: Mapping[int, bytes]) -> None:
    choose = random.Random(11)  # noqa: S311 - moments, and always the same ones
    started = time.monotonic()
    build(entries / "1", cache)
    lasts = time.monotonic() - started
    for number in range(KILLS):
        # Every second one finds what the one before has left.
        command = marked(entries / "1", cache / "package.zip", number // 2)
        killed = subprocess.Popen(command, env=environment(cache), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(choose.random() * lasts)
        killed.kill()
        killed.wait()

    for number in range((KILLS + 1) // 2):
        command = marked(entries / "1", cache / "package.zip", number)
        done = subprocess.run(command, env=environment(cache), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert (cache / "package.zip").read_bytes() == packages[1]
    hold_whole(cache)
    pruned = (sys.executable, "-m", "python_function", "cache", "prune")
    subprocess.run(pruned, env=environment(cache), check=True, stdout=subprocess.DEVNULL)
    assert list(kept_in(cache).glob("making-*")) == []


def test_syntheses_that_are_killed_harm_no_other(
    entries: Path, tmp_path: Path, cache: Path, right: Mapping[str, str]
) -> None:
    choose = random.Random(12)  # noqa: S311 - moments, and always the same ones
    outdir = tmp_path / "cdk.out"
    for number in range(KILLS if EVERYTHING else 1):
        killed = start(entries, outdir, cache)
        assert killed.stderr is not None
        _ = killed.stderr.readline()  # the CDK has started, and the first function is built
        time.sleep(choose.random() ** 2)
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate()
        if number % 3 == 2:
            ended(start(entries, outdir, cache))
            assert assets(outdir) == right
            shutil.rmtree(outdir)
            shutil.rmtree(kept_in(cache))

    ended(start(entries, outdir, cache))
    assert assets(outdir) == right
    assert [path.name for path in outdir.iterdir() if path.name.startswith(".")] == []
    hold_whole(cache)


def _edit(tree: Path) -> None:
    (tree / "tree/large/m7.py").write_text("planted = 1\n")


def _append(tree: Path) -> None:
    with (tree / "tree/large/__init__.py").open("a") as file:
        file.write("planted = 1\n")


def _truncate(tree: Path) -> None:
    for path in (tree / "tree").rglob("*.py"):
        os.truncate(path, 0)


def _halve(tree: Path) -> None:
    for path in sorted(path for path in tree.rglob("*") if path.is_file())[::2]:
        path.unlink()


def _empty(tree: Path) -> None:
    shutil.rmtree(tree)
    tree.mkdir()


def _replace(tree: Path) -> None:
    shutil.rmtree(tree)
    tree.write_text("")


def _lead_away(tree: Path) -> None:
    elsewhere = tree.parents[3] / "elsewhere"
    (tree / "tree").rename(elsewhere)
    (tree / "tree").symlink_to(elsewhere)
    (elsewhere / "planted.py").write_text("planted = 1\n")


def _truncate_notes(tree: Path) -> None:
    for name in ("manifest.json", "note", "size"):
        os.truncate(tree / name, 1)


def _give_away(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        os.chown(path, 65534, 65534)


@pytest.mark.parametrize(
    "damage", [_edit, _append, _truncate, _halve, _empty, _replace, _lead_away, _truncate_notes, _give_away]
)
def test_a_damaged_tree_reaches_no_bundle(
    entries: Path, cache: Path, packages: Mapping[int, bytes], damage: Callable[[Path], None]
) -> None:
    if damage is _give_away and os.geteuid() != 0:
        pytest.skip("only root gives files away")
    assert build(entries / "0", cache)[1] == packages[0]
    (tree,) = (path for path in kept_in(cache).iterdir() if path.name != "locks")

    damage(tree)

    done, package = build(entries / "0", cache)
    assert package == packages[0], done.stderr
    hold_whole(cache)


def test_what_root_has_left_in_the_cache_of_a_user_is_done_without(
    entries: Path, packages: Mapping[int, bytes]
) -> None:
    found = {user: python for user, python in pythons(OTHER_USERS).items() if user}
    if not found:
        unavailable("no other user can start a Python with the package here")
    user, python = next(iter(found.items()))
    with tempfile.TemporaryDirectory(prefix="home-") as name:
        home = Path(name)
        for place in (home, home / "cdk-python-function"):
            place.mkdir(exist_ok=True)
        (home / "cdk-python-function").chmod(0o700)
        for place in (home, home / "cdk-python-function"):
            os.chown(place, user, user)
        own = {**IMPORTABLE, "HOME": name, "TMPDIR": name, "UV_CACHE_DIR": f"{name}/uv"}
        command = (python, *BUILD, str(entries / "0"), "-o", f"{name}/package.zip")
        for path in (kept_in(home), kept_in(home) / "locks"):
            path.mkdir()
            os.chown(path, user, user)
            path.chmod(0o700)
        first = subprocess.run(
            command, env=environment(home, **own), user=user, group=user, capture_output=True, text=True, check=False
        )
        assert first.returncode == 0, first.stderr
        (tree,) = (path for path in kept_in(home).iterdir() if path.name != "locks")
        for path in (tree, *tree.rglob("*")):
            os.chown(path, 0, 0)
            path.chmod(0o700 if path.is_dir() else 0o600)

        done = subprocess.run(
            command, env=environment(home, **own), user=user, group=user, capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, done.stderr
        assert "nothing is kept for the next build" in done.stderr
        assert Path(name, "package.zip").read_bytes() == packages[0]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Return what mounts a file system of its own, of a size."""
    with ExitStack() as mounted:

        def mount(size: str) -> Path:
            place = tmp_path / f"disk{len(list(tmp_path.iterdir()))}"
            place.mkdir()
            command = ("mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place))
            if subprocess.run(command, capture_output=True, check=False).returncode:
                unavailable("no file system can be mounted here")
            mounted.callback(subprocess.run, ("umount", "--lazy", str(place)), check=True)
            return place

        yield mount


@pytest.mark.parametrize("size", ROOM)
def test_a_full_disk_keeps_nothing_and_ends_nothing(
    entries: Path, packages: Mapping[int, bytes], disk: Callable[[str], Path], size: str
) -> None:
    cache = disk(size)

    done, package = build(entries / "0", cache)

    assert package == packages[0], done.stderr
    assert done.stderr.count("nothing is kept for the next build") == 1
    assert "No space left on device" in done.stderr
    assert list(kept_in(cache).glob("*/tree")) == []


@pytest.mark.parametrize("size", ROOM)
def test_a_full_disk_for_the_build_is_an_error_that_says_so(
    entries: Path, cache: Path, packages: Mapping[int, bytes], disk: Callable[[str], Path], size: str
) -> None:
    place = disk(size)
    for known in (False, True):
        if known:
            assert build(entries / "0", cache)[1] == packages[0]

        done, package = build(entries / "0", cache, TMPDIR=str(place))

        assert (done.returncode, package) in ((3, b""), (0, packages[0])), done.stderr
        assert "Traceback" not in done.stderr
        if done.returncode:
            assert "No space left on device" in done.stderr
        assert list(place.iterdir()) == []


@pytest.mark.parametrize("size", ROOM)
def test_an_asset_on_a_full_disk_is_an_error_and_no_asset(
    entries: Path, cache: Path, disk: Callable[[str], Path], size: str, right: Mapping[str, str]
) -> None:
    outdir = disk(size) / "cdk.out"

    full = start(entries, outdir, cache)
    said = full.communicate(timeout=SECONDS)[1]

    assert full.returncode == 1
    assert "No space left on device" in said or "ENOSPC" in said, said
    assert assets(outdir).items() <= right.items()


def test_on_another_file_system_a_bundle_has_its_own_files(
    entries: Path, tmp_path: Path, disk: Callable[[str], Path], right: Mapping[str, str]
) -> None:
    cache = disk("50m")

    ended(start(entries, tmp_path / "cdk.out", cache))

    assert assets(tmp_path / "cdk.out") == right
    for path in tmp_path.glob("cdk.out/asset.*/*/*.py"):
        assert path.stat().st_nlink == 1
        path.write_text("planted = 1\n")
    hold_whole(cache)


HOOKED: Final = """
import sys
from aws_cdk import App, DockerImage, Stack
from aws_cdk import aws_lambda as lambda_
from python_function import BundlingOptions, CommandHooks, PythonFunction

entry, outdir, strategy = sys.argv[1:]
app = App(outdir=outdir)
lines = ("chmod -R 777 .", "for f in large/*; do echo planted >> $f; done", "rm large/m1.py", "touch -d @1 large/m2.py")
PythonFunction(
    Stack(app, "Stack"),
    "F",
    entry=entry,
    runtime=lambda_.Runtime.PYTHON_3_13,
    bundling=BundlingOptions(
        strategy=strategy,
        command_hooks=CommandHooks(after_bundling=lines),
        strip_native=True,
        compile_bytecode=strategy == "docker",
        dependency_excludes=["m3.py"],
    ),
)
app.synth()
"""


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("strategy", ["local", "docker"])
def test_no_hook_reaches_what_is_kept(
    entries: Path, tmp_path: Path, cache: Path, packages: Mapping[int, bytes], strategy: str
) -> None:
    assert build(entries / "0", cache)[1] == packages[0]

    command = (sys.executable, "-c", HOOKED, str(entries / "0"), str(tmp_path / "cdk.out"), strategy)
    subprocess.run(command, env=environment(cache), check=True, stderr=subprocess.PIPE, text=True)

    hold_whole(cache)
    (asset,) = (tmp_path / "cdk.out").glob("asset.*")
    assert (asset / "large/m2.py").read_text().endswith("planted\n")
    assert not (asset / "large/m1.py").exists()
    done, package = build(entries / "0", cache)
    assert package == packages[0], done.stderr
