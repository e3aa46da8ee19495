from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from python_function._machine import environment

Audience: TypeAlias = Callable[[Mapping[str, str], Mapping[str, str]], dict[str, str]]

SECRET = "s3ntinel"  # noqa: S105 - what must not show


def test_pips_variables_reach_uv_under_its_own_names() -> None:
    translated = environment.for_installer(
        {
            "PIP_INDEX_URL": "https://a/simple/",
            "PIP_EXTRA_INDEX_URL": "https://b/ https://c/",
            "PIP_TRUSTED_HOST": "a",
            "PIP_CERT": "/ca.pem",
            "HTTPS_PROXY": "http://proxy",
        }
    )

    assert translated["UV_DEFAULT_INDEX"] == "https://a/simple/"
    assert translated["UV_INDEX"] == "https://b/ https://c/"
    assert translated["UV_INSECURE_HOST"] == "a"
    assert translated["SSL_CERT_FILE"] == "/ca.pem"
    assert translated["HTTPS_PROXY"] == "http://proxy"
    assert translated["PIP_INDEX_URL"] == "https://a/simple/"


def test_uvs_own_variables_win() -> None:
    translated = environment.for_installer({"UV_DEFAULT_INDEX": "https://uv/", "PIP_INDEX_URL": "https://pip/"})

    assert translated["UV_DEFAULT_INDEX"] == "https://uv/"


def test_a_later_layer_wins_under_whatever_name() -> None:
    translated = environment.for_installer(
        {"UV_DEFAULT_INDEX": "https://process/", "SSL_CERT_FILE": "/process.pem"},
        {"PIP_INDEX_URL": "https://option/", "PIP_CERT": "/option.pem"},
    )

    assert translated["UV_DEFAULT_INDEX"] == "https://option/"
    assert translated["SSL_CERT_FILE"] == "/option.pem"


@pytest.mark.parametrize("name", ["UV_INDEX_MAIN_PASSWORD", "POETRY_HTTP_BASIC_MAIN_USERNAME"])
def test_credentials_are_there_as_a_url_has_to_have_them(name: str) -> None:
    translated = environment.for_installer({name: "a/b@c:%"})

    assert translated[name] == "a/b@c:%"
    assert translated[f"{name}_IN_URL"] == "a%2Fb%40c%3A%25"


@pytest.mark.parametrize("name", ["VIRTUAL_ENV", "PYTHONPATH", "UV_PYTHON", "CONDA_PREFIX"])
def test_the_python_environment_of_whoever_runs_cdk_does_not_count(name: str) -> None:
    assert name not in environment.for_installer({name: "/somewhere"})


@pytest.mark.parametrize("name", ["FORCE_COLOR", "CLICOLOR_FORCE"])
def test_output_that_is_read_has_no_colours(name: str) -> None:
    translated = environment.for_installer({name: "1"})

    assert name not in translated
    assert translated["NO_COLOR"] == "1"


