"""What is told of a handler before anything is deployed."""

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._handler.check import check as check_entry
from python_function._handler.entry import Entry, resolve
from python_function._handler.newer import may_explain
from python_function._machine.report import Notice
from python_function.errors import EntryError

HANDLER = "def handler(event, context): ...\n"
HOST = f"{sys.version_info[0]}.{sys.version_info[1]}"


def check(
    directory: Path, source: str | bytes, *, index: str = "app.py", root: str = "", python: str = "3.11"
) -> tuple[Notice, ...]:
    file = directory / index
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(source.encode() if isinstance(source, str) else source)
    entry = Entry(directory=directory, index=index, function="handler", root=root)
    return check_entry(entry, python_version=python)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def handler(event, context): ...", id="two"),
        pytest.param("def handler(event, context, /): ...", id="positional only"),
        pytest.param("def handler(event, context=None): ...", id="default"),
        pytest.param("def handler(a=1, b=2, c=3, *, d=4, **e): ...", id="more defaults"),
        pytest.param("def handler(*args): ...", id="any"),
        pytest.param("def handler(event, *args, **kwargs): ...", id="one and any"),
        pytest.param("handler = lambda event, context: 1", id="lambda"),
        pytest.param("def go(event, context): ...\nhandler = go", id="alias"),
        pytest.param("handler = max", id="builtin"),
        pytest.param("go = handler\nhandler = go", id="alias in a circle"),
        pytest.param("if x:\n " + HANDLER + "else:\n def handler(): ...", id="one of two"),
        pytest.param("other = handler = make()", id="assigned with another"),
        pytest.param("handler: Handler = make()", id="annotated"),
        pytest.param("(handler, other) = make()", id="unpacked"),
        pytest.param("[first, *handler] = make()", id="unpacked rest"),
        pytest.param("print(handler := make())", id="walrus"),
        pytest.param("with make() as handler: ...", id="with"),
        pytest.param("for handler in make(): ...", id="loop"),
        pytest.param("match make():\n case handler: ...", id="match"),
        pytest.param("match make():\n case {'a': 1, **handler}: ...", id="match rest"),
        pytest.param("from x import handler", id="import"),
        pytest.param("from x import go as handler", id="import as"),
        pytest.param("from x import *", id="star import"),
        pytest.param("def __getattr__(name): ...", id="module __getattr__"),
        pytest.param("if make():\n " + HANDLER, id="if"),
        pytest.param("if make(): ...\nelif 1:\n " + HANDLER, id="elif"),
        pytest.param("try:\n " + HANDLER + "except E: ...", id="try"),
        pytest.param("try:\n import handler\nexcept E:\n " + HANDLER, id="except"),
        pytest.param("with make():\n " + HANDLER, id="inside with"),
        pytest.param("if TYPE_CHECKING: ...\nelse:\n " + HANDLER, id="not for type checkers"),
        pytest.param("if not typing.TYPE_CHECKING:\n " + HANDLER, id="not for type checkers, negated"),
        pytest.param("handler = None\n" + HANDLER, id="defined later"),
        pytest.param("handler = None\nif make():\n " + HANDLER, id="defined later under a condition"),
        pytest.param("async def handler(event): ...\n" + HANDLER, id="defined again"),
        pytest.param("@wrap\nasync def handler(event): ...", id="decorated"),
        pytest.param("class handler:\n def __init__(self, event, context): ...", id="class"),
        pytest.param("class handler:\n __init__ = make()", id="class by assignment"),
        pytest.param("class handler(Base): ...", id="class with a base"),
        pytest.param("@dataclass\nclass handler:\n a: int\n b: int", id="decorated class"),
        pytest.param("class A:\n def __call__(self, a, b): ...\nhandler = A()", id="callable instance"),
        pytest.param("class A:\n __call__ = make()\nhandler = A()", id="callable instance by assignment"),
        pytest.param(
            "class A:\n if make():\n  def __call__(self, a, b): ...\nhandler = A()", id="conditional __call__"
        ),
        pytest.param("class A(Base): ...\nhandler = A()", id="instance of a class with a base"),
        pytest.param("from m import A\nhandler = A()", id="instance of an imported class"),
    ],
)
def test_what_lambda_can_call_passes(source: str, tmp_path: Path) -> None:
    check(tmp_path, source)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param(
            "def handlr(a, b): ...", r"app.py defines no 'handler'. Did you mean 'handlr'\? Pass handler", id="typo"
        ),
        pytest.param("def go(): ...\nX = 1", r"defines no 'handler'. It defines go. Pass", id="another name"),
        pytest.param("", r"defines no 'handler'. It defines no function", id="empty"),
        pytest.param("class A:\n " + HANDLER, "defines no 'handler'. It defines A", id="only in a class"),
        pytest.param("def f():\n " + HANDLER, "defines no 'handler'", id="only in a function"),
        pytest.param("if TYPE_CHECKING:\n " + HANDLER, "defines no 'handler'", id="only for type checkers"),
        pytest.param("if typing.TYPE_CHECKING:\n " + HANDLER, "defines no 'handler'", id="only for typing"),
        pytest.param("if __name__ == '__main__':\n " + HANDLER, "defines no 'handler'", id="only as a script"),
        pytest.param("handler: Handler", "defines no 'handler'", id="only annotated"),
        pytest.param("[handler for handler in x]", "defines no 'handler'", id="only in a comprehension"),
        pytest.param("lambda handler: handler", "defines no 'handler'", id="only an argument"),
        pytest.param(HANDLER + "del handler", "defines no 'handler'", id="deleted"),
        pytest.param("\ndef handler(event): ...", r"handler in /.*/app.py:2 takes \(event\). Lambda", id="one"),
        pytest.param("def handler(): ...", "takes no arguments. Lambda calls it with two positional", id="none"),
        pytest.param("def handler(a, b, c): ...", r"takes \(a, b, c\)", id="three"),
        pytest.param("def handler(self, event, context): ...", "though it is no method", id="method of nothing"),
        pytest.param("def handler(*, event, context): ...", "without event=..., context=...", id="by name only"),
        pytest.param("def handler(a, b, *, c): ...", "without c=..., which Lambda does not pass", id="one by name"),
        pytest.param("def handler(**kwargs): ...", "takes no arguments", id="any names"),
        pytest.param("async def handler(a, b): ...", "is an async def, which Lambda does not await", id="async"),
        pytest.param("async def go(a, b): ...\nhandler = go", "is an async def", id="alias of async"),
        pytest.param("handler = lambda event: 1", r"takes \(event\)", id="lambda"),
        pytest.param("if x:\n def handler(): ...\nelse:\n def handler(a): ...", r"takes \(a\)", id="each is wrong"),
        pytest.param(HANDLER + "handler = None", "is None, which cannot be called", id="reset"),
        pytest.param(HANDLER + "with x:\n handler = None", "is None, which cannot be called", id="reset inside with"),
        pytest.param("handler = {'a': 1}", "is a dict, which", id="dict"),
        pytest.param("import handler", "is a module, which", id="module"),
        pytest.param("import x as handler", "is a module, which", id="module by another name"),
        pytest.param("class handler: ...", "is a class that takes no arguments", id="class"),
        pytest.param(
            "class handler:\n def __init__(self, a): ...", r"whose __init__ takes \(self, a\). L", id="class of one"
        ),
        pytest.param("class A: ...\nhandler = A()", "is an instance of A, which has no __call__", id="instance"),
        pytest.param(
            "class A:\n async def __call__(self, a, b): ...\nhandler = A()",
            "instance of A, whose __call__ is an async def",
            id="async instance",
        ),
        pytest.param(
            "from .x import y\n" + HANDLER, "app.py:1: 'from .x import ...' leads out of the bundle", id="relative"
        ),
    ],
)
def test_what_lambda_cannot_call_is_told(source: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(EntryError, match=message):
        check(tmp_path, source)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("my.handler.py", r"cannot be imported as my.handler: 'my.handler' is no name, .* the dot .* my_handler.py"),
        ("my handler.py", r"'my handler' is no name, Lambda takes no white space in it\. Rename it, to my_handler.py"),
        ("v1.2/app.py", r"'v1.2' is no name, .* Rename it, to v1_2 for example, or pass entry='/.*/v1\.2'"),
        (f"{'a' * 60}/{'b' * 60}.py", "makes a handler of 129 characters, and Lambda takes 128"),
        ("json.py", "json is a module that Lambda has loaded already"),
        ("logging/app.py", "logging is a module that Lambda has loaded already"),
        ("__init__.py", "makes its directory a package. Pass the directory above as entry"),
    ],
)
def test_a_path_that_cannot_be_imported_is_told(index: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(EntryError, match=message):
        check(tmp_path, HANDLER, index=index)


@pytest.mark.parametrize(
    ("index", "root", "other", "told"),
    [
        ("app.py", "", "app/__init__.py", True),
        ("app.py", "", "app/other.py", False),
        ("a/app.py", "", "a.py", True),
        ("a/b/app.py", "", "a/b.py", True),
        ("src/app.py", "src", "app/__init__.py", True),
        ("app.py", "src", "src/app/__init__.py", True),
        ("src/a/app.py", "src", "a.py", True),
        ("src/a/app.py", "src", "src/a.py", True),
        ("src/a/app.py", "", "a.py", False),
    ],
)
def test_a_file_that_is_imported_instead_is_told(
    index: str,
    root: str,
    other: str,
    told: bool,
    tmp_path: Path,
) -> None:
    (tmp_path / other).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / other).touch()

    if told:
        with pytest.raises(EntryError, match=f"takes {tmp_path / other} for a part of it"):
            check(tmp_path, HANDLER, index=index, root=root)
    else:
        check(tmp_path, HANDLER, index=index, root=root)


