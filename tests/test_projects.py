"""Projects shaped like real ones: each gives what its file says, found with nothing but what its user gave."""

import pytest

from python_function.errors import PythonFunctionError
from tests.corpus import ALL, GOOD, PROJECTS, Project


@pytest.mark.parametrize("project", GOOD, ids=lambda project: project.name)
def test_a_project_gives_what_it_says(project: Project) -> None:
    found = project.resolve()

    assert {
        "handler": found.handler,
        "root": found.root.name,
        "runtime": found.runtime.name,
        "packaging": found.spec.packaging.kind,
        "warnings": [notice.id for notice in found.spec.warnings],
    } == project.gives


@pytest.mark.parametrize("project", [project for project in ALL if project not in GOOD], ids=lambda it: it.name)
def test_a_project_that_is_none_says_why(project: Project) -> None:
    with pytest.raises(PythonFunctionError, match=project.refuses):
        project.resolve()


def test_every_project_has_its_file() -> None:
    assert {path.stem for path in PROJECTS.glob("*.toml")} == {project.name for project in ALL}
    assert len(ALL) >= 60
