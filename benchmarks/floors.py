"""What bundling costs beyond what it cannot do without, each measured beside its floor in the same round."""

import functools
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uv

ROOT: Final = Path(__file__).resolve().parent.parent
REQUIREMENTS: Final = "requests==2.32.3\nboto3==1.35.0\npydantic==2.9.2\n"
RUNTIME: Final = "python3.13"
TEN, HUNDRED, SOURCES, IGNORED = 10, 100, 10_000, 50_000
_MANY_BYTES: Final = 100_000_000
_PLATFORM: Final = ("--python-version", "3.13", "--python-platform", "x86_64-manylinux_2_34", "--no-build")
_IMPORT: Final = (
    "import sys, time; sys.path.insert(0, sys.argv[1]); started = time.perf_counter();"
    " import boto3, requests, pydantic; print(time.perf_counter() - started)"
)
_HANDLER: Final = "import boto3, pydantic, requests\ndef handler(event, context):\n    return {}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is to be reached.

    Attributes:
        title: What it is, as a row of the table.
        limit: What it may be at most.
        unit: What that is: ``x`` for a ratio to the floor, or ms and MB above it.
        measure: Measures it once, in a directory.
    """

    title: str
    limit: float
    unit: str
    measure: Callable[[Path], float]


@functools.cache
def lay(place: Path) -> None:
    """Lay the sources, and plain directories as large as the bundles."""
    for number in range(HUNDRED):
        entry = place / "functions" / str(number)
        entry.mkdir(parents=True)
        (entry / "index.py").write_text(f"{_HANDLER}# {number}\n")
        (entry / "requirements.txt").write_text(REQUIREMENTS)
    constructs(place, "ours", 1)
    (bundle,) = (path for path in (place / "ours.out").iterdir() if path.name.startswith("asset."))
    for number in range(HUNDRED):
        for name in ("plain", "little")[number >= TEN :]:
            plain = place / name / str(number)
            if name == "plain":
                shutil.copytree(bundle, plain, copy_function=os.link)
                (plain / "index.py").unlink()
            plain.mkdir(parents=True, exist_ok=True)
            (plain / "index.py").write_text(f"{_HANDLER}# {number}\n")
    (place / "given.txt").write_text(REQUIREMENTS)
    for made in (("--output-file", "exact.txt"), ("--format", "pylock.toml", "--output-file", "pylock.toml")):
        _uv(place, "pip", "compile", "--quiet", "given.txt", *_PLATFORM, *made)
    exact = place / "exact"
    exact.mkdir()
    (exact / "index.py").write_text(_HANDLER)
    shutil.copy(place / "pylock.toml", exact)


def _environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = {"UV_CACHE_DIR": str(place.parent / "downloads"), "XDG_CACHE_HOME": str(place / "cache")}
    return {**kept, **own, "PYTHONPATH": str(ROOT)}


def _uv(place: Path, *arguments: str) -> None:
    argv = (uv.find_uv_bin(), *arguments)
    subprocess.run(argv, cwd=place, env=_environment(place), check=True, stdout=subprocess.DEVNULL)


def probe(place: Path, name: str, *arguments: str) -> Any:  # noqa: ANN401 - what a probe prints
    """Return what a probe of another process finds."""
    argv = (sys.executable, "-m", "benchmarks.probe", name, *arguments)
    done = subprocess.run(
        argv, cwd=place, env=_environment(place), check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return json.loads(done.stdout)


def constructs(place: Path, whose: str, count: int) -> Sequence[float]:
    """Return the seconds of each function of an app."""
    return [float(found) for found in probe(place, "constructs", whose, str(count))]


def _fresh(place: Path, *names: str) -> None:
    for name in names:
        shutil.rmtree(place / name, ignore_errors=True)


def _milliseconds(found: Sequence[float]) -> float:
    return 1000 * statistics.median(found)


def exact(place: Path) -> float:
    """One function with an exact list, its tree unknown, over the installation of that list and a copy."""
    lay(place)
    _fresh(place, "cache/cdk-python-function/trees", "built", "floor")
    ours = probe(place, "build", "exact", "built/bundle", RUNTIME)["seconds"]
    started = time.perf_counter()
    _uv(place, "pip", "install", "--quiet", "--no-deps", *_PLATFORM, "--target", "floor", "-r", "exact.txt")
    shutil.copy(place / "exact" / "index.py", place / "floor")
    return float(ours) / (time.perf_counter() - started)


def further(place: Path) -> float:
    """Each further function with the same dependencies, beyond a plain one of a directory of that size."""
    lay(place)
    _fresh(place, "ours.out", "plain.out")
    return _milliseconds(constructs(place, "ours", TEN)[1:]) - _milliseconds(constructs(place, "plain", TEN)[1:])


def hundred(place: Path) -> float:
    """A hundred functions over ten."""
    lay(place)
    _fresh(place, "ours.out")
    ten = sum(constructs(place, "ours", TEN))
    _fresh(place, "ours.out")
    return sum(constructs(place, "ours", HUNDRED)) / ten


def unchanged(place: Path) -> float:
    """Each of a hundred functions of which nothing changed, beyond a plain one of a single file."""
    lay(place)
    constructs(place, "ours", HUNDRED)
    constructs(place, "little", HUNDRED)
    ours, plain = constructs(place, "ours", HUNDRED), constructs(place, "little", HUNDRED)
    return 1000 * (sum(ours) - sum(plain)) / HUNDRED


@functools.cache
def _lay_sources(place: Path) -> Path:
    entry = place / "sources"
    for number in range(SOURCES):
        folder = entry / f"package{number // 100}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"module{number}.py").write_text(f"VALUE = {number}\n" * 200)
    (entry / "index.py").write_text(_HANDLER)
    return entry


def hashing(place: Path) -> float:
    """The hash of ten thousand files over reading them and SHA-256."""
    found = probe(place, "fingerprint", str(_lay_sources(place)))
    return float(found["ours"]) / float(found["floor"])


def ignored(place: Path) -> float:
    """Fifty thousand ignored files beside a source."""
    entry = place / "small"
    environment = entry / ".venv"
    entry.mkdir(exist_ok=True)
    (entry / "index.py").write_text(_HANDLER)
    without = float(probe(place, "fingerprint", str(entry))["ours"])
    for number in range(IGNORED // 500):
        folder = environment / "lib" / f"package{number}"
        folder.mkdir(parents=True)
        for file in range(500):
            (folder / f"module{file}.py").touch()
    found = float(probe(place, "fingerprint", str(entry))["ours"])
    shutil.rmtree(environment)
    return 1000 * (found - without)


def imports(place: Path) -> float:
    """The import of the constructs beyond that of CDK's own."""
    return 1000 * float(probe(place, "imports"))


