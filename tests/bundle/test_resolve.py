"""What the user wants, as the spec of a bundle: the runtime follows from wherever dependencies are declared."""

from pathlib import Path
from typing import Any

import pytest

from python_function._bundle import resolve
from python_function._bundle.resolve import Wanted
from python_function._source import select
from python_function._target.target import DEFAULT_RUNTIME
from python_function.errors import OptionError
from python_function.options import BundlingOptions

HANDLER = "def handler(event, context):\n    return event\n"
UV_LOCK = """\
version = 1
requires-python = ">=3.12"
[manifest]
members = ["fn", "shop"]
[[package]]
name = "shop"
version = "0"
source = {{ virtual = "." }}
[[package]]
name = "fn"
version = "0"
source = {{ virtual = "{place}" }}
"""
MEMBER = "[project]\nname = 'fn'\nversion = '0'\n"
ROOT = "[project]\nname = 'shop'\nversion = '0'\nrequires-python = '{requires}'\n"
WORKSPACE = ROOT + "[tool.uv.workspace]\nmembers = ['functions/*']\n"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in {"functions/fn/index.py": HANDLER, **files}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root / "functions/fn"


def runtimes(entry: Path, root: Path | None, given: tuple[str, ...] = ()) -> set[str]:
    """Return the runtimes of a function and of a layer of *entry*."""
    options = BundlingOptions(project_root=root)
    wanted = Wanted(entry=entry, runtimes=given, architecture="x86_64", options=options, cwd=entry)
    return {found.spec.target.runtime for found in (resolve.function(wanted), resolve.layer(wanted))}


@pytest.mark.parametrize(
    ("files", "root", "runtime"),
    [
        pytest.param(
            {
                "pyproject.toml": WORKSPACE.format(requires=">=3.12,<3.13"),
                "uv.lock": UV_LOCK.format(place="functions/fn"),
                "functions/fn/pyproject.toml": MEMBER,
            },
            False,
            "python3.12",
            id="workspace",
        ),
        pytest.param(
            {
                "pyproject.toml": WORKSPACE.format(requires=">=3.11"),
                ".python-version": "3.12",
                "uv.lock": UV_LOCK.format(place="functions/fn"),
                "functions/fn/pyproject.toml": MEMBER,
            },
            False,
            "python3.12",
            id="version file of a workspace",
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format(requires="<3.13"), "requirements.txt": ""}, True, "python3.12", id="root"
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format(requires="<3.13"), "functions/fn/requirements.txt": ""},
            True,
            "python3.12",
            id="root above the requirements",
        ),
        pytest.param(
            {"pyproject.toml": "[tool.poetry.dependencies]\npython = '~3.12'", "functions/fn/requirements.txt": ""},
            True,
            "python3.12",
            id="poetry",
        ),
        pytest.param(
            {"Pipfile": "[requires]\npython_version = '3.12'", "functions/fn/requirements.txt": ""},
            True,
            "python3.12",
            id="Pipfile",
        ),
        pytest.param({".python-version": "3.12"}, True, "python3.12", id="version file"),
        pytest.param({".python-version": "3.12"}, False, DEFAULT_RUNTIME, id="not the project's"),
        pytest.param({"pyproject.toml": ROOT.format(requires=">=3.12")}, True, DEFAULT_RUNTIME, id="lower bound"),
        pytest.param({}, False, DEFAULT_RUNTIME, id="nothing"),
    ],
)
def test_functions_and_layers_have_the_runtime_that_is_declared_above(
    files: dict[str, str], root: bool, runtime: str, tmp_path: Path
) -> None:
    entry = write(tmp_path, files)

    assert runtimes(entry, tmp_path if root else None) == {runtime}


def test_a_given_runtime_that_is_excluded_above_is_an_error(tmp_path: Path) -> None:
    entry = write(tmp_path, {"pyproject.toml": ROOT.format(requires=">=3.12"), "requirements.txt": ""})

    assert runtimes(entry, tmp_path, ("python3.12",)) == {"python3.12"}
    with pytest.raises(
        OptionError, match=rf"'python3\.11', but requires-python in {tmp_path}/pyproject\.toml is '>=3\.12'"
    ):
        runtimes(entry, tmp_path, ("python3.11",))


