"""Which file and function Lambda will call."""

import ast
import os
from pathlib import Path

import pytest

from python_function._handler.check import check
from python_function._handler.entry import Entry
from python_function._handler.entry import resolve as resolve_entry
from python_function.errors import EntryError, OptionError, PythonFunctionError
from tests.doubles import rooted

HANDLER = "def handler(event, context): ...\n"


def write(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return directory


def resolve(entry: Path | str | None, *, index: str | None = None, handler: str | None = None, cwd: str = "/") -> Entry:
    return rooted(resolve_entry(entry, index=index, handler=handler, cwd=Path(cwd)))


@pytest.mark.parametrize(
    ("files", "handler"),
    [
        pytest.param({"index.py": "def handler(event, context): ..."}, "index.handler", id="CDK"),
        pytest.param(
            {"lambda_function.py": "def lambda_handler(event, context): ..."},
            "lambda_function.lambda_handler",
            id="Lambda console",
        ),
        pytest.param({"handler.py": "def handle(event, context): ..."}, "handler.handle", id="function platforms"),
        pytest.param({"app.py": "def main(event, context): ..."}, "app.main", id="app"),
        pytest.param({"worker.py": HANDLER}, "worker.handler", id="only file"),
        pytest.param({"index.py": HANDLER, "app.py": HANDLER}, "index.handler", id="first of the names"),
        pytest.param({"index.py": "x = 1", "app.py": HANDLER}, "app.handler", id="first that holds a handler"),
        pytest.param({"app.py": "def main(): ...", "work.py": HANDLER}, "work.handler", id="main without arguments"),
        pytest.param(
            {"app.py": "def handle(a, b): ...\ndef lambda_handler(a, b): ..."},
            "app.lambda_handler",
            id="function order",
        ),
        pytest.param(
            {"work.py": HANDLER, "test_work.py": "from work import handler"}, "work.handler", id="tests aside"
        ),
        pytest.param(
            {"main.py": "import logging\nhandler = logging.StreamHandler()\ndef lambda_handler(event, context): ..."},
            "main.lambda_handler",
            id="a handler of logging",
        ),
        pytest.param(
            {"main.py": "from logging import handlers as h\nhandler = h.QueueHandler(1)\ndef handle(e, c): ..."},
            "main.handle",
            id="a handler of logging, imported",
        ),
        pytest.param({"main.py": "def make(): ...\nhandler = make()\ndef main(a, b): ..."}, "main.handler", id="made"),
        pytest.param({"src/app.py": HANDLER}, "src.app.handler", id="src"),
        pytest.param({"src/shop/__init__.py": "", "src/shop/main.py": HANDLER}, "src.shop.main.handler", id="in src"),
        pytest.param({"src/__init__.py": "", "src/main.py": HANDLER}, "src.main.handler", id="src as a package"),
        pytest.param({"shop/__init__.py": "", "shop/main.py": HANDLER}, "shop.main.handler", id="only package"),
        pytest.param({"shop/__init__.py": HANDLER, "shop/main.py": ""}, "shop.handler", id="package itself"),
        pytest.param({"main.py": HANDLER, "src/index.py": HANDLER}, "main.handler", id="top before src"),
        pytest.param({"main.py": "def handler(event, context:\n"}, "main.handler", id="wrong syntax is told later"),
        pytest.param({"main.py": HANDLER + "type A = int\nlazy import x\n"}, "main.handler", id="a newer grammar"),
    ],
)
def test_index_and_function_are_found(files: dict[str, str], handler: str, tmp_path: Path) -> None:
    entry = resolve(write(tmp_path, files))

    assert entry.handler == handler
    assert entry.directory == tmp_path
    assert entry.file.is_file()


@pytest.mark.parametrize(
    ("given", "files", "handler", "bundle_index"),
    [
        pytest.param({"index": "a.py"}, {"a.py": HANDLER}, "a.handler", "a.py", id="index"),
        pytest.param({"index": "a.py"}, {"a.py": "from x import *"}, "a.handler", "a.py", id="index, star import"),
        pytest.param({"index": "a/b/c.py"}, {"a/b/c.py": HANDLER}, "a.b.c.handler", "a/b/c.py", id="nested index"),
        pytest.param({"index": "a\\b.py"}, {"a/b.py": HANDLER}, "a.b.handler", "a/b.py", id="Windows separators"),
        pytest.param({"index": "./a/../b.py"}, {"b.py": HANDLER, "a/x": ""}, "b.handler", "b.py", id="detours"),
        pytest.param(
            {"index": "a/__init__.py"}, {"a/__init__.py": HANDLER}, "a.handler", "a/__init__.py", id="package"
        ),
        pytest.param({"handler": "work"}, {"app.py": HANDLER, "x.py": "work = 1"}, "x.work", "x.py", id="function"),
        pytest.param({"handler": "work"}, {"app.py": "from x import *"}, "app.work", "app.py", id="star import"),
        pytest.param({"handler": "a.b.go"}, {"a/b.py": ""}, "a.b.go", "a/b.py", id="dotted handler"),
        pytest.param({"handler": "a/b.go"}, {"a/b.py": ""}, "a.b.go", "a/b.py", id="handler with a slash"),
        pytest.param({"handler": "a.go"}, {"a/__init__.py": ""}, "a.go", "a/__init__.py", id="dotted, a package"),
        pytest.param({"handler": "a.go"}, {"src/a.py": ""}, "a.go", "a.py", id="dotted, in src"),
        pytest.param({"handler": "src.a.go"}, {"src/a.py": ""}, "src.a.go", "src/a.py", id="dotted, src spelt out"),
        pytest.param(
            {"index": "a/b.py", "handler": "a.b.go"}, {"a/b.py": ""}, "a.b.go", "a/b.py", id="both, and they agree"
        ),
        pytest.param(
            {"index": "src/a.py", "handler": "a.go"}, {"src/a.py": "import src.b"}, "a.go", "a.py", id="handler wins"
        ),
        pytest.param({"index": "a.py", "handler": "né"}, {"a.py": ""}, "a.né", "a.py", id="any Python name"),
    ],
)
def test_what_is_given_wins(
    given: dict[str, str], files: dict[str, str], handler: str, bundle_index: str, tmp_path: Path
) -> None:
    entry = resolve(write(tmp_path, files), **given)

    assert (entry.handler, entry.bundle_index) == (handler, bundle_index)


def test_an_entry_may_be_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"fn/api.py": HANDLER, "fn/index.py": HANDLER})

    entry = resolve("fn/api.py", cwd=str(tmp_path))

    assert (entry.directory, entry.index, entry.handler) == (tmp_path / "fn", "api.py", "api.handler")


