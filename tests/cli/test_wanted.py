"""Flags against the options of the constructs."""

import dataclasses
from pathlib import Path
from typing import Any, cast

import pytest

from python_function._bundle.resolve import Wanted
from python_function._bundle.spec import Container
from python_function._cli import arguments, flags, wanted
from python_function.errors import OptionError
from python_function.options import BundlingOptions, CommandHooks

ALL = (*flags.CONTENT, *flags.BUILD, *flags.CONTAINER)


def first(value: object) -> str:
    """Return what a row of a table is called by."""
    return str(cast("list[object]", value)[0]) if isinstance(value, list) else ""


def asked(tmp_path: Path, *given: str, **environ: str) -> Wanted:
    parsed = arguments.parse(["explain", "fn", *given], prog="program")
    return wanted.wanted(parsed, cwd=tmp_path, environ=environ)


def test_every_option_has_a_flag_or_a_reason_to_have_none() -> None:
    """A new option needs its flag in _cli/flags.py."""
    options = {field.name for field in dataclasses.fields(BundlingOptions)}
    with_flag = {flag.option for flag in ALL} & options

    assert with_flag | flags.NOT_FLAGS.keys() == options
    assert not with_flag & flags.NOT_FLAGS.keys()


def test_the_page_has_every_flag() -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")

    assert [flag.name for flag in ALL if f"`{flag.name}" not in page] == []


def test_without_flags_everything_is_as_the_constructs_have_it(tmp_path: Path) -> None:
    assert asked(tmp_path) == Wanted(entry="fn", architecture="x86_64", cwd=tmp_path)


@pytest.mark.parametrize(
    ("given", "options"),
    [
        (["--exclude=a", "--exclude=!b"], {"asset_excludes": ("a", "!b")}),
        (["--packaging=pip"], {"packaging": "pip"}),
        (
            ["--group=a", "--extra=b", "--exclude-package=c"],
            {"groups": ("a",), "extras": ("b",), "exclude_packages": ("c",)},
        ),
        (["--project-root=.."], {"project_root": ".."}),
        (["--output-path-suffix=a/b"], {"output_path_suffix": "a/b"}),
        (["--strategy=docker"], {"strategy": "docker"}),
        (["--before-bundling=a b"], {"command_hooks": CommandHooks(before_bundling=("a b",))}),
        (["--after-bundling=a", "--after-bundling=b"], {"command_hooks": CommandHooks(after_bundling=("a", "b"))}),
        (["--secret=HERE"], {"secrets": {"HERE": "value"}}),
        (["--environment=A=b=c", "--environment=HERE"], {"environment": {"A": "b=c", "HERE": "value"}}),
        (["--installer-arg=--pre"], {"installer_args": ("--pre",)}),
        (
            ["--poetry-version=2.0.1", "--pipenv-version=2025.1"],
            {"poetry_version": "2.0.1", "pipenv_version": "2025.1"},
        ),
        (["--poetry-without-hashes"], {"poetry_include_hashes": False}),
        (["--poetry-without-urls"], {"poetry_without_urls": True}),
    ],
    ids=first,
)
def test_a_flag_sets_its_option(tmp_path: Path, given: list[str], options: dict[str, Any]) -> None:
    found = asked(tmp_path, *given, HERE="value")

    assert found.options == BundlingOptions(**options)
    assert found.container == Container()


@pytest.mark.parametrize(
    ("given", "container"),
    [
        (["--image=image:tag"], {"image": "image:tag"}),
        (["--platform=linux/arm64", "--network=host"], {"platform": "linux/arm64", "network": "host"}),
        (["--user=1:1", "--security-opt=a"], {"user": "1:1", "security_opt": "a"}),
        (["--volume=/a:/b", "--volume=/c:/d:delegated"], {"volumes": (("/a", "/b"), ("/c", "/d", "delegated"))}),
        (["--volumes-from=a"], {"volumes_from": ("a",)}),
        (["--working-directory=/w"], {"working_directory": "/w"}),
        (["--volume-copy"], {"copies": True}),
    ],
    ids=first,
)
def test_a_flag_of_a_container_is_built_in_one(tmp_path: Path, given: list[str], container: dict[str, Any]) -> None:
    found = asked(tmp_path, *given)

    assert found.container == Container(**container)
    assert found.options == BundlingOptions(strategy="docker")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--strategy=local", "--image=a", "--user=b"], "which --image, --user would need"),
        (["--secret=HERE=value"], r"--secret HERE has to name a variable of this environment"),
        (["--environment=MISSING"], r"there is no such variable here\. Write MISSING=VALUE"),
        (["--volume=/a"], r"--volume '/a' must be a directory here and one in the container"),
        (["--volume=/a:"], "must be a directory here and one in the container"),
    ],
)
def test_flags_that_cannot_be_are_told(tmp_path: Path, given: list[str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        asked(tmp_path, *given)
