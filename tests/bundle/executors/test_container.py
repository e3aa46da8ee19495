import contextlib
import csv
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from python_function._bundle.executors import container, left_containers, unseen
from python_function._bundle.executors.container import ContainerBuild
from python_function._bundle.executors.directories import Directories
from python_function._machine import cache, lock
from python_function._machine.host import Host
from python_function._machine.report import Report
from python_function.errors import BundlingError, CommandError, EngineError, ProgramNotFoundError
from tests.doubles import CONTAINER, Recorder


@pytest.fixture
def host_of(make_host: Callable[..., Host]) -> Callable[..., Host]:
    """Return a maker of hosts whose user is an ordinary one."""

    def make(recorder: Recorder, **environ: str) -> Host:
        return replace(make_host(recorder, **environ), ids=(1000, 100))

    return make


SCRIPT = unseen.READING + (
    "{ true > /asset-scratch/began; } 2>/dev/null\nthe script\n{ true > /asset-scratch/ended; } 2>/dev/null\n"
)


@pytest.fixture
def directories(tmp_path: Path) -> Directories:
    uv = tmp_path / "uv-1.2.3"
    made = Directories(work=tmp_path / "work", owner=tmp_path / "work", uv=uv)
    for directory in (made.input, made.output, made.scratch, uv):
        directory.mkdir(parents=True)
    return made


@pytest.fixture
def recorder(directories: Directories) -> Recorder:
    """Return an engine that does what it is told."""

    def answer(argv: Sequence[str]) -> str:
        if argv[1] in {"run", "start"}:
            leave(directories, "began", "ended")
        return ""

    return Recorder(answer=answer)


def leave(directories: Directories, *marks: str) -> None:
    """Do as the script does in a container that sees its scratch directory."""
    for mark in marks:
        (directories.scratch / mark).touch()


@pytest.fixture
def build(recorder: Recorder, make_host: Callable[..., Host], directories: Directories) -> Callable[..., list[str]]:
    """Return a function that builds with options of a container, and returns the arguments of the engine's run."""

    def build(environment: Mapping[str, str] | None = None, **options: Any) -> list[str]:  # noqa: ANN401
        container = replace(CONTAINER, **options)
        ContainerBuild(make_host(recorder, PATH="/bin"), container, environment or {}).run("the script", directories)
        return list(recorder.calls[-1])

    return build


def options_of(argv: Sequence[str], name: str) -> list[str]:
    return [value for flag, value in pairwise(argv) if flag == name]


def test_a_build_is_one_call_of_the_engine(build: Callable[..., list[str]], recorder: Recorder) -> None:
    argv = build()

    assert len(recorder.calls) == 1
    assert argv[:4] == ["docker", "run", "--rm", "--name"]
    assert argv[-3:] == ["image:tag", "-c", SCRIPT]
    assert options_of(argv, "--entrypoint") == ["sh"]
    assert options_of(argv, "--platform") == ["linux/amd64"]
    assert options_of(argv, "--user") == [f"{os.getuid()}:{os.getgid()}"]
    assert options_of(argv, "--workdir") == ["/asset-input"]


def test_what_one_build_gets_is_its_own_or_cannot_be_written_to(
    build: Callable[..., list[str]], directories: Directories
) -> None:
    assert options_of(build(), "--volume") == [
        f"{directories.input}:/asset-input",
        f"{directories.output}:/asset-output",
        f"{directories.scratch}:/asset-scratch",
        f"{directories.uv}:/asset-uv:ro",
    ]


def test_an_installer_that_nobody_needs_is_not_mounted(
    host_of: Callable[..., Host], recorder: Recorder, directories: Directories
) -> None:
    ContainerBuild(host_of(recorder), CONTAINER, {}).run("the script", replace(directories, uv=None))

    assert not [volume for volume in options_of(recorder.calls[-1], "--volume") if "/asset-uv" in volume]


def test_a_path_with_a_comma_or_a_quote_is_one_path(
    host_of: Callable[..., Host], recorder: Recorder, directories: Directories, tmp_path: Path
) -> None:
    uv = tmp_path / 'a,b"c:d'

    ContainerBuild(host_of(recorder), CONTAINER, {}).run("the script", replace(directories, uv=uv))

    (mount,) = [mount for mount in options_of(recorder.calls[-1], "--mount") if "/asset-uv" in mount]
    (fields,) = csv.reader([mount])
    assert fields == ["type=bind", f"source={uv}", "target=/asset-uv", "readonly"]


