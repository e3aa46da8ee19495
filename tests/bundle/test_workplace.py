"""Where builds work, what of it others can reach, and what is left of builds that were killed."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from python_function._bundle import workplace
from python_function._machine.host import Host
from python_function.errors import BundlingError
from tests.doubles import Recorder

KILLED = """
import os, sys
from pathlib import Path
from python_function._bundle.workplace import workplace
from tests.conftest import *
host = Host(environ={}, run=Recorder(), report=Report(name="x", write=print), cache=Path("/none"), uv="", python="",
            ids=(os.getuid(), os.getgid()))
with workplace(Path(sys.argv[1]), host) as work:
    (work / "requirements.txt").write_text("https://user:s3ntinel@your.index.url/simple/")
    print(work, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def host(make_host: Callable[..., Host]) -> Host:
    return make_host(Recorder())


@pytest.fixture
def output(tmp_path: Path) -> Path:
    directory = tmp_path / "cdk.out/asset.0123-building"
    directory.mkdir(parents=True)
    return directory


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_build_works_beside_its_output_where_nobody_else_comes(output: Path, host: Host) -> None:
    with workplace.workplace(output, host) as work:
        assert work.parent == output.parent
        assert mode(work) == 0o700
        (work / "deep/er").mkdir(parents=True)

    assert list(output.parent.iterdir()) == [output]


def test_builds_side_by_side_leave_each_other_alone(output: Path, host: Host) -> None:
    with workplace.workplace(output, host) as one, workplace.workplace(output, host) as two:
        assert one != two
        assert one.is_dir()
        assert two.is_dir()


def test_what_a_killed_build_left_is_removed_by_the_next(output: Path, host: Host) -> None:
    argv = (sys.executable, "-c", KILLED, str(output))
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        left = Path(killed.stdout.readline().strip())
        with workplace.workplace(output, host):
            assert (left / "requirements.txt").is_file()
        killed.kill()
        killed.wait()

    with workplace.workplace(output, host):
        assert not left.exists()


def test_only_what_is_ours_is_removed(output: Path, host: Host, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (output.parent / ".python-function-link").symlink_to(elsewhere)
    (output.parent / ".python-function-file").touch()

    with workplace.workplace(output, host):
        pass

    assert list(elsewhere.iterdir()) == []
    assert (output.parent / ".python-function-file").exists()


def test_a_place_that_cannot_be_written_to_is_told(unprivileged: Path, host: Host) -> None:
    unprivileged.chmod(0o500)

    with (
        pytest.raises(BundlingError, match=f"Nothing can be built in {unprivileged}: Permission denied"),
        workplace.workplace(unprivileged / "asset", host),
    ):
        pass


def test_what_was_in_the_output_goes_and_nobody_else_gets_in(output: Path) -> None:
    output.chmod(0o777)
    (output / "planted").mkdir(mode=0o777)
    (output / "planted/x.so").touch()
    (output / "away").symlink_to("/etc")

    workplace.clear(output)

    assert mode(output) == 0o700
    assert list(output.iterdir()) == []


@pytest.mark.parametrize("there", [True, False], ids=["as CDK leaves it", "taken away"])
def test_a_finished_bundle_takes_the_place_of_the_output(output: Path, *, there: bool) -> None:
    finished = output.parent / "finished"
    finished.mkdir(mode=0o755)
    (finished / "index.py").write_text("x")
    if not there:
        output.rmdir()

    workplace.publish(finished, output)

    assert (output / "index.py").read_text() == "x"
    assert mode(output) == 0o755
    assert not finished.exists()


def test_a_finished_bundle_of_another_file_system_is_moved(output: Path) -> None:
    other = Path("/dev/shm")  # noqa: S108 - another file system, where there is one
    if not other.is_dir() or other.stat().st_dev == output.stat().st_dev:
        pytest.skip("no second file system")
    finished = other / f"python-function-{os.getpid()}"
    (finished / "deep").mkdir(parents=True)
    (finished / "deep/index.py").write_text("x")
    finished.chmod(0o755)
    output.chmod(0o700)
    try:
        workplace.publish(finished, output)
    finally:
        subprocess.run(("rm", "-rf", str(finished)), check=True)

    assert (output / "deep/index.py").read_text() == "x"
    assert mode(output) == 0o755


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        (PurePosixPath("/home/ünï/a-b_c.d/x@y+z=1"), True),
        (PurePosixPath("/home/My Project"), False),
        (PurePosixPath("/home/a:b"), False),
        (PurePosixPath("/home/a,b"), False),
        (PurePosixPath("/home/50%41"), False),
        (PurePosixPath("/home/$(id)"), False),
        (PurePosixPath("/home/o'brien"), False),
        (PurePosixPath("/home/back\\slash"), False),
        (PurePosixPath("/home/new\nline"), False),
        (PurePosixPath("/home/~x"), False),
        (PureWindowsPath(r"C:\Users\me\AppData\Local\Temp"), True),
        (PureWindowsPath(r"C:\Users\RUNNER~1\cdk.out"), True),
        (PureWindowsPath(r"C:\Program Files\x"), False),
        (PureWindowsPath(r"C:\a%b"), False),
        (PureWindowsPath(r"\\server\share\x"), False),
    ],
    ids=str,
)
def test_a_plain_path_is_one_by_the_rules_of_its_system(path: PurePath, *, plain: bool) -> None:
    assert workplace.is_plain(path) == plain
