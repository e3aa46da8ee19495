"""The checks of a finished bundle, held against the wheels that users install.

`WHEELS=all` takes all of them, for both ends of the runtimes and both machines; some of them otherwise.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aws_cdk
import pytest
import uv
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from elftools.elf.elffile import ELFFile

from python_function import BundlingError, BundlingOptions, PythonFunction, PythonLayerVersion
from python_function._bundle import slim
from python_function._bundle.checks import elf, inventory, native
from python_function._target.target import Target
from tests.elf_file import elf_file

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES: Final = (
    *("numpy", "pandas", "scipy", "pydantic-core", "cryptography", "psycopg2-binary", "pillow", "grpcio"),
    *("lxml", "orjson", "pyarrow"),
)
ALL: Final = [
    (package, python, architecture)
    for python in ("3.11", "3.13")
    for architecture in ("x86_64", "arm64")
    for package in PACKAGES
]
RUNTIME: Final = lambda_.Runtime.PYTHON_3_13
SOME: Final = [
    ("numpy", "3.13", "x86_64"),
    ("psycopg2-binary", "3.11", "x86_64"),
    ("cryptography", "3.11", "arm64"),
    ("pydantic-core", "3.13", "arm64"),
    ("pillow", "3.13", "x86_64"),
]


def install(package: str, target: Target, directory: Path) -> Path:
    subprocess.run(
        [
            *(uv.find_uv_bin(), "pip", "install", "--quiet", "--no-config", "--no-build", "--python", sys.executable),
            *("--python-version", target.python_version, "--python-platform", target.uv_platform),
            *("--link-mode", "copy", "--target", str(directory), package),
        ],
        check=True,
    )
    return directory


@pytest.fixture(scope="module")
def psycopg2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install("psycopg2-binary", Target("python3.13", "x86_64"), tmp_path_factory.mktemp("psycopg2") / "bundle")


@pytest.fixture
def doctored(psycopg2: Path, tmp_path: Path) -> Iterator[Path]:
    yield Path(shutil.copytree(psycopg2, tmp_path / "bundle"))
    shutil.rmtree(tmp_path / "bundle")


def errors(directory: Path, target: Target) -> tuple[str, ...]:
    return native.check(inventory.take(directory), entry="/srv/fn", target=target).errors


@pytest.mark.parametrize(("package", "python", "architecture"), ALL if os.environ.get("WHEELS") == "all" else SOME)
def test_a_wheel_for_the_target_can_be_loaded(package: str, python: str, architecture: str, tmp_path: Path) -> None:
    target = Target(f"python{python}", architecture)
    bundle = inventory.take(install(package, target, tmp_path / "bundle"))

    verdict = native.check(bundle, entry="/srv/fn", target=target)

    assert any(".so" in path for path in bundle.files)
    assert (verdict.errors, verdict.warnings) == ((), ())
    for path in (path for path in bundle.root.rglob("*.so*") if path.is_file()):
        found = elf.read(path)
        if found is None:  # pyarrow brings data.some-name.parquet
            continue
        assert (found.needed, found.soname, found.versions) == by_sections(path), path
        path.write_bytes(slim.without_sections(path.read_bytes()))
        assert elf.read(path) == found, path


def by_sections(path: Path) -> tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]:
    """Return what a native file needs, its name, and the versions that it needs, as another reader finds them."""
    with path.open("rb") as file:
        sections: Any = ELFFile(file)
        tags = list(sections.get_section_by_name(".dynamic").iter_tags())
        versions = sections.get_section_by_name(".gnu.version_r")
        return (
            tuple(tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"),
            next((tag.soname for tag in tags if tag.entry.d_tag == "DT_SONAME"), ""),
            tuple((of.name, one.name) for of, all_ in versions.iter_versions() for one in all_) if versions else (),
        )


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target("python3.13", "arm64"), "is for x86_64; arm64 needs aarch64"),
        (Target("python3.12", "x86_64"), "is a module for Python 3.13"),
    ],
)
def test_a_wheel_for_another_target_cannot(psycopg2: Path, target: Target, words: str) -> None:
    (error,) = errors(psycopg2, target)

    assert "psycopg2/_psycopg.cpython-313-x86_64-linux-gnu.so of psycopg2-binary" in error
    assert words in error


def test_a_module_for_an_older_python_is_told(doctored: Path) -> None:
    (module,) = doctored.glob("psycopg2/_psycopg.*.so")
    older = module.rename(module.with_name(module.name.replace("-313-", "-312-")))
    (record,) = doctored.glob("psycopg2_binary-*.dist-info/RECORD")
    record.write_text(record.read_text().replace(module.name, older.name))

    (error,) = errors(doctored, Target("python3.13", "x86_64"))

    assert f"psycopg2/{older.name} of psycopg2-binary" in error
    assert "is a module for Python 3.12 (cpython-312-x86_64-linux-gnu)" in error
    assert "Python 3.13 there looks for cpython-313-x86_64-linux-gnu.so" in error


def test_a_library_of_the_system_that_built_it_is_missed(doctored: Path) -> None:
    """As where psycopg2 itself was built, which brings no library."""
    (module,) = doctored.glob("psycopg2/_psycopg.*.so")
    module.write_bytes(elf_file(needed=["libpq.so.5", "libpthread.so.0", "libc.so.6"]))

    (error,) = errors(doctored, Target("python3.13", "x86_64"))

    assert f"{module.name} of psycopg2-binary" in error
    assert error.count("neither the bundle nor the runtime has it") == 1
    assert "needs libpq.so.5; neither the bundle nor the runtime has it" in error
    assert "psycopg2-binary" in error.partition("Choose")[2]


def test_a_library_that_is_gone_is_missed(doctored: Path) -> None:
    (library,) = doctored.glob("psycopg2_binary.libs/libpq-*")
    library.unlink()

    (error,) = errors(doctored, Target("python3.13", "x86_64"))

    assert f"needs {library.name}; neither the bundle nor the runtime has it" in error


def test_a_library_that_needs_a_newer_glibc_is_told(doctored: Path) -> None:
    (library,) = doctored.glob("psycopg2_binary.libs/libpq-*")
    library.write_bytes(elf_file(versions={"libc.so.6": ["GLIBC_2.38"]}))

    (error,) = errors(doctored, Target("python3.13", "x86_64"))

    assert f"{library.name} of psycopg2-binary" in error
    assert "needs GLIBC_2.38; the runtime has glibc 2.34" in error


def test_a_stable_abi_that_is_newer_than_the_target_is_told(tmp_path: Path) -> None:
    bundle = install("cryptography", Target("python3.13", "x86_64"), tmp_path / "bundle")
    (wheel,) = bundle.glob("cryptography-*.dist-info/WHEEL")
    wheel.write_text("Wheel-Version: 1.0\nTag: cp314-abi3-manylinux_2_34_x86_64\n")

    (error,) = errors(bundle, Target("python3.13", "x86_64"))

    assert "needs Python 3.14 or newer; the runtime has 3.13" in error


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    directory = tmp_path / "entry"
    directory.mkdir()
    (directory / "index.py").write_text("def handler(event, context):\n    return event\n")
    return directory


def grow(directory: Path, name: str, length: int) -> None:
    """Put a file into *directory* that takes no room on the disk."""
    with (directory / name).open("wb") as file:
        file.truncate(length)


def warnings(stack: Stack, text: str) -> int:
    """Return how many warnings with *text* the assembly of *stack* holds."""
    app = stack.node.root
    assert isinstance(app, App)
    assembly = Path(app.synth(force=True).directory)
    files = (assembly / "manifest.json", *assembly.glob("*.metadata.json"))
    return sum(file.read_text("utf-8").count(text) for file in files)


def test_a_bundle_past_the_limit_fails_before_there_is_an_asset(entry: Path, tmp_path: Path) -> None:
    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")
    grow(entry, "model.bin", 270_000_000)

    with pytest.raises(BundlingError, match=r"has 270\.0 MB unzipped.*262,144,000"):
        PythonFunction(stack, "F", entry=entry, runtime=RUNTIME)

    assert list((tmp_path / "cdk.out").iterdir()) == []


def test_a_bundle_near_the_limit_is_one_warning_in_every_synthesis(entry: Path, tmp_path: Path) -> None:
    grow(entry, "model.bin", 210_000_000)

    first, stack = (Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack") for _ in range(2))
    PythonFunction(first, "F", entry=entry, runtime=RUNTIME)
    assert warnings(first, "has 210.0 MB unzipped") == 1

    function = PythonFunction(stack, "F", entry=entry, runtime=RUNTIME)
    assert warnings(stack, "has 210.0 MB unzipped") == 1
    aws_cdk.Annotations.of(function).acknowledge_warning("size", "A model.")
    assert warnings(stack, "has 210.0 MB unzipped") == 0


def test_layers_count_for_the_size_even_where_the_function_is_used_again(entry: Path, tmp_path: Path) -> None:
    grow(entry, "model.bin", 150_000_000)
    PythonFunction(Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack"), "F", entry=entry, runtime=RUNTIME)
    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")
    layer = PythonLayerVersion(stack, "Layer", entry=entry, compatible_runtimes=[RUNTIME])

    with pytest.raises(BundlingError, match=r"with its layers Stack/Layer \(150\.0 MB\) 300\.0 MB"):
        PythonFunction(stack, "F", entry=entry, runtime=RUNTIME, layers=[layer])


def test_a_check_that_is_skipped_says_nothing(entry: Path, tmp_path: Path) -> None:
    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")
    grow(entry, "model.bin", 270_000_000)

    PythonFunction(stack, "F", entry=entry, runtime=RUNTIME, bundling=BundlingOptions(skip_checks=["size"]))

    assert warnings(stack, "unzipped") == 0
