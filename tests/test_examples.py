"""The example app's template: what its page and its comments promise."""

import json
import re
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from examples.app.app import Shop

_HASH = re.compile(r"[0-9a-f]{64}")


def _template(**context: object) -> Template:
    return Template.from_stack(Shop(App(context={"aws:cdk:bundling-stacks": list[str](), **context}), "Shop"))


@pytest.fixture(scope="module")
def template() -> Template:
    """Return what is deployed; nothing is bundled for it."""
    return _template()


def _found(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {name: dict(resource["Properties"]) for name, resource in template.find_resources(kind).items()}


def _masked(template: Template) -> object:
    return json.loads(_HASH.sub("<hash>", json.dumps(template.to_json())))


@pytest.mark.pinned
def test_the_template_of_the_example_app(template: Template, snapshot: SnapshotAssertion) -> None:
    """Hashes are masked: they follow the code of the examples, which is free to change."""
    assert _masked(template) == snapshot(extension_class=JSONSnapshotExtension)


def test_every_function_finds_its_handler_and_has_code_of_its_own(template: Template) -> None:
    functions = _found(template, "AWS::Lambda::Function").values()

    assert {function["Handler"] for function in functions} == {"index.handler"}
    assert len({function["Code"]["S3Key"] for function in functions}) == len(functions)


def test_only_the_functions_for_arm64_say_so(template: Template) -> None:
    functions = _found(template, "AWS::Lambda::Function")

    on_arm = [name for name, function in functions.items() if function.get("Architectures") == ["arm64"]]

    assert [name for name in functions if name.startswith("RatesOnArm")] == on_arm


def test_two_functions_share_the_layer(template: Template) -> None:
    (layer,) = _found(template, "AWS::Lambda::LayerVersion")

    users = [f for f in _found(template, "AWS::Lambda::Function").values() if f.get("Layers") == [{"Ref": layer}]]

    assert len(users) == 2


def test_the_context_chooses_the_strategy_of_every_construct(template: Template) -> None:
    in_containers = _template(strategy="docker")

    assert not _keys(template) & _keys(in_containers)


def _keys(template: Template) -> set[str]:
    functions = (function["Code"] for function in _found(template, "AWS::Lambda::Function").values())
    layers = (layer["Content"] for layer in _found(template, "AWS::Lambda::LayerVersion").values())
    return {code["S3Key"] for code in (*functions, *layers)}
