"""A web service: read from its ``apprunner.yaml``, or inferred from its code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from python_function._bundle import runtimes
from python_function._dependencies import detect
from python_function._dependencies.declared import Listed, Locked
from python_function._dependencies.detect import Packaging
from python_function._handler import place
from python_function._machine import text_file
from python_function._service import infer, servers
from python_function._service.apprunner import NAME, REVISED, VERSIONS, Configuration, Finding, Said
from python_function._source.select import Source
from python_function._target.target import ARCHITECTURES, Target
from python_function.errors import EntryError, OptionError

_INSTALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "uv.lock": (
        "pip3 install uv",
        "uv export --quiet --locked --no-dev --no-emit-project --output-file /tmp/requirements.txt",
        "pip3 install -r /tmp/requirements.txt",
    ),
    "poetry.lock": ("pip3 install poetry", "POETRY_VIRTUALENVS_CREATE=false poetry install --only main --no-root"),
    "Pipfile.lock": ("pip3 install pipenv", "pipenv install --deploy --system"),
    "Pipfile": ("pip3 install pipenv", "pipenv install --system --skip-lock"),
    "pylock.toml": ("pip3 install uv", "uv pip install --system -r pylock.toml"),
    "requirements.txt": ("pip3 install -r requirements.txt",),
    "pyproject.toml": ("pip3 install .",),
}
"""What installs the dependencies that a file declares, where no environment is around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service.

    Attributes:
        directory: The directory with its code.
        file: The ``apprunner.yaml`` that says how it runs; ``None`` where that was inferred.
        reason: What decided how it runs, for people.
        configuration: How it is built and run.
        packaging: What declares its dependencies.
        findings: What is to be told of it.
    """

    directory: Path
    file: Path | None
    reason: str
    configuration: Configuration
    packaging: Packaging
    findings: tuple[Finding, ...] = ()


def find(entry: Path | str, *, cwd: Path) -> Service:
    """Return the service in the directory *entry*, from its file or from its code.

    Raises:
        PythonFunctionError: There is none, or it cannot work.
    """
    directory = place.directory(entry, cwd=cwd)
    if not (directory / NAME).exists():
        return inferred(directory)
    configuration, findings = checked(directory)
    wrong = [finding for finding in findings if finding.is_error]
    if wrong:
        told = "\n".join(f"  line {finding.line}: {finding.text}" for finding in wrong)
        msg = f"{directory / NAME} cannot work as it is:\n{told}"
        raise EntryError(msg)
    return Service(
        directory=directory,
        file=directory / NAME,
        reason=f"{NAME} says so",
        configuration=configuration,
        packaging=detect.detect(directory),
        findings=findings,
    )


def checked(directory: Path) -> tuple[Configuration, tuple[Finding, ...]]:
    """Return what the ``apprunner.yaml`` in *directory* says, and all that is wrong with it.

    Raises:
        EntryError: It is not there, or no YAML.
        OptionError: There is nothing to read it with.
    """
    file = directory / NAME
    if not file.exists():
        msg = f"There is no {file}. cdk-python-function service write makes one that fits the code."
        raise EntryError(msg)
    try:
        from python_function._service import check  # noqa: PLC0415 - its library is an extra, for this file alone
    except ModuleNotFoundError as error:
        msg = f"{file} needs a library to be read, {error.name}. Install cdk-python-function[service]."
        raise OptionError(msg) from error
    return check.check(text_file.read(file), name=str(file), directory=directory)


def inferred(directory: Path) -> Service:
    """Return the service that the code in *directory* is.

    Raises:
        PythonFunctionError: Nothing says how it runs.
    """
    packaging = detect.detect(directory)
    start = infer.infer(directory, servers.packages(_declared(packaging)))
    notices = (*start.notices, *_elsewhere(directory, packaging))
    return Service(
        directory=directory,
        file=None,
        reason=start.reason,
        configuration=Configuration(
            runtime=Said(REVISED),
            build=(Said("python3 --version"),),
            pre_run=tuple(map(Said, _INSTALLED.get(packaging.file.name, ()) if packaging.file else ())),
            command=Said(start.command),
        ),
        packaging=packaging,
        findings=tuple(Finding(0, notice, is_error=False) for notice in notices),
    )


def runtime(service: Service, given: str | None) -> Target:
    """Return what runs *service*: what its file names, or *given*, or what its project asks for.

    Raises:
        OptionError: The project excludes it, or the file and *given* contradict each other.
    """
    of_file = f"python{VERSIONS[REVISED][0]}" if service.file else None
    if of_file and given and given != of_file:
        msg = f"runtime is {given!r}, and {service.file} runs with {of_file}. Leave one out."
        raise OptionError(msg)
    (found,) = runtimes.choose(
        (chosen,) if (chosen := of_file or given) else (),
        option="runtime",
        source=Source(directory=service.directory),
        packaging=service.packaging,
        index=None,
    )
    return Target(found.name, ARCHITECTURES[0], found.patch)


def _elsewhere(directory: Path, packaging: Packaging) -> Iterator[str]:
    """Tell of what App Runner does not see."""
    if packaging.file and packaging.file.parent != directory:
        yield (
            f"{packaging.file} is not in {directory}, which is all that App Runner's own runtime sees of a repository."
            " Let the directory have a list of its own, or run the service as an image."
        )


def _declared(packaging: Packaging) -> tuple[str, ...]:
    match packaging.content:
        case Locked() as locked:
            return locked.shown
        case Listed() as listed:
            return listed.shown
