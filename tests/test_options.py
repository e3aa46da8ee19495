from collections.abc import Mapping
from typing import Any, cast

import aws_cdk
import pytest
from aws_cdk import AssetHashType, BundlingFileAccess, DockerImage, DockerVolume

from python_function._bundle.hooks import lines
from python_function.errors import OptionError
from python_function.options import BundlingOptions, CommandHooks

IMAGE = DockerImage.from_registry("image:tag")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"asset_excludes": "tests"}, r"asset_excludes must be a list, not 'tests'\. Write asset_excludes=\[\.\.\.\]"),
        ({"command": "make"}, r"command must be a list, not 'make'"),
        ({"asset_excludes": ["!"]}, r"asset_excludes has '!', which is no gitignore pattern"),
        ({"strategy": "native"}, r"strategy must be one of 'auto', 'local', 'docker', not 'native'"),
        (
            {"strategy": "local", "image": IMAGE, "user": "1"},
            r"builds without a container, which image, user would need",
        ),
        ({"output_path_suffix": "../up"}, r"output_path_suffix must be a path inside the bundle .* not '\.\./up'"),
        ({"output_path_suffix": "a/../../up"}, r"output_path_suffix must be a path inside the bundle"),
        ({"output_path_suffix": "/abs"}, r"output_path_suffix must be a path inside the bundle"),
        ({"output_path_suffix": "C:\\abs"}, r"output_path_suffix must be a path inside the bundle"),
        ({"output_path_suffix": "a\\b"}, r"output_path_suffix must be a path inside the bundle"),
        ({"asset_hash": "x", "asset_hash_type": AssetHashType.OUTPUT}, r"asset_hash_type cannot be OUTPUT"),
        ({"asset_hash_type": AssetHashType.CUSTOM}, r"asset_hash_type is CUSTOM, so asset_hash has to be given"),
        ({"environment": {"RETRIES": 3}}, r"environment\['RETRIES'\] must be a string, not of type int"),
        ({"build_args": ["A=1"]}, r"build_args must map names to values, not be of type list"),
        ({"image": "x:y"}, r"image must be an aws_cdk\.DockerImage, not 'x:y'"),
        ({"volumes": ["/a:/b"]}, r"volumes must hold aws_cdk\.DockerVolume, not '/a:/b'"),
        ({"asset_hash_type": "output"}, r"asset_hash_type must be an aws_cdk\.AssetHashType, not 'output'"),
        ({"bundling_file_access": "VOLUME_COPY"}, r"bundling_file_access must be an aws_cdk\.BundlingFileAccess"),
        ({"user": 1000}, r"user must be a string, not 1000"),
        ({"poetry_version": 2}, r"poetry_version must be a string, not 2"),
        ({"poetry_include_hashes": "no"}, r"poetry_include_hashes must be True or False, not 'no'"),
        ({"asset_excludes": [3]}, r"asset_excludes must hold strings, not 3"),
        ({"command_hooks": "echo"}, r"command_hooks must be a CommandHooks, .* not 'echo'"),
        ({"command": ["make"], "command_hooks": CommandHooks()}, r"command runs in place of the whole build"),
    ],
)
def test_a_wrong_option_is_told_where_it_is_given(options: Mapping[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        BundlingOptions(**options)


def test_a_value_of_the_environment_never_shows_in_an_error() -> None:
    with pytest.raises(OptionError) as caught:
        BundlingOptions(environment={"TOKEN": b"s3ntinel"})  # type: ignore[dict-item]

    assert "s3ntinel" not in str(caught.value)


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(TypeError, match="asset_exclude"):
        BundlingOptions(asset_exclude=["tests"])  # type: ignore[call-arg]


def test_another_constructs_options_are_an_error_that_names_the_right_class() -> None:
    with pytest.raises(TypeError, match=r"must be a python_function\.BundlingOptions, not aws_cdk\.BundlingOptions"):
        BundlingOptions.checked(aws_cdk.BundlingOptions(image=IMAGE))
    with pytest.raises(TypeError, match=r"must be a python_function\.BundlingOptions, not dict"):
        BundlingOptions.checked({"asset_excludes": ["tests"]})
    assert BundlingOptions.checked(None) == BundlingOptions()


@pytest.mark.parametrize(
    "options",
    [
        {"image": IMAGE},
        {"platform": "linux/amd64"},
        {"network": "host"},
        {"user": "1000"},
        {"volumes": [DockerVolume(host_path="/a", container_path="/b")]},
        {"volumes_from": ["x"]},
        {"security_opt": "no-new-privileges"},
        {"working_directory": "/x"},
        {"entrypoint": ["sh"]},
        {"command": ["make"]},
        {"bundling_file_access": BundlingFileAccess.VOLUME_COPY},
        {"build_args": {"A": "1"}},
        {"command_hooks": CommandHooks(after_bundling="true")},
    ],
    ids=lambda options: next(iter(options)),
)
def test_auto_means_the_container_where_an_option_asks_for_it(options: Mapping[str, Any]) -> None:
    assert BundlingOptions(**options).effective_strategy == "docker"


@pytest.mark.parametrize("empty", [{"volumes": []}, {"command": []}, {"build_args": {}}, {"volumes_from": ()}])
def test_what_is_empty_is_not_given(empty: Mapping[str, Any]) -> None:
    assert BundlingOptions(**empty).effective_strategy == "auto"
    assert BundlingOptions(strategy="local", **empty).effective_strategy == "local"


def test_auto_is_left_open_by_all_other_options() -> None:
    options = BundlingOptions(
        asset_excludes=["tests"],
        output_path_suffix="x",
        asset_hash="x",
        environment={"A": "1"},
    )

    assert options.effective_strategy == "auto"
    assert BundlingOptions(strategy="local", command_hooks=CommandHooks()).effective_strategy == "local"


@pytest.mark.parametrize("hooks", [CommandHooks(), CommandHooks(before_bundling=[], after_bundling="")])
def test_hooks_without_a_command_decide_nothing(hooks: CommandHooks) -> None:
    assert BundlingOptions(command_hooks=hooks).effective_strategy == "auto"


class Methods:
    def before_bundling(self, input_dir: str, output_dir: str) -> list[str]:
        return [f"cp {input_dir}/a {output_dir}"]

    def after_bundling(self, input_dir: str, output_dir: str) -> list[str]:
        del input_dir
        return [f"rm {output_dir}/b"]


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        (None, ((), ())),
        (CommandHooks(), ((), ())),
        (CommandHooks(before_bundling="one; two"), (("one; two",), ())),
        (CommandHooks(after_bundling=["one", "two"]), ((), ("one", "two"))),
        (CommandHooks(after_bundling=lambda i, o: [f"ls {i} {o}"]), ((), ("ls /asset-input /asset-output",))),
        (Methods(), (("cp /asset-input/a /asset-output",), ("rm /asset-output/b",))),
    ],
)
def test_hooks_come_in_many_shapes(hooks: CommandHooks | Methods | None, expected: object) -> None:
    assert lines(BundlingOptions(command_hooks=hooks).command_hooks) == expected


