"""Functions in images, in real CDK apps: what reaches the template and the assets, and what stays as it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, AssetHashType, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from python_function import BundlingOptions, OptionError, PythonFunction, PythonLayerVersion

ARN = "arn:aws:lambda:us-east-1:123456789012:layer:other:1"


def new_stack(tmp_path: Path, *, bundled: bool = True) -> Stack:
    context = None if bundled else {"aws:cdk:bundling-stacks": list[str]()}
    return Stack(App(outdir=str(tmp_path / "cdk.out"), context=context), "Stack")


def properties(stack: Stack) -> dict[str, Any]:
    (resource,) = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    found: dict[str, Any] = resource["Properties"]
    return found


def tag(stack: Stack) -> str:
    uri: str = properties(stack)["Code"]["ImageUri"]["Fn::Sub"]
    return uri.rpartition(":")[2]


def assets(stack: Stack, outdir: Path) -> dict[str, Any]:
    app = stack.node.root
    assert isinstance(app, App)
    app.synth()
    found: dict[str, Any] = json.loads((outdir / "Stack.assets.json").read_text())
    return found


def test_a_function_in_an_image_has_no_runtime_no_handler_and_the_same_bundle(entry: Path, tmp_path: Path) -> None:
    stack = new_stack(tmp_path)

    PythonFunction(stack, "Function", entry=entry, package="image", architecture=lambda_.Architecture.ARM_64)

    found = properties(stack)
    assert found["PackageType"] == "Image"
    assert found["Architectures"] == ["arm64"]
    assert found.keys() & {"Runtime", "Handler", "Layers"} == set()
    context = tmp_path / "cdk.out" / f"asset.{tag(stack)}"
    assert (context / "Dockerfile").read_text().splitlines() == [
        "FROM public.ecr.aws/lambda/python:3.13",
        "WORKDIR /var/task",
        "COPY code/ /var/task/",
        'CMD ["index.handler"]',
    ]
    assert (context / "code/index.py").read_bytes() == (entry / "index.py").read_bytes()


def test_its_asset_is_an_image_and_no_archive_is_uploaded(entry: Path, tmp_path: Path) -> None:
    stack = new_stack(tmp_path)
    PythonFunction(stack, "Function", entry=entry, package="image", architecture=lambda_.Architecture.ARM_64)

    manifest = assets(stack, tmp_path / "cdk.out")

    (image,) = manifest["dockerImages"].values()
    assert image["source"] == {"directory": f"asset.{tag(stack)}", "platform": "linux/arm64"}
    assert [file["source"]["path"] for file in manifest["files"].values()] == ["Stack.template.json"]


def test_the_tag_is_the_same_where_nothing_is_bundled(entry: Path, tmp_path: Path) -> None:
    bundled, unbundled = new_stack(tmp_path / "a"), new_stack(tmp_path / "b", bundled=False)
    for stack in (bundled, unbundled):
        PythonFunction(stack, "Function", entry=entry, package="image")

    assert properties(unbundled) == properties(bundled)
    assert not list((tmp_path / "b/cdk.out").glob("asset.*"))


def test_an_image_that_is_there_is_used_again(entry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    PythonFunction(new_stack(tmp_path), "Function", entry=entry, package="image")
    for left in (tmp_path / "cdk.out").glob("checks-*"):
        left.unlink()
    (asset,) = (tmp_path / "cdk.out").glob("asset.*")
    before = asset.stat().st_mtime_ns

    PythonFunction(new_stack(tmp_path), "Function", entry=entry, package="image")

    assert asset.stat().st_mtime_ns == before
    assert "unchanged, its asset is reused" in capsys.readouterr().err


def test_what_changes_the_image_changes_its_tag(entry: Path, tmp_path: Path) -> None:
    (entry / "index.py").write_text("def handler(event, context): ...\ndef other(event, context): ...\n")
    stacks = [new_stack(tmp_path / name, bundled=False) for name in "abcd"]

    PythonFunction(stacks[0], "Function", entry=entry, package="image")
    PythonFunction(stacks[1], "Function", entry=entry, package="image", handler="other")
    PythonFunction(stacks[2], "Function", entry=entry, package="image", base_image="house/python:3.13")
    PythonFunction(stacks[3], "Function", entry=entry, package="image", architecture=lambda_.Architecture.ARM_64)

    assert len(set(map(tag, stacks))) == len(stacks)


def test_a_hash_that_is_given_does_not_let_an_image_be_taken_for_an_archive(entry: Path, tmp_path: Path) -> None:
    bundling = BundlingOptions(asset_hash="given")
    PythonFunction(new_stack(tmp_path), "Function", entry=entry, bundling=bundling)
    stack = new_stack(tmp_path)

    PythonFunction(stack, "Function", entry=entry, bundling=bundling, package="image")

    assert (tmp_path / "cdk.out" / f"asset.{tag(stack)}" / "Dockerfile").is_file()


def test_an_image_may_be_hashed_by_what_it_is_built_from(entry: Path, tmp_path: Path) -> None:
    stack = new_stack(tmp_path)

    PythonFunction(
        stack,
        "Function",
        entry=entry,
        package="image",
        bundling=BundlingOptions(asset_hash_type=AssetHashType.OUTPUT),
    )

    assert (tmp_path / "cdk.out" / f"asset.{tag(stack)}" / "Dockerfile").is_file()


def test_what_is_small_enough_stays_an_archive(entry: Path, tmp_path: Path) -> None:
    stack = new_stack(tmp_path)

    PythonFunction(stack, "Function", entry=entry, package="auto")

    found = properties(stack)
    assert (found["Handler"], found["Runtime"]) == ("index.handler", "python3.13")
    assert "S3Key" in found["Code"]
    assert not assets(stack, tmp_path / "cdk.out")["dockerImages"]


def test_where_nothing_is_bundled_nobody_knows_its_size_and_it_is_an_archive(entry: Path, tmp_path: Path) -> None:
    stack = new_stack(tmp_path, bundled=False)

    PythonFunction(stack, "Function", entry=entry, package="auto")

    assert properties(stack)["Handler"] == "index.handler"


def test_layers_are_refused_when_they_are_given_and_when_they_are_added(entry: Path, tmp_path: Path) -> None:
    stack = new_stack(tmp_path, bundled=False)
    layer = PythonLayerVersion(stack, "Layer", entry=entry)

    with pytest.raises(OptionError, match="an image has no layers"):
        PythonFunction(stack, "Given", entry=entry, package="image", layers=[layer])
    function = PythonFunction(stack, "Function", entry=entry, package="image")
    with pytest.raises(OptionError, match="an image has no layers"):
        function.add_layers(layer)


def test_archives_take_layers_as_before(entry: Path, tmp_path: Path) -> None:
    stack = new_stack(tmp_path, bundled=False)
    layer = PythonLayerVersion(stack, "Layer", entry=entry)
    function = PythonFunction(stack, "Function", entry=entry, layers=[layer])

    function.add_layers(lambda_.LayerVersion.from_layer_version_arn(stack, "Other", ARN))

    assert properties(stack)["Layers"][1] == ARN


def test_tools_find_what_the_image_is_built_from(entry: Path, tmp_path: Path) -> None:
    context = {"aws:cdk:enable-asset-metadata": True}
    stack = Stack(App(outdir=str(tmp_path / "cdk.out"), context=context), "Stack")

    PythonFunction(stack, "Function", entry=entry, package="image")

    (resource,) = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    assert resource["Metadata"] == {
        "aws:asset:path": f"asset.{tag(stack)}",
        "aws:asset:dockerfile-path": "Dockerfile",
        "aws:asset:property": "Code.ImageUri",
    }
