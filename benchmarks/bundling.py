"""Measures bundling side by side with the CDK's own construct, in one run, and writes docs/benchmarks.md.

Run with ``make bench``. Needs a container engine, the images of ``python -m integ.setup`` and the default index.
Every round measures every case with each subject in turn, so that whatever else the machine does meets all of them; a
round before fills caches and makes the peer's image, and does not count. ``--only WORD`` measures the cases whose names
hold the word, and prints what it finds instead of writing the page.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uv

from benchmarks import floors, page

ROOT: Final = Path(__file__).resolve().parent.parent
REQUIREMENTS: Final = floors.REQUIREMENTS
PEER: Final = "aws-cdk.aws-lambda-python-alpha==2.275.0a0"
TEN: Final = 10
IGNORED_FILES: Final = 30_000

_APP: Final = """\
import sys, time
import aws_cdk
from aws_cdk import aws_lambda as lambda_
{imports}

stack = aws_cdk.Stack(aws_cdk.App(outdir="cdk.out"), "Stack")
runtime = lambda_.Runtime.PYTHON_3_13
started = time.perf_counter()
for number in range(int(sys.argv[1])):
    {construct}
print(time.perf_counter() - started)
"""
_OURS: Final = "from python_function import BundlingOptions, PythonFunction"
_CONSTRUCT: Final = "PythonFunction(stack, f'F{number}', entry=f'functions/{number}', runtime=runtime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is measured, in a directory of its own.

    Attributes:
        name: What the table calls it.
        directory: Its app, output and caches; only the downloads are shared.
        app: The text of its app.
        python: The interpreter that has its library.
    """

    name: str
    directory: Path
    app: str
    python: str

    def lay(self) -> None:
        """Write the app and its ten functions."""
        for number in range(TEN):
            entry = self.directory / "functions" / str(number)
            entry.mkdir(parents=True)
            (entry / "index.py").write_text(f"def handler(event, context):\n    return {number}\n")
            (entry / "requirements.txt").write_text(REQUIREMENTS)
        (self.directory / "app.py").write_text(self.app)

    def construct(self, functions: int) -> float:
        """Return the seconds that the constructs of the app's first functions take."""
        own = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(self.directory / "cache")}
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        done = subprocess.run(
            (self.python, "app.py", str(functions)),
            cwd=self.directory,
            env={**kept, "UV_CACHE_DIR": str(self.directory.parent / "downloads"), **own},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return float(done.stdout.split()[-1])

    def forget(self, *names: str) -> None:
        """Remove what earlier runs left."""
        for name in names:
            shutil.rmtree(self.directory / name, ignore_errors=True)


def one(subject: Subject) -> float:
    """One function, with nothing but downloads kept."""
    subject.forget("cdk.out", "cache/cdk-python-function/trees")
    return subject.construct(1)


def ten(subject: Subject) -> float:
    """Ten functions of equal requirements, with nothing but downloads kept."""
    subject.forget("cdk.out", "cache/cdk-python-function/trees")
    return subject.construct(TEN)


def ten_again(subject: Subject) -> float:
    """The same ten in another checkout: no output, but what the library keeps."""
    subject.forget("cdk.out")
    return subject.construct(TEN)


def edited(subject: Subject) -> float:
    """One handler of the ten was edited."""
    index = subject.directory / "functions" / "3" / "index.py"
    index.write_text(f"{index.read_text()}# {time.time_ns()}\n")
    return subject.construct(TEN)


def unchanged(subject: Subject) -> float:
    """Nothing changed."""
    return subject.construct(TEN)


def ignored(subject: Subject) -> float:
    """One function with a virtual environment beside it."""
    subject.forget("cdk.out", "cache/cdk-python-function/trees")
    environment = subject.directory / "functions" / "0" / ".venv"
    lay_environment(environment)
    try:
        return subject.construct(1)
    finally:
        shutil.rmtree(environment)


def lay_environment(directory: Path) -> None:
    """Write as many small files as a large virtual environment has."""
    for number in range(IGNORED_FILES // 100):
        package = directory / "lib" / f"package{number}"
        package.mkdir(parents=True)
        for file in range(100):
            (package / f"module{file}.py").write_text("")


_TEN_FIRST: Final = "ten functions, first build of their tree"

CASES: Final[Mapping[str, Callable[[Subject], float]]] = {
    "one function, first build of its tree": one,
    _TEN_FIRST: ten,
    "ten functions, tree known": ten_again,
    "one handler of ten edited": edited,
    "nothing changed, ten": unchanged,
    f"`.venv` of {IGNORED_FILES:,} files excluded": ignored,
}


def subjects(place: Path) -> Sequence[Subject]:
    """Return the peer and both ways of this library, laid out below *place*."""
    theirs = "from aws_cdk import aws_lambda_python_alpha"
    apps = {
        "peer": (theirs, f"aws_lambda_python_alpha.{_CONSTRUCT})", peer_python(place)),
        "local": (_OURS, f"{_CONSTRUCT})", sys.executable),
        "container": (_OURS, f"{_CONSTRUCT}, bundling=BundlingOptions(strategy='docker'))", sys.executable),
    }
    found = [
        Subject(name=name, directory=place / name, app=_APP.format(imports=imports, construct=construct), python=python)
        for name, (imports, construct, python) in apps.items()
    ]
    for subject in found:
        subject.lay()
    return found


def peer_python(place: Path) -> str:
    """Return a Python that has the CDK's own construct beside the installed aws-cdk-lib."""
    venv = place / "peer-environment"
    subprocess.run((uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, str(venv)), check=True)
    python = str(venv / "bin" / "python")
    subprocess.run((uv.find_uv_bin(), "pip", "install", "--quiet", "--python", python, PEER), check=True)
    return python


def measure(place: Path, rounds: int, only: Sequence[str]) -> page.Times:
    """Return the seconds of every case that is wanted, by subject and round."""
    wanted = {case: run for case, run in CASES.items() if case in only}
    if not wanted:
        return {}
    found = subjects(place)
    times: dict[str, dict[str, list[float]]] = {case: {subject.name: [] for subject in found} for case in wanted}
    for subject in found:
        sys.stderr.write(f"{subject.name}, to fill caches: {ten(subject):.2f} s\n")
    for number in range(rounds):
        for case, run in wanted.items():
            for subject in found:
                # Where nothing is kept between builds, another checkout is the first one again.
                again = run is ten_again and subject.name == page.PEER and times.get(_TEN_FIRST, {}).get(page.PEER)
                seconds = again[-1] if again else run(subject)
                sys.stderr.write(f"round {number}, {case}, {subject.name}: {seconds:.2f} s\n")
                times[case][subject.name].append(seconds)
    return times


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], metavar="WORD")
    given = parser.parse_args()
    names = [*CASES, *floors.CLAIMS]
    only = [name for name in names if any(word in name for word in given.only)] if given.only else names
    with tempfile.TemporaryDirectory() as directory:
        times = measure(Path(directory), given.rounds, only)
        found = floors.measure(Path(directory, "floors"), given.rounds, only)
    sys.stdout.write(f"{page.table(times)}\n\n{page.claims(found)}\n")
    if not given.only:
        machine = (
            f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
        )
        page.write(ROOT / "docs", times, found, machine=machine, rounds=given.rounds, requirements=REQUIREMENTS.split())


if __name__ == "__main__":
    main()
