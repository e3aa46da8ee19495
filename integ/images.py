"""The images that tests run, each under the name that CDK and users give it.

Where the real ones cannot be pulled, `python -m integ.setup` makes stand-ins out of Debian packages. As on the real
registry, `latest-x86_64` and `latest-arm64` name one machine each. `latest` is the x86_64 one, because an engine
without a registry keeps one platform a tag; a test that needs `latest` for arm64 takes the fixture `arm64_latest`.
"""

from __future__ import annotations

from dataclasses import dataclass

# rsync is for the CDK's own construct, which the benchmarks compare with.
RUNTIME = ("python3", "python3-pip", "python3-venv", "python3-dev", "gcc", "libc6-dev", "ca-certificates", "rsync")
# What Debian takes for granted and an image that is only unpacked therefore lacks.
ESSENTIALS = ("base-files", "bash", "coreutils", "dash", "findutils", "grep", "libc-bin", "sed", "tar")
SUITES = {"3.11": "bookworm", "3.13": "trixie"}
STAND_IN = "cdk-python-function.stand-in"
"""The label of the images that are made here."""

ENGINE_MACHINES = {"x86_64": "amd64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image for one machine.

    Attributes:
        python: The version of its `python3`, which decides the Debian release.
        unpack_only: Whether packages are unpacked without running their scripts: those take minutes under emulation.
    """

    name: str
    python: str
    machine: str
    packages: tuple[str, ...]
    unpack_only: bool

    @property
    def tag(self) -> str:
        return f"{self.name}:latest-{self.machine}"

    @property
    def latest(self) -> str:
        return f"{self.name}:latest"

    @property
    def engine_machine(self) -> str:
        return ENGINE_MACHINES[self.machine]

    @property
    def suite(self) -> str:
        return SUITES[self.python]


def runtime_image(python: str, machine: str = "x86_64") -> Image:
    """Return the image CDK bundles in for a runtime and an architecture."""
    foreign = machine == "arm64"
    return Image(
        name=f"public.ecr.aws/sam/build-python{python}",
        python=python,
        machine=machine,
        packages=(*RUNTIME, *ESSENTIALS) if foreign else RUNTIME,
        unpack_only=foreign,
    )


BARE = Image(  # a shell and a Python: no pip, no bash, no rsync, no compiler
    name="localhost/cdk-python-function/bare",
    python="3.13",
    machine="x86_64",
    packages=("base-files", "coreutils", "dash", "libc-bin", "python3"),
    unpack_only=True,
)
IMAGES = (
    runtime_image("3.11"),
    runtime_image("3.13"),
    runtime_image("3.11", "arm64"),
    runtime_image("3.13", "arm64"),
    BARE,
)
PODMAN_IMAGES = (runtime_image("3.13"), BARE)
