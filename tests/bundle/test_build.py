"""The choice of the executor, and what a build leaves behind, with programs that only pretend."""

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._bundle import build
from python_function._bundle.image import Image
from python_function._bundle.spec import BundleSpec, Referred
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._dependencies.requirements_txt import read
from python_function._machine.host import Host
from python_function._machine.process import Process
from python_function._source.select import Source
from python_function._target.target import Target
from python_function.errors import BundlingError, CommandError, EntryError, ProgramNotFoundError
from tests.doubles import UV, Recorder

NO_WHEEL = "hint: Wheels are required for `docopt` because building from source is disabled for all packages"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    directory = tmp_path / "cdk.out/asset.0123-building"
    directory.mkdir(parents=True)
    return directory


@pytest.fixture
def depending(spec: BundleSpec) -> BundleSpec:
    """Return a spec with a dependency."""
    requirements = read.parse("docopt==0.6.2", base=spec.source.directory, source="requirements.txt")
    return replace(spec, packaging=Packaging(kind="pip", content=Listed(requirements=requirements)))


def mounted(argv: Sequence[str], target: str) -> Path:
    """Return the directory that an engine is told to mount."""
    (volume,) = (argument for argument in argv if argument.endswith(f":{target}"))
    return Path(volume.removesuffix(f":{target}"))


def refuse(argv: Sequence[str]) -> str:
    """Do as uv does where there is no wheel, and as an engine that works."""
    if "compile" in argv:
        message = "command failed"
        raise CommandError(message, returncode=1, output=NO_WHEEL)
    if argv[:2] == ("docker", "run"):
        mounted(argv, "/asset-scratch").joinpath("ended").touch()
        directory = mounted(argv, "/asset-output")
        (directory / "index.py").touch()
        install(directory)
    if "--require-hashes" in argv:
        binary = Path(argv[argv.index("--target") + 1], "bin/uv")
        binary.parent.mkdir(parents=True)
        binary.write_bytes(UV)
    return ""


def pretend(argv: Sequence[str]) -> str:
    """Do as uv does where nothing fits the target, and as an engine whose command does not install."""
    if "compile" in argv:
        Path(argv[argv.index("--output-file") + 1]).touch()
    if argv[:2] == ("docker", "run"):
        mounted(argv, "/asset-scratch").joinpath("ended").touch()
        mounted(argv, "/asset-output").joinpath("index.py").touch()
    if "--require-hashes" in argv:
        return refuse(argv)
    return ""


def install(directory: Path) -> None:
    (directory / "docopt-0.6.2.dist-info").mkdir(parents=True)
    (directory / "docopt-0.6.2.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: docopt\nVersion: 0.6.2\n")


