"""The page on moving from aws-lambda-python-alpha: what its table says of this library, line by line."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

import python_function
from python_function._bundle import resolve
from python_function._bundle.resolve import Resolved, Wanted
from python_function._machine import here
from python_function._machine.environment import for_installer
from python_function._source import select
from python_function._source.select import Source
from python_function.errors import OptionError, PackagingError
from python_function.options import BundlingOptions

PAGE: Final = Path(__file__).parents[1] / "docs" / "migration.md"
HANDLER: Final = "def handler(event, context): ...\n"
EXTRA: Final = "https://your.index.url/simple/"


def function(entry: Path, *, runtime: str | None = None, index: str | None = None, suffix: str = "") -> Resolved:
    """Return the function of *entry*, which has a handler if nothing else."""
    file = entry / (index or "index.py")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HANDLER)
    options = BundlingOptions(output_path_suffix=suffix)
    runtimes = (runtime,) if runtime else ()
    wanted = Wanted(entry=entry, runtimes=runtimes, architecture="x86_64", options=options, cwd=entry)
    return resolve.function(wanted, index=index)


def warnings(found: Resolved) -> set[str]:
    return {notice.id for notice in found.spec.warnings}


def patterns_with_an_inner_slash_start_at_the_entry(entry: Path) -> None:
    for place in ("docs/old", "sub/docs/old"):
        (entry / place).mkdir(parents=True)
        (entry / place / "page.txt").touch()

    found = select.files(Source(directory=entry, excludes=("docs/old",)))

    assert [file.place for file in found.files] == ["sub/docs/old/page.txt"]


def props_and_hook_interfaces_have_no_classes(_: Path) -> None:
    assert not {"PythonFunctionProps", "PythonLayerVersionProps", "ICommandHooks"} & set(python_function.__all__)


def the_first_index_that_knows_a_package_decides(_: Path) -> None:
    seen = for_installer({"PIP_EXTRA_INDEX_URL": EXTRA})

    assert seen["UV_INDEX"] == EXTRA
    assert "UV_INDEX_STRATEGY" not in seen


def a_stale_lock_is_an_error(entry: Path) -> None:
    source = '[[source]]\nname = "main"\nurl = "https://your.index.url/simple/"\nverify_ssl = true\n'
    (entry / "Pipfile").write_text(f'{source}[packages]\nidna = "*"\n')
    (entry / "Pipfile.lock").write_text('{"_meta": {"hash": {"sha256": "0"}}, "default": {}, "develop": {}}')

    with pytest.raises(PackagingError, match="stale"):
        function(entry)


def a_runtime_that_the_project_excludes_is_an_error(entry: Path) -> None:
    (entry / "pyproject.toml").write_text('[project]\nname = "fn"\nversion = "1"\nrequires-python = ">=3.12"\n')

    with pytest.raises(OptionError, match="requires-python"):
        function(entry, runtime="python3.11")


def a_requirements_file_beside_a_lock_is_told(entry: Path) -> None:
    (entry / "requirements.txt").write_text("idna==3.10\n")
    (entry / "pylock.toml").write_text('lock-version = "1.0"\ncreated-by = "test"\npackages = []\n')

    assert "ignoredDependencies" in warnings(function(entry))


def a_manifest_without_a_lock_is_installed(entry: Path) -> None:
    (entry / "pyproject.toml").write_text('[project]\nname = "fn"\nversion = "1"\ndependencies = ["idna"]\n')

    found = function(entry)

    assert found.spec.packaging.kind == "pyproject"
    assert "noLock" in warnings(found)


def a_suffix_is_part_of_the_handler(entry: Path) -> None:
    assert function(entry, suffix="app").handler == "app.index.handler"


def old_runtimes_are_refused(entry: Path) -> None:
    with pytest.raises(OptionError, match=r"python3\.7"):
        function(entry, runtime="python3.7")


def pips_files_count(home: Path) -> None:
    (home / ".config" / "pip").mkdir(parents=True)
    (home / ".config" / "pip" / "pip.conf").write_text(f"[global]\nindex-url = {EXTRA}\n")
    environ = {"HOME": str(home), "XDG_CONFIG_DIRS": ""}

    found = here.host("Function", environ=environ, write=print, detail=False)

    assert for_installer(found.environ)["UV_DEFAULT_INDEX"] == EXTRA


def src_stays_where_nothing_says_otherwise(entry: Path) -> None:
    assert function(entry, index="src/main.py").handler == "src.main.handler"


LINES: Final[Mapping[str, Callable[[Path], None]]] = {
    "`asset_excludes` with a slash inside": patterns_with_an_inner_slash_start_at_the_entry,
    "`PythonFunctionProps`, `ICommandHooks`": props_and_hook_interfaces_have_no_classes,
    "several indexes": the_first_index_that_knows_a_package_decides,
    "a stale lock": a_stale_lock_is_an_error,
    "a runtime that `requires-python` excludes": a_runtime_that_the_project_excludes_is_an_error,
    "`requirements.txt` beside a lock": a_requirements_file_beside_a_lock_is_told,
    "`pyproject.toml` without a lock": a_manifest_without_a_lock_is_installed,
    "`output_path_suffix` for a function": a_suffix_is_part_of_the_handler,
    "runtimes up to Python 3.7": old_runtimes_are_refused,
    "pip's configuration files": pips_files_count,
    '`index="src/main.py"`': src_stays_where_nothing_says_otherwise,
}
"""The test of each line of the table on behaviour."""


@pytest.mark.parametrize("line", LINES)
def test_what_a_line_says_is_so(line: str, tmp_path: Path) -> None:
    LINES[line](tmp_path)


def test_every_line_on_behaviour_has_its_test() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## What behaves otherwise")[2].partition("\n## ")[0]
    titles = re.findall(r"^\| (?!what |---)(.+?) \| .+ \| .+ \|$", table, re.MULTILINE)

    assert titles == list(LINES)
