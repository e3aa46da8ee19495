"""One measurement in a process of its own: ``python -m benchmarks.probe NAME ARGUMENT…`` prints it as JSON."""

import hashlib
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1_000_000


def constructs(whose: str, count: str) -> list[float]:
    """Return the seconds of each function of an app: *ours*, or plain ones of the directories below *whose*."""
    aws_cdk = importlib.import_module("aws_cdk")
    lambda_ = importlib.import_module("aws_cdk.aws_lambda")
    package = importlib.import_module("python_function")
    stack = aws_cdk.Stack(aws_cdk.App(outdir=f"{whose}.out"), "Stack")
    runtime = lambda_.Runtime.PYTHON_3_13
    found: list[float] = []
    for number in range(int(count)):
        started = time.perf_counter()
        if whose != "ours":
            code = lambda_.Code.from_asset(f"{whose}/{number}")
            lambda_.Function(stack, f"F{number}", code=code, handler="index.handler", runtime=runtime)
        else:
            package.PythonFunction(stack, f"F{number}", entry=f"functions/{number}", runtime=runtime)
        found.append(time.perf_counter() - started)
    return found


def imports() -> float:
    """Return the seconds that the import of the constructs takes beyond that of CDK's own."""
    importlib.import_module("aws_cdk.aws_lambda")
    started = time.perf_counter()
    importlib.import_module("python_function.function")
    importlib.import_module("python_function.layer")
    return time.perf_counter() - started


def build(entry: str, output: str, runtime: str, *bytecode: str) -> Mapping[str, float]:
    """Return the seconds that a bundle takes, what its checks take of it, and the megabytes that it needs at most."""
    building = importlib.import_module("python_function._bundle.build")
    here = importlib.import_module("python_function._machine.here")
    leaks = importlib.import_module("python_function._bundle.leaks")
    verify = importlib.import_module("python_function._bundle.verify")
    spec, place = _spec(entry, runtime, compile_bytecode=bool(bytecode)), Path.cwd() / output
    place.mkdir(parents=True)
    host = here.host("build", environ=os.environ, write=_say, detail=False)
    before = _peak()
    started = time.perf_counter()
    building.build(spec, place, host)
    seconds = time.perf_counter() - started
    peak = _peak() - before
    started = time.perf_counter()
    verify.verify(spec, place)
    leaks.check(place, {})
    return {"seconds": seconds, "checks": time.perf_counter() - started, "megabytes": peak}


def fingerprint(entry: str) -> Mapping[str, float]:
    """Return the seconds that the hash of a source takes, and those of reading and hashing the same bytes."""
    inputs = importlib.import_module("python_function._bundle.inputs")
    made = importlib.import_module("python_function._bundle.fingerprint")
    spec = _spec(entry, "python3.13")
    started = time.perf_counter()
    found = inputs.read(inputs.find(spec))
    made.fingerprint(found)
    ours = time.perf_counter() - started
    paths = [f"{entry}/{file.path}" for file in found.inputs.source.files]
    started = time.perf_counter()
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123 - the floor is without paths as objects
            hashlib.sha256(file.read()).digest()
    return {"ours": ours, "floor": time.perf_counter() - started}


def _spec(entry: str, runtime: str, **options: bool) -> object:
    resolve = importlib.import_module("python_function._bundle.resolve")
    given = importlib.import_module("python_function.options").BundlingOptions(**options)
    wanted = resolve.Wanted(entry=entry, runtimes=(runtime,), architecture="x86_64", options=given, cwd=Path.cwd())
    return resolve.function(wanted).spec


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE


PROBES: Final[Mapping[str, Callable[..., object]]] = {
    "constructs": constructs,
    "imports": imports,
    "build": build,
    "fingerprint": fingerprint,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(PROBES[sys.argv[1]](*sys.argv[2:])))
