import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from python_function._bundle import import_times
from python_function._bundle.import_times import Package
from python_function._machine.host import Host
from python_function._target.target import Target
from python_function.errors import BundlingError, CommandError, ProgramNotFoundError
from tests.doubles import Recorder

HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
OTHER = "python3.12" if HERE == "python3.13" else "python3.13"
MACHINE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
FOREIGN = "arm64" if MACHINE == "x86_64" else "x86_64"
PRINTED = """\
import time: self [us] | cumulative | imported package
import time:       100 |        100 |   _io
-- the handler's module --
import time:       200 |        200 |       botocore.a
what the function prints
import time:        50 |        250 |     botocore
import time:       300 |        550 |   json
import time:         1 |        551 | index
"""
FAILED = CommandError("failed", returncode=1, output=f"{PRINTED}Traceback\nKeyError: 'TABLE'\n")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no interpreter is like Lambda's")


def measure(host: Host, tmp_path: Path, target: Target, **variables: str) -> import_times.ImportTimes:
    return import_times.measure(tmp_path, "index", target=target, image="image:tag", host=host, variables=variables)


def test_times_are_summed_up_by_package_from_the_mark_on() -> None:
    assert import_times.parse(PRINTED) == (
        Package(name="json", microseconds=300, modules=1),
        Package(name="botocore", microseconds=250, modules=2),
        Package(name="index", microseconds=1, modules=1),
    )


def test_the_running_python_does_where_it_is_like_the_target(
    tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    recorder.answer = lambda _: PRINTED

    found = measure(make_host(recorder, SECRET="x"), tmp_path, Target(HERE, MACHINE), TABLE="orders")

    (call,) = recorder.calls
    (environment,) = recorder.environments
    assert call[:3] == ("sh", "-c", 'exec "$@" 2>&1')
    assert call[4:9] == ("/bin/python", "-S", "-B", "-X", "importtime")
    assert call[-2:] == (str(tmp_path), "index")
    assert (environment["TABLE"], environment["AWS_REGION"], "SECRET" in environment) == ("orders", "us-east-1", False)
    assert (found.python, found.microseconds) == ("/bin/python", 551)


def test_another_python_of_this_machine_is_looked_for(
    tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    recorder.answer = lambda argv: "/opt/python\n" if "find" in argv else PRINTED

    found = measure(make_host(recorder), tmp_path, Target(OTHER, MACHINE))

    assert (found.python, recorder.calls[1][4]) == ("/opt/python", "/opt/python")


@pytest.mark.parametrize("architecture", [MACHINE, FOREIGN])
def test_without_one_the_image_does_if_it_is_there(
    tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host], architecture: str
) -> None:
    def answer(argv: Sequence[str]) -> str:
        if "find" in argv:
            raise FAILED
        return PRINTED

    recorder.answer = answer

    found = measure(make_host(recorder, CDK_DOCKER="podman"), tmp_path, Target(OTHER, architecture), TOKEN="x-y-z")

    call = recorder.calls[-1]
    assert call[:5] == ("podman", "run", "--rm", "--pull=never", "--network=none")
    assert f"--volume={tmp_path}:/var/task:ro" in call
    assert "TOKEN" in call
    assert "x-y-z" not in " ".join(call)
    assert recorder.environments[-1]["TOKEN"] == "x-y-z"  # noqa: S105 - made up
    assert (found.python, len(recorder.calls)) == ("image:tag", 1 if architecture == FOREIGN else 2)


@pytest.mark.parametrize(
    "error",
    [
        ProgramNotFoundError("'docker' cannot be started"),
        CommandError("failed", returncode=125, output="No such image"),
    ],
)
def test_with_no_such_python_at_hand_the_ways_out_are_told(
    tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host], error: Exception
) -> None:
    def answer(_: Sequence[str]) -> str:
        raise error

    recorder.answer = answer

    with pytest.raises(BundlingError, match=rf"No Python 3\.1\d for {FOREIGN} is at hand .+ or pull image:tag"):
        measure(make_host(recorder), tmp_path, Target(OTHER, FOREIGN))


def test_a_module_that_cannot_be_imported_tells_why_without_times(
    tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    def answer(_: Sequence[str]) -> str:
        raise FAILED

    recorder.answer = answer

    with pytest.raises(BundlingError, match=r"Importing index with /bin/python failed") as caught:
        measure(make_host(recorder), tmp_path, Target(HERE, MACHINE))

    assert str(caught.value).splitlines()[-3:] == ["what the function prints", "Traceback", "KeyError: 'TABLE'"]
