from pathlib import Path

import pytest

from python_function._machine import pip_conf

SECRET = "s3ntinel"  # noqa: S105 - what must not show


def conf(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_conf, "_GLOBAL", ())


def test_a_hint_names_the_file_and_the_key_and_how_to_give_it_and_no_secret(tmp_path: Path) -> None:
    file = conf(tmp_path / ".config/pip/pip.conf", f"[global]\nindex-url = https://user:{SECRET}@host/simple\n")

    hint = pip_conf.hint({"HOME": str(tmp_path), "XDG_CONFIG_DIRS": ""})

    assert hint == (
        f"{file} sets index-url for pip; uv, which installs here, does not read it. If that is where the packages are, "
        'pass environment={"PIP_INDEX_URL": ...} or set the variable PIP_INDEX_URL.'
    )


@pytest.mark.parametrize(
    ("variable", "place"),
    [
        ("HOME", ".pip/pip.conf"),
        ("HOME", ".config/pip/pip.conf"),
        ("HOME", "Library/Application Support/pip/pip.conf"),
        ("XDG_CONFIG_HOME", "pip/pip.conf"),
        ("XDG_CONFIG_DIRS", "pip/pip.conf"),
        ("APPDATA", "pip/pip.ini"),
        ("USERPROFILE", "pip/pip.ini"),
        ("PROGRAMDATA", "pip/pip.ini"),
        ("VIRTUAL_ENV", "pip.conf"),
        ("PIP_CONFIG_FILE", ""),
    ],
)
def test_every_place_is_looked_at(tmp_path: Path, variable: str, place: str) -> None:
    root = tmp_path / "root"
    file = conf(root / place, "[install]\nextra_index_url =\n    https://a/\n    https://b/\n")

    hint = pip_conf.hint({"XDG_CONFIG_DIRS": "", variable: str(root)})

    assert hint.startswith(f"{file} sets extra-index-url for pip")
    assert "PIP_EXTRA_INDEX_URL" in hint


def test_several_keys_are_told_at_once(tmp_path: Path) -> None:
    file = conf(tmp_path / "pip.conf", "[global]\nfind-links = /wheels\nextra-index-url = https://a/\n")

    hint = pip_conf.hint({"PIP_CONFIG_FILE": str(file)})

    assert "sets extra-index-url and find-links for pip" in hint
    assert 'environment={"PIP_EXTRA_INDEX_URL": ..., "UV_FIND_LINKS": ...}' in hint


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        pytest.param("[global]\ntimeout = 60\n", {}, id="no index"),
        pytest.param("index-url = https://a/\n", {}, id="malformed"),
        pytest.param("", {}, id="empty"),
        pytest.param("[global]\nindex-url = https://a/\n", {"PIP_INDEX_URL": "https://b/"}, id="said to pip"),
        pytest.param("[global]\nindex-url = https://a/\n", {"UV_DEFAULT_INDEX": "https://b/"}, id="said to uv"),
        pytest.param("[global]\nindex-url = https://a/\n", {"PIP_CONFIG_FILE": "/dev/null"}, id="turned off"),
    ],
)
def test_without_a_reason_there_is_no_hint(tmp_path: Path, text: str, environ: dict[str, str]) -> None:
    conf(tmp_path / ".pip/pip.conf", text)

    assert pip_conf.hint({"HOME": str(tmp_path), "XDG_CONFIG_DIRS": "", **environ}) == ""


def test_a_machine_without_any_file_gets_no_hint(tmp_path: Path) -> None:
    assert pip_conf.hint({"HOME": str(tmp_path), "XDG_CONFIG_DIRS": ""}) == ""
