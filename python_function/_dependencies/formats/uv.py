"""uv: its locked projects and workspaces."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from python_function._dependencies.assigned import Index
from python_function._dependencies.choice import Choice
from python_function._dependencies.declared import Declared, Locked
from python_function._dependencies.export import parsed, refuse
from python_function._dependencies.formats import uv_lock, uv_needs, uv_sources
from python_function._dependencies.formats.record import Format, Search
from python_function._dependencies.indexes import default_option, of_uv, without_others
from python_function._dependencies.lock_part import origin_of
from python_function._dependencies.marker import Environments
from python_function._dependencies.requirements_txt.read import Requirements, assigned
from python_function._machine import text_file
from python_function._machine.environment import UNCONFIGURED
from python_function._machine.host import Host
from python_function._machine.toml import read_toml
from python_function.errors import CommandError

_LOCK: Final = "uv.lock"
_STALE: Final = ("needs to be updated, but `--locked`",)


def declared(file: Path, project: Path, choice: Choice) -> Declared:
    """Return what the lock *file* says of all that *project* needs."""
    part = uv_lock.part_of(file, project, choice)
    content = Locked(file=file, project=project, choice=choice, part=part, export=export, needs=uv_needs.needs)
    return Declared(content=content)


def export(locked: Locked, host: Host, env: Mapping[str, str], environments: Environments) -> Requirements:
    """Return what uv says that the project needs; a lock that does not fit its manifest is an error."""
    lock, choice, part = locked.file, locked.choice, locked.part
    argv = (
        *(host.uv, "export", "--quiet", "--format", "requirements.txt", "--no-header", "--no-annotate"),
        *("--no-emit-project", "--python", host.python),
        *(() if choice.takes_group("dev") else ("--no-dev",)),
        *(("--package", part.member) if part.member else ()),
        *(f"--group={group}" for group in choice.groups),
        *(f"--extra={extra}" for extra in choice.extras),
        *(f"--prune={name}" for name in choice.exclude),
    )
    as_locked = {**without_others(env, text_file.text(lock)), **UNCONFIGURED}
    try:
        text = host.run((*argv, "--locked"), cwd=lock.parent, env=as_locked)
    except CommandError as error:
        # A running Python that the project excludes keeps uv from comparing the lock with its manifest.
        other_python = "requested interpreter resolved to" in error.output
        if not other_python or not part.fresh:
            refuse(lock, "uv lock", error, stale=(*_STALE, *(("requested interpreter",) if other_python else ())))
        text = host.run((*argv, "--frozen"), cwd=lock.parent, env=as_locked)
    places = dict.fromkeys((lock.parent, locked.project))
    manifests = [read_toml(place / "pyproject.toml") for place in places if (place / "pyproject.toml").is_file()]
    default, indexes = of_uv(manifests, (origin.index for origin in part.origins), env)
    option = () if default is None else (default_option(default, env, manifests),)
    found = parsed("\n".join((*option, text)), locked, environments)

    def index_of(requirement: Requirement, line: str) -> Index | None:
        return indexes.get((origin_of(part.origins, requirement, line) or "").rstrip("/"))

    return assigned(found, index_of)


def workspace_lock(search: Search) -> Path | None:
    """Return the lock of the workspace that the project at home is a member of."""
    home, project_root = search.home, search.project_root
    if not (home / "pyproject.toml").is_file():
        return None
    above = [place for place in home.parents if project_root is None or place.is_relative_to(project_root)]
    for root in above:
        lock = root / _LOCK
        if lock.is_file() and (uv_lock.member(read_toml(lock), root, home) or uv_sources.claims(root, home)):
            return lock
    return None


FORMAT: Final = Format(
    kind="uv",
    file=_LOCK,
    docs="uv.md",
    read=declared,
    is_lock=True,
    unlocked="pyproject",
    above=workspace_lock,
)
