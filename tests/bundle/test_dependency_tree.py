"""Which tree a bundle gets, and what is done when what it is made from is damaged; with an installer that pretends."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from python_function._bundle import dependency_tree
from python_function._bundle.dependency_tree import FRESH_FOR, Order
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._dependencies.requirements_txt import read
from python_function._machine.host import Host
from python_function._target.target import Target
from python_function.errors import BundlingError
from tests.doubles import Recorder

GOOD = b"VALUE = 1\n"
DIGEST = base64.urlsafe_b64encode(hashlib.sha256(GOOD).digest()).decode().rstrip("=")


class Uv:
    """Installs one package, from a cache that may be damaged until it is cleaned."""

    def __init__(self, content: bytes = GOOD, *, heals: bool = True) -> None:
        self.content = content
        self.heals = heals
        self.installed = 0
        self.cleaned: list[str] = []

    def __call__(self, argv: Sequence[str]) -> str:
        if argv[1:3] == ("cache", "clean"):
            self.cleaned += argv[3:]
            self.content = GOOD if self.heals else self.content
        if "compile" in argv:
            Path(argv[argv.index("--output-file") + 1]).write_text("docopt==0.6.2\n")
        elif "--target" in argv:
            self.installed += 1
            self._install(Path(argv[argv.index("--target") + 1]))
        return ""

    def _install(self, target: Path) -> None:
        info = target / "docopt-0.6.2.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: docopt\nVersion: 0.6.2\n")
        (info / "RECORD").write_text(f"docopt.py,sha256={DIGEST},10\ndocopt-0.6.2.dist-info/METADATA,,\n")
        (target / "docopt.py").write_bytes(self.content)


@pytest.fixture
def depending(spec: BundleSpec) -> BundleSpec:
    """Return a spec with a dependency that does not float."""
    return replace(spec, packaging=packaging(spec, exact=True))


def packaging(spec: BundleSpec, *, exact: bool) -> Packaging:
    text = "docopt==0.6.2"
    requirements = read.parse(text, base=spec.source.directory, source="requirements.txt", exact=exact)
    return Packaging(kind="pip", content=Listed(requirements=requirements), identity=(text,))


@pytest.fixture
def get(tmp_path: Path) -> Callable[[BundleSpec, Host], bytes]:
    """Return what gets the tree of a spec and reads a file of it, each time for another bundle."""

    def get(spec: BundleSpec, host: Host) -> bytes:
        work = tmp_path / f"work{len(list(tmp_path.iterdir()))}"
        work.mkdir()
        with dependency_tree.tree(Order(spec=spec, work=work, host=host)) as found:
            return (found.tree.directory / "docopt.py").read_bytes()

    return get


Get = Callable[[BundleSpec, Host], bytes]
MakeHost = Callable[..., Host]


def test_equal_dependencies_are_installed_once(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, get: Get
) -> None:
    recorder.answer = uv = Uv()
    other = replace(depending, prefix="python", handler_file=None, after=("true",))

    assert [get(depending, make_host(recorder)), get(other, make_host(recorder))] == [GOOD, GOOD]
    assert uv.installed == 1


CHANGES: Mapping[str, Mapping[str, Any]] = {
    "python": {"target": Target("python3.12", "x86_64")},
    "machine": {"target": Target("python3.13", "arm64")},
    "arguments": {"installer_args": ("--index-strategy=unsafe-best-match",)},
    "environment": {"environment": (("SETUPTOOLS_USE_DISTUTILS", "local"),)},
    "built here": {"build_on_host": ("docopt",)},
    "requirements": {"packaging": Packaging(kind="pip", identity=("docopt==0.6.1",))},
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_decides_a_tree_makes_another(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, get: Get, change: str
) -> None:
    recorder.answer = uv = Uv()
    other = replace(depending, **CHANGES[change])
    content = depending.packaging.content

    get(depending, make_host(recorder))
    get(replace(other, packaging=replace(other.packaging, content=content)), make_host(recorder))

    assert uv.installed == 2


def test_another_index_of_the_machine_makes_another_tree(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, get: Get
) -> None:
    recorder.answer = uv = Uv()

    get(depending, make_host(recorder, PIP_INDEX_URL="https://user:first@your.index.url/simple/"))
    get(depending, make_host(recorder, PIP_INDEX_URL="https://user:second@your.index.url/simple/"))
    assert uv.installed == 1
    get(depending, make_host(recorder, PIP_INDEX_URL="https://other.index.url/simple/"))

    assert uv.installed == 2


@pytest.mark.parametrize(("exact", "installed"), [(True, 1), (False, 2)])
def test_what_floats_is_installed_anew_in_time(
    spec: BundleSpec, recorder: Recorder, make_host: MakeHost, get: Get, exact: bool, installed: int
) -> None:
    recorder.answer = uv = Uv()
    host = make_host(recorder)
    depending = replace(spec, packaging=packaging(spec, exact=exact))

    get(depending, host)
    get(depending, host)
    assert uv.installed == 1
    get(depending, replace(host, now=lambda: host.now() + FRESH_FOR + 1))

    assert uv.installed == installed


def test_where_nothing_may_be_kept_each_bundle_is_installed_for_itself(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, get: Get
) -> None:
    recorder.answer = uv = Uv()
    host = replace(make_host(recorder), tree_bytes=0)

    assert [get(depending, host), get(depending, host)] == [GOOD, GOOD]
    assert uv.installed == 2
    assert not host.cache.exists()


def test_what_uv_keeps_damaged_is_fetched_anew_and_told(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, get: Get, lines: list[str]
) -> None:
    recorder.answer = uv = Uv(b"EVIL = 1\n")

    assert get(depending, make_host(recorder)) == GOOD
    assert uv.cleaned == ["docopt"]
    assert lines == ["Stack/Function: what uv keeps of docopt is damaged: it is fetched anew"]


def test_what_stays_damaged_is_an_error_and_no_tree(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, get: Get
) -> None:
    recorder.answer = Uv(b"EVIL = 1\n", heals=False)
    host = make_host(recorder)

    with pytest.raises(BundlingError, match=r"is not what its own RECORD says: docopt\.py of docopt-0\.6\.2"):
        get(depending, host)
    assert [path.name for path in (host.cache / "trees").iterdir()] == ["locks"]


def test_a_cache_that_refuses_is_done_without_and_told_once(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, lines: list[str], get: Get, tmp_path: Path
) -> None:
    recorder.answer = uv = Uv()
    (tmp_path / "cache/trees").mkdir(parents=True)
    (tmp_path / "cache/trees/locks").write_text("not a directory")
    host = make_host(recorder)

    assert [get(depending, host), get(depending, host)] == [GOOD, GOOD]

    assert uv.installed == 2
    assert [line for line in lines if "nothing is kept" in line] == [lines[0]]
    assert "trees/locks: File exists" in lines[0]


def test_a_cache_that_refuses_what_was_made_is_done_without(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, lines: list[str], get: Get, tmp_path: Path
) -> None:
    class FullWhenDone(Uv):
        def __call__(self, argv: Sequence[str]) -> str:
            for scratch in (tmp_path / "cache/trees").glob("making-*"):
                (scratch / "note").mkdir(exist_ok=True)
            return super().__call__(argv)

    recorder.answer = FullWhenDone()

    assert get(depending, make_host(recorder)) == GOOD
    assert "note: Is a directory" in lines[0]
    assert [path.name for path in (tmp_path / "cache/trees").iterdir()] == ["locks"]


def test_what_fails_in_the_use_of_a_tree_is_not_taken_for_its_making(
    depending: BundleSpec, recorder: Recorder, make_host: MakeHost, tmp_path: Path
) -> None:
    recorder.answer = uv = Uv()

    with (
        pytest.raises(PermissionError, match="not the tree's"),
        dependency_tree.tree(Order(spec=depending, work=tmp_path, host=make_host(recorder))),
    ):
        raise PermissionError(0, "not the tree's")

    assert uv.installed == 1