@pytest.mark.parametrize("entry", ["fn", "./fn", "other/../fn", "fn/", Path("fn")])
def test_a_relative_entry_starts_at_the_working_directory(entry: str | Path, tmp_path: Path) -> None:
    write(tmp_path, {"fn/index.py": HANDLER})

    assert resolve(entry, cwd=str(tmp_path)).directory == tmp_path / "fn"


def test_what_was_passed_over_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"index.py": "", "main.py": "", "work.py": HANDLER})

    assert resolve(tmp_path).considered == ("index.py holds no handler", "main.py holds no handler")


@pytest.mark.parametrize(
    ("given", "files", "kind", "message"),
    [
        pytest.param(
            {"index": "app.py"}, {"index.py": ""}, EntryError, "'app.py' not found in .*there: index.py", id="no index"
        ),
        pytest.param({"index": "a.py"}, {"a.py/x": ""}, EntryError, "'a.py' not found in", id="index a directory"),
        pytest.param({"index": "app.js"}, {"app.js": ""}, OptionError, "ends in .py, not 'app.js'", id="not Python"),
        pytest.param({"index": "app"}, {"app.py": ""}, OptionError, "ends in .py, not 'app'", id="no suffix"),
        pytest.param({"index": ""}, {}, OptionError, "ends in .py, not ''", id="empty index"),
        pytest.param({"index": "../a.py"}, {}, OptionError, "below the entry.*'../a.py'", id="escape"),
        pytest.param({"index": "a\\..\\..\\a.py"}, {}, OptionError, "below the entry", id="escape in a detour"),
        pytest.param({"index": "/a.py"}, {}, OptionError, "below the entry", id="absolute index"),
        pytest.param({"index": "C:\\a.py"}, {}, OptionError, "below the entry", id="index with a drive"),
        pytest.param({"index": "a\0.py"}, {}, OptionError, "below the entry", id="null character"),
        pytest.param({"handler": ""}, {"a.py": ""}, OptionError, "handler must be .*not ''", id="empty handler"),
        pytest.param({"handler": "a:b"}, {"a.py": ""}, OptionError, "handler must be .*not 'a:b'", id="colon"),
        pytest.param(
            {"index": "a.py", "handler": "b.go"},
            {"a.py": ""},
            OptionError,
            "module b, but .*a.py is a",
            id="contradiction",
        ),
        pytest.param({}, {}, EntryError, "No Python file in .* defines handler, .*there: none", id="empty entry"),
        pytest.param({}, {"a.py": "x = 1"}, EntryError, "Python files there: a.py", id="no handler"),
        pytest.param(
            {"handler": "go"}, {"a.py": HANDLER}, EntryError, "defines go. Python files", id="no such function"
        ),
        pytest.param(
            {"handler": "handlr"},
            {"index.py": HANDLER, "b.py": ""},
            EntryError,
            r"defines handlr\. Did you mean handler in index\.py\? Pass index=\.\.\. and handler",
            id="misspelt function",
        ),
        pytest.param(
            {},
            {"api/main.py": HANDLER, "api/other.py": "", ".venv/x.py": HANDLER, "venv/lib/x.py": HANDLER},
            EntryError,
            r"Python files there: none; below it: api/main\.py\. Pass index='api/main\.py' and handler=",
            id="handler further below",
        ),
        pytest.param(
            {"handler": "go"},
            {f"p{number}/q/a.py": "def go(event, context): ..." for number in range(5)},
            EntryError,
            r"below it: p0/q/a\.py, p1/q/a\.py, p2/q/a\.py\. Pass",
            id="handlers further below",
        ),
        pytest.param(
            {"index": "main.py"},
            {"api/main.py": HANDLER},
            EntryError,
            r"there: none; below it: api/main\.py\. ",
            id="index further below",
        ),
        pytest.param(
            {}, {"a.py": HANDLER, "b.py": HANDLER}, EntryError, "several .*: a.py, b.py. Pass index", id="several"
        ),
        pytest.param(
            {"index": "a.py"}, {"a.py": "def go(): ..."}, EntryError, "none of handler, .* It defines go.", id="no name"
        ),
    ],
)
def test_what_cannot_be_is_told(
    given: dict[str, str], files: dict[str, str], kind: type[PythonFunctionError], message: str, tmp_path: Path
) -> None:
    write(tmp_path, files)

    with pytest.raises(kind, match=message):
        resolve(tmp_path, **given)


