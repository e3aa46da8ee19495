from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aws_cdk
import pytest
from aws_cdk import App, Stack, assertions
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from python_function import EntryError, OptionError, PythonService
from python_function._service.choice import Platform
from tests.service import examples

EXPRESS: Final = "AWS::ECS::ExpressGatewayService"
APP_RUNNER: Final = "AWS::AppRunner::Service"
needs_express = pytest.mark.skipif(
    not hasattr(ecs, "CfnExpressGatewayService"), reason="this aws-cdk-lib does not know ECS Express Mode"
)
PLATFORMS: Final = [pytest.param("express", marks=needs_express), "apprunner"]


@pytest.fixture
def stack() -> Stack:
    """Return a stack in which nothing is bundled."""
    return Stack(App(context={"aws:cdk:bundling-stacks": list[str]()}), "Shop")


@pytest.fixture
def web(tmp_path: Path) -> Path:
    directory = tmp_path / "web"
    directory.mkdir()
    (directory / "server.py").write_text(examples.SAMPLE_SERVER)
    (directory / "requirements.txt").write_text(examples.SAMPLE_REQUIREMENTS)
    return directory


def properties(stack: Stack, kind: str) -> Mapping[str, Any]:
    found = assertions.Template.from_stack(stack).find_resources(kind)
    (resource,) = found.values()
    made: Mapping[str, Any] = resource["Properties"]
    return made


def actions(stack: Stack) -> set[str]:
    """Return all that roles of *stack* are allowed by policies of its own."""
    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    found = [each["Properties"]["PolicyDocument"]["Statement"] for each in policies.values()]
    lists = [statement["Action"] for statements in found for statement in statements]
    return {action for each in lists for action in ([each] if isinstance(each, str) else each)}


@needs_express
def test_express_mode_runs_the_image(stack: Stack, web: Path) -> None:
    service = PythonService(stack, "Web", entry=web, environment={"NAME": "you"}, health_check_path="/health", cpu=512)

    made = properties(stack, EXPRESS)
    container = made["PrimaryContainer"]
    assert container["ContainerPort"] == 8080
    assert container["Environment"] == [{"Name": "NAME", "Value": "you"}]
    assert "container-assets" in str(container["Image"])
    assert (made["HealthCheckPath"], made["Cpu"]) == ("/health", "512")
    assert stack.resolve(service.url) == {"Fn::GetAtt": [stack.get_logical_id(service.resource), "Endpoint"]}


def test_app_runner_runs_the_image(stack: Stack, web: Path) -> None:
    service = PythonService(stack, "Web", entry=web, platform="apprunner", memory=2048)

    made = properties(stack, APP_RUNNER)
    repository = made["SourceConfiguration"]["ImageRepository"]
    assert repository["ImageRepositoryType"] == "ECR"
    assert repository["ImageConfiguration"]["Port"] == "8080"
    assert "container-assets" in str(repository["ImageIdentifier"])
    assert made["HealthCheckConfiguration"] == {"Path": "/", "Protocol": "HTTP"}
    assert made["InstanceConfiguration"]["Memory"] == "2048"
    assert "https://" in str(stack.resolve(service.url))


def test_app_runners_own_runtime_takes_the_file_of_the_repository(stack: Stack, web: Path) -> None:
    (web / "apprunner.yaml").write_text(examples.SAMPLE)

    PythonService(
        stack,
        "Web",
        entry=web,
        platform="apprunner",
        connection="arn:aws:apprunner:eu-west-1:123456789012:connection/name/id",
        repository="https://github.com/me/shop",
        source_directory="/web",
    )

    code = properties(stack, APP_RUNNER)["SourceConfiguration"]["CodeRepository"]
    assert code["CodeConfiguration"] == {"ConfigurationSource": "REPOSITORY"}
    assert (code["SourceDirectory"], code["SourceCodeVersion"]) == ("/web", {"Type": "BRANCH", "Value": "main"})
    assertions.Annotations.from_stack(stack).has_warning("*", assertions.Match.string_like_regexp(".*line 2: .*3.7"))
    assert actions(stack) == set()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_roles_may_what_they_need_and_no_more(platform: Platform, stack: Stack, web: Path) -> None:
    secret = secretsmanager.Secret(stack, "Password")
    kept = ecs.Secret.from_secrets_manager(secret)  # pyright: ignore[reportArgumentType] - jsii renames a parameter
    PythonService(stack, "Web", entry=web, platform=platform, secrets={"PASSWORD": kept})
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    pull = {"ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"}
    own = logs if platform == "express" else {"ecr:DescribeImages"}

    expected = {
        *pull,
        *own,
        "ecr:GetAuthorizationToken",
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    }
    assert actions(stack) == expected


