"""What the image's own settings of indexes mean to the script of a container."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from python_function._bundle.executors import shell

PIP = {
    "PIP_INDEX_URL": "https://image/",
    "PIP_EXTRA_INDEX_URL": "https://a/\n https://b/",
    "PIP_FIND_LINKS": "/wheels  https://c/",
    "PIP_CERT": "/certs/my ca.pem",
}


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a directory with what the script starts."""
    source = files("python_function").joinpath("_machine/pip_conf.py").read_bytes()
    (tmp_path / "pip_conf.py").write_bytes(source)
    (tmp_path / "tree.py").touch()
    return tmp_path


def environment(tools: Path, *given: str, **variables: str) -> dict[str, str]:
    script = shell.render((), python=sys.executable, tools=str(tools), given=given)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tools), "PIP_CONFIG_FILE": "/dev/null", **variables}
    done = subprocess.run(("sh", "-c", f"{script}\nenv -0"), env=env, capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


def test_pips_variables_of_the_image_mean_uvs(tools: Path) -> None:
    found = environment(tools, **PIP)

    assert found["UV_DEFAULT_INDEX"] == "https://image/"
    assert found["UV_INDEX"] == "https://a/ https://b/"
    assert found["UV_FIND_LINKS"] == "/wheels,https://c/"
    assert found["SSL_CERT_FILE"] == "/certs/my ca.pem"


def test_what_is_there_already_wins(tools: Path) -> None:
    found = environment(tools, **PIP, UV_DEFAULT_INDEX="https://mine/", UV_INDEX="")

    assert found["UV_DEFAULT_INDEX"] == "https://mine/"
    assert found["UV_INDEX"] == "https://a/ https://b/"


def test_the_images_own_configuration_counts_after_its_variables(tools: Path) -> None:
    (tools / "own.conf").write_text("[global]\nindex-url = https://file/\nextra-index-url = https://more/\n")

    found = environment(tools, PIP_CONFIG_FILE=str(tools / "own.conf"), PIP_INDEX_URL="https://variable/")

    assert found["UV_DEFAULT_INDEX"] == "https://variable/"
    assert found["UV_INDEX"] == "https://more/"


def test_what_changes_a_resolution_counts_only_if_it_was_given(tools: Path) -> None:
    own = {"UV_CONSTRAINT": "/c.txt", "UV_RESOLUTION": "lowest", "UV_OFFLINE": "1"}

    assert environment(tools, **own).keys() & own.keys() == {"UV_OFFLINE"}
    assert environment(tools, "UV_RESOLUTION", **own).keys() & own.keys() == {"UV_OFFLINE", "UV_RESOLUTION"}


def test_a_configuration_that_cannot_be_read_ends_the_build(tools: Path) -> None:
    (tools / "own.conf").write_text("index-url = https://file/\n")

    with pytest.raises(subprocess.CalledProcessError) as caught:
        environment(tools, PIP_CONFIG_FILE=str(tools / "own.conf"))
    assert "own.conf cannot be read" in caught.value.stderr
    assert "could not read the configuration of the image" in caught.value.stdout