def test_a_package_is_preferred_to_the_module_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "src/a").mkdir(parents=True)
    (tmp_path / "src/a/__init__.py").touch()
    (tmp_path / "a.py").touch()

    check(tmp_path, HANDLER, index="src/a/app.py", root="src")


@pytest.mark.parametrize(
    ("index", "source", "fits"),
    [
        ("a/app.py", "from .b import c", True),
        ("a/app.py", "from ..b import c", False),
        ("a/__init__.py", "from .b import c", True),
        ("a/__init__.py", "from ..b import c", False),
        ("app.py", "try:\n from .b import c\nexcept ImportError:\n from b import c", True),
        ("app.py", "if TYPE_CHECKING:\n from .b import c", True),
        ("app.py", "if 1:\n from .b import c", False),
    ],
)
def test_relative_imports_stay_inside_the_bundle(
    index: str,
    source: str,
    fits: bool,
    tmp_path: Path,
) -> None:
    if fits:
        check(tmp_path, f"{source}\n{HANDLER}", index=index)
    else:
        with pytest.raises(EntryError, match="leads out of the bundle"):
            check(tmp_path, f"{source}\n{HANDLER}", index=index)


def test_a_syntax_error_shows_file_line_and_place(tmp_path: Path) -> None:
    with pytest.raises(EntryError) as caught:
        check(tmp_path, "if ä:\n\tx = = 1  # twice\n")

    assert str(caught.value).splitlines() == [
        f"{tmp_path}/app.py:2: invalid syntax (checked for Python 3.11)",
        "    \tx = = 1  # twice",
        "    \t    ^",
    ]


