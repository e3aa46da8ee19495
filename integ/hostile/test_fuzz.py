"""Whatever an entry holds and however it is asked for: a bundle or one of our errors, the same each time, and soon.

A bounded number of entries is tried always; as many as FUZZ says on request.
"""

from __future__ import annotations

import os
import signal
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_function import BundlingOptions
from python_function._bundle import inputs, resolve
from python_function._bundle.fingerprint import fingerprint
from python_function._bundle.resolve import Wanted
from python_function._source import selection
from python_function.errors import PythonFunctionError

if TYPE_CHECKING:
    from collections.abc import Generator

    from python_function._bundle.spec import BundleSpec

EXAMPLES: Final = int(os.environ.get("FUZZ", "150"))
SECONDS: Final = 5
"""More seconds than any input may take."""

NAMES: Final = (
    *("index.py", "main.py", "app", "src", "tests", ".env", "a\nb", "é", "\udcff", " ", "-rf", "*", "[", "a" * 200),
    *("requirements.txt", "pyproject.toml", "uv.lock", "poetry.lock", "Pipfile", "Pipfile.lock", "pylock.toml"),
    *("__init__.py", "handler.py", ".python-version", "setup.py", "lambda", "x.pyc", "cdk.out"),
)
TEXTS: Final = (
    *(
        "",
        "def handler(event, context): return 1\n",
        "import handler\n",
        "\0",
        "\ufeff",
        "\ud800",
        "x = (" * 300,
        "-" * 4000,
    ),
    *(
        "[project]\nname='a'\nversion='1'\n",
        "[[package]]\n",
        "a=[" * 600,
        "{" * 900,
        "[" * 3000,
        "9" * 4400,
        "x=" + "9" * 4400,
    ),
    *(
        "-r requirements.txt\n",
        "-e .\n",
        "idna @ file:///\n",
        "-c \0\n",
        "idna==1;python_version<'",
        "a" * 300 + "==1\n",
    ),
    *(
        "[packages]\na=1979-05-27\n",
        "version = 1\nrequires-python = '>=3.11'\n",
        '{"default": 1}',
        "nan",
        "3.13\n",
        "[x\n",
    ),
    *("# /// script\n# dependencies = [1]\n# ///\n", "lock-version = '1.0'\npackages = 1\n", "\x1b[31m", "\r\n\r"),
)
KINDS: Final = ("text", "bytes", "directory", "link", "fifo", "closed", "executable")
PATTERNS: Final = (
    "[z-a]",
    "**",
    "*a" * 40 + "b",
    "!*",
    "\\",
    "/",
    "a\nb",
    "\0",
    "\ud800",
    "**/" * 30,
    "[",
    "#",
    "x/**/y",
    "",
)

paths: Final = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
texts: Final = st.one_of(st.integers(0, len(TEXTS) - 1), st.text(max_size=60))
"""The number of a text, which fails more readably than the text, or a text."""
nodes: Final = st.tuples(paths, st.sampled_from(KINDS), texts, st.sampled_from(("..", ".", "app", "/")))
patterns: Final = st.lists(st.one_of(st.sampled_from(PATTERNS), st.text("ab*?[]!\\/-^#. \n", max_size=12)), max_size=3)


@contextmanager
def in_time() -> Generator[None]:
    """End what hangs, with an error that is none of ours; waiting counts too."""

    def end(number: int, frame: object) -> NoReturn:
        raise TimeoutError(number, frame)

    previous = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def make(root: Path, node: tuple[str, str, int | str, str]) -> None:
    path, kind, number, target = node
    text = TEXTS[number] if isinstance(number, int) else number
    place = root / path
    if place.is_fifo() or not Path(os.path.realpath(place)).is_relative_to(os.path.realpath(root)):
        return  # a fifo would wait for a reader, and a link that was made before may lead out of here
    with suppress(OSError, ValueError):
        place.parent.mkdir(parents=True, exist_ok=True)
        match kind:
            case "directory":
                place.mkdir()
            case "link":
                place.symlink_to(target)
            case "fifo":
                os.mkfifo(place)
            case "bytes":
                place.write_bytes(text.encode("utf-16", "surrogatepass"))
            case _:
                place.write_text(text, encoding="utf-8", errors="surrogatepass")
                place.chmod({"closed": 0o000, "executable": 0o755}.get(kind, 0o644))


def test_nothing_is_written_through_a_link_that_leads_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name, target in (("app", ".."), ("src", str(tmp_path)), ("index.py", "../outside"), ("tests", "../made")):
        make(root, (name, "link", 0, target))
    before = sorted(tmp_path.rglob("*"))

    for kind in KINDS:
        for path in ("app/x", "src/y", "index.py", "tests/z", "src/root/app/x"):
            make(root, (path, kind, 1, ".."))

    assert sorted(tmp_path.rglob("*")) == before


@given(tree=st.lists(nodes, max_size=7), excludes=patterns, index=st.one_of(st.none(), paths), handler=st.booleans())
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_an_entry_is_bundled_or_told_what_is_wrong(
    tree: list[tuple[str, str, int | str, str]], excludes: list[str], index: str | None, handler: bool
) -> None:
    with tempfile.TemporaryDirectory() as directory, in_time():
        for place in ("entry", "other/entry"):
            entry = Path(directory, place)
            entry.mkdir(parents=True)
            if handler:
                (entry / "index.py").write_text("def handler(event, context): return 1\n")
            for node in tree:
                make(entry, node)
        try:
            options = BundlingOptions(asset_excludes=excludes)
            first = found(Path(directory, "entry"), index, options)
        except PythonFunctionError:
            return
        assert first.inputs is not None
        selection.copy(first.inputs.source, Path(directory, "copy"))
        assert fingerprint(found(Path(directory, "other/entry"), index, options)) == fingerprint(first)


def found(entry: Path, index: str | None, options: BundlingOptions) -> BundleSpec:
    wanted = Wanted(entry=entry, architecture="x86_64", options=options, cwd=Path("/"))
    return inputs.read(resolve.function(wanted, index=index).spec)
