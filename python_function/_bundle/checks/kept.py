"""The verdicts on a bundle, kept beside it for as long as it is used again."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from python_function._bundle.checks.verdict import Verdict
from python_function._machine.report import Notice


def write(file: Path, verdicts: Sequence[Verdict], of: str) -> None:
    """Keep *verdicts* on what *of* stands for; a place that cannot be written to keeps none."""
    try:
        file.write_text(json.dumps({"of": of, "verdicts": list(map(asdict, verdicts))}, indent=1), encoding="utf-8")
    except OSError:
        return


def read(file: Path, of: str) -> tuple[Verdict, ...] | None:
    """Return the verdicts that *file* holds on what *of* stands for, if it holds them."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["of"] != of:
            return None
        return tuple(
            Verdict(
                check=str(each["check"]),
                errors=tuple(map(str, each["errors"])),
                warnings=tuple(Notice(id=str(n["id"]), text=str(n["text"])) for n in each["warnings"]),
                unknown=tuple(map(str, each["unknown"])),
            )
            for each in content["verdicts"]
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
