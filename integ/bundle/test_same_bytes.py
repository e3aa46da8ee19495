"""One project, built again and again under circumstances of all sorts: one hash and one package, to the byte.

For every kind of packaging and both executors. Some builds of some kinds run always; twenty of each, by several users,
with `BUILDS=all`.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from integ import cdk_cli, kinds, package_index
from integ.wheelhouse import Wheelhouse, project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EVERYTHING: Final = os.environ.get("BUILDS") == "all"
BUILDS: Final = 20 if EVERYTHING else 2
LOCALLY: Final = (*kinds.KINDS, "local package")
FOR_USERS: Final = "local package"
"""The kind that another user builds always: each has to fetch all that it needs anew."""

IN_CONTAINERS: Final = LOCALLY if EVERYTHING else (FOR_USERS,)
REAL: Final = {
    "annotated-types": "0.7.0",
    "pydantic": "2.11.7",
    "pydantic-core": "2.33.2",
    "typing-extensions": "4.14.1",
    "typing-inspection": "0.4.1",
}
HANDLER: Final = "import app\n\n\ndef handler(event, context):\n    return app.VERSION\n"
BUILD: Final = ("-m", "python_function", "build", "--runtime=python3.13", "--json")
OTHER_USERS: Final = (65534, 54321)  # the second has no name
IMPORTABLE: Final = {"PYTHONPATH": os.pathsep.join((str(cdk_cli.ROOT), sysconfig.get_path("purelib")))}
SOCKET: Final = Path("/var/run/docker.sock")
ROOT: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What may be otherwise from build to build."""

    directory: str
    order: int
    umask: int = 0o022
    user: int | None = None
    python: str = sys.executable
    is_relative: bool = False
    trees: str = "off"
    locale: str = "C.UTF-8"
    zone: str = "UTC"
    seed: str = "0"


PLAIN: Final = Circumstances(directory="plain", order=0)
OTHER: Final = Circumstances(
    directory="an öther 'place'/$HOME; #1",
    order=1,
    umask=0o077,
    is_relative=True,
    trees="5000",
    locale="tr_TR.ISO-8859-9",
    zone="Pacific/Kiritimati",
    seed="4294967295",
)


def circumstances(number: int, users: Mapping[int | None, str]) -> Circumstances:
    """Return those of one build, always the same ones."""
    if number == 0:
        return PLAIN
    if number == 1:
        user = list(users)[-1]
        return replace(OTHER, user=user, python=users[user])
    choose = random.Random(number)  # noqa: S311 - a choice, and always the same one
    user = choose.choice(tuple(users))
    return Circumstances(
        directory=choose.choice(("a", "deep/" * 20, "with space", "ünïcödé", "-rf", "percent%20", "~", "a:b", "src")),
        order=number,
        umask=choose.choice((0o000, 0o002, 0o022, 0o027, 0o077)),
        user=user,
        python=users[user],
        is_relative=choose.random() < 0.5,
        trees=choose.choice(("off", "5000")),
        locale=choose.choice(("C", "POSIX", "C.UTF-8", "en_US.UTF-8", "ja_JP.eucJP", "tr_TR.ISO-8859-9", "no such")),
        zone=choose.choice(("UTC", "America/St_Johns", "Pacific/Kiritimati", "Asia/Kathmandu", "<-12>12")),
        seed=str(choose.randrange(2**32)),
    )


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a directory with a locked project of every kind, and files of all sorts beside the handler."""
    directory = tmp_path_factory.mktemp("projects")
    house = Wheelhouse(directory / "wheelhouse")
    shutil.copytree(kinds.real_wheels(*(f"{name}=={version}" for name, version in REAL.items())), house.directory)
    script = "app-1.0.dist-info/entry_points.txt"
    house.wheel("app", requires=("base",), files={script: "[console_scripts]\napp = app:main\n"})
    house.wheel("base")
    pinned = ("app==1.0", "base==1.0", *(f"{name}=={version}" for name, version in REAL.items()))
    with package_index.serve(house.directory) as index:
        for kind in kinds.KINDS:
            kinds.lock(kind, _with_files(kinds.write(kind, directory / kind, pinned, url=index.url, handler=HANDLER)))
        local = directory / "local package"
        local.mkdir()
        (local / "index.py").write_text(HANDLER)
        (local / "requirements.txt").write_text("".join(f"{line}\n" for line in (f"-i {index.url}", *pinned, "./lib")))
        _write(_with_files(local) / "lib", {**project("lib", "1.0"), "lib/__init__.py": "", "lib/data.txt": "1\n"})
        yield directory


def _with_files(entry: Path) -> Path:
    names = ("data/b.csv", "data/B.csv", "data/a.csv", "data/ä.csv", "data/Ä.csv", "data/z/1.txt", "data/z/10.txt")
    _write(entry, {**dict.fromkeys(names, "1\n"), "shop/__init__.py": "", "shop/more.py": "A = {'b', 'c'}\n"})
    (entry / "run.sh").write_text("#!/bin/sh\n")
    (entry / "run.sh").chmod(0o755)
    return entry


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


@pytest.fixture
def place() -> Iterator[Path]:
    """Return an empty directory that every user can get to."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="same-bytes-") as name:
        command = (kinds.UV, "cache", "dir", "--no-config")
        downloads = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        patch.setenv("UV_CACHE_DIR", downloads)  # the others' caches are elsewhere
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


