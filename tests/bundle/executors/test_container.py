import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from python_function._bundle.executors.container import ContainerBuild, Directories
from python_function._machine.host import Host
from python_function.errors import BundlingError, CommandError, EngineError, ProgramNotFoundError
from tests.doubles import CONTAINER, Recorder


@pytest.fixture
def host_of(make_host: Callable[..., Host]) -> Callable[..., Host]:
    """Return a maker of hosts whose user is an ordinary one."""
    return lambda recorder, **environ: replace(make_host(recorder, **environ), ids=(1000, 100))


@pytest.fixture
def directories(tmp_path: Path) -> Directories:
    made = Directories(work=tmp_path / "work", uv=tmp_path / "uv-1.2.3")
    for directory in (made.input, made.output, made.scratch, made.uv):
        directory.mkdir(parents=True)
    return made


@pytest.fixture
def build(recorder: Recorder, host_of: Callable[..., Host], directories: Directories) -> Callable[..., list[str]]:
    """Return a function that builds with options of a container, and returns the arguments of the engine's run."""

    def build(environment: Mapping[str, str] | None = None, **options: Any) -> list[str]:  # noqa: ANN401
        container = replace(CONTAINER, **options)
        ContainerBuild(host_of(recorder, PATH="/bin"), container, environment or {}).run("the script", directories)
        return list(recorder.calls[-1])

    return build


def options_of(argv: Sequence[str], name: str) -> list[str]:
    return [value for flag, value in pairwise(argv) if flag == name]


def test_a_build_is_one_call_of_the_engine(build: Callable[..., list[str]], recorder: Recorder) -> None:
    argv = build()

    assert len(recorder.calls) == 1
    assert argv[:3] == ["docker", "run", "--rm"]
    assert argv[-3:] == ["image:tag", "-c", "the script"]
    assert options_of(argv, "--entrypoint") == ["sh"]
    assert options_of(argv, "--platform") == ["linux/amd64"]
    assert options_of(argv, "--user") == ["1000:100"]
    assert options_of(argv, "--workdir") == ["/asset-input"]


def test_input_output_scratch_installer_and_cache_are_mounted(
    build: Callable[..., list[str]], directories: Directories, tmp_path: Path
) -> None:
    volumes = dict(volume.removesuffix(":ro").rsplit(":", 1) for volume in options_of(build(), "--volume"))

    assert volumes == {
        str(directories.input): "/asset-input",
        str(directories.output): "/asset-output",
        str(directories.scratch): "/asset-scratch",
        str(directories.uv): "/asset-uv",
        str(tmp_path / "cache/containers"): "/asset-cache",
    }


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
    assert {"/a:/b", "/c:/d:cached"} < set(
        options_of(build(volumes=(("/a", "/b"), ("/c", "/d", "cached"))), "--volume")
    )


@pytest.mark.parametrize(
    ("options", "entrypoint", "command"),
    [
        ({}, ["sh"], ["-c", "the script"]),
        ({"entrypoint": ("tini", "--")}, ["tini"], ["--", "sh", "-c", "the script"]),
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
    argv = build({"MY_TOKEN": "s3ntinel", "PIP_INDEX_URL": "https://u:s3ntinel@host/"})

    assert not [argument for argument in argv if "s3ntinel" in argument]
    assert {"MY_TOKEN", "PIP_INDEX_URL", "UV_DEFAULT_INDEX"} <= set(options_of(argv, "--env"))
    assert recorder.environments[-1]["MY_TOKEN"].startswith("s3n")


def test_the_clients_own_variables_stay_its_own(build: Callable[..., list[str]], recorder: Recorder) -> None:
    argv = build({"PATH": "/opt/bin", "DOCKER_HOST": "tcp://inner", "DOCKER_PASSWORD": "s3ntinel"})

    assert {"HOME=/tmp", "PATH=/opt/bin", "DOCKER_HOST=tcp://inner", "DOCKER_PASSWORD"} <= set(
        options_of(argv, "--env")
    )
    assert recorder.environments[-1]["PATH"] == "/bin"
    assert not {"HOME", "DOCKER_HOST"} & recorder.environments[-1].keys()


def test_the_environment_reaches_hooks_as_it_is(build: Callable[..., list[str]]) -> None:
    argv = build({"PYTHONPATH": "/lib", "VIRTUAL_ENV": "/venv"})

    assert {"PYTHONPATH", "VIRTUAL_ENV"} <= set(options_of(argv, "--env"))


def test_the_installer_of_all_containers_cannot_be_written_to(build: Callable[..., list[str]]) -> None:
    assert [volume for volume in options_of(build(), "--volume") if volume.endswith(":/asset-uv:ro")]


def test_another_user_can_write_to_what_the_container_gets(
    build: Callable[..., list[str]], directories: Directories
) -> None:
    (directories.scratch / "requirements.txt").touch(mode=0o600)

    argv = build(user="1234")

    assert directories.output.stat().st_mode & 0o777 == 0o777
    assert (directories.scratch / "requirements.txt").stat().st_mode & 0o777 == 0o666
    assert "trap 'chmod -R a+rwX" in argv[-1]
    assert not [volume for volume in options_of(argv, "--volume") if volume.endswith("/asset-cache")]


def test_copies_go_in_and_out_and_the_container_goes(
    build: Callable[..., list[str]], recorder: Recorder, directories: Directories
) -> None:
    build(copies=True)

    create, *copies, start, back, remove = recorder.calls
    name = options_of(create, "--name")[0]
    assert create[1] == "create"
    assert "--volume" not in create
    assert [(source, target) for _, _, source, target in copies] == [
        (str(directories.input), f"{name}:/"),
        (str(directories.output), f"{name}:/"),
        (str(directories.scratch), f"{name}:/"),
        (str(directories.uv), f"{name}:/asset-uv"),
    ]
    assert start[1:] == ("start", "--attach", name)
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


@pytest.mark.parametrize(
    ("returncode", "output", "message"),
    [
        (125, "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is it running?", "is not running"),
        (1, "Cannot connect to the Docker daemon", "build in 'image:tag' failed with exit code 1"),
        (125, "permission denied while trying to connect to the Docker daemon socket", "not yours to use"),
        (125, "Cannot connect to Podman. Please verify your connection", "is not running"),
        (125, "Unable to find image 'image:tag' locally\npull access denied", "'image:tag' .* neither here nor to be"),
        (125, "Error response from daemon: manifest for image:tag not found", "'image:tag' .* neither here nor to be"),
        (125, "invalid reference format", "docker could not start the container for 'image:tag'"),
        (3, "could not run the hooks of after_bundling", "build in 'image:tag' failed with exit code 3"),
        (1, "could not resolve the dependencies\nno such image", "build in 'image:tag' failed with exit code 1"),
    ],
)
def test_failures_of_the_engine_are_explained(
    build: Callable[..., list[str]], recorder: Recorder, returncode: int, output: str, message: str
) -> None:
    recorder.answer = failing(returncode, output)

    with pytest.raises(BundlingError, match=message) as caught:
        build()
    assert output in str(caught.value)


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
