"""Where a repository stands is read as git itself tells it."""

import os
import subprocess
from pathlib import Path

import pytest

from python_function._source import git_files
from python_function.errors import EntryError

_QUIET = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def _git(directory: Path, *arguments: str) -> str:
    argv = ("git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main", *arguments)
    return subprocess.run(argv, cwd=directory, check=True, capture_output=True, text=True, env=_QUIET).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    _git(root, "init", "--quiet")
    _git(root, "commit", "--quiet", "--allow-empty", "--message=one")
    _git(root, "tag", "v1")
    return root


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("detached", [False, True])
def test_the_commit_is_the_one_that_git_is_at(repository: Path, *, packed: bool, detached: bool) -> None:
    if detached:
        _git(repository, "checkout", "--quiet", "--detach")
    if packed:
        _git(repository, "pack-refs", "--all")

    commit, _, tag, _ = git_files.standing(repository)

    assert commit == _git(repository, "rev-parse", "HEAD")
    assert tag == f"refs/tags/v1 {commit}"


def test_every_commit_tag_and_branch_is_another_standing(repository: Path) -> None:
    standings = [git_files.standing(repository)]
    for arguments in (("commit", "--quiet", "--allow-empty", "--message=two"), ("tag", "v2"), ("checkout", "-qb", "x")):
        _git(repository, *arguments)
        standings.append(git_files.standing(repository))

    assert len(set(standings)) == len(standings)


def test_a_working_tree_besides_the_first_stands_for_itself(repository: Path) -> None:
    _git(repository, "worktree", "add", "--quiet", "-b", "other", "../other")
    other = repository.parent / "other"
    _git(other, "commit", "--quiet", "--allow-empty", "--message=two")

    commit, branch, tag, _ = git_files.standing(other)

    assert (commit, branch) == (_git(other, "rev-parse", "HEAD"), "refs/heads/other")
    assert tag.startswith("refs/tags/v1 ")


def test_a_repository_without_a_commit_is_told(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")

    with pytest.raises(EntryError, match=r"\.git has no commit"):
        git_files.standing(tmp_path)


def test_a_broken_repository_is_told(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere\n")

    with pytest.raises(EntryError, match=r"\.git cannot be read"):
        git_files.standing(tmp_path)