@pytest.mark.parametrize(
    ("entry", "given", "kind", "message"),
    [
        pytest.param("no", {}, EntryError, r"'no' not found: there is no /.*/no\. A relative", id="missing"),
        pytest.param("fn\0", {}, EntryError, "not found", id="null character"),
        pytest.param("fn/data.json", {}, EntryError, "data.json is no Python file", id="another file"),
        pytest.param(
            "fn/index.py", {"index": "index.py"}, OptionError, "is the file .*leave out index", id="file and index"
        ),
        pytest.param("fn/index.py", {"handler": "app.go"}, OptionError, "module app, but", id="file and other module"),
        pytest.param("pipe", {}, EntryError, "is not a directory", id="pipe"),
        pytest.param(
            "~/fn",
            {},
            EntryError,
            r"'~/fn' not found.* ~ is not expanded: pass Path\('~/fn'\)\.expanduser\(\)",
            id="home",
        ),
    ],
)
def test_an_entry_that_cannot_be_is_told(
    entry: str, given: dict[str, str], kind: type[PythonFunctionError], message: str, tmp_path: Path
) -> None:
    write(tmp_path, {"fn/index.py": HANDLER, "fn/data.json": "{}"})
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(kind, match=message):
        resolve(entry, cwd=str(tmp_path), **given)


def test_a_missing_absolute_entry_is_told_by_its_path_alone(tmp_path: Path) -> None:
    with pytest.raises(EntryError, match=r"there is no /.*/no\.$"):
        resolve(tmp_path / "no")


@pytest.mark.parametrize("unreadable", ["fn", "fn/index.py"])
def test_what_cannot_be_read_is_told(unreadable: str, unprivileged: Path) -> None:
    write(unprivileged, {"fn/index.py": HANDLER})
    (unprivileged / unreadable).chmod(0)

    with pytest.raises(EntryError, match=f"{unprivileged / unreadable} cannot be read"):
        resolve(unprivileged / "fn")


@pytest.mark.parametrize(
    ("name", "construct_id", "handler"),
    [
        ("stack.my_handler.py", "my_handler", "stack_my_handler.lambda_handler"),
        ("stack_my_handler.py", "my_handler", "stack_my_handler.lambda_handler"),
        ("stack.Get-Orders.py", "Get-Orders", "stack_Get_Orders.lambda_handler"),
        ("stack.a--b.py", "a/b", "stack_a__b.lambda_handler"),
    ],
)
def test_without_an_entry_it_is_the_file_beside_the_construct(
    name: str, construct_id: str, handler: str, tmp_path: Path
) -> None:
    write(tmp_path, {name: "", "lib.my_handler.py": ""})
    definers = (tmp_path / "stack.py", tmp_path / "lib.py")

    entry = resolve_entry(None, index=None, handler=None, cwd=Path("/"), definers=definers, construct_id=construct_id)

    assert (entry.directory, entry.index, entry.handler, entry.alone) == (tmp_path, name, handler, True)
    assert entry.bundle_index == f"{entry.module}.py"


