"""Builds in real containers: every option of the container, and what goes wrong."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import BundlingFileAccess, DockerImage, DockerVolume

from integ import synthesis
from integ.engine import Engine
from integ.images import BARE, runtime_image
from integ.wheelhouse import Wheelhouse
from python_function import CommandHooks
from python_function.errors import BundlingError

Bundle = Callable[..., Path]
OWNER = "cdk-python-function.owner"
HANDLER = "def handler(event, context):\n    return event\n"
WHERE = "python3 -c 'import platform; print(platform.python_version()[:4], platform.machine())' > /asset-output/where"
BARE_IMAGE = DockerImage.from_registry(BARE.latest)


@pytest.fixture
def project(tmp_path: Path, wheelhouse: Wheelhouse) -> Path:
    """Return a project with one dependency, which needs no network."""
    wheelhouse.wheel("dependency")
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "index.py").write_text(HANDLER)
    (directory / "requirements.txt").write_text(f"--no-index\n--find-links {wheelhouse.directory}\ndependency==1.0\n")
    return directory


@pytest.fixture
def bundle(tmp_path: Path, project: Path) -> Bundle:
    """Return what bundles the project with some options, and returns the asset."""

    def bundle(python: str = "3.13", machine: str = "x86_64", **options: Any) -> Path:  # noqa: ANN401 - any option of bundling
        return synthesis.bundle(
            project, tmp_path / f"cdk.out.{len(list(tmp_path.iterdir()))}", python, machine, **options
        )

    return bundle


@pytest.fixture(autouse=True)
def no_container_is_left(engine: Engine, tmp_path: Path) -> Iterator[None]:
    yield
    assert containers(engine, tmp_path) == []


def containers(engine: Engine, tmp_path: Path) -> list[str]:
    """Return the containers of builds below a directory."""
    listing = ("--filter", f"label={OWNER}", "--format", f'{{{{.Label "{OWNER}"}}}}')
    owners = engine.call("ps", "--all", *listing).stdout.splitlines()
    return [owner for owner in owners if Path(owner).is_relative_to(tmp_path)]


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(root)): (path.stat().st_mode & 0o777, b"" if path.is_dir() else path.read_bytes())
        for path in root.rglob("*")
    }


def before(*lines: str) -> CommandHooks:
    return CommandHooks(before_bundling=lines)


def after(*lines: str) -> CommandHooks:
    return CommandHooks(after_bundling=lines)


@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_the_image_is_that_of_the_runtime(bundle: Bundle, version: str) -> None:
    asset = bundle(version, command_hooks=after(WHERE))

    assert (asset / "where").read_text() == f"{version} x86_64\n"
    assert (asset / "dependency/__init__.py").is_file()


@pytest.mark.usefixtures("arm64_latest")
def test_the_image_is_that_of_the_architecture(bundle: Bundle) -> None:
    asset = bundle(machine="arm64", command_hooks=after(WHERE))

    assert (asset / "where").read_text() == "3.13 aarch64\n"
    assert (asset / "dependency/__init__.py").is_file()


@pytest.mark.usefixtures("arm64")
def test_the_platform_can_be_another_than_the_functions(bundle: Bundle) -> None:
    image = DockerImage.from_registry(runtime_image("3.13", "arm64").tag)

    asset = bundle(image=image, platform="linux/arm64", command_hooks=after(WHERE))

    assert (asset / "where").read_text() == "3.13 aarch64\n"


def test_an_image_needs_a_shell_and_a_python_and_nothing_else(bundle: Bundle) -> None:
    assert tree(bundle(image=BARE_IMAGE)) == tree(bundle(strategy="local"))


def test_wheels_come_without_a_container_and_are_the_same(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tree(bundle(image=DockerImage.from_registry(runtime_image("3.13").latest)))
    monkeypatch.setenv("CDK_DOCKER", "/there/is/no/engine")

    assert tree(bundle(strategy="docker")) == inside


def test_an_image_that_the_user_builds(bundle: Bundle, tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    dockerfile = f'FROM {BARE.latest}\nENV MARK=built\nENTRYPOINT ["/bin/false"]\n'
    (context / "Dockerfile").write_text(dockerfile)

    asset = bundle(image=DockerImage.from_build(str(context)), command_hooks=after('echo "$MARK" > /asset-output/mark'))

    assert (asset / "mark").read_text() == "built\n"
    assert (asset / "dependency/__init__.py").is_file()


def test_mounts_and_copies_and_the_host_make_the_same_tree(bundle: Bundle, project: Path) -> None:
    (project / "data").mkdir()
    (project / "data/ünï 'code'.txt").write_text("x")
    (project / "run.sh").touch(mode=0o700)

    mounted = tree(bundle(strategy="docker"))

    assert {"data/ünï 'code'.txt", "run.sh", "index.py", "dependency/__init__.py"} <= set(mounted)
    assert mounted == tree(bundle(bundling_file_access=BundlingFileAccess.VOLUME_COPY))
    assert mounted == tree(bundle(strategy="local"))


@pytest.mark.parametrize("access", [BundlingFileAccess.BIND_MOUNT, BundlingFileAccess.VOLUME_COPY])
def test_hooks_see_input_and_output(bundle: Bundle, project: Path, access: BundlingFileAccess) -> None:
    hooks = CommandHooks(
        before_bundling=["pwd > generated.txt", "ls /asset-output > empty.txt"],
        after_bundling=["ls /asset-input > /asset-output/seen.txt"],
    )

    asset = bundle(command_hooks=hooks, bundling_file_access=access)

    assert (asset / "generated.txt").read_text() == "/asset-input\n"
    assert (asset / "empty.txt").read_text() == ""
    assert {"index.py", "requirements.txt"} <= set((asset / "seen.txt").read_text().split())
    assert sorted(path.name for path in project.iterdir()) == ["index.py", "requirements.txt"]


@pytest.mark.parametrize("access", [BundlingFileAccess.BIND_MOUNT, BundlingFileAccess.VOLUME_COPY])
def test_another_user_builds_and_the_asset_is_ours(bundle: Bundle, access: BundlingFileAccess) -> None:
    hooks = CommandHooks(before_bundling="touch made", after_bundling="id -u > /asset-output/uid")

    asset = bundle(user="1234:1234", command_hooks=hooks, bundling_file_access=access)

    assert (asset / "uid").read_text() == "1234\n"
    assert (asset / "made").is_file()
    assert (asset / "dependency/__init__.py").is_file()
    assert {path.stat().st_uid for path in (asset, *asset.rglob("*"))} == {os.getuid()}


def test_podman_builds_too(podman: Engine, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_DOCKER", podman.command)

    mounted = tree(bundle(strategy="docker"))

    assert mounted == tree(bundle(strategy="local"))
    assert mounted == tree(bundle(bundling_file_access=BundlingFileAccess.VOLUME_COPY))


@pytest.mark.parametrize(
    ("options", "command", "printed"),
    [
        ({"network": "none"}, "ls /sys/class/net", "lo\n"),
        (
            {"security_opt": "no-new-privileges"},
            'python3 -c \'print(open("/proc/self/status").read().split("NoNewPrivs:")[1].split()[0])\'',
            "1\n",
        ),
        ({"working_directory": "/usr"}, "pwd", "/usr\n"),
        ({"environment": {"A": "it's $HOME"}, "build_args": {"A": "lost", "B": "2"}}, 'echo "$A $B"', "it's $HOME 2\n"),
        (
            {"build_args": {"PIP_INDEX_URL": "https://your.index.url/simple/"}},
            'echo "$PIP_INDEX_URL $UV_DEFAULT_INDEX"',
            "https://your.index.url/simple/ https://your.index.url/simple/\n",
        ),
        ({"entrypoint": ["/bin/sh", "-c", 'export ENTERED=yes; exec "$@"', "--"]}, 'echo "$ENTERED"', "yes\n"),
    ],
    ids=["network", "security_opt", "working_directory", "environment", "build_args", "entrypoint"],
)
def test_an_option_of_the_container_has_its_effect(
    bundle: Bundle, options: dict[str, Any], command: str, printed: str
) -> None:
    asset = bundle(image=BARE_IMAGE, command_hooks=before(f"{{ {command}; }} > /asset-input/printed"), **options)

    assert (asset / "printed").read_text() == printed


def test_volumes_are_there(bundle: Bundle, tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/file").write_text("shared\n")
    made = engine.call("create", "--volume", "/of/another", BARE.latest, "true")
    assert made.returncode == 0, made.stderr
    try:
        asset = bundle(
            image=BARE_IMAGE,
            volumes=[DockerVolume(host_path=str(tmp_path / "shared"), container_path="/mine")],
            volumes_from=[made.stdout.strip()],
            command_hooks=after("cp /mine/file /asset-output/file", "ls /of > /asset-output/of"),
        )
    finally:
        engine.call("rm", "--volumes", made.stdout.strip())

    assert (asset / "file").read_text() == "shared\n"
    assert (asset / "of").read_text() == "another\n"


def test_a_command_replaces_the_whole_build(bundle: Bundle) -> None:
    asset = bundle(image=BARE_IMAGE, command=["sh", "-c", "ls -A > /asset-output/seen; cp index.py /asset-output"])

    assert sorted(path.name for path in asset.iterdir()) == ["index.py", "seen"]
    assert (asset / "seen").read_text().split() == ["index.py", "requirements.txt"]


def test_auto_builds_in_the_container_what_has_no_wheel(
    bundle: Bundle, project: Path, wheelhouse: Wheelhouse, capfd: pytest.CaptureFixture[str]
) -> None:
    wheelhouse.sdist("compiled", native=True)
    with (project / "requirements.txt").open("a") as file:
        file.write("compiled==1.0\n")

    asset = bundle()

    assert [path.name for path in (asset / "compiled").glob("*.so")] == ["_native.cpython-313-x86_64-linux-gnu.so"]
    assert (
        "Stack/Function: compiled has no wheel for python3.13 on x86_64: building in public" in capfd.readouterr().err
    )


def test_auto_builds_in_the_container_what_of_the_users_own_has_to_be_compiled(
    bundle: Bundle, project: Path, wheelhouse: Wheelhouse, capfd: pytest.CaptureFixture[str]
) -> None:
    wheelhouse.sdist("compiled", native=True).rename(project / "compiled-1.0.tar.gz")
    with (project / "requirements.txt").open("a") as file:
        file.write("./compiled-1.0.tar.gz\n")

    asset = bundle(asset_excludes=["*.tar.gz"])

    assert [path.name for path in (asset / "compiled").glob("*.so")] == ["_native.cpython-313-x86_64-linux-gnu.so"]
    assert re.search(r"compiled .*: building in public\.ecr\.aws/", capfd.readouterr().err)


def test_settings_of_uv_around_the_entry_change_nothing(bundle: Bundle, project: Path, wheelhouse: Wheelhouse) -> None:
    wheelhouse.wheel("needed")
    wheelhouse.wheel("dependency", "2.0", requires=["needed"])
    (project / "requirements.txt").write_text(f"--no-index\n--find-links {wheelhouse.directory}\ndependency==2.0\n")
    before = tree(bundle(strategy="local"))
    (project / "uv.toml").write_text("[pip]\nno-deps = true\n")
    (project.parent / "pyproject.toml").write_text('[tool.uv]\noverride-dependencies = ["dependency==1.0"]\n')

    assert "needed/__init__.py" in before
    assert tree(bundle(strategy="local")) == before
    assert tree(bundle(strategy="docker")) == before


def test_what_cannot_be_compiled_is_told(bundle: Bundle, project: Path, wheelhouse: Wheelhouse) -> None:
    wheelhouse.sdist("compiled", native=True)
    with (project / "requirements.txt").open("a") as file:
        file.write("compiled==1.0\n")

    with pytest.raises(BundlingError, match=r"failed with exit code(?s:.)*compiled(?s:.)*could not"):
        bundle(image=BARE_IMAGE)


def test_a_hook_that_fails_is_told_and_nothing_is_left(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(BundlingError, match=r"failed with exit code 3\.(?s:.)*why(?s:.)*after_bundling, command 2"):
        bundle(strategy="docker", command_hooks=after("true", "echo why; sh -c 'exit 3'", "touch /asset-output/never"))

    (outdir,) = tmp_path.glob("cdk.out.*")
    assert list(outdir.iterdir()) == []


def test_an_engine_that_is_not_there(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_DOCKER", "no-such-engine")

    with pytest.raises(BundlingError, match=r"would build it without\. The engine's command 'no-such-engine' is not"):
        bundle(command_hooks=after("true"))


def test_an_engine_that_does_not_run(bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")

    with pytest.raises(BundlingError, match=r"The engine that 'docker' talks to is not running"):
        bundle(command_hooks=after("true"))


@pytest.mark.parametrize("access", [BundlingFileAccess.BIND_MOUNT, BundlingFileAccess.VOLUME_COPY])
def test_an_image_that_is_not_there(bundle: Bundle, access: BundlingFileAccess) -> None:
    image = DockerImage.from_registry("localhost:9/no-such-image:1")

    with pytest.raises(
        BundlingError, match=r"The image 'localhost:9/no-such-image:1' .* neither here nor to be pulled"
    ):
        bundle(image=image, bundling_file_access=access)


def test_an_empty_output_names_the_command(bundle: Bundle) -> None:
    with pytest.raises(BundlingError, match=r"bundle of .* is empty.*Let command write to /asset-output"):
        bundle(image=BARE_IMAGE, command=["true"])


def test_no_secret_is_ever_an_argument(bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "arguments"
    spy = tmp_path / "spy"
    spy.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {log}\nexec docker "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("CDK_DOCKER", str(spy))
    environment = {"MY_TOKEN": "s3ntinel", "PIP_EXTRA_INDEX_URL": "https://u:s3ntinel@your.index.url/simple/"}
    hook = 'echo "$MY_TOKEN $PIP_EXTRA_INDEX_URL" && false'

    with pytest.raises(BundlingError, match=r"\*\*\*") as caught:
        bundle(image=BARE_IMAGE, environment=environment, command_hooks=after(hook))

    assert "s3ntinel" not in str(caught.value)
    assert "--env\n" in log.read_text()
    assert "s3ntinel" not in log.read_text()


@pytest.mark.parametrize("access", [BundlingFileAccess.BIND_MOUNT, BundlingFileAccess.VOLUME_COPY])
def test_no_inspection_of_the_container_shows_a_secret(bundle: Bundle, access: BundlingFileAccess) -> None:
    # What the engine started the first process with is what it shows to whoever may ask it.
    lines = (
        "tr '\\0' '\\n' < /proc/1/environ | cut -c1-12 > seen",
        "ls /asset-scratch >> seen",
        "echo ${#MY_TOKEN} >> seen",
    )

    asset = bundle(
        image=BARE_IMAGE, secrets={"MY_TOKEN": "s3ntinel"}, command_hooks=after(*lines), bundling_file_access=access
    )

    seen = (asset / "seen").read_text().splitlines()
    assert seen[-1] == "8"
    assert "HOME=/tmp" in seen
    assert not [line for line in seen if line.startswith("MY_TOKEN") or line == "variables"]


def test_a_command_of_another_user_leaves_nothing_that_the_host_cannot_remove(bundle: Bundle) -> None:
    made = "mkdir -p /asset-output/deep && cp index.py /asset-output && touch /asset-output/deep/x && umask 077"

    asset = bundle(image=BARE_IMAGE, user="1234:1234", command=["sh", "-c", made])

    assert sorted(path.name for path in asset.iterdir()) == ["deep", "index.py"]
    assert {path.stat().st_uid for path in asset.rglob("*")} == {os.getuid()}


def test_a_repository_is_built_on_the_host_where_it_is_named(bundle: Bundle, project: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / "src/versioned").mkdir(parents=True)
    (repository / "src/versioned/__init__.py").write_text("VERSION = '1.0'\n")
    backend = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    (repository / "pyproject.toml").write_text(f'[project]\nname = "versioned"\nversion = "1.0"\n{backend}')
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    for command in (("init", "--quiet"), ("add", "."), (*identity, "commit", "--quiet", "--message", "One")):
        subprocess.run(("git", *command), cwd=repository, check=True)
    commit = subprocess.run(("git", "rev-parse", "HEAD"), cwd=repository, check=True, capture_output=True, text=True)
    requirement = f"versioned @ git+{repository.as_uri()}@{commit.stdout.strip()}\n"
    (project / "requirements.txt").write_text(requirement)

    asset = bundle(machine="arm64", strategy="local", build_on_host=["versioned"])

    assert (asset / "versioned/__init__.py").read_text() == "VERSION = '1.0'\n"
    assert str(tmp_path) not in "".join(path.read_text() for path in asset.rglob("*") if path.is_file())
