"""Where a service runs, as CDK's resources: App Runner from an image or a repository, and ECS Express Mode."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata

import aws_cdk
from aws_cdk import aws_apprunner as apprunner
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from python_function.errors import OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is wanted of a service, wherever it runs.

    Attributes:
        environment: What it gets to see.
        secrets: What it gets to see besides, kept elsewhere.
        port: The port that it listens to.
        health_check_path: What is asked whether it is well.
        cpu: The units of processor that it gets, 1024 for each.
        memory: The megabytes of memory that it gets.
        name: What AWS calls it.
    """

    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, ecs.Secret] = field(default_factory=dict[str, ecs.Secret])
    port: int
    health_check_path: str
    cpu: int | None
    memory: int | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A service that was made.

    Attributes:
        resource: Its resource.
        role: Who the code is on AWS.
        url: Where it answers.
    """

    resource: aws_cdk.CfnResource
    role: iam.Role
    url: str


def check(platform: str) -> None:
    """Find out whether CDK knows *platform*.

    Raises:
        OptionError: It is too old.
    """
    if platform == "express" and not hasattr(ecs, "CfnExpressGatewayService"):
        msg = (
            "platform='express' needs aws_ecs.CfnExpressGatewayService, which this aws-cdk-lib, version "
            f"{metadata.version('aws-cdk-lib')}, does not have. Install a newer one, or pass platform='apprunner'."
        )
        raise OptionError(msg)


def express(scope: Construct, image: aws_cdk.DockerImageAssetLocation, wishes: Wishes) -> Running:
    """Make a service of ECS Express Mode that runs *image*."""
    log_group = logs.LogGroup(scope, "Logs", retention=logs.RetentionDays.ONE_MONTH)
    execution = _role(scope, "ExecutionRole", "ecs-tasks")
    role = _role(scope, "Role", "ecs-tasks")
    infrastructure = _infrastructure_role(scope)
    _repository(scope, image).grant_pull(execution)
    log_group.grant_write(execution)
    values = _values(wishes, execution)
    kinds = ecs.CfnExpressGatewayService
    service = kinds(
        scope,
        "Resource",
        execution_role_arn=execution.role_arn,
        infrastructure_role_arn=infrastructure.role_arn,
        task_role_arn=role.role_arn,
        health_check_path=wishes.health_check_path,
        cpu=_text(wishes.cpu),
        memory=_text(wishes.memory),
        service_name=wishes.name,
        primary_container=kinds.ExpressGatewayContainerProperty(
            image=image.image_uri,
            container_port=wishes.port,
            aws_logs_configuration=kinds.ExpressGatewayServiceAwsLogsConfigurationProperty(
                log_group=log_group.log_group_name, log_stream_prefix="service"
            ),
            environment=[
                kinds.KeyValuePairProperty(name=name, value=value) for name, value in wishes.environment.items()
            ],
            secrets=[kinds.SecretProperty(name=name, value_from=arn) for name, arn in values.items()],
        ),
    )
    service.node.add_dependency(execution, infrastructure)
    return Running(resource=service, role=role, url=service.attr_endpoint)


def app_runner(scope: Construct, image: aws_cdk.DockerImageAssetLocation, wishes: Wishes) -> Running:
    """Make a service of App Runner that runs *image*."""
    access = _role(scope, "AccessRole", "build.apprunner")
    _repository(scope, image).grant_pull(access)
    iam.Grant.add_to_principal(
        grantee=access, actions=["ecr:DescribeImages"], resource_arns=[_repository_arn(scope, image)]
    )
    role = _instance_role(scope)
    kinds = apprunner.CfnService
    source = kinds.SourceConfigurationProperty(
        authentication_configuration=kinds.AuthenticationConfigurationProperty(access_role_arn=access.role_arn),
        auto_deployments_enabled=False,
        image_repository=kinds.ImageRepositoryProperty(
            image_identifier=image.image_uri,
            image_repository_type="ECR",
            image_configuration=kinds.ImageConfigurationProperty(
                port=str(wishes.port),
                runtime_environment_variables=[
                    kinds.KeyValuePairProperty(name=name, value=value) for name, value in wishes.environment.items()
                ],
                runtime_environment_secrets=[
                    kinds.KeyValuePairProperty(name=name, value=arn) for name, arn in _values(wishes, role).items()
                ],
            ),
        ),
    )
    service = _app_runner(scope, source, role, wishes)
    service.node.add_dependency(access)
    return Running(resource=service, role=role, url=f"https://{service.attr_service_url}")


def from_repository(scope: Construct, *, place: tuple[str, str, str, str], wishes: Wishes) -> Running:
    """Make a service of App Runner that builds what is at *place*: connection, repository, branch and directory."""
    connection, repository, branch, directory = place
    role = _instance_role(scope)
    kinds = apprunner.CfnService
    source = kinds.SourceConfigurationProperty(
        authentication_configuration=kinds.AuthenticationConfigurationProperty(connection_arn=connection),
        code_repository=kinds.CodeRepositoryProperty(
            repository_url=repository,
            source_directory=directory,
            source_code_version=kinds.SourceCodeVersionProperty(type="BRANCH", value=branch),
            code_configuration=kinds.CodeConfigurationProperty(configuration_source="REPOSITORY"),
        ),
    )
    service = _app_runner(scope, source, role, wishes)
    return Running(resource=service, role=role, url=f"https://{service.attr_service_url}")


def _app_runner(
    scope: Construct, source: apprunner.CfnService.SourceConfigurationProperty, role: iam.Role, wishes: Wishes
) -> apprunner.CfnService:
    kinds = apprunner.CfnService
    service = kinds(
        scope,
        "Resource",
        source_configuration=source,
        health_check_configuration=kinds.HealthCheckConfigurationProperty(
            protocol="HTTP", path=wishes.health_check_path
        ),
        instance_configuration=kinds.InstanceConfigurationProperty(
            instance_role_arn=role.role_arn, cpu=_text(wishes.cpu), memory=_text(wishes.memory)
        ),
        service_name=wishes.name,
    )
    service.node.add_dependency(role)
    return service


def _infrastructure_role(scope: Construct) -> iam.Role:
    policy = "service-role/AmazonECSInfrastructureRoleforExpressGatewayServices"
    role = _role(scope, "InfrastructureRole", "ecs")
    role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(policy))
    return role


def _instance_role(scope: Construct) -> iam.Role:
    return _role(scope, "Role", "tasks.apprunner")


def _role(scope: Construct, id: str, service: str) -> iam.Role:
    """Return a role of the AWS service that is called *service*."""
    principal = iam.ServicePrincipal(f"{service}.amazonaws.com")
    return iam.Role(scope, id, assumed_by=principal)  # pyright: ignore[reportArgumentType] - jsii renames a parameter


def _values(wishes: Wishes, reader: iam.IGrantable) -> Mapping[str, str]:
    """Return where each secret is kept, and let *reader* read it."""
    for secret in wishes.secrets.values():
        secret.grant_read(reader)
    return {name: secret.arn for name, secret in wishes.secrets.items()}


def _repository(scope: Construct, image: aws_cdk.DockerImageAssetLocation) -> ecr.IRepository:
    name = image.repository_name
    return ecr.Repository.from_repository_attributes(
        scope, "Repository", repository_arn=_repository_arn(scope, image), repository_name=name
    )


def _repository_arn(scope: Construct, image: aws_cdk.DockerImageAssetLocation) -> str:
    stack = aws_cdk.Stack.of(scope)
    return stack.format_arn(service="ecr", resource="repository", resource_name=image.repository_name)


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
