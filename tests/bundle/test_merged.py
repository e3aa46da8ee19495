"""What is known of a bundle by its parts, against what a look at all of it tells."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._bundle import build, finish, inputs, merged, noted, verify
from python_function._bundle.checks import inventory, native, size
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.origin import Origin
from python_function._machine.host import Host
from python_function._source import selection
from tests.bundle.test_dependency_tree import Uv, packaging
from tests.doubles import Recorder
from tests.elf_file import elf_file

PLAIN: Mapping[str, bytes] = {"demo/__init__.py": b"", "bin/tool": b"#!/usr/bin/env python\n"}
HANDLER = b"import demo\ndef handler(event, context):\n    return event\n"
MODULE = "demo/_native.cpython-313-x86_64-linux-gnu.so"


def lay(root: Path, files: Mapping[str, bytes | int]) -> None:
    """Write *files*; a number stands for that many bytes which take no room."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        with (root / name).open("wb") as file:
            _ = file.truncate(content) if isinstance(content, int) else file.write(content)


def lay_tree(root: Path, files: Mapping[str, bytes | int], lost: Sequence[str] = ()) -> None:
    """Write *files* as those of a distribution, whose record has the *lost* ones too."""
    info = {
        "METADATA": "Name: demo\nVersion: 1.0\nRequires-Dist: other\n",
        "WHEEL": "Tag: cp313-cp313-manylinux_2_28_x86_64\n",
        "RECORD": "".join(f"{file},,\n" for file in (*files, *lost)),
    }
    lay(root, {**files, **{f"demo-1.0.dist-info/{name}": text.encode() for name, text in info.items()}})
    finish.finish(root)


def known(tree: Path) -> Inventory:
    """Return what is known of *tree* once it was kept."""
    taken = inventory.take(tree)
    found = noted.read(noted.write({}, taken, native.read(taken)))
    return Inventory(root=tree, files=taken.files, distributions=found.distributions, native=found.native)


def over(spec: BundleSpec, tree: Path, output: Path) -> None:
    """Make a bundle of *tree* and the source, as a build does."""
    shutil.copytree(tree, output)
    selection.copy(inputs.of(spec).source, output)
    finish.tidy(output, inputs.of(spec).source.places)


