"""Does steps in a container, through the command line of whatever engine CDK is told to use."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from python_function._bundle.executors import engine_errors, left_containers, mounts, unseen
from python_function._bundle.executors.directories import MARKS, SCRATCH, UV, Directories, marked
from python_function._bundle.spec import Container
from python_function._bundle.steps import INPUT, OUTPUT
from python_function._machine.environment import for_container, is_clients
from python_function._machine.host import Host
from python_function.errors import BundlingError, CommandError, ProgramNotFoundError

_HOME: Final = "/tmp"  # noqa: S108 - in the container, where the user may have no other

_LEAVE_OPEN: Final = f"trap 'chmod -R a+rwX {INPUT} {OUTPUT} {SCRATCH} 2>/dev/null' EXIT\n"
"""Lets the host take and remove what another user has made."""


@dataclass(frozen=True, slots=True)
class ContainerBuild:
    """A build in one container, which is gone afterwards."""

    host: Host
    container: Container
    environment: Mapping[str, str]

    def run(self, script: str, directories: Directories) -> None:
        """Run *script*, or the user's command in its place.

        Raises:
            BundlingError: The engine or the image is not there, or the script failed.
        """
        script = unseen.READING + marked(script)
        unseen.write({name: value for name, value in self._all.items() if name in self._unseen}, directories.scratch)
        if self._is_foreign:
            directories.open()
            script = _LEAVE_OPEN + script
        name = f"python-function-{uuid.uuid4().hex}"
        with left_containers.noted(self.host, name, directories.owner):
            self._run(name, script, directories)

    def _run(self, name: str, script: str, directories: Directories) -> None:
        try:
            if self.container.copies:
                self._run_on_copies(name, script, directories)
            else:
                options = (
                    "--rm",
                    "--name",
                    name,
                    *left_containers.labels(directories.owner),
                    *self._mounts(directories),
                )
                self._call("run", *options, *self._arguments(script), shown=True)
        except CommandError as error:
            began = self._has_begun(directories, error)
            if began:
                self._open_again(directories)
            image = self.container.image
            raise engine_errors.explain(error, engine=self._engine, image=image, began=began) from error
        except ProgramNotFoundError as error:
            raise engine_errors.missing(self._engine) from error
        except BundlingError:
            raise
        except BaseException:
            self._remove(name)
            raise
        else:
            self._open_again(directories)
            if not (self.container.command or directories.has_ended or any(directories.output.iterdir())):
                raise engine_errors.idle(self._engine)

    def _has_begun(self, directories: Directories, error: CommandError) -> bool:
        """Tell whether what was to run did: the user's command leaves no mark, and only an engine's own codes say."""
        if self.container.command:
            return error.returncode not in engine_errors.OF_ENGINE
        return directories.has_begun

    def _open_again(self, directories: Directories) -> None:
        """Let the host take and remove what the user's command has made as another user; our script does so itself."""
        if self.container.copies or not (self.container.user and self.container.command):
            return
        container = replace(self.container, command=(), entrypoint=())
        opener = ContainerBuild(self.host, container, {})
        opener._call("run", "--rm", *self._mounts(directories), *opener._arguments(_LEAVE_OPEN))

    def _run_on_copies(self, name: str, script: str, directories: Directories) -> None:
        try:
            self._call("create", "--name", name, *left_containers.labels(directories.owner), *self._arguments(script))
        except CommandError as error:
            raise engine_errors.of_engine(error, engine=self._engine, image=self.container.image) from error
        try:
            # Under its own name a directory keeps its mode even where the engine has made one of that name already.
            for source in (directories.input, directories.output, directories.scratch):
                self._call("cp", str(source), f"{name}:/")
            if directories.uv:
                self._call("cp", str(directories.uv), f"{name}:{UV}")
            try:
                self._call("start", "--attach", name, shown=True)
            finally:
                self._fetch_marks(name, directories)
            self._call("cp", f"{name}:{OUTPUT}/.", str(directories.output))
        finally:
            self._remove(name)

    def _fetch_marks(self, name: str, directories: Directories) -> None:
        for mark in () if self.container.command else MARKS:
            with suppress(CommandError):
                self._call("cp", f"{name}:{SCRATCH}/{mark}", str(directories.scratch))

    @property
    def _engine(self) -> str:
        return left_containers.engine(self.host)

    def _call(self, *arguments: str, shown: bool = False, limit: float | None = None) -> None:
        # The client hands on what an option names; what none does is here for the runner to know what not to show.
        handed_on = {name: value for name, value in self._all.items() if not is_clients(name)}
        env = {**self.host.environ, **handed_on}
        self.host.run((self._engine, *arguments), cwd=Path.cwd(), env=env, shown=shown, limit=limit)

    def _remove(self, name: str) -> None:
        try:
            self._call("rm", "--force", "--volumes", name, limit=left_containers.PATIENCE)
        except BundlingError as error:
            self.host.report.say(f"the container {name} may be left behind: {error}")

    @property
    def _variables(self) -> tuple[tuple[str, str], ...]:
        """Return what the engine's client hands on, and whoever may talk to the engine can see."""
        return tuple(sorted((name, value) for name, value in self._all.items() if name not in self._unseen))

    @property
    def _unseen(self) -> frozenset[str]:
        """Return the names of what our script reads; the user's command gets everything from the client."""
        return frozenset() if self.container.command else unseen.names(self._all, self.host.report.secrets)

    @property
    def _all(self) -> Mapping[str, str]:
        # What builds in one container could be written to by what is built in it: the next gets a cache of its own.
        own = {"HOME": _HOME, "UV_CACHE_DIR": f"{_HOME}/uv"}
        return {**own, **for_container({}, self.environment)}

    def _arguments(self, script: str) -> tuple[str, ...]:
        """Return what ``run`` and ``create`` have in common: the options, the image, the command."""
        container = self.container
        options = (
            ("--platform", container.platform),
            ("--user", self._user),
            ("--userns", "keep-id" if self._is_rootless_podman else None),
            ("--network", container.network),
            ("--security-opt", container.security_opt),
            ("--workdir", container.working_directory or INPUT),
            *(("--volumes-from", other) for other in container.volumes_from),
            *(mounts.given(*volume) for volume in container.volumes),
            *(("--env", self._handed_on(name, value)) for name, value in self._variables),
        )
        entrypoint, *command = self._command(script)
        return (
            *(part for flag, value in options if value for part in (flag, value)),
            *(("--entrypoint", entrypoint) if entrypoint else ()),
            container.image,
            *command,
        )

    def _command(self, script: str) -> tuple[str, ...]:
        """Return the entrypoint, empty for the image's own, and its arguments.

        An image's own entrypoint, such as the one that starts Lambda's runtime, would not run a script.
        """
        container = self.container
        command = container.command or ("sh", "-c", script)
        if container.entrypoint:
            return (*container.entrypoint, *command)
        return ("", *command) if container.command else command

    @property
    def _is_rootless_podman(self) -> bool:
        """Tell whether the host's user is root to the engine's containers, whose other users own nothing of ours."""
        ids = self.host.ids
        return (
            Path(self._engine).name.startswith("podman") and ids is not None and ids[0] != 0 and not self.container.user
        )

    @property
    def _is_foreign(self) -> bool:
        """Tell whether the files that the container gets belong to somebody else there."""
        return self.container.copies or self.container.user is not None

    @property
    def _user(self) -> str | None:
        if self.container.user:
            return self.container.user
        ids = self.host.ids
        return f"{ids[0]}:{ids[1]}" if ids else None

    def _handed_on(self, name: str, value: str) -> str:
        """Return the name alone, for the client to inherit the value, which no argument may show."""
        return f"{name}={value}" if is_clients(name) else name

    def _mounts(self, directories: Directories) -> tuple[str, ...]:
        own = ((directories.input, INPUT), (directories.output, OUTPUT), (directories.scratch, SCRATCH))
        read = mounts.own(directories.uv, UV, read_only=True) if directories.uv else ()
        return (*(part for source, target in own for part in mounts.own(source, target)), *read)


def image_id(host: Host, image: str) -> str | None:
    """Return what names *image* whatever its tag comes to mean; None if the engine has none of that name yet."""
    of_client = sorted((name, value) for name, value in host.environ.items() if is_clients(name))
    key = f"image {image} of {left_containers.engine(host)} with {of_client}"
    if key not in host.resolved:
        argv = (left_containers.engine(host), "image", "inspect", "--format", "{{.Id}}", image)
        try:
            host.resolved[key] = host.run(argv, cwd=Path.cwd(), env=host.environ).strip()
        except BundlingError:
            return None
    return host.resolved[key]
