"""What a container would install that this machine may look for as wheels first, and what it does then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from python_function._bundle import build, plan, sites, wheels_here
from python_function._bundle.sites import Part
from python_function._bundle.spec import BundleSpec, Container
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.host import Host
from python_function.errors import CommandError, NoWheelError
from tests.doubles import TARGET, UV, Recorder

OWN = Container().serving(TARGET)
LOCAL = LocalPackage(name="lib", directory=Path("/srv/lib"))


def packaging(text: str = "docopt==0.6.2", *, exact: bool = False, local: tuple[LocalPackage, ...] = ()) -> Packaging:
    found = read.parse(text, base=Path("/srv"), source="requirements.txt", exact=exact)
    return Packaging(kind="pip", content=Listed(requirements=replace(found, local=local)))


@pytest.fixture
def depending(spec: BundleSpec) -> BundleSpec:
    return replace(spec, packaging=packaging(), strategy="docker", container=OWN)


SAME: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "copied": {"container": replace(OWN, copies=True)},
    "hooks after": {"after": ("true",)},
    "index": {"environment": (("PIP_INDEX_URL", "https://user:pw@your.index.url/simple/"),)},
    "named index": {"environment": (("UV_INDEX", "a=https://a.index.url/simple/ https://b.index.url/./x/"),)},
    "exact": {"packaging": packaging("docopt", exact=True)},
}
OTHER: Mapping[str, Mapping[str, Any]] = {
    "image": {"container": replace(OWN, image="mine:latest")},
    "platform": {"container": replace(OWN, platform="linux/arm64")},
    "network": {"container": replace(OWN, network="host")},
    "user": {"container": replace(OWN, user="1000")},
    "volumes": {"container": replace(OWN, volumes=(("/srv", "/wheels"),))},
    "volumes of others": {"container": replace(OWN, volumes_from=("other",))},
    "security": {"container": replace(OWN, security_opt="no-new-privileges")},
    "entrypoint": {"container": replace(OWN, entrypoint=("sh",))},
    "directory": {"container": replace(OWN, working_directory="/")},
    "local package": {"packaging": packaging(local=(LOCAL,))},
    "built": {"build_on_host": ("docopt",)},
    "floating": {"packaging": packaging("docopt>=0.6")},
    "links": {"environment": (("UV_FIND_LINKS", "/wheels"),)},
    "file index": {"environment": (("PIP_INDEX_URL", "file:///wheels"),)},
    "named file index": {"environment": (("UV_INDEX", "a=file:///wheels"),)},
    "relative links": {"environment": (("PIP_FIND_LINKS", "https://your.index.url/ ./wheels"),)},
    "certificate": {"environment": (("SSL_CERT_FILE", "/certificates/ca.pem"),)},
    "home": {"environment": (("HOME", "/home/me"),)},
}


@pytest.mark.parametrize("change", SAME)
def test_wheels_are_the_same_everywhere(depending: BundleSpec, change: str) -> None:
    assert wheels_here.possible(replace(depending, **SAME[change]))


@pytest.mark.parametrize("change", OTHER)
def test_what_only_a_container_sees_or_builds_is_left_to_it(depending: BundleSpec, change: str) -> None:
    assert not wheels_here.possible(replace(depending, **OTHER[change]))


class Machine:
    """An installer that installs or refuses, and an engine that works."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal

    def __call__(self, argv: Sequence[str]) -> str:
        if "compile" in argv and self.refusal:
            message = "command failed"
            raise CommandError(message, returncode=1, output=self.refusal)
        if "compile" in argv:
            Path(argv[argv.index("--output-file") + 1]).write_text("docopt==0.6.2\n")
        elif argv[:2] == ("docker", "run"):
            places = {there: Path(here) for here, _, there in (word.partition(":") for word in argv if word[0] == "/")}
            (places["/asset-scratch"] / "ended").touch()
            (places["/asset-output"] / "index.py").touch()
            install(places["/asset-output"])
        elif "--require-hashes" in argv:
            (Path(argv[argv.index("--target") + 1]) / "bin").mkdir(parents=True)
            (Path(argv[argv.index("--target") + 1]) / "bin/uv").write_bytes(UV)
        elif "--target" in argv:
            install(Path(argv[argv.index("--target") + 1]))
        return ""


def install(directory: Path) -> None:
    info = directory / "docopt-0.6.2.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: docopt\nVersion: 0.6.2\n")
    (info / "RECORD").write_text("docopt-0.6.2.dist-info/METADATA,,\n")


@pytest.mark.parametrize(
    ("change", "refusal", "started"),
    [
        pytest.param({}, "", [], id="wheels"),
        pytest.param({"after": ("true",)}, "", ["run"], id="the hook alone"),
        pytest.param({}, "hint: Wheels are required for `docopt` because", ["image", "run"], id="no wheel"),
        pytest.param({}, "error: Connection refused", ["image", "run"], id="an index that only containers reach"),
        pytest.param({"container": replace(OWN, user="1")}, "", ["image", "run"], id="a user"),
    ],
)
def test_the_container_does_what_is_left(
    depending: BundleSpec,
    tmp_path: Path,
    recorder: Recorder,
    make_host: Callable[..., Host],
    change: Mapping[str, Any],
    refusal: str,
    started: list[str],
) -> None:
    recorder.answer = Machine(refusal)
    output = tmp_path / "asset.0123-building"
    output.mkdir()

    built = build.build(replace(depending, **change), output, make_host(recorder))

    assert [argv[1] for argv in recorder.calls if argv[0] == "docker"] == started
    assert built.image == (OWN.image if started else "")
    assert (output / "docopt-0.6.2.dist-info/METADATA").is_file()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, f"what has no wheel in {OWN.image}"),
        ({"after": ("true",)}, f"hooks and what has no wheel in {OWN.image}"),
        ({"container": replace(OWN, user="1")}, f"in {OWN.image}"),
    ],
)
def test_what_is_said_of_the_container_is_what_it_does(
    depending: BundleSpec,
    tmp_path: Path,
    recorder: Recorder,
    make_host: Callable[..., Host],
    lines: list[str],
    change: Mapping[str, Any],
    said: str,
) -> None:
    recorder.answer = Machine()
    output = tmp_path / "asset.0123-building"
    output.mkdir()

    build.build(replace(depending, **change), output, make_host(recorder))

    (line,) = (line for line in lines if "building for" in line)
    assert line.endswith(f", {said}")


def test_a_local_package_that_only_its_lock_tells_of_is_not_built_here(
    depending: BundleSpec, tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    requirements = Requirements(lines=("lib",), local=(LOCAL,), exact=True)
    part = Part(spec=depending, host=make_host(recorder), work=tmp_path, name="part", requirements=requirements)

    with pytest.raises(NoWheelError) as caught:
        sites.locally(part, partial(plan.dependencies, depending, requirements))

    assert caught.value.packages == ("lib",)
    assert recorder.calls == []
