"""Source distributions and repositories of others: where their code runs, and what it gets hold of."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest

from integ import wheelhouse as houses
from integ.local_projects import function, package
from integ.synthesis import bundle, digest
from python_function.errors import BundlingError

if TYPE_CHECKING:
    from pathlib import Path

    from integ.package_index import StartIndex
    from integ.wheelhouse import Wheelhouse

PLANTED: Final = "PLANTED"
RUNS: Final = "\nPath({!r}).touch()\n"
SPOILS: Final = """
import os
written = 0
for line in Path("/proc/self/mounts").read_text().splitlines():
    place = line.split()[1]
    if place.startswith(("/proc", "/dev", "/sys")) or place == "/":
        continue
    for top, _, names in os.walk(place):
        for name in names:
            try:
                with open(os.path.join(top, name), "a") as file:
                    written += file.write("\\nPLANTED = 1\\n")
            except OSError:
                pass
Path("evil").mkdir(exist_ok=True)
Path("evil/written.py").write_text(f"WRITTEN = {written}")
"""
"""Writes into every file that a mount of the container lets anybody write to."""


def sdist_that_runs(packages: Wheelhouse, name: str, marker: Path) -> None:
    """Add a source distribution that leaves *marker* where its code runs."""
    backend = houses.project(name, "1.0")["sdist_backend.py"] + RUNS.format(str(marker))
    packages.sdist(name, files={"sdist_backend.py": backend})


@pytest.mark.parametrize("way", ["build requirement", "--no-binary", "repository", "installer_args", "environment"])
def test_the_code_of_others_does_not_run_on_the_host(
    tmp_path: Path, wheelhouse: Wheelhouse, index: StartIndex, way: str
) -> None:
    marker = tmp_path / "it ran"
    sdist_that_runs(wheelhouse, "evil", marker)
    public = index(wheelhouse.directory)
    package(tmp_path / "lib", builds_with='"evil"')
    repository = package(tmp_path / "evil")
    with (repository / "sdist_backend.py").open("a") as backend:
        backend.write(RUNS.format(str(marker)))
    for command in (("init",), ("add", "."), ("-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-mx")):
        subprocess.run(("git", *command), cwd=repository, check=True, capture_output=True)
    lines = {
        "build requirement": "../lib\n",
        "--no-binary": "--no-binary evil\nevil\n",
        "repository": f"evil @ git+{repository.as_uri()}\n",
    }
    entry = function(tmp_path / "fn", {"requirements.txt": lines.get(way, "evil\n")})
    environment = {"UV_DEFAULT_INDEX": public.url, **({"UV_NO_BINARY_PACKAGE": "evil"} if way == "environment" else {})}
    arguments = ["--no-binary", "evil"] if way == "installer_args" else []

    with pytest.raises(BundlingError, match="evil") as refused:
        bundle(entry, tmp_path / "one", strategy="local", environment=environment, installer_args=arguments)

    assert "build_on_host=['evil']" in str(refused.value)
    assert not marker.exists()
    options: dict[str, Any] = {"environment": environment, "installer_args": arguments, "build_on_host": ["evil"]}
    asset = bundle(entry, tmp_path / "two", strategy="local", **options)
    assert marker.exists()
    assert (asset / ("lib" if way == "build requirement" else "evil") / "__init__.py").is_file()


@pytest.mark.usefixtures("engine")
def test_what_a_build_in_a_container_writes_to_no_other_build_reads(
    tmp_path: Path, wheelhouse: Wheelhouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    wheelhouse.wheel("victim")
    backend = houses.project("evil", "1.0")["sdist_backend.py"] + SPOILS
    wheelhouse.sdist("evil", files={"sdist_backend.py": backend})
    links = f"--no-index\n--find-links {wheelhouse.directory}\n"
    victim = function(tmp_path / "one", {"requirements.txt": f"{links}victim==1.0\n"})
    evil = function(tmp_path / "two", {"requirements.txt": f"{links}victim==1.0\nevil==1.0\n"})
    (evil / "other.py").write_text("")
    first = bundle(victim, tmp_path / "out1", strategy="docker")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    spoiling = bundle(evil, tmp_path / "out2", strategy="docker")
    (victim / "index.py").write_text("def handler(event, context):\n    return 2\n")
    second = bundle(victim, tmp_path / "out3", strategy="docker")

    assert int((spoiling / "evil/written.py").read_text().removeprefix("WRITTEN = ")) > 0
    assert digest(first / "victim") == digest(second / "victim")
    assert [path for path in before if path.name.endswith(".py") and PLANTED in path.read_text()] == []
    kept = (path for place in (cache, tmp_path / "uv") for path in place.rglob("*") if path.is_file())
    assert [path for path in kept if path not in before and b"PLANTED" in path.read_bytes()] == []