def command(place: Path) -> float:
    """The start of the command line."""
    argv = (sys.executable, "-m", "python_function", "--version")
    started = time.perf_counter()
    subprocess.run(argv, cwd=place, env=_environment(place), check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - started)


def memory(place: Path) -> float:
    """The most memory that a bundle of 200 MB takes."""
    _fresh(place, "heavy", "built")
    entry = place / "heavy"
    entry.mkdir()
    (entry / "index.py").write_text(_HANDLER)
    (entry / "data.bin").write_bytes(bytes(_MANY_BYTES))
    with zipfile.ZipFile(entry / "big-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("big/data.bin", bytes(_MANY_BYTES))
        wheel.writestr("big-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: big\nVersion: 1.0\n")
        wheel.writestr("big-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("big-1.0.dist-info/RECORD", "big/data.bin,,\n")
    (entry / "requirements.txt").write_text("./big-1.0-py3-none-any.whl\n")
    (entry / ".gitignore").touch()
    return float(probe(place, "build", str(entry), "built/heavy", RUNTIME)["megabytes"])


def checks(place: Path) -> float:
    """All checks of a bundle over its first build."""
    lay(place)
    _fresh(place, "cache/cdk-python-function/trees", "built")
    found = probe(place, "build", "functions/0", "built/checked", RUNTIME)
    return float(found["checks"]) / float(found["seconds"])


def side_by_side(place: Path) -> float:
    """Four functions of different dependencies over one, no tree known."""
    if not (place / "different").exists():
        for number in range(4):
            entry = place / "different" / "functions" / str(number)
            entry.mkdir(parents=True)
            (entry / "index.py").write_text(f"{_HANDLER}# {number}\n")
            (entry / "requirements.txt").write_text(f"{REQUIREMENTS}idna==3.{number + 7}\n")
        constructs(place / "different", "ours", 4)
    seconds: list[float] = []
    for count in (1, 4):
        _fresh(place, "different/cache/cdk-python-function/trees", "different/ours.out")
        seconds.append(sum(constructs(place / "different", "ours", count)))
    return seconds[1] / seconds[0]


def cold_start(place: Path) -> float:
    """The import of the packages with bytecode over without; the function's Python is the one that measures."""
    lay(place)
    runtime, bundles = f"python{'.'.join(platform.python_version_tuple()[:2])}", place / "cold"
    if not bundles.exists():
        for name, option in {"with": ("compile_bytecode",), "without": ()}.items():
            probe(place, "build", "functions/0", str(bundles / name), runtime, *option)
    argv = (sys.executable, "-I", "-B", "-c", _IMPORT)
    found = {
        name: min(
            float(subprocess.run((*argv, str(bundles / name)), check=True, stdout=subprocess.PIPE).stdout)
            for _ in range(3)
        )
        for name in ("with", "without")
    }
    return found["with"] / found["without"]


CLAIMS: Final[Mapping[str, Claim]] = {
    "exact": Claim(
        title="one function, exact list, tree unknown: over `uv pip install --no-deps` and a copy",
        limit=1.3,
        unit="x",
        measure=exact,
    ),
    "further": Claim(
        title="each further function of the same dependencies: above `Code.from_asset` of its size",
        limit=40,
        unit="ms",
        measure=further,
    ),
    "hundred": Claim(title="100 functions over ten", limit=10.5, unit="x", measure=hundred),
    "unchanged": Claim(
        title="nothing changed, each of 100: above `Code.from_asset` of one file", limit=3, unit="ms", measure=unchanged
    ),
    "hashing": Claim(title="hash of 10,000 files: over reading them and SHA-256", limit=1.5, unit="x", measure=hashing),
    "ignored": Claim(title="50,000 ignored files", limit=10, unit="ms", measure=ignored),
    "imports": Claim(
        title="import of the constructs: above `aws_cdk.aws_lambda`", limit=50, unit="ms", measure=imports
    ),
    "command": Claim(title="start of the command line", limit=150, unit="ms", measure=command),
    "side by side": Claim(
        title="four different sets of dependencies over one", limit=2.4, unit="x", measure=side_by_side
    ),
    "memory": Claim(title="memory of a bundle of 200 MB: above the import", limit=100, unit="MB", measure=memory),
    "checks": Claim(title="all checks of a first build: of its time", limit=0.15, unit="x", measure=checks),
    "cold start": Claim(
        title="import of the packages with `compile_bytecode`: over without", limit=0.55, unit="x", measure=cold_start
    ),
}


def measure(place: Path, rounds: int, only: Sequence[str]) -> Mapping[str, Sequence[float]]:
    """Return what every round found of each claim that is wanted; the first round does not count."""
    place.mkdir()
    found: dict[str, list[float]] = {name: [] for name in CLAIMS if name in only}
    for number in range(rounds + 1):
        for name, values in found.items():
            value = CLAIMS[name].measure(place)
            sys.stderr.write(f"round {number}, {name}: {value:.2f} {CLAIMS[name].unit}\n")
            if number:
                values.append(value)
    return found
