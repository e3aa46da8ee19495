"""One layer for several targets."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._bundle import per_runtime, verify
from python_function._bundle.spec import BundleSpec, Container, Variant
from python_function._source.select import Source
from python_function._target.target import Target
from python_function.errors import BundlingError
from tests.elf_file import elf_file

P12 = Target("python3.12", "x86_64")
P13 = Target("python3.13", "x86_64")
ARM = Target("python3.13", "arm64")
INFO = {
    "python/demo-1.dist-info/METADATA": b"Name: demo\nVersion: 1\n",
    "python/demo-1.dist-info/RECORD": b"demo.so,,\n",
}


def make(root: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def arranged(tmp_path: Path, *built: tuple[Target, Mapping[str, bytes]]) -> list[str]:
    output = tmp_path / "output"
    output.mkdir()
    made = [(target, make(tmp_path / str(number), files)) for number, (target, files) in enumerate(built)]
    per_runtime.arrange(made, output)
    return sorted(path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())


def test_the_same_files_for_all_are_there_once(tmp_path: Path) -> None:
    files = {"python/a.py": b"", "bin/tool": b"1"}

    assert arranged(tmp_path, (P12, files), (P13, files), (ARM, files)) == ["bin/tool", "python/a.py"]


def test_files_that_differ_are_there_once_a_runtime(tmp_path: Path) -> None:
    one, other = {"python/a.py": b"", "bin/tool": b"1"}, {"python/a.py": b"x", "bin/tool": b"1"}

    assert arranged(tmp_path, (P12, one), (P13, other)) == [
        "bin/tool",
        "python/lib/python3.12/site-packages/a.py",
        "python/lib/python3.13/site-packages/a.py",
    ]


def test_files_that_differ_between_architectures_are_an_error_that_says_how(tmp_path: Path) -> None:
    one, other = {"python/demo.so": b"x", "python/a.py": b""}, {"python/demo.so": b"y", "python/a.py": b""}

    with pytest.raises(BundlingError) as caught:
        arranged(tmp_path, (P13, {**one, **INFO}), (ARM, {**other, **INFO}))
    assert str(caught.value) == (
        "One layer cannot be for both x86_64 and arm64 on python3.13: demo 1 differs between them."
        " Make one layer for each, with one of compatible_architectures."
    )


def test_what_is_beside_the_modules_has_to_be_the_same(tmp_path: Path) -> None:
    with pytest.raises(BundlingError, match=r"bin/tool of the layer for python3\.13 differs"):
        arranged(tmp_path, (P12, {"python/a.py": b"", "bin/tool": b"1"}), (P13, {"python/a.py": b"", "bin/tool": b"2"}))


def test_every_runtime_is_held_against_its_own_directory(spec: BundleSpec, tmp_path: Path) -> None:
    layer = replace(
        spec,
        target=P12,
        others=(Variant(target=P13, container=Container()),),
        source=Source(directory=spec.source.directory),
        prefix="python",
        handler_file=None,
    )
    files = {
        f"python/lib/python3.{minor}/site-packages/{name}": content
        for minor in (12, 13)
        for name, content in {
            "index.py": b"import _demo",
            f"_demo.cpython-3{minor}-x86_64-linux-gnu.so": elf_file(),
        }.items()
    }

    _, right = verify.verify(layer, make(tmp_path / "right", files))
    wrong = {path.replace("-313-", "-311-"): content for path, content in files.items()}
    _, verdicts = verify.verify(layer, make(tmp_path / "wrong", wrong))

    assert [(verdict.errors, verdict.warnings) for verdict in right if verdict.errors or verdict.warnings] == []
    (error,) = (error for verdict in verdicts for error in verdict.errors)
    assert "python/lib/python3.13/site-packages/_demo.cpython-311-x86_64-linux-gnu.so" in error
    (missed,) = (notice for verdict in verdicts for notice in verdict.warnings)
    assert "index.py:1: _demo" in missed.text


def test_a_function_that_brings_such_a_directory_stays_at_the_root(spec: BundleSpec, tmp_path: Path) -> None:
    (spec.source.directory / "index.py").write_text("import nothere\ndef handler(event, context): ...\n")
    files = {
        "index.py": (spec.source.directory / "index.py").read_bytes(),
        "python/lib/python3.13/site-packages/x.py": b"",
    }

    bundle, verdicts = verify.verify(replace(spec, target=P13), make(tmp_path / "output", files))

    (notice,) = (notice for verdict in verdicts for notice in verdict.warnings)
    assert bundle.own == {"index.py"}
    assert f"{spec.source.directory}/index.py:1: nothere" in notice.text