def test_hooks_get_the_folder_that_everything_goes_into() -> None:
    hooks = CommandHooks(after_bundling=lambda i, o: [f"ls {i} {o}"])

    assert lines(hooks, prefix="python") == ((), ("ls /asset-input /asset-output/python",))


@pytest.mark.parametrize("wrong", [3, [1], None, {"a"}])
def test_hooks_that_are_no_commands_are_an_error(wrong: Any) -> None:  # noqa: ANN401 - anything at all
    hooks = CommandHooks(before_bundling=wrong)

    with pytest.raises(OptionError, match=r"command_hooks: before_bundling must be or return shell commands"):
        lines(BundlingOptions(command_hooks=hooks).command_hooks)


def test_a_function_that_takes_something_else_is_an_error() -> None:
    def wrong(input_dir: str) -> list[str]:
        return [f"ls {input_dir}"]

    hooks: Any = CommandHooks(before_bundling=cast("Any", wrong))

    with pytest.raises(
        OptionError, match=r"before_bundling must take two arguments, the input and the output directory"
    ):
        lines(BundlingOptions(command_hooks=hooks).command_hooks)


def test_a_function_is_called_once() -> None:
    calls: list[tuple[str, str]] = []

    def hook(input_dir: str, output_dir: str) -> list[str]:
        calls.append((input_dir, output_dir))
        return ["true"]

    lines(CommandHooks(before_bundling=hook))

    assert calls == [("/asset-input", "/asset-output")]


def test_no_value_of_a_variable_shows() -> None:
    names = ("environment", "secrets", "build_args")
    for name in names:
        assert "s3ntinel" not in repr(BundlingOptions(**cast("Any", {name: {"A": "s3ntinel"}})))
    assert "s3ntinel" not in repr(BundlingOptions(installer_args=["--index-url", "https://me:s3ntinel@host/"]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"secrets": {"A": "s3ntinel"}, "environment": {"A": "s3ntinel"}},
            "A cannot be in both secrets and environment",
        ),
        (
            {"secrets": {"A": "s3ntinel"}, "build_args": {"A": "s3ntinel"}},
            "A cannot be in both secrets and environment",
        ),
        ({"secrets": {"PATH": "s3ntinel"}}, "secrets cannot be called PATH: container engines read"),
        ({"secrets": {"DOCKER_CONFIG": "s3ntinel"}}, "secrets cannot be called DOCKER_CONFIG: container engines read"),
        ({"secrets": {"A=B": "s3ntinel"}}, r"secrets\['A=B'\] cannot be a variable"),
        ({"environment": {"A": "s3ntinel\0"}}, r"environment\['A'\] cannot be a variable"),
        ({"secrets": {"A": 3}}, r"secrets\['A'\] must be a string, not of type int"),
        ({"secrets": ["s3ntinel"]}, "secrets must map names to values"),
        ({"environment": {"UV_CACHE_DIR": ".cache"}}, "environment: UV_CACHE_DIR must be an absolute path"),
        ({"environment": {"HOME": "home"}}, "environment: HOME must be an absolute path"),
        ({"installer_args": "-i https://me:s3ntinel@host/"}, "installer_args must be a list"),
        ({"installer_args": [b"-i https://me:s3ntinel@host/"]}, "installer_args must hold strings"),
    ],
)
def test_variables_that_nothing_can_be_given_are_an_error_that_shows_no_value(wrong: Any, message: str) -> None:  # noqa: ANN401 - anything at all
    with pytest.raises(OptionError, match=message) as caught:
        BundlingOptions(**wrong)

    assert "s3ntinel" not in str(caught.value)
