"""Native code against its target: what cannot be loaded is told, what can be is not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from python_function._bundle.checks import inventory, native
from python_function._bundle.checks.inventory import Inventory
from python_function._bundle.checks.problem import Problem
from python_function._target.target import Target
from tests.elf_file import elf_file

TARGET = Target("python3.13", "x86_64")
OLD = Target("python3.11", "x86_64")
MODULE = "demo/_native.cpython-313-x86_64-linux-gnu.so"
MACOS = b"\xcf\xfa\xed\xfe" + bytes(99)
WHEEL = ("cp313-cp313-manylinux_2_28_x86_64",)


def bundle(
    root: Path, files: Mapping[str, bytes], *, tags: Sequence[str] = WHEEL, own: Sequence[str] = ()
) -> Inventory:
    """Return a bundle with *files*, of which those that are not *own* came with a wheel for *tags*."""
    info = {
        "METADATA": "Name: demo\nVersion: 1.0\n",
        "WHEEL": "".join(f"Tag: {tag}\n" for tag in tags),
        "RECORD": "".join(f"{file},,\n" for file in files if file not in own),
    }
    for name, content in {**files, **{f"demo-1.0.dist-info/{n}": text.encode() for n, text in info.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return inventory.take(root, own)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "bundle"


def certain(found: Sequence[Problem]) -> list[tuple[str, str]]:
    return [(problem.file, problem.reason) for problem in found if problem.is_certain]


@pytest.mark.parametrize(
    ("file", "content", "tags", "target", "reason", "words"),
    [
        pytest.param(MODULE, elf_file("aarch64"), WHEEL, TARGET, "machine", "is for aarch64", id="another machine"),
        pytest.param(
            "demo/_n.cpython-312-x86_64-linux-gnu.so", elf_file(), WHEEL, TARGET, "python", "Python 3.12", id="cp312"
        ),
        pytest.param(
            "demo/_n.cpython-313t-x86_64-linux-gnu.so", elf_file(), WHEEL, TARGET, "python", "3.13t", id="no GIL"
        ),
        pytest.param(
            "demo/_n.cpython-313-darwin.so", MACOS, WHEEL, TARGET, "python", "darwin", id="mac"
        ),
        pytest.param("demo/_n.abi3.so", MACOS, WHEEL, TARGET, "machine", "macOS", id="mac abi3"),
        pytest.param(
            "demo/_n.abi3.so", elf_file(), ("cp313-abi3-manylinux_2_17_x86_64",), OLD, "abi3", "Python 3.13", id="abi3"
        ),
        pytest.param(
            MODULE, elf_file(versions={"libc.so.6": ["GLIBC_2.5", "GLIBC_2.38"]}), WHEEL, TARGET, "glibc", "2.38",
            id="a newer glibc",
        ),
        pytest.param(
            MODULE, elf_file(needed=["libc.so.6", "libpq.so.5"]), WHEEL, TARGET, "library", "libpq.so.5", id="no libpq"
        ),
        pytest.param(MODULE, elf_file()[:200], WHEEL, TARGET, "broken", "shorter", id="truncated"),
    ],
)  # fmt: skip
def test_what_cannot_be_loaded_is_told(
    root: Path, file: str, content: bytes, tags: Sequence[str], target: Target, reason: str, words: str
) -> None:
    verdict = native.check(bundle(root, {file: content}, tags=tags), entry="/srv/fn", target=target)

    (found,) = native.problems(inventory.take(root), target)
    assert (found.file, found.distribution, found.reason) == (file, "demo 1.0", reason)
    (error,) = verdict.errors
    assert f"/srv/fn cannot be loaded on {target.runtime} with x86_64" in error
    assert f"{file} of demo 1.0 " in error
    assert words in error


@pytest.mark.parametrize(
    ("files", "tags"),
    [
        pytest.param(
            {MODULE: elf_file(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.34"]})}, WHEEL, id="fits"
        ),
        pytest.param({"demo/_n.abi3.so": elf_file()}, ("cp39-abi3-manylinux_2_28_x86_64",), id="an older stable ABI"),
        pytest.param(
            {MODULE: elf_file(), "demo/_native.cpython-312-x86_64-linux-gnu.so": elf_file()}, WHEEL, id="for several"
        ),
        pytest.param(
            {"demo/md.cpython-312-x86_64-linux-gnu.so": elf_file(), "demo/md.py": b""}, WHEEL, id="source in its place"
        ),
        pytest.param(
            {MODULE: elf_file(needed=["libx-1f.so.2"]), "demo.libs/libx-1f.so.2": elf_file()},
            WHEEL,
            id="its own library",
        ),
        pytest.param(
            {MODULE: elf_file(needed=["libx.so.2"]), "demo/libx.so": elf_file(soname="libx.so.2")},
            WHEEL,
            id="by soname",
        ),
        pytest.param({"demo/attach_arm.so": b"", "demo/lib_arm.so": elf_file("aarch64")}, WHEEL, id="for all machines"),
        pytest.param({"demo/linux_arm/x.so.1": elf_file("aarch64")}, ("py3-none-any",), id="of a pure wheel"),
        pytest.param({"demo/data.so.parquet": b"PAR1" * 9, "demo/empty.so": b""}, WHEEL, id="not native"),
        pytest.param({MODULE: elf_file(needed=["libpython3.13.so.1.0"])}, WHEEL, id="Python's own library"),
    ],
)
def test_what_can_be_loaded_is_not(root: Path, files: Mapping[str, bytes], tags: Sequence[str]) -> None:
    verdict = native.check(bundle(root, files, tags=tags), entry="/srv/fn", target=TARGET)

    assert (verdict.errors, verdict.warnings) == ((), ())


def test_the_libraries_that_a_module_needs_count_like_the_module(root: Path) -> None:
    library = elf_file("x86_64", needed=["libgone.so.1"], versions={"libm.so.6": ["GLIBC_2.99"]})
    files = {MODULE: elf_file(needed=["libx.so"]), "demo.libs/libx.so": library}

    found = native.problems(bundle(root, files), TARGET)

    assert certain(found) == [("demo.libs/libx.so", "glibc"), ("demo.libs/libx.so", "library")]


def test_what_nothing_is_known_to_load_is_a_warning(root: Path) -> None:
    verdict = native.check(
        bundle(root, {"demo/libplugin.so": elf_file(needed=["libcuda.so.1"])}), entry="/srv/fn", target=TARGET
    )

    (notice,) = verdict.warnings
    assert verdict.errors == ()
    assert notice.id == "nativeCode"
    assert "demo/libplugin.so of demo 1.0 needs libcuda.so.1" in notice.text


def test_a_wheel_for_another_machine_is_told_whatever_its_files_are(root: Path) -> None:
    files = {"demo/bin/tool": elf_file("aarch64")}

    found = native.problems(bundle(root, files, tags=("py3-none-manylinux_2_17_aarch64",)), TARGET)

    assert certain(found) == [("demo/bin/tool", "machine")]


def test_what_the_user_brought_counts(root: Path) -> None:
    found = native.problems(bundle(root, {"bin/ffmpeg": elf_file("aarch64")}, own=["bin/ffmpeg"]), TARGET)

    assert certain(found) == [("bin/ffmpeg", "machine")]
    assert found[0].distribution == ""


def test_a_layer_may_bring_a_library(tmp_path: Path) -> None:
    layer = bundle(tmp_path / "layer", {"lib/libpq.so.5": elf_file()})
    function = bundle(tmp_path / "function", {MODULE: elf_file(needed=["libpq.so.5"])})

    assert native.problems(function, TARGET, [layer]) == ()
    assert certain(native.problems(function, TARGET)) == [(MODULE, "library")]


def test_many_problems_are_told_in_few_lines(root: Path) -> None:
    files = {f"demo/_{n}.cpython-313-x86_64-linux-gnu.so": elf_file("aarch64") for n in range(30)}

    (error,) = native.check(bundle(root, files), entry="/srv/fn", target=TARGET).errors

    assert len(error.splitlines()) == 14
    assert "and 20 more" in error


def test_a_layer_that_nobody_knows_may_bring_a_library_and_nothing_else(root: Path) -> None:
    found = bundle(root, {MODULE: elf_file(needed=["libpq.so.5"], versions={"libc.so.6": ["GLIBC_2.38"]})})

    verdict = native.check(found, entry="/srv/fn", target=TARGET, unknown=("Stack/Imported",))

    (error,) = verdict.errors
    assert "GLIBC_2.38" in error
    assert "libpq" not in error
    assert verdict.warnings == ()
    (unknown,) = verdict.unknown
    assert unknown == (
        f"{MODULE} of demo 1.0 needs libpq.so.5; neither the bundle nor the runtime has it,"
        " and nobody here knows what is in Stack/Imported."
    )
