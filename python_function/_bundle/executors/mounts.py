"""Directories of this machine as an engine's options: each path is one path, whatever characters it has."""

import ntpath
import re
from pathlib import Path


def own(source: Path, target: str, *, read_only: bool = False) -> tuple[str, str]:
    """Return the option that mounts a directory of ours."""
    if ":" in str(source):
        return _bind(f"source={source}", f"target={target}", *(("readonly",) if read_only else ()))
    settings = (*(("ro",) if read_only else ()), *(("z",) if _selinux() else ()))
    return ("--volume", ":".join(filter(None, (str(source), target, ",".join(settings)))))


def given(source: str, target: str, consistency: str = "") -> tuple[str, str]:
    """Return the option that mounts what the user names: a directory, or a volume of the engine."""
    drive, path = ntpath.splitdrive(source) if re.match(r"[A-Za-z]:[\\/]", source) else ("", source)
    if ":" in path or ":" in target:
        return _bind(f"source={source}", f"target={target}", *((f"consistency={consistency}",) if consistency else ()))
    return ("--volume", ":".join(filter(None, (drive + path, target, consistency))))


def _bind(*fields: str) -> tuple[str, str]:
    """Return *fields* as comma-separated values, which engines read them as."""
    quoted = ('"{}"'.format(field.replace('"', '""')) if re.search(r'[",\n]', field) else field for field in fields)
    return ("--mount", ",".join(("type=bind", *quoted)))


def _selinux() -> bool:
    enforce = Path("/sys/fs/selinux/enforce")
    return enforce.is_file() and enforce.read_text(encoding="ascii").strip() == "1"
