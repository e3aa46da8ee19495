import pytest

from python_function._machine import environment

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
        ("DB_PASSWORD", SECRET, {SECRET}),
        ("CLIENT_SECRET", SECRET, {SECRET}),
        ("API_KEY", SECRET, {SECRET}),
        ("key", SECRET, {SECRET}),
        ("UV_INDEX_CORP_PASSWORD", SECRET, {SECRET}),
        ("PIP_INDEX_URL", f"https://user:{SECRET}@host/", {f"user:{SECRET}", SECRET}),
        ("PIP_INDEX_URL", f"https://{SECRET}@host/", {SECRET}),
        ("PIP_EXTRA_INDEX_URL", f"https://a/ https://b:{SECRET}@host/", {f"b:{SECRET}", SECRET}),
        ("UV_INDEX", f"corp=https://user:{SECRET}@host/", {f"user:{SECRET}", SECRET}),
        ("HTTPS_PROXY", f"http://user:{SECRET}%21@proxy:8080", {f"user:{SECRET}%21", f"{SECRET}%21", f"{SECRET}!"}),
        ("MYKEY", SECRET, {SECRET}),
        ("accessKey", SECRET, {SECRET}),
        ("SSH_PASSPHRASE", SECRET, {SECRET}),
        ("UV_INDEX_CORP_USERNAME", SECRET, {SECRET}),
        ("POETRY_HTTP_BASIC_CORP_USERNAME", SECRET, {SECRET}),
        (
            "PRIVATE_KEY",
            f"-----BEGIN\n{SECRET}\n-----END",
            {f"-----BEGIN\n{SECRET}\n-----END", "-----BEGIN", SECRET, "-----END"},
        ),
        ("FOO", f"https://user:{SECRET}[x@host/simple", {f"user:{SECRET}[x", f"{SECRET}[x"}),
        ("KEYBOARD", "de_AT", set[str]()),
        ("TOKENIZERS_PARALLELISM", "false", set[str]()),
        ("MY_TOKEN", "abc", set[str]()),
        ("PATH", "/usr/bin", set[str]()),
        ("PWD", "/home/somebody", set[str]()),
        ("DB_PWD", SECRET, {SECRET}),
    ],
)
def test_what_is_a_secret(name: str, value: str, secrets: set[str]) -> None:
    assert set(environment.secrets({name: value})) == secrets


def test_longer_secrets_are_masked_first() -> None:
    values = environment.secrets({"A_TOKEN": "abcd", "B_TOKEN": "abcdef"})

    assert environment.mask("x abcdef y abcd", values) == "x *** y ***"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"MY_TOKEN": "one"}, {"MY_TOKEN": "other"}),
        ({"PIP_INDEX_URL": "https://a:one@host/"}, {"PIP_INDEX_URL": "https://b:other@host/"}),
        ({"PIP_INDEX_URL": "https://one@host/"}, {"PIP_INDEX_URL": "https://host/"}),
        ({"PIP_EXTRA_INDEX_URL": "https://x/ https://a:b@y/"}, {"PIP_EXTRA_INDEX_URL": "https://x/ https://c:d@y/"}),
        ({"HTTPS_PROXY": "http://one"}, {"HTTPS_PROXY": "http://other"}),
        ({"PIP_CERT": "/one"}, {}),
        ({"https_proxy": "http://one"}, {}),
    ],
)
def test_secrets_and_ways_to_the_index_are_no_part_of_the_identity(one: dict[str, str], other: dict[str, str]) -> None:
    assert environment.identity(one.items()) == environment.identity(other.items())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"PIP_INDEX_URL": "https://a/"}, {"PIP_INDEX_URL": "https://b/"}),
        ({"STAGE": "dev"}, {"STAGE": "prod"}),
        ({"STAGE": "dev"}, {}),
    ],
)
def test_what_can_change_the_bundle_is_part_of_the_identity(one: dict[str, str], other: dict[str, str]) -> None:
    assert environment.identity(one.items()) != environment.identity(other.items())
