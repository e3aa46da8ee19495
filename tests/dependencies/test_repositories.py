import base64

import pytest

from python_function._dependencies import repositories
from python_function._dependencies.requirements_txt.read import Requirements

BARE = "lib[x] @ git+https://host/org/lib@v1.0#subdirectory=a ; python_version > '3'"


@pytest.mark.parametrize(
    ("user_info", "decoded"),
    [
        ("me:s3cret", "me:s3cret"),
        ("s3cret", "s3cret:"),
        ("s3cret:x-oauth-basic", "s3cret:x-oauth-basic"),
        ("me:s3%40cret", "me:s3@cret"),
        ("${USER}:${PAT}", "mine:s3cret"),
    ],
)
def test_a_password_reaches_git_by_a_variable(user_info: str, decoded: str) -> None:
    line = BARE.replace("://", f"://{user_info}@")

    found, access = repositories.closed(Requirements(lines=(line,), constraints=(line,)))
    variables = repositories.variables(access, {"USER": "mine", "PAT": "s3cret"})

    assert found == Requirements(lines=(BARE,), constraints=(BARE,))
    header = f"Authorization: Basic {base64.b64encode(decoded.encode()).decode()}"
    assert variables == {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "http.https://host/org/lib.extraHeader",
        "GIT_CONFIG_VALUE_0": "",
        "GIT_CONFIG_KEY_1": "http.https://host/org/lib.extraHeader",
        "GIT_CONFIG_VALUE_1": header,
    }


def test_what_git_is_told_already_stays() -> None:
    _, access = repositories.closed(Requirements(lines=(BARE.replace("://", "://me:pw@"),)))

    variables = repositories.variables(access, {"GIT_CONFIG_COUNT": "3"})

    assert variables["GIT_CONFIG_COUNT"] == "5"
    assert "GIT_CONFIG_KEY_3" in variables


@pytest.mark.parametrize("line", [BARE, "lib @ git+ssh://git@host/org/lib@v1", "lib @ https://me:pw@host/lib.whl"])
def test_what_needs_no_password_of_gits_stays(line: str) -> None:
    requirements = Requirements(lines=(line,))

    assert repositories.closed(requirements) == (requirements, ())
    assert repositories.variables((), {}) == {}