@pytest.mark.parametrize(
    ("source", "python", "message"),
    [
        pytest.param("match x:\n case 1: ...\n", "3.9", "only supported in Python 3.10", id="match"),
        pytest.param("try: ...\nexcept* E: ...\n", "3.10", "only supported in Python 3.11", id="except*"),
        pytest.param("def f(:\n", "3.11", ":1: invalid syntax", id="invalid"),
        pytest.param("x = (\n", "3.11", "never closed", id="not closed"),
        pytest.param("if 1:\n\tx\n        y\n", "3.11", "inconsistent use of tabs", id="tabs and spaces"),
        pytest.param(b"x = '\xff'\n", "3.11", "can't decode byte 0xff|invalid start byte", id="not UTF-8"),
        pytest.param(
            b"# coding: nonsense\n", "3.11", "unknown encoding: nonsense|encoding problem", id="no such encoding"
        ),
        pytest.param(b"# coding: rot13\n", "3.11", "not a text encoding|encoding problem", id="no text encoding"),
        pytest.param(b"\xef\xbb\xbf# coding: latin-1\n", "3.11", "BOM|encoding problem", id="BOM and another encoding"),
        pytest.param(b"x = 1\0\n", "3.11", "null bytes", id="null bytes"),
        pytest.param("x = " + "-" * 50_000 + "1", "3.11", "too deeply nested|too many nested", id="deep"),
        pytest.param("x = " + "(" * 50_000, "3.11", "too many nested parentheses", id="deep parentheses"),
        pytest.param("x = a" + ".b" * 50_000, "3.11", "too deeply nested", id="deep attributes"),
        pytest.param("x = " + "1+" * 50_000 + "1", "3.11", "too deeply nested", id="deep sum"),
        pytest.param("x = " + "9" * 5_000, "3.11", "4300 digits", id="long number"),
    ],
)
def test_wrong_syntax_is_told(source: str | bytes, python: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(EntryError, match=message):
        check(tmp_path, source, python=python)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"\xef\xbb\xbf" + HANDLER.encode(), id="BOM"),
        pytest.param("# coding: latin-1\nx = 'ä'\n".encode("latin-1") + HANDLER.encode(), id="latin-1"),
        pytest.param(HANDLER.replace("\n", "\r\n") + "x = 1\r\n", id="CRLF"),
        pytest.param("x = '\\d'\ny = 1 is 1\n" + HANDLER, id="syntax warnings"),
    ],
)
def test_every_way_to_write_a_file_is_read(source: str | bytes, tmp_path: Path) -> None:
    check(tmp_path, source)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the running Python knows the newest grammar")