def test_without_dependencies_and_hooks_nothing_is_started(
    spec: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    build.build(spec, output, make_host(recorder))

    assert recorder.calls == []
    assert [path.name for path in output.iterdir()] == ["index.py"]


def test_for_an_image_the_output_is_what_it_is_built_from(
    spec: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    built = build.build(replace(spec, image=Image(base="base:tag")), output, make_host(recorder))

    assert sorted(path.relative_to(output).as_posix() for path in output.rglob("*")) == [
        "Dockerfile",
        "code",
        "code/index.py",
    ]
    assert list(built.inventory.files) == ["index.py"]


@pytest.mark.parametrize(("beyond", "names"), [(9, ["Dockerfile", "code"]), (10, ["index.py"])])
def test_only_what_is_too_large_becomes_an_image(
    spec: BundleSpec,
    output: Path,
    recorder: Recorder,
    make_host: Callable[..., Host],
    beyond: int,
    names: list[str],
) -> None:
    (spec.source.directory / "index.py").write_bytes(b"0123456789")

    build.build(replace(spec, image=Image(base="base:tag", beyond=beyond)), output, make_host(recorder))

    assert sorted(path.name for path in output.iterdir()) == names


def test_what_an_earlier_build_left_is_removed_first(
    spec: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    (output / "half/made").mkdir(parents=True)
    (output / "half/made/x.py").touch()
    (output / ".python-function").mkdir()

    build.build(spec, output, make_host(recorder))

    assert [path.name for path in output.iterdir()] == ["index.py"]


def test_a_failure_leaves_nothing(
    spec: BundleSpec, output: Path, entry: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    (entry / "away").symlink_to("/etc")

    with pytest.raises(EntryError, match=r"away is a link .* The option for that is asset_excludes"):
        build.build(spec, output, make_host(recorder))
    assert list(output.iterdir()) == []


def test_a_password_of_a_repository_is_in_no_argument_and_no_file(
    spec: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    line = "docopt @ git+https://me:${PAT}@host/docopt@0123456789abcdef0123456789abcdef01234567"
    requirements = replace(read.parse(line, base=spec.source.directory, source="requirements.txt"), exact=True)
    given: list[str] = []

    def answer(argv: Sequence[str]) -> str:
        if "install" in argv:
            given.append(Path(argv[-1]).read_text())
            install(Path(argv[argv.index("--target") + 1]))
        return ""

    recorder.answer = answer
    packaging = Packaging(kind="pip", content=Listed(requirements=requirements))

    build.build(
        replace(spec, packaging=packaging, strategy="local", build_on_host=("docopt",)),
        output,
        make_host(recorder, PAT="s3cret-99"),
    )

    assert given == ["docopt @ git+https://host/docopt@0123456789abcdef0123456789abcdef01234567\n"]
    assert "s3cret-99" not in str(recorder.calls)
    assert recorder.environments[-1]["GIT_CONFIG_KEY_1"] == "http.https://host/docopt.extraHeader"
    assert recorder.environments[-1]["GIT_CONFIG_VALUE_1"].startswith("Authorization: Basic ")


def test_a_secret_in_the_bundle_is_an_error_that_leaves_none(
    spec: BundleSpec, output: Path, entry: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    (entry / "settings.py").write_text("PAT = 's3cret-99'\n")
    secret = replace(spec, environment=(("PAT", "s3cret-99"),), secrets=frozenset({"PAT"}))

    with pytest.raises(BundlingError, match=r"settings\.py holds the value of PAT"):
        build.build(secret, output, make_host(recorder))
    assert list(output.iterdir()) == []


def test_auto_goes_to_the_container_for_what_has_no_wheel_and_says_why(
    depending: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host], lines: list[str]
) -> None:
    recorder.answer = refuse

    build.build(depending, output, make_host(recorder))

    assert [argv[1] for argv in recorder.calls if argv[0] == "docker"] == ["image", "run"]
    assert "Stack/Function: docopt has no wheel for python3.13 on x86_64: building in image:tag" in lines
    assert len(lines) == 3


def test_local_never_goes_to_the_container(
    depending: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    recorder.answer = refuse

    with pytest.raises(BundlingError, match=r"docopt has no wheel for python3\.13 on x86_64.*strategy=\"auto\""):
        build.build(replace(depending, strategy="local"), output, make_host(recorder))
    assert not [argv for argv in recorder.calls if argv[0] == "docker"]


def test_without_an_engine_the_error_names_package_target_and_ways_out(
    depending: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    def answer(argv: Sequence[str]) -> str:
        if argv[0] == "docker":
            raise ProgramNotFoundError
        return refuse(argv)

    recorder.answer = answer

    with pytest.raises(BundlingError) as caught:
        build.build(depending, output, make_host(recorder))
    parts = ("docopt", "python3.13 on x86_64", "'docker' is not there", "CDK_DOCKER", "version chosen that has a wheel")
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "output_of_uv",
    [
        "Because nosuchpackage was not found in the package registry",
        "error: Request failed after 3 retries\n  cause: Connection refused",
        "Because pywin32==306 has no wheels with a matching Python ABI tag",
    ],
)
def test_what_the_container_would_not_find_either_is_an_error_at_once(
    depending: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host], output_of_uv: str
) -> None:
    def answer(_: Sequence[str]) -> str:
        message = "command failed with exit code 1"
        raise CommandError(message, returncode=1, output=output_of_uv)

    recorder.answer = answer

    with pytest.raises(BundlingError) as caught:
        build.build(depending, output, make_host(recorder))
    first, _, rest = str(caught.value).partition("\n")
    assert first == f"could not resolve the dependencies of {depending.source.directory} (exit code 1):"
    assert rest == output_of_uv
    assert not [argv for argv in recorder.calls if argv[0] == "docker"]


def test_equal_requirements_are_resolved_and_installed_once(
    depending: BundleSpec, tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    def resolve(argv: Sequence[str]) -> str:
        if "compile" in argv:
            Path(argv[argv.index("--output-file") + 1]).write_text("docopt==0.6.2\n")
        else:
            assert Path(argv[argv.index("--requirements") + 1]).read_text() == "docopt==0.6.2\n"
            install(Path(argv[argv.index("--target") + 1]))
        return ""

    recorder.answer = resolve
    host = make_host(recorder)
    other = replace(depending, target=Target("python3.12", "x86_64"))
    elsewhere = replace(depending, environment=(("UV_DEFAULT_INDEX", "https://your.index.url/simple/"),))

    args = ("--constraints", "{scratch}/arguments/0.txt")
    limited = [
        replace(
            depending,
            installer_args=args,
            installer_files=(Referred(place="arguments/0.txt", text=text, identity=(text,)),),
        )
        for text in ("docopt==0.6.1\n", "docopt==0.6.2\n", "docopt==0.6.2\n")
    ]

    for number, each in enumerate((depending, depending, other, elsewhere, *limited)):
        output = tmp_path / f"asset.{number}-building"
        output.mkdir()
        build.build(each, output, host)

    resolved = [["compile" in argv for argv in recorder.calls].count(True), len(recorder.calls)]
    assert ["compile" in argv for argv in recorder.calls[:6]] == [True, False, True, False, True, False]
    assert resolved == [5, 10]  # both limits, each once


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("docopt==0.6.2", True),
        ("docopt==0.6.2; python_full_version >= '3.13.50'", True),
        ("docopt==0.6.2; python_full_version < '3.13.1'\nidna==3.10; sys_platform == 'win32'", True),
        ("docopt==0.6.2; sys_platform == 'win32'", False),
        ("docopt==0.6.2; platform_machine == 'aarch64' or python_version < '3.13'", False),
        ("", False),
    ],
)
def test_a_bundle_with_nothing_of_what_is_declared_for_the_target_is_an_error(
    spec: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host], text: str, declared: bool
) -> None:
    recorder.answer = pretend
    requirements = read.parse(text, base=spec.source.directory, source="requirements.txt")
    file = spec.source.directory / "requirements.txt"
    depending = replace(spec, packaging=Packaging(kind="pip", file=file, content=Listed(requirements=requirements)))

    if not declared:
        build.build(depending, output, make_host(recorder))
        return
    expected = rf"none of the packages that {file} declares for Python 3\.13\.9 on x86_64: docopt"
    with pytest.raises(BundlingError, match=expected):
        build.build(depending, output, make_host(recorder))
    assert not list(output.iterdir())
    commanded = replace(depending, strategy="docker", container=replace(spec.container, command=("true",)))
    build.build(commanded, output, make_host(recorder))


def test_a_bundle_without_the_handlers_file_is_an_error(
    spec: BundleSpec, output: Path, entry: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    (entry / "other.py").touch()
    excluding = replace(spec, source=Source(directory=entry, excludes=("index.py",)))

    with pytest.raises(BundlingError, match=r"handler's file 'index\.py' is not in the bundle of .*top are: other\.py"):
        build.build(excluding, output, make_host(recorder))


def test_an_empty_bundle_is_an_error(
    spec: BundleSpec, output: Path, entry: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    empty = replace(spec, source=Source(directory=entry, excludes=("*",)), handler_file=None)

    with pytest.raises(BundlingError, match=r"bundle of .*entry is empty: no file is left in, and there are no depend"):
        build.build(empty, output, make_host(recorder))


def test_source_that_hides_a_dependency_is_told(
    depending: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host], lines: list[str]
) -> None:
    def install(argv: Sequence[str]) -> str:
        if "compile" in argv:
            Path(argv[argv.index("--output-file") + 1]).write_text("docopt==0.6.2\n")
        if "--target" in argv:
            target = Path(argv[argv.index("--target") + 1])
            (target / "docopt-0.6.2.dist-info").mkdir(parents=True)
            (target / "docopt").mkdir()
            (target / "docopt/__init__.py").touch()
            (target / "docopt-0.6.2.dist-info/METADATA").write_text("Name: docopt\nVersion: 0.6.2\n")
            (target / "docopt-0.6.2.dist-info/RECORD").write_text("docopt/__init__.py,,\nindex.txt,,\n")
        return ""

    recorder.answer = install
    (depending.source.directory / "docopt.py").write_text("ours = True\n")

    build.build(depending, output, make_host(recorder))

    assert (output / "docopt.py").read_text() == "ours = True\n"
    assert not (output / "docopt").exists()
    assert any(
        "warning: docopt.py is imported in the place of a module of the installed docopt 0.6.2" in line
        for line in lines
    )


@pytest.mark.parametrize("name", ["My Project", "o'brien", "a:b", "a%41b", "$(touch pwned)"])
def test_hooks_write_nowhere_else_whatever_the_path(
    spec: BundleSpec, tmp_path: Path, make_host: Callable[..., Host], name: str
) -> None:
    output = tmp_path / name / "cdk.out/asset.0123-building"
    output.mkdir(parents=True)
    bystander = tmp_path / name.partition(" ")[0]
    bystander.mkdir(exist_ok=True)
    (bystander / "precious.txt").touch()
    run = Process(progress=lambda _: None, waiting=lambda _: None)
    hooked = replace(spec, after=("mkdir /asset-output/docs", "touch /asset-output/made", "rm -rf /asset-output/docs"))

    build.build(hooked, output, make_host(run, PATH=os.environ["PATH"]))

    assert sorted(path.name for path in output.iterdir()) == ["index.py", "made"]
    assert (bystander / "precious.txt").exists()


def test_a_source_may_have_any_name(
    spec: BundleSpec, output: Path, entry: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    (entry / ".python-function").mkdir()
    (entry / ".python-function/x").touch()

    build.build(spec, output, make_host(recorder))

    assert sorted(path.name for path in output.iterdir()) == [".python-function", "index.py"]


def test_what_is_left_out_may_be_what_no_copy_can_hold(
    spec: BundleSpec, output: Path, entry: Path, make_host: Callable[..., Host]
) -> None:
    os.mkfifo(entry / "pipe")
    (entry / "away").symlink_to("/etc")
    run = Process(progress=lambda _: None, waiting=lambda _: None)
    excluding = replace(spec, source=Source(directory=entry, excludes=("pipe", "away")), after=("true",))

    build.build(excluding, output, make_host(run, PATH=os.environ["PATH"]))

    assert [path.name for path in output.iterdir()] == ["index.py"]


def test_the_users_tree_is_not_touched(
    spec: BundleSpec, output: Path, entry: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    def state() -> list[tuple[str, int, int, bytes]]:
        files = (entry, *sorted(entry.rglob("*")))
        return [
            (str(file), file.stat().st_mtime_ns, file.stat().st_mode, b"" if file.is_dir() else file.read_bytes())
            for file in files
        ]

    before = state()

    build.build(replace(spec, before=("touch x",), after=("touch y",)), output, make_host(recorder))

    assert state() == before


def test_nobody_else_reaches_a_build_before_it_is_finished(
    spec: BundleSpec, output: Path, make_host: Callable[..., Host], tmp_path: Path
) -> None:
    output.chmod(0o777)
    seen = tmp_path / "seen"
    run = Process(progress=lambda _: None, waiting=lambda _: None)
    hook = f"stat -c %a {output} $(dirname $PWD)/../.. | sort -u > {seen}"

    build.build(replace(spec, after=(hook,)), output, make_host(run, PATH=os.environ["PATH"]))

    assert seen.read_text() == "700\n"
    assert output.stat().st_mode & 0o777 == 0o755


def test_other_lists_are_resolved_anew_even_where_the_arguments_are_the_same(
    depending: BundleSpec, tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    def resolve(argv: Sequence[str]) -> str:
        if "compile" in argv:
            list_ = Path(argv[argv.index("--output-file") + 1]).with_name("requirements.txt").read_text()
            Path(argv[argv.index("--output-file") + 1]).write_text(list_)
        elif "--target" in argv:
            listed.append(Path(argv[argv.index("--requirements") + 1]).read_text())
            install(Path(argv[argv.index("--target") + 1]))
        return ""

    listed: list[str] = []
    recorder.answer = resolve
    host = make_host(recorder)
    for number, line in enumerate(("docopt==0.6.2", "docopt<0.6.3")):
        output = tmp_path / f"asset.{number}-building"
        output.mkdir()
        content = Listed(requirements=read.parse(line, base=tmp_path, source="requirements.txt"))
        build.build(
            replace(depending, packaging=Packaging(kind="pip", content=content, identity=content.identity)),
            output,
            host,
        )

    assert listed == ["docopt==0.6.2\n", "docopt<0.6.3\n"]


@pytest.mark.parametrize(
    "name", ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "HTTPS_PROXY"]
)
@pytest.mark.parametrize("given", [True, False], ids=["environment", "process"])
def test_where_indexes_are_reaches_the_container(
    depending: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host], name: str, given: bool
) -> None:
    recorder.answer = refuse
    variables = {name: "https://your.index.url/simple/"}
    spec = replace(depending, strategy="docker", environment=tuple(variables.items()) if given else ())

    build.build(spec, output, make_host(recorder, **({} if given else variables)))

    (call,) = (number for number, argv in enumerate(recorder.calls) if argv[:2] == ("docker", "run"))
    assert recorder.environments[call][name] == "https://your.index.url/simple/"
    assert name in recorder.calls[call]


def test_what_the_system_refuses_is_an_error_of_ours(
    spec: BundleSpec, output: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    def refuse(_argv: Sequence[str]) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/full/six.py")

    recorder.answer = refuse
    hooked = replace(spec, after=("true",), strategy="local")

    with pytest.raises(BundlingError, match=r"/entry cannot be built: /full/six\.py: No space left on device\.$"):
        build.build(hooked, output, make_host(recorder))

    assert list(output.parent.iterdir()) == [output]
