"""Both executors do the same steps, and a real shell proves it."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._bundle import finish
from python_function._bundle.executors import scratch
from python_function._bundle.executors.local import LocalBuild
from python_function._bundle.executors.shell import render
from python_function._bundle.plan import whole
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import CleanInstalled, CopySource, Hook, PinLocal, Run, Site, Step
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.host import Host
from python_function._machine.process import Process
from python_function._source.select import Source
from python_function.errors import BundlingError, NoWheelError
from tests.doubles import Recorder

NASTY = (
    "index.py",
    "naïve ünïcode/ß.py",
    "with space/and 'quote'.txt",
    'double "quote".txt',
    "$(touch pwned)/`id`.txt",
    "semi;colon & ampersand.txt",
    "back\\slash.txt",
    "new\nline.txt",
    "-rf",
    "data/keep.json",
    "data/drop.json",
    "tests/test_x.py",
    "$(echo gone).txt",
    ".hidden",
    ".venv/bin/python",
)
EXCLUDES = ("data/*", "!data/keep.json", "$(echo gone).txt", "tests", "with space/nothing 'here'")


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    """Return a source tree with everything in it that quoting, links and modes can get wrong."""
    root = tmp_path / "a 'nasty' $(tree)"
    for name in NASTY:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "empty/nested").mkdir(parents=True)
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / ".hidden").chmod(0o600)
    (root / "linked").symlink_to("naïve ünïcode")
    (root / "tests/away").symlink_to("/etc")
    (root / "tests/circle").symlink_to(".")
    os.mkfifo(root / "tests/fifo")
    return root


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    finish.finish(root)
    return {
        str(path.relative_to(root)): (path.stat().st_mode & 0o777, b"" if path.is_dir() else path.read_bytes())
        for path in root.rglob("*")
    }


@pytest.fixture
def site(tmp_path: Path, make_host: Callable[..., Host]) -> Callable[[str, Path], Site]:
    """Return a maker of sites on this machine; every site gets its own copy of the source."""

    def make(name: str, source: Path) -> Site:
        place = tmp_path / name
        shutil.copytree(source, place / "input", symlinks=True, ignore=shutil.ignore_patterns("fifo"))
        (place / "output").mkdir()
        scratch.lay(Requirements(), place / "scratch", seen_as=str(place / "scratch"), host=make_host(Recorder()))
        return Site(
            input=str(place / "input"),
            output=str(place / "output"),
            scratch=str(place / "scratch"),
            uv="uv",
            python=sys.executable,
            is_target=False,
        )

    return make


def by_script(steps: tuple[Step, ...], site: Site, shell: str) -> subprocess.CompletedProcess[str]:
    script = render(steps, python=site.python, tools=f"{site.scratch}/tools")
    script = script.replace("/asset-input", site.input).replace("/asset-output", site.output)
    return subprocess.run([shell, "-c", script], cwd=site.input, capture_output=True, text=True, check=False)


def locally(steps: tuple[Step, ...], site: Site, make_host: Callable[..., Host]) -> None:
    process = Process(progress=lambda _: None, waiting=lambda _: None)
    LocalBuild(make_host(process, PATH=os.environ["PATH"]), site, {}, Path(site.input)).do(steps)


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_both_executors_make_the_same_tree(
    spec: BundleSpec, nasty: Path, site: Callable[[str, Path], Site], make_host: Callable[..., Host], shell: str
) -> None:
    hooked = replace(
        spec,
        source=Source(directory=nasty, excludes=EXCLUDES),
        before=("echo generated > 'made by hook.py'", "mkdir -p data; echo no > data/made.json # a comment"),
        after=('[[ -f index.py ]] && printf "%s" "$PWD" | wc -c > length', "ln -s index.py again.py"),
    )
    first, second = site("one", nasty), site("two", nasty)

    locally(whole(hooked, Requirements(), first), first, make_host)
    done = by_script(whole(hooked, Requirements(), second), second, shell)

    assert done.returncode == 0, done.stderr
    made = tree(Path(first.output))
    assert made == tree(Path(second.output))
    assert {"made by hook.py", "again.py", "length", "linked/ß.py", "new\nline.txt", "-rf", "data/keep.json"} <= set(
        made
    )
    assert not {"tests", "data/drop.json", "data/made.json", "$(echo gone).txt", "pwned", ".venv", "empty"} & set(made)
    assert made["run.sh"][0] == 0o755
    assert made[".hidden"][0] == 0o644


def test_arguments_reach_programs_as_they_are(site: Callable[[str, Path], Site], entry: Path) -> None:
    here = site("one", entry)
    arguments = ("$(id)", "a b", "'", '"', "\\", "*", "", "ü\n;exit 3")
    code = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(repr(sys.argv[2:]))"
    step = Run(purpose="write", argv=(sys.executable, "-c", code, f"{here.output}/seen", *arguments))

    done = by_script((step,), here, "sh")

    assert done.returncode == 0, done.stderr
    assert Path(here.output, "seen").read_text() == repr(list(arguments))


def test_the_script_is_the_same_for_the_same_steps(spec: BundleSpec) -> None:
    site = Site(input="/in", output="/out", scratch="/scratch", uv="/uv", python="python3", is_target=True)
    steps = whole(replace(spec, before=("x",)), Requirements(lines=("idna==3.7",)), site)

    texts = {render(steps, python="python3", tools="/scratch/tools") for _ in range(2)}

    assert len(texts) == 1


HOOK = Hook(phase="after_bundling", lines=("touch one", "sh -c 'exit 3'", "touch two"))


def test_the_first_line_of_a_hook_that_fails_ends_the_script(site: Callable[[str, Path], Site], entry: Path) -> None:
    here = site("one", entry)

    done = by_script((HOOK, CleanInstalled(directory=here.output)), here, "sh")

    assert done.returncode == 3
    assert """after_bundling, command 2: "sh -c 'exit 3'" failed with exit code 3""" in done.stdout
    assert Path(here.input, "one").exists()
    assert not Path(here.input, "two").exists()


def test_a_hook_may_ask_its_shell_to_stop_at_errors(site: Callable[[str, Path], Site], entry: Path) -> None:
    here = site("one", entry)

    done = by_script((Hook(phase="before_bundling", lines=("set -e\nfalse\ntouch /asset-input/never",)),), here, "sh")

    assert done.returncode == 1
    assert not Path(here.input, "never").exists()


def test_comments_empty_lines_and_here_documents_are_lines_too(site: Callable[[str, Path], Site], entry: Path) -> None:
    here = site("one", entry)
    lines = ("", "# nothing", "cat > made <<END\none\nEND", "for line in x y; do echo $line >> made; done")

    done = by_script((Hook(phase="before_bundling", lines=lines),), here, "sh")

    assert done.returncode == 0, done.stderr
    assert Path(here.input, "made").read_text() == "one\nx\ny\n"


def test_only_the_two_directories_are_taken_for_them(
    site: Callable[[str, Path], Site], entry: Path, make_host: Callable[..., Host]
) -> None:
    here = site("one", entry)
    others = "/x/asset-output /asset-outputs /asset-output-old a/asset-input"
    line = f"printf %s '{others}' > seen; echo it\\'s > /asset-output/q"

    locally((Hook(phase="before_bundling", lines=(line,)),), here, make_host)

    assert Path(here.input, "seen").read_text() == others
    assert Path(here.output, "q").read_text() == "it's\n"


def test_a_line_that_exits_is_named_too(site: Callable[[str, Path], Site], entry: Path) -> None:
    here = site("one", entry)

    done = by_script((Hook(phase="before_bundling", lines=("echo why; exit 3",)),), here, "sh")

    assert done.returncode == 3
    assert "before_bundling, command 1: 'echo why; exit 3' failed with exit code 3" in done.stdout


def test_the_first_line_of_a_hook_that_fails_ends_the_local_build(
    site: Callable[[str, Path], Site], entry: Path, make_host: Callable[..., Host]
) -> None:
    here = site("one", entry)

    with pytest.raises(BundlingError, match=r"after_bundling hook failed(?s:.)*command 2: .* failed with exit code 3"):
        locally((HOOK,), here, make_host)
    assert Path(here.input, "one").exists()
    assert not Path(here.input, "two").exists()


@pytest.mark.parametrize("prefix", ["", "python"])
def test_hooks_start_where_their_work_is(
    spec: BundleSpec, site: Callable[[str, Path], Site], make_host: Callable[..., Host], prefix: str
) -> None:
    where = 'printf "%s\\n" "$PWD" >> /asset-output/where'
    hooked = replace(spec, prefix=prefix, before=(where,), after=(where, "rm -rf drop"))
    (spec.source.directory / "drop").mkdir()
    (spec.source.directory / "drop/x").touch()

    there, here = site("there", spec.source.directory), site("here", spec.source.directory)
    by_script(whole(hooked, Requirements(), there), there, "sh")
    locally(whole(hooked, Requirements(), here), here, make_host)

    for each in (there, here):
        assert Path(each.output, "where").read_text() == f"{each.input}\n{Path(each.output, prefix)}\n"
        assert not Path(each.output, prefix, "drop").exists()


def test_what_hooks_print_is_shown_in_its_order_and_nothing_else_is(
    site: Callable[[str, Path], Site], entry: Path, make_host: Callable[..., Host]
) -> None:
    noisy = Run(purpose="x", argv=("sh", "-c", "echo noise; echo noise >&2"))
    hook = Hook(phase="before_bundling", lines=tuple(f"echo {n}; echo {n} >&2" for n in range(20)))
    expected = [str(n) for n in range(20) for _ in range(2)]
    shown: list[str] = []
    here = site("one", entry)

    host = make_host(Process(progress=lambda _: None, show=shown.append, waiting=print), PATH=os.environ["PATH"])
    LocalBuild(host, here, {}, entry).do((noisy, hook))

    assert shown == expected
    assert by_script((noisy, hook), here, "sh").stdout.split() == expected


def test_lines_of_a_hook_share_one_shell(site: Callable[[str, Path], Site], entry: Path) -> None:
    here = site("one", entry)
    hook = Hook(phase="before_bundling", lines=("mkdir deep && cd deep", "export A=1", 'echo "$A" > seen'))

    assert by_script((hook,), here, "sh").returncode == 0
    assert Path(here.input, "deep/seen").read_text() == "1\n"


def test_a_step_that_fails_is_named_and_ends_the_script(site: Callable[[str, Path], Site], entry: Path) -> None:
    here = site("one", entry)
    steps = (
        Run(purpose="resolve the dependencies", argv=("sh", "-c", "exit 7")),
        CopySource(source=here.input, destination=here.output, rules=()),
    )

    done = by_script(steps, here, "sh")

    assert done.returncode == 7
    assert "could not resolve the dependencies (exit code 7)" in done.stderr
    assert not any(Path(here.output).iterdir())


@pytest.mark.parametrize(("tag", "native"), [("py3-none-any", False), ("cp311-cp311-linux_x86_64", True)])
def test_what_was_compiled_on_the_host_is_left_to_the_target(
    site: Callable[[str, Path], Site], entry: Path, make_host: Callable[..., Host], tag: str, *, native: bool
) -> None:
    here = site("one", entry)
    wheel = Path(here.scratch, "wheels/0", f"lib-1.0-{tag}.whl")
    wheel.parent.mkdir(parents=True)
    zipfile.ZipFile(wheel, "w").close()
    constraints = Path(here.scratch, "local.txt")
    step = PinLocal(wheels=f"{here.scratch}/wheels", constraints=str(constraints), packages=(("lib", ""),))

    if native:
        with pytest.raises(NoWheelError, match=rf"has to be compiled: lib-1\.0-{tag}\.whl") as caught:
            locally((step,), here, make_host)
        assert caught.value.packages == ("lib",)
    else:
        locally((step,), here, make_host)
        assert constraints.read_text() == f"lib @ {wheel.as_uri()}\n"
    assert by_script((step,), here, "sh").returncode == 0


@pytest.mark.parametrize(
    ("tags", "native"),
    [
        (("py3-none-any",), False),
        (("cp313-cp313-manylinux_2_17_aarch64", "cp313-cp313-manylinux2014_aarch64"), False),
        (("cp311-cp311-linux_x86_64",), True),
        (("cp311-cp311-macosx_14_0_arm64",), True),
    ],
)
def test_what_was_built_of_a_repository_may_be_pure_only(
    site: Callable[[str, Path], Site],
    entry: Path,
    make_host: Callable[..., Host],
    tags: tuple[str, ...],
    *,
    native: bool,
) -> None:
    here = site("one", entry)
    info = Path(here.output, "lib-1.0.dist-info")
    info.mkdir()
    (info / "WHEEL").write_text("".join(f"Tag: {tag}\n" for tag in ("", *tags)[1:]))
    (info / "METADATA").write_text("Name: lib\nVersion: 1.0\n")

    locally((CleanInstalled(directory=here.output),), here, make_host)
    built = CleanInstalled(directory=here.output, built_here=True)
    if native:
        with pytest.raises(NoWheelError, match=f"lib is for {tags[0]}"):
            locally((built,), here, make_host)
    else:
        locally((built,), here, make_host)


def test_a_container_that_does_not_see_its_mounts_says_so(tmp_path: Path) -> None:
    script = render((), python="python3", tools=str(tmp_path / "not there"))

    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "bundling_file_access=BundlingFileAccess.VOLUME_COPY" in done.stderr


@pytest.mark.parametrize(
    ("python", "said"),
    [("#!/bin/sh\n[ $1 = -c ] && exit 1\necho Python 3.6.8\n", "Python 3.6.8"), (None, "not found")],
    ids=["old", "none"],
)
def test_an_image_whose_python_is_too_old_is_told(
    site: Callable[[str, Path], Site], entry: Path, tmp_path: Path, python: str | None, said: str
) -> None:
    here = site("one", entry)
    program = tmp_path / "python3"
    if python:
        program.write_text(python)
        program.chmod(0o755)

    script = render((HOOK,), python=str(program), tools=f"{here.scratch}/tools")
    done = subprocess.run(["sh", "-c", script], cwd=here.input, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "the image lacks a python3 of 3.8 or newer" in done.stderr
    assert said in done.stderr
    assert not Path(here.input, "one").exists()


def test_a_bad_link_made_by_a_hook_is_told_by_the_script(site: Callable[[str, Path], Site], entry: Path) -> None:
    here = site("one", entry)
    Path(here.input, "away").symlink_to("/etc")

    done = by_script((CopySource(source=here.input, destination=here.output, rules=()),), here, "sh")

    assert done.returncode == 1
    assert "away is a link to '/etc', which is outside" in done.stderr
    assert "Traceback" not in done.stderr


def test_builds_keep_to_the_scratch_directory_and_to_no_clock(
    site: Callable[[str, Path], Site], entry: Path, make_host: Callable[..., Host]
) -> None:
    here = site("one", entry)
    seen = "TMPDIR", "GIT_CEILING_DIRECTORIES", "SOURCE_DATE_EPOCH"
    step = Run(purpose="look", argv=("sh", "-c", 'printf "%s\\n" "$SOURCE_DATE_EPOCH" >>"$0"', f"{here.output}/epoch"))
    runner = Recorder()
    build = LocalBuild(make_host(runner, SOURCE_DATE_EPOCH="1"), here, {}, entry)

    build.do((step,))
    LocalBuild(make_host(runner), here, {"SOURCE_DATE_EPOCH": "7"}, entry).do((step,))
    by_script((step,), here, "sh")

    assert [[env[name] for name in seen] for env in runner.environments] == [
        [str(Path(here.scratch, "tmp")), f"{here.scratch}/local", "315532800"],
        [str(Path(here.scratch, "tmp")), f"{here.scratch}/local", "7"],
    ]
    assert Path(here.output, "epoch").read_text() == "315532800\n"


def test_hooks_in_a_container_have_one_umask_whoever_runs_it(
    spec: BundleSpec, site: Callable[[str, Path], Site], entry: Path
) -> None:
    here = site("one", entry)
    previous = os.umask(0o077)
    try:
        done = by_script(whole(replace(spec, before=("umask >umask",)), Requirements(), here), here, "sh")
    finally:
        os.umask(previous)

    assert done.returncode == 0, done.stderr
    assert Path(here.output, "umask").read_text().strip() == "0022"