def test_no_python_is_ever_downloaded() -> None:
    assert environment.for_installer({"UV_PYTHON_DOWNLOADS": "automatic"})["UV_PYTHON_DOWNLOADS"] == "never"


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("MY_TOKEN", SECRET, {SECRET}),
        ("UV_INDEX_CORP_PASSWORD", SECRET, {SECRET}),
        ("UV_INDEX_CORP_USERNAME", SECRET, {SECRET}),
        ("POETRY_HTTP_BASIC_CORP_USERNAME", SECRET, {SECRET}),
        ("POETRY_PYPI_TOKEN_CORP", SECRET, {SECRET}),
        ("PIP_INDEX_URL", f"https://user:{SECRET}@host/", {f"user:{SECRET}", SECRET}),
        ("PIP_EXTRA_INDEX_URL", f"https://a/ https://b:{SECRET}@host/", {f"b:{SECRET}", SECRET}),
        ("UV_INDEX", f"corp=https://user:{SECRET}@host/", {f"user:{SECRET}", SECRET}),
        ("PIP_PROXY", f"user:{SECRET}@proxy:8080", {f"user:{SECRET}", SECRET}),
        ("FOO", f"https://user:{SECRET}[x@host/simple", {f"user:{SECRET}[x", f"{SECRET}[x"}),
        ("MY_TOKEN", "abc", set[str]()),
        ("PATH", "/usr/bin", set[str]()),
    ],
)
def test_what_is_a_secret(name: str, value: str, secrets: set[str]) -> None:
    assert environment.secrets({name: value}) == secrets


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"PIP_INDEX_URL": "https://a:one@host/"}, {"PIP_INDEX_URL": "https://b:other@host/"}),
        ({"PIP_INDEX_URL": "https://one@host/"}, {"PIP_INDEX_URL": "https://host/"}),
        ({"PIP_EXTRA_INDEX_URL": "https://x/ https://a:b@y/"}, {"PIP_EXTRA_INDEX_URL": "https://x/ https://c:d@y/"}),
        ({"UV_FIND_LINKS": "https://x/?sig=a"}, {"UV_FIND_LINKS": "https://x/?sig=b"}),
        ({"HTTPS_PROXY": "http://a:one@proxy"}, {"HTTPS_PROXY": "http://a:other@proxy"}),
        ({"PIP_PROXY": "a:one@proxy:3128"}, {"PIP_PROXY": "b:other@proxy:3128"}),
    ],
)
def test_who_asks_an_index_is_no_part_of_the_identity(one: dict[str, str], other: dict[str, str]) -> None:
    assert environment.identity(one.items()) == environment.identity(other.items())


def test_of_a_secret_the_name_counts() -> None:
    one, other = {"GH_PAT": "one"}, {"GH_PAT": "other"}

    assert environment.identity(one.items(), {"GH_PAT"}) == environment.identity(other.items(), {"GH_PAT"})
    assert environment.identity(one.items(), {"GH_PAT"}) != environment.identity((), {"GH_PAT"})


@pytest.mark.parametrize(
    "name",
    [
        *("STAGE", "AUTH_MODE", "MAX_TOKENS", "PRIMARY_KEY", "KEY_REGION", "PASSWORD_POLICY", "FEATURE_KEY_ROTATION"),
        *("NO_PROXY", "HTTPS_PROXY", "PIP_CERT", "GH_PAT", "API_KEY", "PIP_INDEX_URL", "UV_RESOLUTION"),
    ],
)
def test_a_value_of_the_users_own_counts_whatever_its_name(name: str) -> None:
    identities = {environment.identity(given.items()) for given in ({}, {name: "https://a"}, {name: "https://b"})}

    assert len(identities) == 3


def test_a_url_of_ones_own_counts_whole() -> None:
    one, other = {"CALLBACK": "https://a:b@c/?token=d"}, {"CALLBACK": "https://a:b@c/?token=e"}

    assert environment.identity(one.items()) != environment.identity(other.items())


@pytest.mark.parametrize("audience", [environment.for_installer, environment.for_hooks, environment.for_container])
@pytest.mark.parametrize(
    "name",
    [
        *("UV_RESOLUTION", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE", "UV_EXCLUDE_NEWER", "UV_PRERELEASE"),
        *(
            "UV_BUILD_CONSTRAINT",
            "UV_NO_BINARY",
            "UV_NO_SOURCES",
            "UV_INDEX_STRATEGY",
            "UV_TORCH_BACKEND",
            "UV_NO_DEPS",
        ),
        *("PIP_CONSTRAINT", "PIP_PRE", "PIP_NO_BINARY", "PIP_ONLY_BINARY", "PIP_NO_DEPS", "PIP_REQUIREMENT"),
        *("STAGE", "GH_PAT", "SETUPTOOLS_SCM_PRETEND_VERSION", "UV_SOMETHING_NEW", "AWS_SECRET_ACCESS_KEY"),
    ],
)
def test_what_changes_a_bundle_reaches_nobody_unless_it_is_given(audience: Audience, name: str) -> None:
    assert name not in audience({name: "1"}, {})
    assert audience({}, {name: "1"})[name] == "1"


@pytest.mark.parametrize("audience", [environment.for_installer, environment.for_hooks])
@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "GIT_CONFIG_GLOBAL"),
        *("XDG_CACHE_HOME", "UV_CACHE_DIR", "SYSTEMROOT", "SystemRoot", "NETRC", "SSL_CERT_FILE", "PIP_CERT"),
    ],
)
def test_what_programs_on_this_machine_need_reaches_them(audience: Audience, name: str) -> None:
    assert audience({name: "/x"}, {})[name] == "/x"
    assert name not in environment.for_container({name: "/x"})


