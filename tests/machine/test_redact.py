import base64
from urllib.parse import quote

import pytest

from python_function._machine import redact

SECRET = "s3ntinel+/x"  # noqa: S105 - what must not show


@pytest.mark.parametrize(
    "name",
    [
        *(
            "GH_PAT",
            "JWT",
            "BEARER",
            "JENKINS_PSW",
            "DB_PWD",
            "MY_TOKEN",
            "TOKEN_OF_CI",
            "DB_PASSWORD",
            "CLIENT_SECRET",
        ),
        *("API_KEY", "key", "MYKEY", "accessKey", "SSH_PASSPHRASE", "AWS_SECRET_ACCESS_KEY", "NPM_AUTH", "DB_PASS"),
        *("authToken", "GOOGLE_CREDENTIALS", "STRIPE_APIKEY"),
    ],
)
def test_a_name_that_says_credential(name: str) -> None:
    assert redact.names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "PATH",
            "PWD",
            "OLDPWD",
            "STAGE",
            "KEYBOARD",
            "TOKENIZERS_PARALLELISM",
            "AUTH_MODE",
            "MAX_TOKENS",
            "KEY_REGION",
        ),
        *("PRIMARY_KEY", "PASSWORD_POLICY", "FEATURE_KEY_ROTATION", "NO_PROXY", "PUBLIC_KEY", "SECRET_ARN", "COMPASS"),
        *("PATTERN", "AUTHOR", "TOKEN_URL", "BYPASS"),
    ],
)
def test_a_name_that_says_none(name: str) -> None:
    assert not redact.names_secret(name)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("https://user:s3cret@host/x", {"user:s3cret", "s3cret"}, id="password"),
        pytest.param("https://s3cret@host/x", {"s3cret"}, id="token alone"),
        pytest.param("https://s3cret:@host/x", {"s3cret"}, id="empty password"),
        pytest.param("https://s3cret:x-oauth-basic@host/x", {"s3cret"}, id="a word for no password"),
        pytest.param("git+ssh://git@host/x", set[str](), id="a repository's user"),
        pytest.param(
            "https://oauth2accesstoken:s3cret@h", {"oauth2accesstoken:s3cret", "s3cret"}, id="everybody's user"
        ),
        pytest.param("https://host:8080/a@b", set[str](), id="a port"),
        pytest.param("http://[::1]:8080/a@b", set[str](), id="a port of an address"),
        pytest.param("https://me:p%40ss@host", {"me:p%40ss", "p%40ss", "me:p@ss", "p@ss"}, id="encoded"),
        pytest.param("https://me:p@ss@host/x", {"me:p@ss", "p@ss"}, id="an @ that is not encoded"),
        pytest.param("https://me:p/a@ss@host/x", {"me:p/a@ss", "p/a@ss"}, id="a slash that is not encoded"),
        pytest.param("https://a/?token=s3cret&b=c", {"s3cret"}, id="parameter"),
        pytest.param("https://a/x.whl?sv=1&sig=s3cret", {"s3cret"}, id="signature"),
        pytest.param(
            "https://glpat12345678901234:pass@host",
            {"glpat12345678901234:pass", "glpat12345678901234", "pass"},
            id="a user name that is a token, too",
        ),
    ],
)
def test_what_lets_somebody_in_by_a_url(text: str, found: set[str]) -> None:
    assert redact.credentials(f"--index-url {text} # and so on") == found
    assert not [part for part in found if part in redact.masked(text) or part in redact.bare(text)]
    assert redact.holds_credentials(text) is bool(found)


@pytest.mark.parametrize(
    "text", ["https://${USER}:${PASSWORD}@host/", "https://${TOKEN}@host/", "git+https://git@host/x", "https://host/"]
)
def test_variables_and_the_user_of_repositories_let_nobody_in(text: str) -> None:
    assert not redact.holds_credentials(text)


def test_the_user_of_everybody_is_no_secret() -> None:
    assert redact.credentials("https://oauth2accesstoken@europe-python.pkg.dev/project/simple/") == set()


def test_the_header_of_a_request_is_hidden() -> None:
    for text in ("Authorization: Basic bWU6czNjcmV0", "curl -H 'authorization: Bearer bWU6czNjcmV0' https://host"):
        assert redact.credentials(text) == {"bWU6czNjcmV0"}
        assert "bWU6" not in redact.masked(text)


def test_what_is_asked_for_stays() -> None:
    assert redact.bare("lib @ git+https://me:pw@host/lib@v1.0") == "lib @ git+https://host/lib@v1.0"
    assert redact.bare("lib @ git+https://me:pw@host/lib@v1.1") == "lib @ git+https://host/lib@v1.1"


def test_the_variables_in_the_place_of_credentials() -> None:
    text = "https://${USER}:${PW}@${HOST}/x?token=${T}&a=${A}"

    assert redact.credential_variables(text) == {"USER", "PW", "T"}


def encoded(before: bytes) -> str:
    return base64.b64encode(before + SECRET.encode() + b"and more").decode()


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        quote(SECRET, safe="").lower(),
        encoded(b""),
        encoded(b"u"),
        encoded(b"us"),
        encoded(b"user:"),
        base64.urlsafe_b64encode(b"x" + SECRET.encode()).decode(),
    ],
)
def test_a_value_is_hidden_in_every_form(text: str) -> None:
    hidden = redact.mask(f"[{text}]", {SECRET})

    assert redact.MASK in hidden
    assert text[4:-4] not in hidden
    assert any(form in text.encode() for form in redact.searched({SECRET}))


@pytest.mark.parametrize("value", ['a "quoted" one', "it's", "tab\there", "ünïcode"])
def test_a_value_is_hidden_as_programs_quote_it(value: str) -> None:
    for text in (repr(value), f'{{"key": "{value}"}}', value.replace("'", "'\"'\"'")):
        assert value[2:] not in redact.mask(text, {value})


def test_every_line_of_a_value_is_hidden() -> None:
    key = "-----BEGIN KEY-----\nabcdefgh\nijklmnop\n-----END KEY-----"

    assert redact.mask("  ijklmnop", {key}) == "  ***"
    assert redact.mask(f"<{key}>", {key}) == "<***>"


def test_a_short_value_is_hidden_as_a_word() -> None:
    assert redact.mask("the pin 123 of 1234 in x123y", {"123"}) == "the pin *** of 1234 in x123y"


def test_an_empty_value_hides_nothing() -> None:
    assert redact.mask("text", {""}) == "text"
    assert redact.searched({"", "abc", "\n\n"}) == frozenset()


def test_longer_values_are_hidden_first() -> None:
    assert redact.mask("x abcdefgh y abcd", {"abcd", "abcdefgh"}) == "x *** y ***"
