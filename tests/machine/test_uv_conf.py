from pathlib import Path

import pytest

from python_function._machine import uv_conf
from python_function.errors import PackagingError


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(uv_conf, "SYSTEM", tmp_path / "etc/uv.toml")


def conf(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_what_says_where_packages_are_counts_and_nothing_else(tmp_path: Path) -> None:
    conf(
        tmp_path / ".config/uv/uv.toml",
        """
        override-dependencies = ["six==1.0"]
        constraint-dependencies = ["six<2"]
        exclude-newer = "2020-01-01"
        resolution = "lowest"
        prerelease = "allow"
        index-strategy = "unsafe-best-match"
        cache-dir = "/cache"
        system-certs = true
        offline = false
        allow-insecure-host = ["a", "b"]
        find-links = ["/wheels", "https://links/"]
        no-proxy = ["c", "d"]

        [[index]]
        name = "main"
        url = "https://main/simple"
        default = true

        [[index]]
        url = "https://other/simple"

        [[index]]
        name = "torch"
        url = "https://torch/simple"
        explicit = true

        [pip]
        extra-index-url = ["https://extra/simple"]
        """,
    )

    assert uv_conf.settings({}, tmp_path) == {
        "UV_CACHE_DIR": "/cache",
        "UV_SYSTEM_CERTS": "1",
        "UV_INSECURE_HOST": "a b",
        "UV_FIND_LINKS": "/wheels,https://links/",
        "NO_PROXY": "c,d",
        "UV_DEFAULT_INDEX": "main=https://main/simple",
        "UV_INDEX": "https://extra/simple https://other/simple",
    }


def test_the_users_file_comes_before_the_machines(tmp_path: Path) -> None:
    text = 'keyring-provider = "{0}"\n[[index]]\nurl = "https://{0}/"\n'
    conf(tmp_path / "etc/uv.toml", text.format("machine"))
    conf(tmp_path / ".config/uv/uv.toml", text.format("user"))

    found = uv_conf.settings({}, tmp_path)

    assert found == {"UV_KEYRING_PROVIDER": "user", "UV_INDEX": "https://user/ https://machine/"}


@pytest.mark.parametrize(
    ("environ", "index"),
    [
        ({}, "https://home/"),
        ({"XDG_CONFIG_HOME": "{root}/elsewhere"}, "https://moved/"),
        ({"UV_CONFIG_FILE": "{root}/own.toml"}, "https://own/"),
        ({"UV_NO_CONFIG": "1"}, None),
    ],
)
def test_the_file_is_where_uv_finds_it(tmp_path: Path, environ: dict[str, str], index: str | None) -> None:
    places = {"home": ".config/uv/uv.toml", "moved": "elsewhere/uv/uv.toml", "own": "own.toml"}
    for name, place in places.items():
        conf(tmp_path / place, f'index-url = "https://{name}/"\n')

    found = uv_conf.settings({name: value.format(root=tmp_path) for name, value in environ.items()}, tmp_path)

    assert found.get("UV_DEFAULT_INDEX") == index


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    file = conf(tmp_path / ".config/uv/uv.toml", "index-url = \n")

    with pytest.raises(PackagingError, match=str(file)):
        uv_conf.settings({}, tmp_path)