@needs_express
def test_the_code_may_what_its_role_is_granted(stack: Stack, web: Path) -> None:
    service = PythonService(stack, "Web", entry=web)

    s3.Bucket(stack, "Bucket").grant_read(service.role)

    assert actions(stack) > {"s3:GetObject*", "s3:List*"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_secrets_are_named_and_never_in_the_template(platform: Platform, stack: Stack, web: Path) -> None:
    secret = secretsmanager.Secret(stack, "Password")
    kept = ecs.Secret.from_secrets_manager(secret)  # pyright: ignore[reportArgumentType] - jsii renames a parameter

    PythonService(stack, "Web", entry=web, platform=platform, secrets={"PASSWORD": kept})

    made = properties(stack, EXPRESS if platform == "express" else APP_RUNNER)
    reference = {"Ref": stack.get_logical_id(secret.node.default_child)}  # type: ignore[arg-type]
    assert "PASSWORD" in str(made)
    assert str(reference) in str(made)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"platform": "lambda"}, "platform must be one of 'express', 'apprunner', not 'lambda'"),
        ({"connection": "arn:x"}, "connection and repository go together"),
        ({"repository": "https://x", "platform": "apprunner"}, "connection and repository go together"),
        ({"connection": "arn:x", "repository": "https://x"}, 'are for App Runner: pass platform="apprunner"'),
        ({"health_check_path": "health"}, "health_check_path must start with /, not 'health'"),
        ({"platform": "apprunner", "base_image": "-x"}, "is not an image's name"),
        ({"environment": {"A": 1}}, r"environment\['A'\] must be a string"),
        ({"environment": {"PORT": "80"}}, "PORT is what the platform sets"),
    ],
)
def test_what_cannot_be_is_told(options: dict[str, Any], told: str, stack: Stack, web: Path) -> None:
    with pytest.raises(OptionError, match=told):
        PythonService(stack, "Web", entry=web, **options)


def test_a_cdk_without_express_mode_is_told(stack: Stack, web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(ecs, "CfnExpressGatewayService", raising=False)

    with pytest.raises(OptionError, match=r"aws-cdk-lib, version [\d.]+, does not have\. .* platform='apprunner'"):
        PythonService(stack, "Web", entry=web)


@pytest.mark.parametrize("options", [{"environment": {"A": "b"}}, {"base_image": "x"}])
def test_what_the_file_of_a_repository_says_cannot_be_given(options: dict[str, Any], stack: Stack, web: Path) -> None:
    (web / "apprunner.yaml").write_text(examples.SAMPLE)

    with pytest.raises(OptionError, match=f"{next(iter(options))} .*apprunner.yaml"):
        PythonService(
            stack, "Web", entry=web, platform="apprunner", connection="arn:x", repository="https://x", **options
        )


def test_a_repository_needs_the_file(stack: Stack, web: Path) -> None:
    with pytest.raises(EntryError, match=r"There is no .*apprunner.yaml.*service write"):
        PythonService(stack, "Web", entry=web, platform="apprunner", connection="arn:x", repository="https://x")


@needs_express
def test_an_edit_of_the_code_or_of_what_starts_it_changes_the_image(web: Path) -> None:
    def image() -> str:
        stack = Stack(App(context={"aws:cdk:bundling-stacks": list[str]()}), "Shop")
        PythonService(stack, "Web", entry=web)
        return str(properties(stack, EXPRESS)["PrimaryContainer"]["Image"])

    first = image()
    assert image() == first
    (web / "server.py").write_text(examples.SAMPLE_SERVER.replace("Hello", "Hi"))
    second = image()
    (web / "Procfile").write_text("web: python server.py --quiet\n")

    assert len({first, second, image()}) == 3


@needs_express
def test_notices_of_a_service_are_warnings(stack: Stack, web: Path) -> None:
    (web / "apprunner.yaml").write_text(
        examples.SAMPLE.replace("      - pip install", "      - make static\n      - pip install")
    )

    PythonService(stack, "Web", entry=web)

    assertions.Annotations.from_stack(stack).has_warning(
        "*", assertions.Match.string_like_regexp(".*'make static' is not")
    )
    assert aws_cdk.Stack.of(stack) is stack