@pytest.mark.parametrize("audience", [environment.for_installer, environment.for_hooks, environment.for_container])
@pytest.mark.parametrize(
    "name",
    [
        *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_DEFAULT_INDEX", "UV_FIND_LINKS", "HTTPS_PROXY"),
        *("https_proxy", "NO_PROXY", "UV_INDEX_CORP_PASSWORD", "POETRY_HTTP_BASIC_CORP_USERNAME", "PIP_TRUSTED_HOST"),
        *("GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_12"),
    ],
)
def test_where_indexes_are_reaches_everybody(audience: Audience, name: str) -> None:
    assert audience({name: "https://x"}, {})[name] == "https://x"


def test_a_keyring_gets_what_it_logs_in_with() -> None:
    process = {"AWS_PROFILE": "company"}

    assert "AWS_PROFILE" in environment.for_installer({**process, "UV_KEYRING_PROVIDER": "subprocess"})
    assert "AWS_PROFILE" not in environment.for_installer(process)
    assert "AWS_PROFILE" not in environment.for_hooks({**process, "UV_KEYRING_PROVIDER": "subprocess"})


def test_older_names_of_uv_mean_the_newer_ones() -> None:
    process = {"UV_INDEX_URL": "https://a", "UV_INDEX": "https://b", "UV_EXTRA_INDEX_URL": "https://c"}

    assert environment.for_container(process)["UV_DEFAULT_INDEX"] == "https://a"
    assert environment.for_container(process)["UV_INDEX"] == "https://b https://c"
    assert environment.for_container(process, {"PIP_INDEX_URL": "https://d"})["UV_DEFAULT_INDEX"] == "https://d"


def test_no_index_means_that_none_is_asked() -> None:
    process = {"PIP_NO_INDEX": "1", "PIP_INDEX_URL": "https://a", "PIP_FIND_LINKS": "/a /b"}
    translated = environment.for_installer(process)

    assert "https://a" not in (translated["UV_DEFAULT_INDEX"], translated["UV_INDEX"])
    assert translated["UV_FIND_LINKS"] == "/a,/b"


def test_places_do_not_depend_on_where_a_program_works(tmp_path: Path) -> None:
    found = environment.absolute(
        {"UV_CACHE_DIR": ".cache", "HOME": "/home/me", "LANG": "de", "PIP_CERT": "ca"}, tmp_path
    )

    assert found == {
        "UV_CACHE_DIR": str(tmp_path / ".cache"),
        "HOME": "/home/me",
        "LANG": "de",
        "PIP_CERT": str(tmp_path / "ca"),
    }


def test_directories_of_packages_start_where_the_user_is(tmp_path: Path) -> None:
    found = environment.absolute({"PIP_FIND_LINKS": "wheels /w https://a/b", "UV_FIND_LINKS": "x,https://y"}, tmp_path)

    assert found["PIP_FIND_LINKS"] == f"{tmp_path}/wheels /w https://a/b"
    assert found["UV_FIND_LINKS"] == f"{tmp_path}/x,https://y"


@pytest.mark.parametrize("name", ["PATH", "DOCKER_CONFIG", "DOCKER_HOST", "LD_PRELOAD", "XDG_RUNTIME_DIR", "HOME"])
def test_what_an_engines_client_reads_is_its_own(name: str) -> None:
    assert environment.is_clients(name)


@pytest.mark.parametrize("name", ["DOCKER_PASSWORD", "STAGE", "GOOGLE_PROJECT", "HTTPS_PROXY"])
def test_what_can_be_handed_on_by_its_name(name: str) -> None:
    assert not environment.is_clients(name)
