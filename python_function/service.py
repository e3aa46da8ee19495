"""The construct for a web service."""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from python_function import _checks
from python_function._bundle.resolve import Wanted
from python_function._cdk import asset, plain, platforms
from python_function._cdk.platforms import Running, Wishes
from python_function._service import choice, image, service
from python_function._service.choice import Platform
from python_function._service.service import Service
from python_function.errors import plainly
from python_function.options import BundlingOptions


class PythonService(Construct):
    """A web service from a directory of Python code.

    Attributes:
        url: Where it answers.
        resource: Its resource, ``aws_ecs.CfnExpressGatewayService`` or ``aws_apprunner.CfnService``.
        role: Who the code is on AWS; grant it what the code needs.

    Example:
        >>> PythonService(stack, "Web", entry="web", health_check_path="/health")  # doctest: +SKIP

    .. versionadded:: 0.2.0
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        entry: Path | str,
        platform: Platform = "express",
        connection: str | None = None,
        repository: str | None = None,
        branch: str = "main",
        source_directory: str = "/",
        runtime: lambda_.Runtime | None = None,
        base_image: str | None = None,
        bundling: BundlingOptions | None = None,
        environment: Mapping[str, str] | None = None,
        secrets: Mapping[str, ecs.Secret] | None = None,
        health_check_path: str = "/",
        cpu: int | None = None,
        memory: int | None = None,
        service_name: str | None = None,
    ) -> None:
        """Find out how the code runs, and give it to CDK.

        Args:
            scope: The construct that the service belongs to.
            id: Its name there.
            entry: The directory with the code; a relative path starts at the working directory.
            platform: ``express`` for ECS Express Mode, ``apprunner`` for App Runner, which takes no new customers.
            connection: The ARN of the connection by which App Runner reads *repository*.
            repository: The URL of the repository that App Runner builds by the ``apprunner.yaml`` in it, instead of
                an image made here.
            branch: The branch of *repository*.
            source_directory: Where *entry* is in *repository*, from its root.
            runtime: Names the Python, by default what the project asks for, and Python 3.13 where it asks for
                nothing; an ``apprunner.yaml`` says 3.11.
            base_image: The image that the service's is made from, by default Python's own.
            bundling: How code and dependencies become an image.
            environment: Variables of the service.
            secrets: Variables of the service that are kept in Secrets Manager or the Parameter Store.
            health_check_path: What is asked whether the service is well.
            cpu: Units of processor, 1024 for each; by default what the platform has.
            memory: Megabytes of memory; by default what the platform has.
            service_name: What AWS calls it.

        Raises:
            EntryError: The entry is no service, or its ``apprunner.yaml`` cannot work.
            OptionError: An option has a value that it cannot have.
            PackagingError: The dependencies are declared in a way that cannot be followed.
            BundlingError: A step of the build failed.
        """
        bundling = BundlingOptions.checked(bundling)
        given, kept = environment or {}, secrets or {}
        with plainly():
            _checks.path("entry", entry)
            _checks.instance("runtime", runtime, "aws_lambda.Runtime")
            _checks.mapping("environment", environment)
            choice.check(
                platform, connection=connection, repository=repository, path=health_check_path, names=(*given, *kept)
            )
            platforms.check(platform)
            found = service.find(entry, cwd=Path.cwd())
        wishes = Wishes(
            environment=given,
            secrets=kept,
            port=found.configuration.port,
            health_check_path=health_check_path,
            cpu=cpu,
            memory=memory,
            name=service_name,
        )
        if connection and repository:
            with plainly():
                of_images = {"environment": given, "secrets": kept, "runtime": runtime, "base_image": base_image}
                choice.check_file(found, [name for name, value in of_images.items() if value])
            super().__init__(scope, id)
            self._warn(found)
            place = (connection, repository, branch, source_directory)
            running = platforms.from_repository(self, place=place, wishes=wishes)
        else:
            running = self._image(
                (scope, id), found, wishes, bundling, platform=platform, runtime=runtime, base_image=base_image
            )
        self.url, self.resource, self.role = running.url, running.resource, running.role

    def _warn(self, found: Service) -> None:
        for finding in found.findings:
            text = f"{found.file}, line {finding.line}: {finding.text}"
            aws_cdk.Annotations.of(self).add_warning_v2("service", text)

    def _image(
        self,
        where: tuple[Construct, str],
        found: Service,
        wishes: Wishes,
        bundling: BundlingOptions,
        *,
        platform: Platform,
        runtime: lambda_.Runtime | None,
        base_image: str | None,
    ) -> Running:
        with plainly():
            target = service.runtime(found, runtime.name if runtime else None)
            wanted = Wanted(
                entry=found.directory,
                runtimes=(target.runtime,),
                architecture=target.architecture,
                options=bundling,
                container=plain.to_container(bundling),
                cwd=Path.cwd(),
            )
            spec = image.resolved(found, wanted, base_image).spec
        with asset.image(*where, spec, bundling) as code:
            super().__init__(*where)
            location = code.place(self)
        make = platforms.express if platform == "express" else platforms.app_runner
        return make(self, location, wishes)
