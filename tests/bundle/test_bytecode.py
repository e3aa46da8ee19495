"""Bytecode that a bundle brings."""

import importlib.util
import marshal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import CodeType

import pytest

from python_function._bundle import bytecode, finish
from python_function._bundle.executors import bytecode_of
from python_function._bundle.spec import BundleSpec
from python_function._machine.host import Host
from python_function._machine.process import Process
from python_function._target.target import Target
from python_function.errors import BundlingError, CommandError
from tests.doubles import Recorder

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def make(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def pyc(source: Path) -> bytes:
    return Path(importlib.util.cache_from_source(str(source))).read_bytes()


def test_bytecode_is_never_checked_and_knows_nothing_of_this_machine(tmp_path: Path) -> None:
    bundle = make(
        tmp_path / "bundle", {"app/main.py": "def f():\n    return __file__\n", "bad.py": "def (", "x.txt": ""}
    )

    assert bytecode_of.main([HERE, str(bundle), "/var/task"]) == 0

    content = pyc(bundle / "app/main.py")
    code = marshal.loads(content[16:])  # noqa: S302 - made above
    assert content[:8] == importlib.util.MAGIC_NUMBER + b"\1\0\0\0"
    assert isinstance(code, CodeType)
    assert code.co_filename == "/var/task/app/main.py"
    assert str(tmp_path).encode() not in content
    assert not (bundle / "__pycache__").exists()


def test_a_finished_bundle_keeps_it(tmp_path: Path) -> None:
    bundle = make(tmp_path / "bundle", {"main.py": "x = 1\n"})
    bytecode_of.main([HERE, str(bundle), "/var/task"])

    finish.finish(bundle)

    assert pyc(bundle / "main.py")


def test_places_of_other_runtimes_are_skipped(tmp_path: Path) -> None:
    files = {"python/lib/python3.12/site-packages/a.py": "", "python/lib/python3.13/site-packages/a.py": ""}
    bundle = make(tmp_path / "bundle", files)

    bytecode_of.main([HERE, str(bundle), "/opt", "python/lib/python3.12/site-packages"])

    assert [path.parent.parent.parent.name for path in bundle.rglob("*.pyc")] == ["python3.13"]


def test_another_python_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bytecode_of.main(["2.7", str(tmp_path), "/var/task"]) == 3
    assert "not CPython 2.7" in capsys.readouterr().err


def test_the_same_modules_have_the_same_bytecode_under_any_path(
    spec: BundleSpec, tmp_path: Path, make_host: Callable[..., Host]
) -> None:
    run = Process(progress=lambda _: None, waiting=lambda _: None)

    def find(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> str:
        return sys.executable if "find" in argv else run(argv, cwd=cwd, env=env)

    made: list[bytes] = []
    for name in ("one", "two/deep"):
        bundle = make(
            tmp_path / name / "bundle", {"main.py": "X = {'a', 'b', 'c'}\ndef f(y):\n    return y in {'p', 'q', 'r'}\n"}
        )
        target = replace(spec, target=Target(f"python{HERE}", "x86_64"))
        bytecode.compile_all(target, bundle, tmp_path / name, make_host(find, PYTHONHASHSEED=str(len(made))))
        made.append(pyc(bundle / "main.py"))

    assert made[0] == made[1]


def test_without_such_a_python_a_local_build_is_an_error_that_says_how(
    spec: BundleSpec, tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    def none(_: Sequence[str]) -> str:
        message = "no"
        raise CommandError(message, returncode=2, output="error: No interpreter found")

    recorder.answer = none

    with pytest.raises(
        BundlingError, match=r"compile_bytecode needs a Python 3\.13.*uv python install 3\.13"
    ) as caught:
        bytecode.compile_all(replace(spec, strategy="local"), tmp_path, tmp_path, make_host(recorder))
    assert "No interpreter found" in str(caught.value)