@pytest.mark.parametrize("copies", [False, True])
def test_containers_tell_whose_they_are(
    build: Callable[..., list[str]], recorder: Recorder, directories: Directories, *, copies: bool
) -> None:
    build(copies=copies)

    (made,) = (argv for argv in recorder.calls if argv[1] in {"run", "create"})
    assert options_of(made, "--label") == [
        f"cdk-python-function.host={socket.gethostname()}",
        f"cdk-python-function.owner={directories.work}/lock",
    ]


@pytest.mark.parametrize(
    ("options", "flag", "values"),
    [
        ({"network": "host"}, "--network", ["host"]),
        ({"user": "12:34"}, "--user", ["12:34"]),
        ({"security_opt": "no-new-privileges"}, "--security-opt", ["no-new-privileges"]),
        ({"volumes_from": ("a", "b")}, "--volumes-from", ["a", "b"]),
        ({"working_directory": "/work"}, "--workdir", ["/work"]),
        ({"entrypoint": ("tini", "--")}, "--entrypoint", ["tini"]),
        ({"platform": "linux/arm64"}, "--platform", ["linux/arm64"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_option_reaches_the_engine(
    build: Callable[..., list[str]], options: Mapping[str, Any], flag: str, values: list[str]
) -> None:
    assert options_of(build(**options), flag) == values


def test_volumes_are_mounted_besides_ours(build: Callable[..., list[str]]) -> None:
    volumes = (("/a", "/b"), ("/c", "/d", "cached"), ("C:\\me", "/e"), ("named", "/f"))

    assert options_of(build(volumes=volumes), "--volume")[4:] == ["/a:/b", "/c:/d:cached", "C:\\me:/e", "named:/f"]


@pytest.mark.parametrize(
    ("volume", "fields"),
    [
        (("/a:/etc", "/b"), ["type=bind", "source=/a:/etc", "target=/b"]),
        (("/a", "/b:ro"), ["type=bind", "source=/a", "target=/b:ro"]),
        (("/a:b,c", "/d", "cached"), ["type=bind", "source=/a:b,c", "target=/d", "consistency=cached"]),
    ],
)
def test_a_path_that_an_engine_would_take_for_more_is_one_path(
    build: Callable[..., list[str]], volume: tuple[str, ...], fields: list[str]
) -> None:
    argv = build(volumes=(volume,))

    assert list(csv.reader(options_of(argv, "--mount"))) == [fields]


@pytest.mark.parametrize(
    ("options", "entrypoint", "command"),
    [
        ({}, ["sh"], ["-c", SCRIPT]),
        ({"entrypoint": ("tini", "--")}, ["tini"], ["--", "sh", "-c", SCRIPT]),
        ({"command": ("make", "all")}, [], ["make", "all"]),
        ({"entrypoint": ("tini", "--"), "command": ("make",)}, ["tini"], ["--", "make"]),
    ],
)
def test_entrypoint_and_command(
    build: Callable[..., list[str]], options: Mapping[str, Any], entrypoint: list[str], command: list[str]
) -> None:
    argv = build(**options)

    assert options_of(argv, "--entrypoint") == entrypoint
    assert argv[argv.index("image:tag") + 1 :] == command


def test_values_are_inherited_never_arguments(build: Callable[..., list[str]], recorder: Recorder) -> None:
    argv = build({"STAGE": "a value"})

    assert not [argument for argument in argv if "a value" in argument]
    assert "STAGE" in options_of(argv, "--env")
    assert recorder.environments[-1]["STAGE"] == "a value"


SECRETS = {"MY_TOKEN": "s3ntinel's\n$HOME", "PIP_INDEX_URL": "https://u:s3ntinel@host/", "GIVEN": "s3cret"}


@pytest.mark.parametrize("copies", [False, True])
def test_secrets_are_in_a_file_that_is_read_and_gone(
    recorder: Recorder, make_host: Callable[..., Host], directories: Directories, *, copies: bool
) -> None:
    report = Report(name="Stack/Function", write=print, secrets=frozenset({"s3cret"}))
    host = replace(make_host(recorder, PATH="/bin"), report=report)

    container = ContainerBuild(host, replace(CONTAINER, copies=copies), {**SECRETS, "STAGE": "x"})
    container.run("the script", directories)

    (made,) = (argv for argv in recorder.calls if argv[1] in {"run", "create"})
    assert "s3" not in str(recorder.calls)
    assert all(env.items() >= SECRETS.items() for env in recorder.environments)  # or the runner could not hide them
    assert "STAGE" in options_of(made, "--env")
    assert not {*SECRETS, "UV_DEFAULT_INDEX"} & set(options_of(made, "--env"))
    file = directories.scratch / "variables"
    assert file.stat().st_mode & 0o777 == (0o666 if copies else 0o600)
    shown = "sh -c 'printf %s \"$MY_TOKEN$PIP_INDEX_URL$UV_DEFAULT_INDEX$GIVEN\"'"
    script = made[-1].replace("/asset-scratch", str(directories.scratch)).replace("the script", shown)
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{SECRETS['MY_TOKEN']}{SECRETS['PIP_INDEX_URL'] * 2}{SECRETS['GIVEN']}"
    assert not file.exists()


def test_the_users_command_gets_everything_from_the_client(build: Callable[..., list[str]], recorder: Recorder) -> None:
    argv = build({"MY_TOKEN": "s3ntinel"}, command=("make",))

    assert "MY_TOKEN" in options_of(argv, "--env")
    assert recorder.environments[-1]["MY_TOKEN"].startswith("s3n")


def test_the_clients_own_variables_stay_its_own(build: Callable[..., list[str]], recorder: Recorder) -> None:
    argv = build({"PATH": "/opt/bin", "DOCKER_HOST": "tcp://inner", "DOCKER_PASSWORD": "s3ntinel"})

    assert {"HOME=/tmp", "PATH=/opt/bin", "DOCKER_HOST=tcp://inner"} <= set(options_of(argv, "--env"))
    assert recorder.environments[-1]["PATH"] == "/bin"
    assert not {"HOME", "DOCKER_HOST"} & recorder.environments[-1].keys()


def test_the_environment_reaches_hooks_as_it_is(build: Callable[..., list[str]]) -> None:
    argv = build({"PYTHONPATH": "/lib", "VIRTUAL_ENV": "/venv"})

    assert {"PYTHONPATH", "VIRTUAL_ENV"} <= set(options_of(argv, "--env"))


def test_another_user_can_write_to_what_the_container_gets(
    build: Callable[..., list[str]], directories: Directories
) -> None:
    (directories.scratch / "requirements.txt").touch(mode=0o600)

    argv = build(user="1234")

    assert directories.output.stat().st_mode & 0o777 == 0o777
    assert (directories.scratch / "requirements.txt").stat().st_mode & 0o777 == 0o666
    assert "trap 'chmod -R a+rwX" in argv[-1]


def test_copies_go_in_and_out_and_the_container_goes(
    build: Callable[..., list[str]], recorder: Recorder, directories: Directories
) -> None:
    build(copies=True)

    create, *copies, start, began, ended, back, remove = recorder.calls
    name = options_of(create, "--name")[0]
    assert create[1] == "create"
    assert not {"--volume", "--mount"} & set(create)
    assert [(source, target) for _, _, source, target in copies] == [
        (str(directories.input), f"{name}:/"),
        (str(directories.output), f"{name}:/"),
        (str(directories.scratch), f"{name}:/"),
        (str(directories.uv), f"{name}:/asset-uv"),
    ]
    assert start[1:] == ("start", "--attach", name)
    assert [marks[2:] for marks in (began, ended)] == [
        (f"{name}:/asset-scratch/{mark}", str(directories.scratch)) for mark in ("began", "ended")
    ]
    assert back[1:] == ("cp", f"{name}:/asset-output/.", str(directories.output))
    assert remove[1:] == ("rm", "--force", "--volumes", name)


@pytest.mark.parametrize("options", [{"copies": True}, {"user": "1234", "command": ("make",)}])
def test_an_engine_that_fails_is_asked_nothing_more(
    build: Callable[..., list[str]], recorder: Recorder, lines: list[str], options: Mapping[str, Any]
) -> None:
    recorder.answer = failing(125, "Cannot connect to the Docker daemon")

    with pytest.raises(EngineError, match="is not running"):
        build(**options)
    assert len(recorder.calls) == 1
    assert lines == []


@pytest.mark.parametrize("returncode", [0, 3])
def test_what_the_command_of_another_user_made_is_opened(
    build: Callable[..., list[str]], recorder: Recorder, returncode: int
) -> None:
    def answer(argv: Sequence[str]) -> str:
        return failing(returncode, "")(argv) if returncode and argv[-1] == "make" else ""

    recorder.answer = answer

    with contextlib.suppress(BundlingError):
        build(user="1234", command=("make",))
    made, opened = recorder.calls
    assert made[-1] == "make"
    assert opened[-1].startswith("trap 'chmod -R a+rwX")


def test_an_interruption_removes_the_container(build: Callable[..., list[str]], recorder: Recorder) -> None:
    def interrupt(argv: Sequence[str]) -> str:
        if argv[1] == "run":
            raise KeyboardInterrupt
        return ""

    recorder.answer = interrupt

    with pytest.raises(KeyboardInterrupt):
        build()
    assert recorder.calls[-1][1] == "rm"


def failing(returncode: int, output: str) -> Callable[[Sequence[str]], str]:
    def fail(_: Sequence[str]) -> str:
        message = "command failed"
        raise CommandError(message, returncode=returncode, output=output)

    return fail


NOT_RUNNING = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is it running?"
NOT_MINE = "permission denied while trying to connect to the Docker daemon socket"


@pytest.mark.parametrize("access", [False, True], ids=["mounts", "copies"])
@pytest.mark.parametrize(
    ("returncode", "output", "message"),
    [
        (125, NOT_RUNNING, "is not running"),
        (1, NOT_RUNNING, "is not running"),
        (125, NOT_MINE, "not yours to use"),
        (126, NOT_MINE, "not yours to use"),
        (1, "failed to connect to the docker API at unix:///x.sock", "is not running"),
        (125, "Cannot connect to Podman. Please verify your connection", "is not running"),
        (125, "Unable to find image 'image:tag' locally\npull access denied", "'image:tag' .* neither here nor to be"),
        (125, "Error response from daemon: manifest for image:tag not found", "'image:tag' .* neither here nor to be"),
        (125, "invalid reference format", "docker could not start the container for 'image:tag'"),
        (127, 'exec: "sh": executable file not found in $PATH', "'image:tag' lacks what is to be run.* a shell, sh"),
        (1, "exec /usr/bin/sh: exec format error", "'image:tag' is for another machine"),
    ],
)
def test_failures_of_the_engine_are_explained(
    build: Callable[..., list[str]], recorder: Recorder, returncode: int, output: str, message: str, *, access: bool
) -> None:
    recorder.answer = failing(returncode, output)

    with pytest.raises(BundlingError, match=message) as caught:
        build(copies=access)
    assert output in str(caught.value)


@pytest.mark.parametrize(
    ("returncode", "output", "message"),
    [
        (1, NOT_RUNNING, r"build in 'image:tag' failed with exit code 1\.\n"),
        (3, "could not run the hooks of after_bundling", r"build in 'image:tag' failed with exit code 3\.\n"),
        (1, "could not resolve the dependencies\nno such image", r"build in 'image:tag' failed with exit code 1\.\n"),
        (125, "after_bundling, command 1", r"build in 'image:tag' failed with exit code 125\.\n"),
        (126, NOT_MINE, r"build in 'image:tag' failed with exit code 126\.\n"),
        (137, "", r"failed with exit code 137\. It was killed, most likely for want of memory"),
    ],
)
def test_failures_of_what_ran_are_no_failures_of_the_engine(
    build: Callable[..., list[str]],
    recorder: Recorder,
    directories: Directories,
    returncode: int,
    output: str,
    message: str,
) -> None:
    def answer(argv: Sequence[str]) -> str:
        leave(directories, "began")
        return failing(returncode, output)(argv)

    recorder.answer = answer

    with pytest.raises(BundlingError, match=message) as caught:
        build()
    assert output in str(caught.value)


def test_mounts_that_are_not_seen_are_no_failure_of_the_engine(
    build: Callable[..., list[str]], recorder: Recorder
) -> None:
    recorder.answer = failing(1, "the container does not see the directories mounted into it: the engine is remote")

    with pytest.raises(
        BundlingError, match=r"build in 'image:tag' failed with exit code 1\.\nthe container does not see"
    ):
        build()


@pytest.mark.parametrize(("returncode", "kind"), [(125, EngineError), (1, BundlingError)])
def test_the_users_command_leaves_no_mark(
    build: Callable[..., list[str]], recorder: Recorder, returncode: int, kind: type[Exception]
) -> None:
    build(command=("make",))
    recorder.answer = failing(returncode, NOT_RUNNING)

    with pytest.raises(BundlingError) as caught:
        build(command=("make",))
    assert type(caught.value) is kind


@pytest.mark.parametrize("copies", [False, True])
def test_an_engine_that_ends_without_having_done_anything_is_told(
    build: Callable[..., list[str]], recorder: Recorder, *, copies: bool
) -> None:
    recorder.answer = lambda _: ""

    with pytest.raises(EngineError, match="'docker' ended without an error, and without having run the build"):
        build(copies=copies)


def test_an_engine_that_does_not_answer_is_not_waited_for(
    build: Callable[..., list[str]], recorder: Recorder, lines: list[str], tmp_path: Path
) -> None:
    def interrupt(argv: Sequence[str]) -> str:
        if argv[1] == "run":
            raise KeyboardInterrupt
        return failing(-9, "")(argv)

    recorder.answer = interrupt

    with pytest.raises(KeyboardInterrupt):
        build()
    (note,) = (tmp_path / "cache/containers").iterdir()
    assert note.name == recorder.calls[-1][-1]
    assert recorder.limits[-1] is not None
    assert "may be left behind" in lines[0]


def test_containers_that_a_killed_build_left_are_removed(
    make_host: Callable[..., Host], recorder: Recorder, tmp_path: Path
) -> None:
    host = make_host(recorder, CDK_DOCKER="podman")
    killed = contextlib.ExitStack()
    for name in ("alive", "dead", "gone"):
        killed.enter_context(left_containers.noted(host, name, tmp_path / name))
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    shutil.rmtree(tmp_path / "gone")

    with lock.held(tmp_path / "alive/lock"):
        left_containers.remove(make_host(recorder))
        left_containers.remove(make_host(recorder))

    assert recorder.calls == [("podman", "rm", "--force", "--volumes", name) for name in ("dead", "gone")]


def test_after_a_build_no_engine_is_asked_for_its_container(
    build: Callable[..., list[str]], make_host: Callable[..., Host], recorder: Recorder
) -> None:
    build()
    recorder.calls.clear()

    left_containers.remove(make_host(recorder))

    assert recorder.calls == []


@pytest.mark.parametrize("note", ["", "a\nb", "\udcff", "another machine\n/gone/lock\ndocker"])
def test_a_note_that_says_nothing_is_left_alone(make_host: Callable[..., Host], recorder: Recorder, note: str) -> None:
    host = make_host(recorder)
    directory = cache.directory(host, "containers")
    assert directory is not None
    (directory / "x").write_text(note, errors="surrogateescape")

    left_containers.remove(host)

    assert recorder.calls == []


def test_an_engine_that_is_not_there_is_named_with_the_ways_out(
    recorder: Recorder, host_of: Callable[..., Host], directories: Directories
) -> None:
    def missing(_: Sequence[str]) -> str:
        raise ProgramNotFoundError

    recorder.answer = missing
    host = host_of(recorder, CDK_DOCKER="finch")

    with pytest.raises(BundlingError, match=r"engine's command 'finch' is not there.*CDK_DOCKER"):
        ContainerBuild(host, CONTAINER, {}).run("the script", directories)


@pytest.mark.parametrize(
    ("engine", "modes"), [("podman", ["keep-id"]), ("/usr/bin/podman", ["keep-id"]), ("docker", [])]
)
def test_rootless_podman_keeps_the_user(
    recorder: Recorder, host_of: Callable[..., Host], directories: Directories, engine: str, modes: list[str]
) -> None:
    ContainerBuild(host_of(recorder, CDK_DOCKER=engine), CONTAINER, {}).run("the script", directories)

    assert options_of(recorder.calls[-1], "--userns") == modes


def test_an_image_is_known_by_what_the_engine_has_now(recorder: Recorder, make_host: Callable[..., Host]) -> None:
    recorder.answer = lambda _: "sha256:0123\n"
    host = make_host(recorder)
    elsewhere = replace(host, environ={"DOCKER_HOST": "tcp://127.0.0.1:1"})

    assert [container.image_id(each, "image:tag") for each in (host, host, elsewhere)] == ["sha256:0123"] * 3
    assert len(recorder.calls) == 2


def test_an_image_that_is_not_there_yet_is_asked_for_again(recorder: Recorder, make_host: Callable[..., Host]) -> None:
    def answer(_: Sequence[str]) -> str:
        message = "no such image"
        raise CommandError(message, returncode=1, output="")

    recorder.answer = answer
    host = make_host(recorder)

    assert container.image_id(host, "image:tag") is None
    recorder.answer = lambda _: "sha256:0123\n"
    assert container.image_id(host, "image:tag") == "sha256:0123"
