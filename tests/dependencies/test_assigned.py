"""What uv is told of packages that come from one index, and the credentials for it."""

import tomllib

import pytest

from python_function._dependencies import assigned
from python_function._dependencies.assigned import Assigned, Index

_CORP = Index(name="Corp Index", url="https://${USER}:${TOKEN}@corp.invalid/simple")
_OTHER = Index(name="corp-index", url="https://other.invalid/simple")


def test_uv_gets_a_project_that_names_sources_and_no_credentials() -> None:
    marker = 'sys_platform == "linux"'
    found = (
        Assigned(name="a", index=_CORP, marker=marker),
        Assigned(name="a", index=_OTHER),
        Assigned(name="b", index=_OTHER),
    )

    text = assigned.manifest(found)

    assert tomllib.loads(text) == {
        "project": {"name": "assigned-to-indexes", "version": "0", "dependencies": [f"a ; {marker}", "a", "b"]},
        "tool": {
            "uv": {
                "sources": {
                    "a": [{"index": "Corp-Index", "marker": marker}, {"index": "corp-index-2"}],
                    "b": [{"index": "corp-index-2"}],
                },
                "index": [
                    {"name": "Corp-Index", "url": "https://corp.invalid/simple", "explicit": True},
                    {"name": "corp-index-2", "url": "https://other.invalid/simple", "explicit": True},
                ],
            }
        },
    }


@pytest.mark.parametrize(
    ("url", "env", "user", "password"),
    [
        ("https://x.invalid", {}, None, None),
        ("https://me:s%40cret@x.invalid", {}, "me", "s@cret"),
        ("https://${A}:${B}@x.invalid", {"A": "me", "B": "s%2F"}, "me", "s/"),
        ("https://${A}@x.invalid", {"A": "token"}, "token", None),
        ("https://x.invalid", {"UV_INDEX_MY_X_USERNAME": "me", "UV_INDEX_MY_X_PASSWORD": "1"}, "me", "1"),
        ("https://x.invalid", {"POETRY_HTTP_BASIC_MY_X_PASSWORD": "1"}, None, "1"),
    ],
)
def test_the_variables_of_every_tool_become_those_of_uv(
    url: str, env: dict[str, str], user: str | None, password: str | None
) -> None:
    found = assigned.credentials((Assigned(name="a", index=Index(name="my x", url=url)),), env)

    expected = {"UV_INDEX_MY_X_USERNAME": user, "UV_INDEX_MY_X_PASSWORD": password}
    assert found == {name: value for name, value in expected.items() if value is not None}