def pythons(others: tuple[int, ...]) -> Mapping[int | None, str]:
    """Return this user and those of *others* that can start a Python with the package, each with that Python."""
    found: dict[int | None, str] = {None: sys.executable}
    for user in others if os.geteuid() == ROOT else ():
        for python in (sys.executable, "/usr/bin/python3"):
            command = (python, "-c", "import python_function._cli.program")
            with suppress(OSError):
                done = subprocess.run(command, user=user, group=user, env=IMPORTABLE, cwd="/", check=False)
                if done.returncode == 0:
                    found.setdefault(user, python)
    return found


def built(project: Path, place: Path, number: int, how: Circumstances, *options: str) -> tuple[str, Path]:
    """Build a copy of *project* and return hash and package."""
    home = place / str(number)
    (home / "tmp").mkdir(parents=True)
    entry = _copied(project, home / how.directory / "function", how)
    package = home / "package.zip"
    named, cwd = ("function", entry.parent) if how.is_relative else (str(entry), home)
    done = subprocess.run(
        (how.python, *BUILD, *options, "-o", str(package), "--", named),
        cwd=cwd,
        env=_environment(place, home, how),
        umask=how.umask,
        **_as_user(place, home, how.user),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{how}\n{done.stderr}"
    return json.loads(done.stdout)["hash"], package


def _environment(place: Path, home: Path, how: Circumstances) -> dict[str, str]:
    """Return an environment in which nothing is kept of other builds but downloads."""
    own = (
        {**IMPORTABLE, "HOME": str(home), "UV_CACHE_DIR": str(place / f"uv-{how.user}")} if how.user is not None else {}
    )
    return {
        **os.environ,
        **own,
        "XDG_CACHE_HOME": str(home / ".cache"),
        "TMPDIR": str(home / "tmp"),
        "CDK_PYTHON_FUNCTION_TREES": how.trees,
        "LC_ALL": how.locale,
        "TZ": how.zone,
        "PYTHONHASHSEED": how.seed,
    }


def _as_user(place: Path, home: Path, user: int | None) -> dict[str, Any]:
    """Let *home* be that of *user*, and return what starts a process as that user."""
    if user is None:
        return {}
    downloads = place / f"uv-{user}"
    downloads.mkdir(exist_ok=True)
    for path in (downloads, home, *home.rglob("*")):
        os.chown(path, user, user)
    groups = (SOCKET.stat().st_gid,) if SOCKET.exists() else ()
    return {"user": user, "group": user, "extra_groups": groups}


def _copied(project: Path, entry: Path, how: Circumstances) -> Path:
    """Copy as a checkout does, in an order and with dates that are never the same."""
    files = sorted(path.relative_to(project) for path in project.rglob("*") if path.is_file())
    files = [path for path in files if path.parts[0] not in {"environments", "poetry"}]
    choose = random.Random(how.order)  # noqa: S311 - a choice, and always the same one
    choose.shuffle(files)
    before = os.umask(how.umask)
    try:
        for path in files:
            (entry / path).parent.mkdir(parents=True, exist_ok=True)
            (entry / path).write_bytes((project / path).read_bytes())
            mode = 0o777 if (project / path).stat().st_mode & stat.S_IXUSR else 0o666
            (entry / path).chmod(mode & ~how.umask)
            os.utime(entry / path, (choose.randrange(2**31), choose.randrange(2**31)))
    finally:
        os.umask(before)
    return entry


def contents(package: Path) -> dict[str, tuple[int, bytes]]:
    with zipfile.ZipFile(package) as archive:
        return {info.filename: (info.external_attr, archive.read(info)) for info in archive.infolist()}


def differing(one: Path, other: Path) -> list[str]:
    """Return the names of what two packages do not both hold with the same content and mode."""
    first, second = contents(one), contents(other)
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def hold_one(kind: str, projects: Path, place: Path, *options: str) -> None:
    """Build the project of one kind under all circumstances and compare."""
    project = projects / kind
    users = pythons(OTHER_USERS if EVERYTHING or kind == FOR_USERS else ())
    hash_, package = built(project, place, 0, circumstances(0, users), *options)
    for number in range(1, BUILDS):
        how = circumstances(number, users)
        other_hash, other = built(project, place, number, how, *options)
        assert differing(package, other) == [], how
        assert (other_hash, other.read_bytes() == package.read_bytes()) == (hash_, True), how
        shutil.rmtree(place / str(number))


@pytest.mark.parametrize("kind", LOCALLY)
def test_builds_on_this_machine_are_the_same(kind: str, projects: Path, place: Path) -> None:
    hold_one(kind, projects, place, "--strategy=local")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", IN_CONTAINERS)
def test_builds_in_containers_are_the_same(kind: str, projects: Path, place: Path) -> None:
    hold_one(kind, projects, place, "--strategy=docker", "--network=host")
