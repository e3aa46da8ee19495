"""What CDK calls when it needs a bundle."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import aws_cdk
import jsii

from python_function._bundle import build
from python_function._bundle.spec import BundleSpec
from python_function._machine import here, signals
from python_function._machine.host import Host


@jsii.implements(aws_cdk.ILocalBundling)
class Bundler:
    """Builds the bundle when CDK asks for it, which it does not where the asset is there or the stack is not wanted."""

    def __init__(self, spec: BundleSpec, name: str) -> None:
        self._spec = spec
        self._name = name
        self.output: Path | None = None
        self.error: BaseException | None = None
        self.built: build.Built | None = None

    def try_bundle(self, output_dir: str, *, image: aws_cdk.DockerImage, **_: object) -> bool:  # noqa: ARG002 - CDK's signature
        """Fill *output_dir*; always true, for there is nothing else to try."""
        self.output = Path(output_dir)
        try:
            with signals.ending_in_order():
                self.built = build.build(self._spec, self.output, host(self._name, self._spec.secret_values))
        except BaseException as error:
            self.error = error
            raise
        return True


def host(name: str, secrets: frozenset[str] = frozenset()) -> Host:
    """Return this machine as a build of the construct *name* gets to see it."""
    detail = _is_watched() or "CDK_DEBUG" in os.environ
    return here.host(name, environ=os.environ, write=write, detail=detail, secrets=secrets)


def write(line: str) -> None:
    """Show *line* to the user."""
    if sys.stderr is None:  # as Python has it where the stream was closed before it started; print would take another
        return
    with suppress(OSError, ValueError):  # nobody may be listening, which is no reason to build nothing
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - what the user sees


def _is_watched() -> bool:
    """Tell whether somebody sees what happens while it does."""
    return sys.stderr is not None and not sys.stderr.closed and sys.stderr.isatty()
