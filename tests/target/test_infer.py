"""Which runtime a project is for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from python_function._target import infer as inference
from python_function._target.target import DEFAULT_RUNTIME, DEPRECATED, GLIBC, PREVIEW, Target
from python_function.errors import OptionError, PackagingError, PythonFunctionError

NEWEST = list(GLIBC)[-1]


def infer(directory: Path, files: dict[str, str], given: str | None = None) -> str:
    for name, text in files.items():
        (directory / name).write_text(text, "utf-8")
    index = directory / "index.py"
    return inference.infer(directory, given=given, index=index if index.is_file() else None).name


def project(requires: str) -> dict[str, str]:
    return {"pyproject.toml": f"[project]\nname = 'shop'\nrequires-python = '{requires}'\n"}


def poetry(python: str) -> dict[str, str]:
    return {"pyproject.toml": f"[tool.poetry.dependencies]\npython = {python}\n"}


def script(requires: str) -> dict[str, str]:
    return {"index.py": f"# /// script\n# requires-python = '{requires}'\n# dependencies = []\n# ///\n"}


@pytest.mark.parametrize(
    ("content", "runtime"),
    [
        ("3.12\n", "python3.12"),
        ("3.13.1", "python3.13"),
        ("\ufeff3.12\r\n", "python3.12"),
        ("cpython-3.12", "python3.12"),
        ("cpython-3.12.4-linux-x86_64-gnu", "python3.12"),
        ("python3.12", "python3.12"),
        ("3.13-dev", "python3.13"),
        ("3.14.0rc2", "python3.14"),
        ("# ours\n\n  3.11  # and no newer\n", "python3.11"),
        ("3.12.1/envs/shop", "python3.12"),
        ("3.12.1\n3.13.0\n", "python3.12"),
        ("3.12 3.11", "python3.12"),
        ("pypy3.10-7.3\n3.12\n", "python3.12"),
        ("3.13t\n3.12\n", "python3.12"),
        ("3.13+freethreaded\n3.12\n", "python3.12"),
        ("system\nshop-env\n3\n", DEFAULT_RUNTIME),
        ("", DEFAULT_RUNTIME),
        ("3.99.0\n3.12.0\n", "python3.12"),
    ],
)
def test_the_version_file_names_the_runtime(content: str, runtime: str, tmp_path: Path) -> None:
    assert infer(tmp_path, {".python-version": content}) == runtime


@pytest.mark.parametrize(
    ("requires", "runtime"),
    [
        ('python_version = "3.12"', "python3.12"),
        ('python_full_version = "3.12.4"', "python3.12"),
        ('python_version = "3.11"\npython_full_version = "3.12.4"', "python3.12"),
        ('python_version = "3"', DEFAULT_RUNTIME),
        ("", DEFAULT_RUNTIME),
    ],
)
def test_the_pipfile_names_the_runtime(requires: str, runtime: str, tmp_path: Path) -> None:
    assert infer(tmp_path, {"Pipfile": f"[requires]\n{requires}\n"}) == runtime


@pytest.mark.parametrize(
    ("requires", "runtime"),
    [
        (">=3.11", DEFAULT_RUNTIME),
        (">=3.11,<3.13", "python3.12"),
        ("<3.13", "python3.12"),
        ("<=3.12", "python3.12"),
        (">3.10,<=3.11.9", "python3.11"),
        ("~=3.11", DEFAULT_RUNTIME),
        (">=3.14", NEWEST),
        (">3.13.70", NEWEST),
        ("!=3.13.*", NEWEST),
        ("~=3.11.2", "python3.11"),
        ("==3.12.*", "python3.12"),
        ("==3.12", "python3.12"),
        ("==3.12.4", "python3.12"),
        (">=3.12.3,<3.12.8", "python3.12"),
        ("===3.12.4", "python3.12"),
        (">=3.10,!=3.14.*,!=3.13.*", "python3.12"),
        (">=3.10,!=3.13.0,<3.14", "python3.13"),
        (">=3.14.0rc1", "python3.14"),
        ("<3.11", "python3.10"),
        ("", DEFAULT_RUNTIME),
    ],
)
@pytest.mark.parametrize("declare", [project, script])
def test_it_is_the_default_or_the_newest_that_requires_python_admits(
    declare: Callable[[str], dict[str, str]], requires: str, runtime: str, tmp_path: Path
) -> None:
    assert infer(tmp_path, declare(requires)) == runtime


@pytest.mark.parametrize(
    ("python", "runtime"),
    [
        ('"^3.11"', DEFAULT_RUNTIME),
        ('"^3.11.2"', DEFAULT_RUNTIME),
        ('"~3.12"', "python3.12"),
        ('"~3.12.2"', "python3.12"),
        ('"~3"', DEFAULT_RUNTIME),
        ('"^3"', DEFAULT_RUNTIME),
        ('"~=3.11.2"', "python3.11"),
        ('"3.12.*"', "python3.12"),
        ('"3.12"', "python3.12"),
        ('"==3.12"', "python3.12"),
        ('"*"', DEFAULT_RUNTIME),
        ('">=3.9,<3.13"', "python3.12"),
        ('">=3.9 <3.13"', "python3.12"),
        ('">= 3.9, < 3.13"', "python3.12"),
        ('"~3.10 || ~3.12"', "python3.12"),
        ('"~3.12|~3.10"', "python3.12"),
        ('{ version = "~3.12" }', "python3.12"),
    ],
)
def test_poetrys_notation_is_read(python: str, runtime: str, tmp_path: Path) -> None:
    assert infer(tmp_path, poetry(python)) == runtime


@pytest.mark.parametrize(
    ("files", "given", "runtime"),
    [
        pytest.param({}, None, DEFAULT_RUNTIME, id="nothing"),
        pytest.param({"pyproject.toml": "[project]\nname = 'shop'"}, None, DEFAULT_RUNTIME, id="no requires-python"),
        pytest.param({".python-version": "3.12"}, "python3.11", "python3.11", id="given over the version file"),
        pytest.param({"Pipfile": "[requires]\npython_version = '3.12'"}, "python3.11", "python3.11", id="over Pipfile"),
        pytest.param(project(">=3.11"), "python3.11", "python3.11", id="given and admitted"),
        pytest.param({**project(">=3.11"), ".python-version": "3.12"}, None, "python3.12", id="file over the newest"),
        pytest.param(
            {**project(">=3.12"), ".python-version": "3.11\n3.13"}, None, "python3.13", id="first that is admitted"
        ),
        pytest.param(
            {".python-version": "3.12", "Pipfile": "[requires]\npython_version = '3.11'"},
            None,
            "python3.12",
            id="version file over Pipfile",
        ),
        pytest.param({**project("<3.12"), **script(">=3.12,<3.13")}, None, "python3.12", id="script over project"),
        pytest.param({**project("<3.12"), "index.py": "x = 1"}, None, "python3.11", id="no script"),
        pytest.param(
            {"pyproject.toml": "[project]\nrequires-python='>=3.11'\n[tool.poetry.dependencies]\npython='<3.13'"},
            None,
            "python3.12",
            id="standard and Poetry's",
        ),
    ],
)
def test_what_says_it_first_wins(files: dict[str, str], given: str | None, runtime: str, tmp_path: Path) -> None:
    assert infer(tmp_path, files, given) == runtime


@pytest.mark.parametrize(
    ("files", "given", "kind", "message"),
    [
        pytest.param({}, "nodejs22.x", OptionError, "must be a Python runtime, not 'nodejs22.x'", id="Node"),
        pytest.param({}, "python3.99", OptionError, "must be one of python3.8, .*not 'python3.99'", id="no such"),
        pytest.param(
            project(">=3.12"),
            "python3.11",
            OptionError,
            r"'python3.11', but requires-python in /.*/pyproject.toml is '>=3.12'",
            id="given is excluded",
        ),
        pytest.param(
            script(">=3.12"),
            "python3.11",
            OptionError,
            r"requires-python in /.*/index.py is '>=3.12'",
            id="by the script",
        ),
        pytest.param(
            {**project(">=3.12"), ".python-version": "3.11"},
            None,
            OptionError,
            r"/.python-version asks for python3.11, but requires-python in /.* is '>=3.12'. Make them agree",
            id="version file is excluded",
        ),
        pytest.param(
            {".python-version": "3.99"}, None, OptionError, "asks for python3.99, which Lambda does", id="too new"
        ),
        pytest.param(project(">=4"), None, OptionError, r"is '>=4', which no Lambda runtime meets. The", id="none"),
        pytest.param(project("==2.7"), None, OptionError, "which no Lambda runtime meets", id="too old"),
        pytest.param(project("soon"), None, PackagingError, "'soon' is no valid set of Python versions", id="invalid"),
        pytest.param(poetry('"^x"'), None, PackagingError, r"'\^x' is no valid set", id="invalid for Poetry"),
        pytest.param({"pyproject.toml": "[project"}, None, PackagingError, "pyproject.toml", id="no TOML"),
        pytest.param({"Pipfile": "[requires"}, None, PackagingError, "Pipfile", id="Pipfile is no TOML"),
        pytest.param({"Pipfile": "requires = 1"}, "python3", OptionError, "must be one of", id="bad given"),
    ],
)
def test_what_contradicts_itself_is_told(
    files: dict[str, str], given: str | None, kind: type[PythonFunctionError], message: str, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=message):
        infer(tmp_path, files, given)


@pytest.mark.parametrize("name", [".python-version", "pyproject.toml", "Pipfile"])
def test_a_file_that_is_no_text_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe3")

    with pytest.raises(PackagingError, match=name):
        infer(tmp_path, {})


def test_the_reason_is_told(tmp_path: Path) -> None:
    assert inference.infer(tmp_path, given=None).reason == "default"
    assert inference.infer(tmp_path, given="python3.12").reason == "given"

    infer(tmp_path, project(">=3.14"))
    assert inference.infer(tmp_path, given=None).reason == f"requires-python in {tmp_path}/pyproject.toml is '>=3.14'"

    infer(tmp_path, project(">=3.12"))
    reason = inference.infer(tmp_path, given=None).reason
    assert reason == f"default, and requires-python in {tmp_path}/pyproject.toml is '>=3.12'"

    infer(tmp_path, {".python-version": "3.12"})
    assert inference.infer(tmp_path, given=None).reason == f"{tmp_path}/.python-version"


@pytest.mark.parametrize("given", ["nodejs22.x", "python3.99", "python3.8"])
def test_the_option_that_was_given_is_named(given: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(project(">=3.12")["pyproject.toml"], "utf-8")

    with pytest.raises(OptionError, match=r"^compatible_runtimes\[1\] "):
        inference.infer(tmp_path, given=given, option="compatible_runtimes[1]")


@pytest.mark.parametrize(
    ("requires", "patch"),
    [
        (">=3.11.4,<3.12", 14),
        ("~=3.11.2", 14),
        ("==3.11.*", 14),
        (">=3.11.20,<3.12", 20),
        (">3.11.14,!=3.11.15,<3.12", 16),
        ("==3.11.4", 4),
        (">=3.11,<3.11.9", 8),
        ("==3.11", 0),
    ],
)
@pytest.mark.parametrize("given", ["python3.11", None])
def test_the_patch_level_is_lambdas_or_the_nearest_that_is_admitted(
    requires: str, patch: int, given: str | None, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(project(requires)["pyproject.toml"])

    found = inference.infer(tmp_path, given=given)

    assert Target(found.name, "x86_64", found.patch).python_full_version == f"3.11.{patch}"


def test_requirements_that_no_patch_level_meets_together_are_told_together(tmp_path: Path) -> None:
    text = "[project]\nrequires-python='>=3.11.4,<3.12'\n[tool.poetry.dependencies]\npython='<3.11.4'\n"
    (tmp_path / "pyproject.toml").write_text(text)

    with pytest.raises(OptionError, match=r"requires-python in .* '>=3\.11\.4,<3\.12' and tool\.poetry.* '<3\.11\.4'"):
        inference.infer(tmp_path, given="python3.11")


def test_a_deprecated_runtime_is_chosen_only_where_no_other_is_admitted(tmp_path: Path) -> None:
    supported = [name for name in GLIBC if name not in DEPRECATED]
    oldest = supported[0].removeprefix("python")

    for requires, runtime in ((f"<={oldest}", supported[0]), (f"<{oldest}", max(DEPRECATED, key=list(GLIBC).index))):
        assert infer(tmp_path, project(requires)) == runtime


@pytest.mark.parametrize("preview", sorted(PREVIEW))
def test_a_runtime_in_preview_is_known_and_never_chosen(preview: str, tmp_path: Path) -> None:
    version = preview.removeprefix("python")

    with pytest.raises(OptionError, match=f"runtime is '{preview}', which AWS has in preview only"):
        inference.infer(tmp_path, given=preview)
    with pytest.raises(OptionError, match=rf"\.python-version asks for {preview}, which AWS has in preview only"):
        infer(tmp_path, {".python-version": version})
    assert infer(tmp_path, {".python-version": f"{version}\n3.12"}) == "python3.12"
    with pytest.raises(OptionError, match="which no Lambda runtime meets"):
        infer(tmp_path, {".python-version": "", **project(f">={version}")})


ABOVE = [
    pytest.param("pyproject.toml", project(">=3.11,<3.12")["pyproject.toml"], "python3.11", True, id="requires-python"),
    pytest.param("pyproject.toml", poetry('"~3.12"')["pyproject.toml"], "python3.12", True, id="poetry"),
    pytest.param("pyproject.toml", project(">=3.12")["pyproject.toml"], DEFAULT_RUNTIME, True, id="lower bound"),
    pytest.param(".python-version", "3.12\n", "python3.12", False, id="version file"),
    pytest.param("Pipfile", "[requires]\npython_version = '3.12'\n", "python3.12", False, id="Pipfile"),
]


@pytest.mark.parametrize(("name", "text", "runtime", "excludes"), ABOVE)
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_what_decides_may_stand_where_the_dependencies_are_declared(
    name: str, text: str, runtime: str, excludes: bool, depth: int, tmp_path: Path
) -> None:
    entry = tmp_path.joinpath("root", *"abc"[:depth])
    entry.mkdir(parents=True)
    (tmp_path / "root" / name).write_text(text)
    (tmp_path / ".python-version").write_text("3.9")

    assert inference.infer(entry, given=None, top=tmp_path / "root").name == runtime
    assert inference.infer(entry, given=None).name == (DEFAULT_RUNTIME if depth else runtime)
    if excludes:
        with pytest.raises(OptionError, match=r"'python3\.10', but .* in .*/root/pyproject\.toml is"):
            inference.infer(entry, given="python3.10", top=tmp_path / "root")
    else:
        assert inference.infer(entry, given="python3.10", top=tmp_path / "root").name == "python3.10"


def test_the_nearest_file_decides_and_every_requirement_is_met(tmp_path: Path) -> None:
    entry = tmp_path / "a"
    entry.mkdir()
    (tmp_path / "pyproject.toml").write_text(project(">=3.12")["pyproject.toml"])
    (tmp_path / ".python-version").write_text("3.12")
    (entry / ".python-version").write_text("3.14")

    assert inference.infer(entry, given=None, top=tmp_path).name == "python3.14"
    (entry / "pyproject.toml").write_text(project("<3.14")["pyproject.toml"])
    with pytest.raises(OptionError, match=rf"{entry}/\.python-version asks for python3\.14, but .* is '<3\.14'"):
        inference.infer(entry, given=None, top=tmp_path)
    (entry / ".python-version").unlink()
    assert inference.infer(entry, given=None, top=tmp_path).name == "python3.12"


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml"])
def test_a_lock_rules_out_the_pythons_that_it_does_not_hold_for(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("requires-python = '>=3.14'\n")

    assert inference.infer(tmp_path, given=None, lock=tmp_path / name).name == "python3.14"
    with pytest.raises(OptionError, match=rf"'python3\.13', but requires-python in {tmp_path}/{name} is '>=3\.14'"):
        inference.infer(tmp_path, given="python3.13", lock=tmp_path / name)


def test_what_is_no_lock_is_not_read_as_one(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("this is = no TOML")

    assert inference.infer(tmp_path, given=None, lock=tmp_path / "requirements.txt").name == DEFAULT_RUNTIME