def test_a_grammar_the_running_python_does_not_know_is_let_pass_with_a_warning(tmp_path: Path) -> None:
    newer = "x = t'{1}'\ntry: ...\nexcept A, B: ...\ntype C = int\n"

    (notice,) = check(tmp_path, newer + HANDLER, python="3.14")

    assert notice.id == "syntax"
    assert notice.text.startswith(f"{tmp_path}/app.py:1 does not parse with Python {HOST}, which runs the app: invalid")
    assert notice.text.endswith(f". It fails on Lambda too unless it is syntax of Python 3.{_minor() + 1} or newer.")
    with pytest.raises(EntryError, match=r"takes \(event\)"):
        check(tmp_path, newer + "def handler(event): ...", python="3.14")
    with pytest.raises(EntryError, match="defines no 'handler'"):
        check(tmp_path, newer + '"""\ndef handler(event, context): ...\n"""\n', python="3.14")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the running Python knows the newest grammar")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("def handler(event, context)\n    return 1\n", r"app\.py:1: expected ':'", id="no colon"),
        pytest.param("def handler(event, context:\n    return 1\n", "never closed", id="bracket"),
        pytest.param("x = 'abc\n" + HANDLER, "unterminated string", id="string"),
        pytest.param("x = = f'{a} {b!r:>{width}} {{}}'  # type X\n" + HANDLER, ":1: invalid syntax", id="f-string"),
        pytest.param(
            "try: ...\nexcept (A, B): ...\nexcept A.b as error: ...\nx = type (1) = 2\nx =\n" + HANDLER,
            "invalid syntax|cannot assign",
            id="old relatives of new grammar",
        ),
    ],
)
def test_wrong_syntax_without_a_trace_of_newer_grammar_is_told_for_a_newer_python_too(
    source: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(EntryError, match=message):
        check(tmp_path, source, python="3.14")


@pytest.mark.parametrize(
    ("source", "since"),
    [
        pytest.param("type X = int", (3, 12), id="type"),
        pytest.param("if x: type \\\r\n X[T] = int", (3, 12), id="type over two lines"),
        pytest.param("def first[T](items): ...", (3, 12), id="generic function"),
        pytest.param("class A [T = int]: ...", (3, 12), id="generic class"),
        pytest.param("x = f'{a['b']}'", (3, 12), id="same quotes"),
        pytest.param('x = f"{"\\n".join(a)}"', (3, 12), id="backslash"),
        pytest.param("x = f'{f'{d['a']}'}'", (3, 12), id="nested twice"),
        pytest.param("x = f'''{\n  a  # why\n}'''", (3, 12), id="comment"),
        pytest.param("x = Rf'{'a'}'", (3, 12), id="raw"),
        pytest.param("x = f'{a:{b:{c}}}'", (3, 12), id="nested format"),
        pytest.param("x = t'{a}'", (3, 14), id="template"),
        pytest.param("x = f\"{t'a'}\"", (3, 14), id="template in an f-string"),
        pytest.param("x = tr'{a}'", (3, 14), id="raw template"),
        pytest.param("try: ...\nexcept A, B: ...", (3, 14), id="except"),
        pytest.param("try: ...\nexcept* a.B, C: ...", (3, 14), id="except*"),
        pytest.param("try: ...\nexcept (A), B: ...", (3, 14), id="except with stray brackets"),
        pytest.param("", (3, 15), id="what nobody knows yet"),
    ],
)
def test_newer_grammar_is_suspected_where_it_may_be(source: str, since: tuple[int, int]) -> None:
    text = f"{HANDLER}'type x # t\\''\n{source}\n".encode()

    assert not may_explain(text, running=(3, 11), version=(3, 11))
    if since <= sys.version_info[:2]:
        compile(text, "source", "exec")
    else:
        assert may_explain(text, running=sys.version_info[:2], version=since)


def _minor() -> int:
    return sys.version_info[1]


@pytest.mark.parametrize(
    "filler",
    [
        pytest.param("x = 1\n" * 170_000, id="statements"),
        pytest.param("X = {\n" + "  'key': [1, 'v', \"w\"],\n" * 42_000 + "}\n", id="data"),
        pytest.param("X = '''" + "a b\n" * 260_000 + "'''\n", id="text"),
        pytest.param("# comment\n" * 104_000, id="comments"),
        pytest.param("def f(event):\n    '''Doc.'''\n    return handler(event)\n\n" * 18_400, id="functions"),
        pytest.param("X = '" + "ab" * 520_000 + "'\n", id="one line"),
    ],
)
def test_a_handler_is_found_at_the_end_of_a_megabyte(filler: str, tmp_path: Path) -> None:
    assert len(filler) > 1_000_000
    check(tmp_path, filler + HANDLER)


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("def handler(event): ...", r"app.py takes \(event\)"),
        ("async def handler(event, context): ...", "async def"),
        ("class A: ...\nhandler = A()", "is an instance of A, which has no __call__"),
        ("def go(event): ...\nhandler = go", r"takes \(event\)"),
        ("def other(event, context): ...", "defines no 'handler'"),
        ("'''\ndef handler(event, context): ...\n'''", "defines no 'handler'"),
        ("if __name__ == '__main__':\n    def handler(event, context): ...", "defines no 'handler'"),
        ("X = \"\" # '''\nY = \"'''\"\ndef handler(event): ...\n", r"takes \(event\)"),
        ("X = '''\n\\\\'''\ndef handler(event): ...\n", r"takes \(event\)"),
        ("@wrap\n@wrap(\n)\n\n# why\nclass A: ...\nhandler = None", "is None"),
        ("X = \\\nhandler = 1", "is 1, which|defines no"),
        ("handler = {" + "'k': 'v', " * 10_000 + "'handler': 1}\nhandler = None", "is None"),
        ("try:\n    pass\nexcept E:\n    pass\nelse:\n    def handler(event): ...", r"takes \(event\)"),
    ],
)
def test_large_files_are_checked_too(end: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(EntryError, match=message):
        check(tmp_path, "x = 1\n" * 45_000 + end)


def test_what_is_read_of_a_file_is_bounded(tmp_path: Path) -> None:
    with (tmp_path / "app.py").open("wb") as file:
        file.write(HANDLER.encode())
        file.truncate(3_000_000_000)
    entry = Entry(directory=tmp_path, index="app.py", function="handler")

    check_entry(entry, python_version="3.13")
    with pytest.raises(EntryError, match="defines no 'other'"):
        check_entry(replace(entry, function="other"), python_version="3.13")


def link_to_zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [os.mkfifo, link_to_zeros, Path.mkdir])
def test_what_is_no_file_is_never_read(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "app.py")

    with pytest.raises(EntryError, match=r"app\.py is not a file"):
        check_entry(Entry(directory=tmp_path, index="app.py", function="handler"), python_version="3.13")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("if " + "not " * 3_000 + "x:\n " + HANDLER, id="conditions"),
        pytest.param(
            "h0 = 1\n" + "".join(f"h{n} = h{n - 1}\n" for n in range(1, 3_000)) + "handler = h2999", id="names"
        ),
        pytest.param("handler = x" + "()" * 500, id="calls"),
        pytest.param("handler = x" + "[0]" * 500, id="items"),
        pytest.param("if x:\n if x:\n" + HANDLER, id="wrong indentation"),
        pytest.param("".join(f"{' ' * n}if x:\n" for n in range(99)) + " " * 99 + HANDLER, id="blocks"),
        pytest.param("handler = " + "lambda: " * 500 + "1", id="lambdas"),
        pytest.param("def handler(" + ", ".join(f"a{n}" for n in range(5_000)) + "): ...", id="arguments"),
        pytest.param("class A" + "(A" * 50 + ")" * 50 + ": ...\nhandler = A()", id="classes"),
        pytest.param("x = '''\n" + "\\'''" * 20_000 + "\n" + HANDLER, id="quotes"),
        pytest.param("\ud800", id="surrogate"),
        pytest.param("handler\x00 = 1", id="NUL"),
    ],
)
def test_no_file_is_too_odd_to_be_answered(source: str, tmp_path: Path) -> None:
    for number, text in enumerate((source, "x = 1\n" * 45_000 + source)):
        directory = tmp_path / str(number)
        directory.mkdir()
        (directory / "app.py").write_bytes(text.encode(errors="surrogatepass"))
        with contextlib.suppress(EntryError):
            check_entry(Entry(directory=directory, index="app.py", function="handler"), python_version="3.14")
        with contextlib.suppress(EntryError):
            resolve(directory, index=None, handler=None, cwd=directory)


@pytest.mark.parametrize(
    "end",
    [
        "from x import \\\nhandler",
        "@wrap\n@wrap(\n    1\n)\n\n# why\nasync def handler(event): ...",
        "try:\n    pass\nexcept E:\n    pass\nelse:\n    def handler(event, context): ...",
        "X = '''\n\\\\'''\ndef handler(event, context): ...",
    ],
)
def test_every_way_to_bind_a_handler_is_found_in_large_files(end: str, tmp_path: Path) -> None:
    check(tmp_path, "x = 1\n" * 45_000 + end)


def test_escaped_quotes_do_not_end_a_string_of_a_large_file(tmp_path: Path) -> None:
    with pytest.raises(EntryError, match="defines no 'handler'"):
        check(tmp_path, "x = 1\n" * 45_000 + "X = '''\n\\'''\ndef handler(event, context): ...\n'''")
