import os
import subprocess
from pathlib import Path

import pytest

from python_function._machine import pip_conf

SECRET = "s3ntinel"  # noqa: S105 - what must not show


def conf(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Read":
    monkeypatch.setattr(pip_conf, "SYSTEM", (str(tmp_path / "system/pip.conf"),))
    return Read(tmp_path)


class Read:
    """A machine with nothing but what a test puts there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, **environ: str) -> dict[str, str]:
        environment = {"XDG_CONFIG_DIRS": "", **environ}
        return pip_conf.settings(environment, str(self.root / "venv"), str(self.root / "home"))


def test_what_aws_codeartifact_writes_counts(read: Read, tmp_path: Path) -> None:
    url = f"https://aws:{SECRET}@domain.d.codeartifact.us-east-1.amazonaws.com/pypi/repository/simple/"
    conf(tmp_path / "home/.config/pip/pip.conf", f"[global]\nindex-url = {url}\n")

    assert read() == {"PIP_INDEX_URL": url}


def test_all_that_concerns_indexes_counts_and_nothing_else(read: Read, tmp_path: Path) -> None:
    text = """
        [global]
        index_url = https://a/simple
        extra-index-url =
            https://b/simple
            https://c/simple
        trusted-host = a b
        cert = /ca.pem
        client-cert = /me.pem
        proxy = user:pw@proxy:3128
        find-links = /wheels https://d/
        no-index = false
        keyring-provider = subprocess
        timeout = 60
        constraint = /constraints.txt
        pre = true
        only-binary = :all:
        [download]
        index-url = https://not-this/
    """
    conf(tmp_path / "home/.pip/pip.conf", "\n".join(line[8:] for line in text.splitlines()))

    assert read() == {
        "PIP_INDEX_URL": "https://a/simple",
        "PIP_EXTRA_INDEX_URL": "https://b/simple https://c/simple",
        "PIP_TRUSTED_HOST": "a b",
        "PIP_CERT": "/ca.pem",
        "PIP_CLIENT_CERT": "/me.pem",
        "PIP_PROXY": "user:pw@proxy:3128",
        "PIP_FIND_LINKS": "/wheels https://d/",
        "PIP_NO_INDEX": "false",
        "PIP_KEYRING_PROVIDER": "subprocess",
    }


PLACES = (
    "etc/pip/pip.conf",
    "system/pip.conf",
    "home/pip/pip.ini",
    "home/.pip/pip.conf",
    "home/Library/Application Support/pip/pip.conf",
    "home/.config/pip/pip.conf",
    "venv/pip.conf",
)
"""Where pip looks, the file that wins last."""


@pytest.mark.parametrize("number", range(len(PLACES)))
def test_the_nearest_file_wins(read: Read, tmp_path: Path, number: int) -> None:
    for place in PLACES[: number + 1]:
        conf(tmp_path / place, f"[global]\nindex-url = https://{PLACES.index(place)}/\n")

    assert read(XDG_CONFIG_DIRS=str(tmp_path / "etc")) == {"PIP_INDEX_URL": f"https://{number}/"}


def test_what_is_for_installing_wins_over_what_is_for_all(read: Read, tmp_path: Path) -> None:
    conf(tmp_path / "system/pip.conf", "[install]\nindex-url = https://install/\n")
    conf(tmp_path / "venv/pip.conf", "[global]\nindex-url = https://global/\n")

    assert read() == {"PIP_INDEX_URL": "https://install/"}


def test_the_file_of_a_variable_takes_the_place_of_the_users(read: Read, tmp_path: Path) -> None:
    conf(tmp_path / "home/.pip/pip.conf", "[global]\ntrusted-host = home\n")
    conf(tmp_path / "venv/pip.conf", "[global]\ncert = /venv.pem\nindex-url = https://venv/\n")
    own = conf(tmp_path / "own", "[global]\nindex-url = https://own/\n")

    assert read(PIP_CONFIG_FILE=str(own)) == {"PIP_INDEX_URL": "https://own/", "PIP_CERT": "/venv.pem"}
    assert read(PIP_CONFIG_FILE=os.devnull) == {}


def test_variables_win(read: Read, tmp_path: Path) -> None:
    conf(tmp_path / "venv/pip.conf", "[install]\nindex-url = https://file/\n")

    assert read(PIP_INDEX_URL="https://variable/") == {"PIP_INDEX_URL": "https://variable/"}


@pytest.mark.parametrize("text", [f"index-url = https://me:{SECRET}@a/\n", "[global\n"])
def test_a_file_that_cannot_be_read_is_an_error_and_not_an_index_less(read: Read, tmp_path: Path, text: str) -> None:
    file = conf(tmp_path / "venv/pip.conf", text)

    with pytest.raises(ValueError, match=f"{file} cannot be read: ") as caught:
        read()

    assert SECRET not in str(caught.value)


def test_the_script_of_a_container_sets_and_unsets(read: Read, tmp_path: Path) -> None:
    conf(tmp_path / "home/.pip/pip.conf", "[global]\nindex-url = https://a/?b='c'\n")
    environ = {"XDG_CONFIG_DIRS": "", "UV_CONSTRAINT": "/c.txt", "UV_INDEX": "https://b", "PIP_CONSTRAINT": "/c.txt"}

    script = pip_conf.script(environ, str(read.root / "venv"), str(read.root / "home"), ("UV_INDEX",))
    said = subprocess.run(
        ("sh", "-c", f"{script}\nenv"), env=environ, capture_output=True, text=True, check=True
    ).stdout

    assert "PIP_INDEX_URL=https://a/?b='c'\n" in said
    assert "UV_INDEX=https://b\n" in said
    assert "UV_CONSTRAINT" not in said
