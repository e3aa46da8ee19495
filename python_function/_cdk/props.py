"""The options of CDK's constructs; written by tools/generate_cdk_props.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk
    import aws_cdk.aws_codeguruprofiler
    import aws_cdk.aws_ec2
    import aws_cdk.aws_iam
    import aws_cdk.aws_lambda
    import aws_cdk.aws_logs
    import aws_cdk.aws_sns
    import aws_cdk.aws_sqs
    import aws_cdk.interfaces.aws_kms
    import aws_cdk.interfaces.aws_lambda
    import aws_cdk.interfaces.aws_logs


class FunctionOptions(TypedDict, total=False):
    """What ``Function`` takes besides our own options."""

    adot_instrumentation: aws_cdk.aws_lambda.AdotInstrumentationConfig | dict[str, Any] | None
    allow_all_ipv6_outbound: bool | None
    allow_all_outbound: bool | None
    allow_public_subnet: bool | None
    application_log_level: str | None
    application_log_level_v2: aws_cdk.aws_lambda.ApplicationLogLevel | None
    code_signing_config: aws_cdk.interfaces.aws_lambda.ICodeSigningConfigRef | None
    current_version_options: aws_cdk.aws_lambda.VersionOptions | dict[str, Any] | None
    dead_letter_queue: aws_cdk.aws_sqs.IQueue | None
    dead_letter_queue_enabled: bool | None
    dead_letter_topic: aws_cdk.aws_sns.ITopic | None
    description: str | None
    durable_config: aws_cdk.aws_lambda.DurableConfig | dict[str, Any] | None
    environment: Mapping[str, str] | None
    environment_encryption: aws_cdk.interfaces.aws_kms.IKeyRef | None
    ephemeral_storage_size: aws_cdk.Size | None
    events: Sequence[aws_cdk.aws_lambda.IEventSource] | None
    filesystem: aws_cdk.aws_lambda.FileSystem | None
    function_name: str | None
    initial_policy: Sequence[aws_cdk.aws_iam.PolicyStatement] | None
    insights_version: aws_cdk.aws_lambda.LambdaInsightsVersion | None
    ipv6_allowed_for_dual_stack: bool | None
    layers: Sequence[aws_cdk.aws_lambda.ILayerVersion] | None
    log_format: str | None
    logging_format: aws_cdk.aws_lambda.LoggingFormat | None
    log_group: aws_cdk.interfaces.aws_logs.ILogGroupRef | None
    log_removal_policy: aws_cdk.RemovalPolicy | None
    log_retention: aws_cdk.aws_logs.RetentionDays | None
    log_retention_retry_options: aws_cdk.aws_lambda.LogRetentionRetryOptions | dict[str, Any] | None
    log_retention_role: aws_cdk.aws_iam.IRole | None
    memory_size: float | None
    params_and_secrets: aws_cdk.aws_lambda.ParamsAndSecretsLayerVersion | None
    profiling: bool | None
    profiling_group: aws_cdk.aws_codeguruprofiler.IProfilingGroup | None
    recursive_loop: aws_cdk.aws_lambda.RecursiveLoop | None
    reserved_concurrent_executions: float | None
    role: aws_cdk.aws_iam.IRole | None
    runtime_management_mode: aws_cdk.aws_lambda.RuntimeManagementMode | None
    security_groups: Sequence[aws_cdk.aws_ec2.ISecurityGroup] | None
    snap_start: aws_cdk.aws_lambda.SnapStartConf | None
    system_log_level: str | None
    system_log_level_v2: aws_cdk.aws_lambda.SystemLogLevel | None
    tenancy_config: aws_cdk.aws_lambda.TenancyConfig | None
    timeout: aws_cdk.Duration | None
    tracing: aws_cdk.aws_lambda.Tracing | None
    vpc: aws_cdk.aws_ec2.IVpc | None
    vpc_subnets: aws_cdk.aws_ec2.SubnetSelection | dict[str, Any] | None
    max_event_age: aws_cdk.Duration | None
    on_failure: aws_cdk.aws_lambda.IDestination | None
    on_success: aws_cdk.aws_lambda.IDestination | None
    retry_attempts: float | None


class LayerVersionOptions(TypedDict, total=False):
    """What ``LayerVersion`` takes besides our own options."""

    description: str | None
    layer_version_name: str | None
    license: str | None
    removal_policy: aws_cdk.RemovalPolicy | None