def test_the_target_has_the_patch_level_that_is_needed(tmp_path: Path) -> None:
    entry = write(tmp_path, {"pyproject.toml": ROOT.format(requires=">=3.13.40"), "requirements.txt": ""})
    options = BundlingOptions(project_root=tmp_path)
    wanted = Wanted(entry=entry, architecture="x86_64", options=options, cwd=entry)

    assert resolve.function(wanted).spec.target.python_full_version == "3.13.40"


def test_lists_that_were_read_are_not_in_the_bundle_wherever_they_stand(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("def handler(event, context): ...\n")
    (tmp_path / "requirements.txt").write_text("-r lists/[private].txt\n-c pins.txt\n")
    (tmp_path / "lists").mkdir()
    for name in ("lists/[private].txt", "pins.txt", "lists/p.txt", "lists/data.txt"):
        (tmp_path / name).write_text("--index-url https://me:s3cret@host/simple\nsix==1.17.0\n" if "[" in name else "")

    def bundled(**options: Any) -> set[str]:  # noqa: ANN401 - any option
        wanted = Wanted(entry=tmp_path, architecture="x86_64", options=BundlingOptions(**options), cwd=tmp_path)
        return {file.place for file in select.files(resolve.function(wanted).spec.source).files}

    assert bundled() == {"index.py", "lists/p.txt", "lists/data.txt"}
    assert bundled(asset_excludes=["!pins.txt"]) == {"index.py", "lists/p.txt", "lists/data.txt", "pins.txt"}


@pytest.mark.parametrize(
    ("given", "handler", "root"),
    [
        (None, "index.handler", "src"),
        (".", "src.index.handler", ""),
        ("", "src.index.handler", ""),
        ("./src/", "index.handler", "src"),
        ("src", "index.handler", "src"),
    ],
)
def test_the_user_says_the_source_root(given: str | None, handler: str, root: str, tmp_path: Path) -> None:
    write(tmp_path, {"src/index.py": f"import other\n{HANDLER}", "src/other.py": ""})
    options = BundlingOptions(source_root=given)
    wanted = Wanted(entry=tmp_path, architecture="x86_64", options=options, cwd=tmp_path)

    found = resolve.function(wanted, index="src/index.py")

    assert (found.handler, found.root.name, found.spec.source.root) == (handler, root, root)
    assert found.spec.handler_file == handler.replace(".", "/").replace("/handler", ".py")
    assert resolve.layer(wanted).spec.source.root == root


def test_a_handlers_module_starts_at_the_source_root(tmp_path: Path) -> None:
    write(tmp_path, {"lib/app/main.py": HANDLER})
    options = BundlingOptions(source_root="lib")
    wanted = Wanted(entry=tmp_path, architecture="x86_64", options=options, cwd=tmp_path)

    assert resolve.function(wanted, handler="app.main.handler").handler == "app.main.handler"
    assert resolve.function(wanted, index="lib/app/main.py", handler="app.main.handler").handler == "app.main.handler"
    with pytest.raises(OptionError, match=r"handler names the module lib\.app\.main, but the index .* is app\.main"):
        resolve.function(wanted, index="lib/app/main.py", handler="lib.app.main.handler")


@pytest.mark.parametrize("given", ["no", "functions/fn/index.py"])
def test_a_source_root_that_is_no_folder_is_told(given: str, tmp_path: Path) -> None:
    write(tmp_path, {})
    wanted = Wanted(entry=tmp_path, architecture="x86_64", options=BundlingOptions(source_root=given), cwd=tmp_path)

    with pytest.raises(OptionError, match=f"source_root '{given}' is no folder of {tmp_path}"):
        resolve.layer(wanted)


@pytest.mark.parametrize("given", ["..", "a/../..", "/a", "C:\\a", "a\\b", "a\0"])
def test_a_source_root_stays_in_the_entry(given: str) -> None:
    with pytest.raises(OptionError, match="source_root must be a path inside the entry"):
        BundlingOptions(source_root=given)
