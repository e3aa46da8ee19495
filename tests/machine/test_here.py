from pathlib import Path

import pytest

from python_function._machine import here
from python_function._machine.environment import for_container, for_installer, index_identity
from python_function._machine.here import TREES
from python_function._machine.host import Host
from python_function.errors import BundlingError, OptionError, PackagingError

EXTRA = "https://extra.index.url/simple/"


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
    monkeypatch.setattr("os.path.expanduser", str)  # no entry in the system's list of users

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


@pytest.fixture
def with_more(home: Path) -> Path:
    """Return a home whose pip has an index besides its default."""
    file = home / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text(f"[global]\nextra-index-url = {EXTRA}\n")
    return home


def test_more_indexes_of_pips_files_count_as_pip_has_it_for_the_best_version(with_more: Path) -> None:
    environ = host(HOME=str(with_more), XDG_CONFIG_DIRS="").environ

    for seen in (for_installer(environ), for_container(environ)):
        assert seen["UV_INDEX"] == EXTRA
        assert seen["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert index_identity(environ) != index_identity({"UV_INDEX": EXTRA})


def test_more_indexes_of_a_variable_come_first_as_uv_has_it(with_more: Path) -> None:
    environ = host(
        HOME=str(with_more), XDG_CONFIG_DIRS="", PIP_EXTRA_INDEX_URL="https://your.index.url/simple/"
    ).environ

    assert for_installer(environ)["UV_INDEX"] == "https://your.index.url/simple/"
    assert "UV_INDEX_STRATEGY" not in for_installer(environ)


def test_what_the_user_gives_for_the_bundle_wins(with_more: Path) -> None:
    given = {"UV_INDEX_STRATEGY": "first-index"}

    assert (
        for_installer(host(HOME=str(with_more), XDG_CONFIG_DIRS="").environ, given)["UV_INDEX_STRATEGY"]
        == "first-index"
    )


@pytest.mark.parametrize(("text", "size"), [("off", 0), ("0", 0), ("7", 7_000_000)])
def test_a_variable_says_how_much_of_dependencies_is_kept(home: Path, text: str, size: int) -> None:
    assert host(HOME=str(home), **{TREES: text}).tree_bytes == size


@pytest.mark.parametrize("text", ["", "no", "-1", "1.5", "5 GB"])
def test_any_other_word_about_what_is_kept_is_an_error(home: Path, text: str) -> None:
    with pytest.raises(OptionError, match=r"CDK_PYTHON_FUNCTION_TREES must be 'off' or a number of megabytes"):
        host(HOME=str(home), **{TREES: text})
