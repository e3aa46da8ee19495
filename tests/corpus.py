"""The projects of `tests/projects`, each with what it must give in the TOML file beside it."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from python_function._bundle import resolve
from python_function._bundle.resolve import Resolved, Wanted
from python_function._source import select, selection
from python_function.options import BundlingOptions

PROJECTS: Final = Path(__file__).parent / "projects"


@dataclass(frozen=True)
class Project:
    """A project that is shaped like a real one.

    Its file says `what` it is; what the user has `given`: `entry`, `index`, `handler`, `runtime`, `project_root`,
    `source_root`, whether it is a `layer` or has `layers`, or the `definer` and `id` of a construct without an entry;
    which top modules are `provided` by dependencies; and what it `gives`, or the `message` that it `refuses` with.
    """

    directory: Path

    @property
    def name(self) -> str:
        return self.directory.name

    @cached_property
    def said(self) -> dict[str, dict[str, str]]:
        return tomllib.loads(self.directory.with_suffix(".toml").read_text("utf-8"))

    @property
    def gives(self) -> dict[str, str] | None:
        return self.said.get("gives")

    @property
    def refuses(self) -> str:
        return self.said["refuses"]["message"]

    @property
    def provided(self) -> tuple[str, ...]:
        return tuple(self.said.get("provided", ()))

    def resolve(self) -> Resolved:
        """Find what a function or layer of it is, as the constructs and the command line do."""
        given = self.said.get("given", {})
        options = BundlingOptions(project_root=given.get("project_root"), source_root=given.get("source_root"))
        wanted = Wanted(
            entry=None if "definer" in given else self.directory / given.get("entry", "."),
            runtimes=(given["runtime"],) if "runtime" in given else (),
            architecture="x86_64",
            options=options,
            cwd=self.directory,
            layers=bool(given.get("layers")),
        )
        if given.get("layer"):
            return resolve.layer(wanted)
        definers = (Path(given["definer"]),) if "definer" in given else ()
        return resolve.function(
            wanted,
            index=given.get("index"),
            handler=given.get("handler"),
            definers=definers,
            construct_id=given.get("id", ""),
        )

    def bundle(self, output: Path) -> Resolved:
        """Put its source where it stands in its bundle."""
        found = self.resolve()
        selection.copy(select.files(found.spec.source), output / found.spec.prefix)
        return found


ALL: Final = tuple(Project(path) for path in sorted(PROJECTS.iterdir()) if path.is_dir())
GOOD: Final = tuple(project for project in ALL if project.gives is not None)
FUNCTIONS: Final = tuple(project for project in GOOD if not project.said.get("given", {}).get("layer"))
