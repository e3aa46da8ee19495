"""``[tool.uv.sources]``: where uv takes the packages from that a manifest names, its workspace's root included."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from python_function._machine.toml import NOTHING, alternatives, read_toml, strings, table
from python_function.errors import PackagingError


def of(manifest: Mapping[str, object], project: Path) -> Mapping[str, tuple[Mapping[str, object], ...]]:
    """Return the sources of each package that *manifest*, which is in *project*, has any for, its paths absolute.

    A member of a workspace has those of the root too, unless it has its own. A member that is a source is a path.

    Raises:
        PackagingError: A package is said to be a member of the workspace, and is not.
    """
    own = table(manifest, "tool", "uv", "sources")
    root = workspace_root(project) if "project" in manifest else None
    shared = table(_manifest(root), "tool", "uv", "sources") if root and root != project else NOTHING
    return {
        **{
            str(canonicalize_name(name)): tuple(_placed(name, value, root or project, root))
            for name, value in shared.items()
        },
        **{str(canonicalize_name(name)): tuple(_placed(name, value, project, root)) for name, value in own.items()},
    }


def workspace_root(project: Path) -> Path | None:
    """Return the root of the workspace that *project* is in, itself or a directory above it."""
    above = (place for place in (project, *project.parents) if table(_manifest(place), "tool", "uv").get("workspace"))
    return next((root for root in above if root == project or claims(root, project)), None)


def claims(root: Path, directory: Path) -> bool:
    """Tell whether the workspace in *root* counts *directory* among its members."""
    inside, outside = (directory in _matches(root, key) for key in ("members", "exclude"))
    return inside and not outside


def _matches(root: Path, key: str) -> Iterator[Path]:
    patterns = strings(_manifest(root), "tool", "uv", "workspace", key)
    try:
        for pattern in patterns:
            yield from root.glob(os.path.normpath(pattern))
    except (ValueError, NotImplementedError) as error:
        msg = f"{root / 'pyproject.toml'}: tool.uv.workspace.{key} has a pattern that is none: {error}."
        raise PackagingError(msg) from error


def _placed(name: str, value: object, base: Path, root: Path | None) -> Iterator[Mapping[str, object]]:
    for source in alternatives(value):
        path = source.get("path")
        if source.get("workspace") is True:
            yield {**source, "path": str(_member(name, base, root))}
        elif isinstance(path, str) and "://" not in path:
            yield {**source, "path": os.path.normpath(base / path)}
        else:
            yield source


def _member(name: str, project: Path, root: Path | None) -> Path:
    if root is None:
        msg = (
            f"{project / 'pyproject.toml'} takes {name!r} from its workspace, but is in none: no pyproject.toml above "
            'has it among tool.uv.workspace.members. Add it there, or write the path: { path = "..." }.'
        )
        raise PackagingError(msg)
    excluded = set(_matches(root, "exclude"))
    places = (root, *(place for place in _matches(root, "members") if place not in excluded))
    named = (place for place in places if _name(place) == canonicalize_name(name))
    found = next(named, None)
    if found is None:
        msg = (
            f"{project / 'pyproject.toml'} takes {name!r} from the workspace in {root}, which has no such member. "
            f"Add it to tool.uv.workspace.members in {root / 'pyproject.toml'}, or write its path."
        )
        raise PackagingError(msg)
    return found


def _name(directory: Path) -> str:
    found = table(_manifest(directory), "project").get("name")
    return canonicalize_name(found) if isinstance(found, str) else ""


def _manifest(directory: Path) -> Mapping[str, object]:
    file = directory / "pyproject.toml"
    return read_toml(file) if file.is_file() else NOTHING
