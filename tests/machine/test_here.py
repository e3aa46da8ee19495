from pathlib import Path

import pytest

from python_function._machine import here
from python_function._machine.host import Host
from python_function.errors import BundlingError, PackagingError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def host(**environ: str) -> Host:
    return here.host("Stack/Function", environ=environ, write=print, detail=False, secrets=frozenset({"s3ntinel"}))


def test_without_a_home_it_is_said_what_to_set(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # no entry in the system's list of users

    with pytest.raises(BundlingError, match="Set HOME, or XDG_CACHE_HOME"):
        host()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    assert host().cache.is_relative_to(home)


def test_relative_places_start_at_the_working_directory(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)

    assert host(UV_CACHE_DIR=".cache").environ["UV_CACHE_DIR"] == str(home / ".cache")


def test_what_files_say_of_indexes_comes_after_variables(home: Path) -> None:
    (home / ".config/pip").mkdir(parents=True)
    (home / ".config/uv").mkdir()
    (home / ".config/pip/pip.conf").write_text("[global]\nindex-url = https://pip/\nextra-index-url = https://more/\n")
    (home / ".config/uv/uv.toml").write_text('index-url = "https://uv/"\n')
    place = {"HOME": str(home), "XDG_CONFIG_DIRS": ""}

    assert host(**place).environ["UV_DEFAULT_INDEX"] == "https://uv/"
    assert host(**place).environ["UV_INDEX"] == "https://more/"
    assert host(**place, PIP_INDEX_URL="https://mine/").environ["UV_DEFAULT_INDEX"] == "https://mine/"
    (home / ".config/uv/uv.toml").unlink()
    assert host(**place).environ["UV_DEFAULT_INDEX"] == "https://pip/"


def test_a_file_that_cannot_be_read_is_an_error(home: Path) -> None:
    (home / ".pip").mkdir()
    (home / ".pip/pip.conf").write_text("index-url = https://a/\n")

    with pytest.raises(PackagingError, match=r"pip\.conf cannot be read"):
        host(HOME=str(home), XDG_CONFIG_DIRS="")


def test_no_secret_shows_in_what_describes_the_machine(home: Path) -> None:
    assert "s3ntinel" not in repr(host(HOME=str(home), GH_PAT="s3ntinel"))
