"""What a build gets to see of this machine, with homes that are made up."""

from pathlib import Path

import pytest

from python_function._machine.environment import for_container, for_installer, index_identity
from python_function._machine.here import TREES, host
from python_function._machine.host import Host
from python_function.errors import OptionError

EXTRA = "https://extra.index.url/simple/"


def machine(home: Path, **environ: str) -> Host:
    return host("Stack/Function", environ={"HOME": str(home), **environ}, write=print, detail=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home whose pip has an index besides its default."""
    file = tmp_path / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text(f"[global]\nextra-index-url = {EXTRA}\n")
    return tmp_path


def test_more_indexes_of_pips_files_count_as_pip_has_it_for_the_best_version(home: Path) -> None:
    environ = machine(home).environ

    for seen in (for_installer(environ), for_container(environ)):
        assert seen["UV_INDEX"] == EXTRA
        assert seen["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert index_identity(environ) != index_identity({"UV_INDEX": EXTRA})


def test_more_indexes_of_a_variable_come_first_as_uv_has_it(home: Path) -> None:
    environ = machine(home, PIP_EXTRA_INDEX_URL="https://your.index.url/simple/").environ

    assert for_installer(environ)["UV_INDEX"] == "https://your.index.url/simple/"
    assert "UV_INDEX_STRATEGY" not in for_installer(environ)


def test_what_the_user_gives_for_the_bundle_wins(home: Path) -> None:
    given = {"UV_INDEX_STRATEGY": "first-index"}

    assert for_installer(machine(home).environ, given)["UV_INDEX_STRATEGY"] == "first-index"


@pytest.mark.parametrize(("text", "size"), [("off", 0), ("0", 0), ("7", 7_000_000)])
def test_a_variable_says_how_much_of_dependencies_is_kept(tmp_path: Path, text: str, size: int) -> None:
    assert machine(tmp_path, **{TREES: text}).tree_bytes == size


@pytest.mark.parametrize("text", ["", "no", "-1", "1.5", "5 GB"])
def test_any_other_word_about_what_is_kept_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(OptionError, match=r"CDK_PYTHON_FUNCTION_TREES must be 'off' or a number of megabytes"):
        machine(tmp_path, **{TREES: text})