def test_a_file_beside_a_subclass_serves_where_none_is_beside_its_instance(tmp_path: Path) -> None:
    write(tmp_path, {"lib.fn.py": ""})
    definers = (tmp_path / "stack.py", tmp_path / "lib.py")

    entry = resolve_entry(None, index=None, handler="go", cwd=Path("/"), definers=definers, construct_id="fn")

    assert (entry.index, entry.handler) == ("lib.fn.py", "lib_fn.go")


def test_two_files_beside_the_construct_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"api.my_handler.py": "", "api_my_handler.py": ""})

    with pytest.raises(EntryError, match=r"Both .*/api\.my_handler\.py and .*/api_my_handler\.py .*Remove one"):
        resolve_entry(
            None, index=None, handler=None, cwd=Path("/"), definers=[tmp_path / "api.py"], construct_id="my_handler"
        )


@pytest.mark.parametrize(
    ("index", "handler", "found", "bundle_index"),
    [
        ("gen/index.py", "go", "gen.index.go", "gen/index.py"),
        (None, "gen.index.go", "gen.index.go", "gen/index.py"),
        ("gen/index.py", "gen.index.go", "gen.index.go", "gen/index.py"),
        ("src/index.py", "go", "src.index.go", "src/index.py"),
        ("a.py", "go", "a.go", "a.py"),
    ],
)
def test_a_file_that_the_build_makes_needs_not_be_there(
    index: str | None, handler: str, found: str, bundle_index: str, tmp_path: Path
) -> None:
    write(tmp_path, {"src/other.py": "", "a.py": ""})

    entry = resolve_entry(tmp_path, index=index, handler=handler, cwd=Path("/"), generated=True)

    assert (entry.handler, entry.bundle_index, entry.generated) == (found, bundle_index, index != "a.py")


@pytest.mark.parametrize(
    ("index", "handler", "message"),
    [
        (
            "gen.py",
            None,
            r"'gen\.py' not found in .* A file that the build makes needs index=\.\.\. and handler=\.\.\.",
        ),
        (None, "go", "No Python file in .* A file that the build makes needs index"),
        (None, None, "No Python file in .* A file that the build makes needs index"),
    ],
)
def test_a_file_that_the_build_makes_has_to_be_named(
    index: str | None, handler: str | None, message: str, tmp_path: Path
) -> None:
    with pytest.raises(EntryError, match=message):
        resolve_entry(tmp_path, index=index, handler=handler, cwd=Path("/"), generated=True)


@pytest.mark.parametrize(
    ("definers", "given", "message"),
    [
        (("stack.py",), {}, r"looked for .*/stack\.fn\.py and .*/stack_fn\.py\. "),
        ((), {}, "No file defines the construct 'fn'"),
        (("stack.py",), {"index": "a.py"}, "index='a.py' needs an entry"),
        (("stack.py",), {"handler": "a.go"}, "handler='a.go' needs an entry"),
    ],
)
def test_no_file_beside_the_construct_is_told(
    definers: tuple[str, ...], given: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(PythonFunctionError, match=message):
        resolve_entry(
            None,
            index=given.get("index"),
            handler=given.get("handler"),
            cwd=Path("/"),
            definers=[tmp_path / definer for definer in definers],
            construct_id="fn",
        )


@pytest.mark.parametrize("index", [None, "app.py"])
def test_the_handlers_file_is_read_and_parsed_once(
    index: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"index.py": "", "app.py": f"ONCE = {str(tmp_path)!r}\n{HANDLER}"})
    opened: list[str] = []
    parsed: list[bytes] = []
    os_open, parse = os.open, ast.parse

    def counted(path: Path, flags: int) -> int:
        opened.append(Path(path).name)
        return os_open(path, flags)

    def counted_parse(source: bytes, *, feature_version: tuple[int, int]) -> ast.Module:
        parsed.append(source)
        return parse(source, feature_version=feature_version)

    monkeypatch.setattr(os, "open", counted)
    monkeypatch.setattr(ast, "parse", counted_parse)
    check(resolve(tmp_path, index=index), python_version="3.14")

    assert opened.count("app.py") == 1
    assert len([source for source in parsed if b"ONCE" in source]) == 1