FINDINGS: Mapping[str, tuple[Mapping[str, bytes | int], Mapping[str, bytes], str]] = {
    "another machine": ({MODULE: elf_file("aarch64")}, {}, "is for aarch64"),
    "another Python": ({"demo/_n.cpython-312-x86_64-linux-gnu.so": elf_file()}, {}, "is a module for Python 3.12"),
    "a newer glibc": ({MODULE: elf_file(versions={"libc.so.6": ["GLIBC_2.38"]})}, {}, "needs GLIBC_2.38"),
    "a library that nobody has": ({MODULE: elf_file(needed=["libpq.so.5"])}, {}, "needs libpq.so.5"),
    "a broken library": ({MODULE: elf_file()[:200]}, {}, "is damaged"),
    "a library of the user's own": ({}, {"own.so": elf_file("aarch64")}, "own.so is for aarch64"),
    "a library that the user's own needs": (
        {"demo.libs/libpq.so.5": elf_file(soname="libpq.so.5")},
        {"own.cpython-313-x86_64-linux-gnu.so": elf_file(needed=["libpq.so.5", "libx.so"])},
        "needs libx.so",
    ),
    "too large": ({"demo/model.txt": size.LIMIT}, {}, "Lambda takes 262.1 MB"),
    "large": ({"demo/model.txt": int(size.LIMIT * 0.9)}, {}, "The heaviest parts are:\n   235.9 MB  demo 1.0"),
    "nothing provides": ({}, {"index.py": b"import nothere\n" + HANDLER}, "1: nothere"),
    "nothing provides below a folder": ({"space/part.py": b""}, {"index.py": b"import space.other\n"}, "space.other"),
    "no handler": ({}, {"index.py": b"", "other.py": HANDLER}, "'gone.py' is not in the bundle"),
    "nothing": ({}, {}, ""),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_checks_say_of_known_parts_what_they_say_of_all(spec: BundleSpec, tmp_path: Path, name: str) -> None:
    installed, own, words = FINDINGS[name]
    tree, output = tmp_path / "tree", tmp_path / "bundle"
    lay_tree(tree, {**PLAIN, **installed})
    lay(spec.source.directory, {"index.py": HANDLER, **own})
    spec = replace(spec, handler_file="gone.py" if name == "no handler" else "index.py")
    assert merged.is_beside(spec, known(tree))
    over(spec, tree, output)

    bundle, verdicts = verify.verify(spec, output, merged.inventory(spec, known(tree), output))

    assert (replace(bundle, native=None), verdicts) == verify.verify(spec, output)
    assert list(bundle.files) == sorted(bundle.files)
    said = [(*each.errors, *(notice.text for notice in each.warnings)) for each in verdicts]
    assert words in str([text for texts in said for text in texts]).replace("\\n", "\n")
    assert any(said) == bool(words)


@pytest.mark.parametrize(
    ("installed", "own", "lost"),
    [
        pytest.param(["boto.py"], ["boto.py"], [], id="a file"),
        pytest.param(["boto/__init__.py"], ["boto.py"], [], id="a package and a module"),
        pytest.param(["space/one.py"], ["space/two.py"], [], id="a folder of both"),
        pytest.param(["Boto.py"], ["boto/x.py"], [], id="a name that some disks take for the same"),
        pytest.param(["x.cpython-313-x86_64-linux-gnu.so"], ["x.py"], [], id="native code"),
        pytest.param(["a.py"], ["b.pyc"], [], id="bytecode"),
        pytest.param(["a.py"], ["b-1.dist-info/METADATA"], [], id="a distribution of its own"),
        pytest.param(["a.py"], ["b.py"], ["b.py"], id="what a package has lost"),
    ],
)
def test_what_is_in_the_way_of_the_other_is_looked_at(
    spec: BundleSpec, tmp_path: Path, installed: Sequence[str], own: Sequence[str], lost: Sequence[str]
) -> None:
    lay_tree(tmp_path / "tree", dict.fromkeys(installed, b"1"), lost)
    spec = replace(spec, source=replace(spec.source, excludes=("!*.pyc",)))
    assert merged.is_beside(spec, known(tmp_path / "tree"))

    lay(spec.source.directory, dict.fromkeys(own, b"1"))

    assert not merged.is_beside(spec, known(tmp_path / "tree"))


@pytest.mark.parametrize(
    "change",
    [
        {"prefix": "python"},
        {"dependency_excludes": ("tests",)},
        {"strip_native": True},
        {"compile_bytecode": True},
    ],
)
def test_what_changes_installed_files_is_looked_at(
    spec: BundleSpec, tmp_path: Path, change: Mapping[str, object]
) -> None:
    lay_tree(tmp_path / "tree", PLAIN)

    assert not merged.is_beside(replace(spec, **change), known(tmp_path / "tree"))  # type: ignore[arg-type]


def test_what_is_noted_of_a_tree_is_read_as_it_was_written(tmp_path: Path) -> None:
    lay_tree(tmp_path, {MODULE: elf_file(needed=["libz.so.1"], versions={"libc.so.6": ["GLIBC_2.5"]})}, ["gone.py"])
    taken, origins = inventory.take(tmp_path), {"demo": Origin(kind="local", name="/srv/demo")}

    found = noted.read(noted.write(origins, taken, native.read(taken)))

    assert (found.origins, found.distributions, found.native) == (origins, taken.distributions, native.read(taken))
    assert (found.distributions[0].lost, list(found.native)) == (("gone.py",), [MODULE])


def test_a_bundle_of_a_kept_tree_is_the_first_one_again(
    spec: BundleSpec, recorder: Recorder, make_host: Callable[..., Host], tmp_path: Path
) -> None:
    recorder.answer = uv = Uv()
    spec = replace(spec, packaging=packaging(spec, exact=True))
    (spec.source.directory / "deep/er").mkdir(parents=True, mode=0o700)
    (spec.source.directory / "deep/er/own.py").touch(mode=0o600)

    def made(name: str, host: Host) -> tuple[build.Built, dict[str, tuple[int, bytes]]]:
        output = tmp_path / "cdk.out" / name
        output.mkdir(parents=True)
        built = build.build(spec, output, host)
        assert (replace(built.inventory, root=output, native=None), built.verdicts) == verify.verify(spec, output)
        found = {path.relative_to(output).as_posix(): path for path in output.rglob("*")}
        return built, {
            name: (path.stat().st_mode, path.read_bytes() if path.is_file() else b"") for name, path in found.items()
        }

    first, files = made("first", make_host(recorder))
    again, same = made("again", make_host(recorder))
    alone, whole = made("alone", replace(make_host(recorder), tree_bytes=0))

    assert uv.installed == 2
    assert files == same == whole
    assert first.verdicts == again.verdicts == alone.verdicts
    assert {mode & 0o777 for mode, _ in files.values()} == {0o644, 0o755}
