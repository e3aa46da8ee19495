"""Measures ``python -m python_function explain`` on an entry of many files, beside a Python that does nothing.

Run with ``python -m benchmarks.explaining``. Needs nothing but the library. Prints the median of some rounds.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = 20_000
PER_DIRECTORY = 100


def write(entry: Path) -> None:
    (entry / "index.py").write_text("def handler(event, context): ...\n")
    (entry / "requirements.txt").write_text("six==1.17.0\n")
    for number in range(FILES):
        directory = entry / f"package{number // 2_000}" / f"part{number // PER_DIRECTORY}"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"module{number}.py").write_text(f"x = {number}\n" * (number % PER_DIRECTORY * 5 + 1))


def seconds(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run((sys.executable, *arguments), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        write(Path(name))
        subjects = {
            "python": ("-c", ""),
            f"explain, {FILES:,} files": ("-m", "python_function", "explain", name),
        }
        for title, arguments in subjects.items():
            median = statistics.median(seconds(*arguments) for _ in range(rounds))
            sys.stdout.write(f"{title:22} {median:5.2f} s\n")


if __name__ == "__main__":
    main()
