from collections.abc import Mapping
from pathlib import Path

import pytest

from python_function._bundle.given import given
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging, detect
from python_function._dependencies.requirements_txt import read
from python_function.errors import OptionError
from python_function.options import BundlingOptions

SECRET = "s3ntinel"  # noqa: S105 - what must not show


def packaging(text: str, base: Path) -> Packaging:
    return Packaging(kind="pip", content=Listed(requirements=read.parse(text, base=base, source="requirements.txt")))


def test_secrets_are_variables_like_others_and_are_known_to_be_secret() -> None:
    options = BundlingOptions(
        environment={"STAGE": "x"}, build_args={"A": "1", "STAGE": "y"}, secrets={"GH_PAT": SECRET}
    )

    found = given(options, Packaging())

    assert found.variables == (("A", "1"), ("GH_PAT", SECRET), ("STAGE", "x"))
    assert found.secrets == {"GH_PAT"}
    assert found.notices == ()
    assert SECRET not in repr(options)


def test_what_looks_like_a_credential_in_environment_is_told_with_the_way_out() -> None:
    (notice,) = given(BundlingOptions(environment={"GH_PAT": SECRET, "JWT": SECRET, "STAGE": "x"}), Packaging()).notices

    assert notice.id == "secretInEnvironment"
    assert 'Pass secrets={"GH_PAT": ..., "JWT": ...}' in notice.text
    assert SECRET not in notice.text


@pytest.mark.parametrize(
    "environment",
    [
        {"UV_INDEX_MAIN_PASSWORD": SECRET},
        {"POETRY_HTTP_BASIC_MAIN_USERNAME": SECRET},
        {"INDEX_PASSWORD": SECRET, "INDEX_USER": "me"},
        {"NETRC": "/home/me/.netrc"},
    ],
)
def test_the_credentials_of_an_index_are_secrets(environment: Mapping[str, str], tmp_path: Path) -> None:
    text = "--index-url https://${INDEX_USER}:${INDEX_PASSWORD}@host/simple\nsix==1.17.0\n"

    found = given(BundlingOptions(environment=environment), packaging(text, tmp_path))

    assert found.secrets == environment.keys()
    assert found.notices == ()


def test_the_credentials_that_a_lock_names_are_secrets(tmp_path: Path) -> None:
    lock = tmp_path / "Pipfile.lock"
    lock.write_text(
        '{"_meta": {"sources": [{"url": "https://$INDEX_USER:${INDEX_PASSWORD}@host/simple"}]}, "default": {}}'
    )
    options = BundlingOptions(environment={"INDEX_USER": "me", "INDEX_PASSWORD": SECRET, "STAGE": "x"})

    assert given(options, detect(tmp_path)).secrets == {"INDEX_USER", "INDEX_PASSWORD"}


@pytest.mark.parametrize(
    ("arguments", "kept", "variables"),
    [
        (["--index-url", f"https://me:{SECRET}@a/"], (), {"UV_DEFAULT_INDEX": f"https://me:{SECRET}@a/"}),
        ([f"--index=x=https://me:{SECRET}@a/", "-q"], ("-q",), {"UV_INDEX": f"x=https://me:{SECRET}@a/"}),
        (["-f", f"https://a/?token={SECRET}"], (), {"UV_FIND_LINKS": f"https://a/?token={SECRET}"}),
        (
            ["--extra-index-url", f"https://{SECRET}@a/", "--extra-index-url", f"https://{SECRET}@b/"],
            (),
            {"UV_EXTRA_INDEX_URL": f"https://{SECRET}@a/ https://{SECRET}@b/"},
        ),
        (["--index-url", "https://a/"], ("--index-url", "https://a/"), {}),
    ],
)
def test_arguments_let_nobody_in(arguments: list[str], kept: tuple[str, ...], variables: dict[str, str]) -> None:
    found = given(BundlingOptions(installer_args=arguments), Packaging())

    assert found.installer_args == kept
    assert dict(found.variables) == variables


@pytest.mark.parametrize("arguments", [[f"https://me:{SECRET}@a/"], ["--what", f"https://me:{SECRET}@a/"]])
def test_credentials_that_no_variable_can_hold_are_refused(arguments: list[str]) -> None:
    with pytest.raises(OptionError, match="installer_args holds credentials in 'https://\\*\\*\\*@a/'") as caught:
        given(BundlingOptions(installer_args=arguments), Packaging())

    assert SECRET not in str(caught.value)
