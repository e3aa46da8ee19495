"""Which file defines a construct, however it is made."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

FILES = {
    # stands for the library's constructor and for jsii's metaclass around it
    "constructs.py": """
        from python_function._cdk import caller

        class Meta(type):
            def __call__(cls, *arguments):
                return super().__call__(*arguments)

        class Function(metaclass=Meta):
            def __init__(self, id):
                self.files = [file.name for file in caller.defining_files(self)]
    """,
    "stack.py": """
        from constructs import Function

        def make():
            return Function("id")

        class Stack:
            def __init__(self):
                self.function = make()
                self.more = [Function(id) for id in ("a", "b")]

            def method(self):
                return Function("id")

        AT_IMPORT = Function("id")
    """,
    "lib.py": """
        from constructs import Function

        class Base(Function):
            def __init__(self, id):
                super().__init__(id)

        class Plain(Base):
            @classmethod
            def create(cls):
                return cls("id")
    """,
    "derived.py": """
        from lib import Base

        class Derived(Base):
            def __init__(me, name, *rest):
                super().__init__(name)
    """,
    "app.py": """
        import functools, runpy, sys
        import stack
        from constructs import Function
        from derived import Derived
        from lib import Plain

        WAYS = {
            "function": stack.make,
            "constructor": lambda: stack.Stack().function,
            "comprehension": lambda: stack.Stack().more[1],
            "method": lambda: stack.Stack().method(),
            "import": lambda: stack.AT_IMPORT,
            "here": lambda: Function("id"),
            "partial": functools.partial(Function, "id"),
            "subclass": lambda: Plain("id"),
            "classmethod": Plain.create,
            "deep subclass": lambda: Derived("id"),
            "run": lambda: runpy.run_path("stack.py")["AT_IMPORT"],
            "eval": lambda: eval("Function('id')"),
        }
        if __name__ == "__main__":
            for name in sys.argv[1:]:
                print(*WAYS[name]().files)
    """,
    "package/__init__.py": "",
    "package/__main__.py": "from constructs import Function\nprint(*Function('id').files)",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("caller")
    for name, text in FILES.items():
        file = directory / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(line.removeprefix("        ") for line in text.splitlines()))
    return directory


def run(directory: Path, *arguments: str, text: str = "") -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    called = subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        input=text,
    )
    return called.stdout.splitlines()


def test_the_file_that_makes_the_instance_comes_first_then_those_of_its_classes(project: Path) -> None:
    ways = {
        "function": "stack.py",
        "constructor": "stack.py",
        "comprehension": "stack.py",
        "method": "stack.py",
        "import": "stack.py",
        "here": "app.py",
        "partial": "app.py",
        "subclass": "app.py lib.py",
        "classmethod": "lib.py",
        "deep subclass": "app.py derived.py lib.py",
        "run": "stack.py",
        "eval": "app.py",
    }

    assert dict(zip(ways, run(project, "app.py", *ways), strict=True)) == ways


@pytest.mark.parametrize(
    ("arguments", "text", "files"),
    [
        pytest.param(("-m", "app", "here"), "", ["app.py"], id="module"),
        pytest.param(("-m", "package"), "", ["__main__.py"], id="package"),
        pytest.param(("./package/../app.py", "here"), "", ["app.py"], id="script by another path"),
        pytest.param(("-c", "import stack; print(*stack.make().files)"), "", ["stack.py"], id="command"),
        pytest.param(("-c", "import constructs as c; print(*c.Function(1).files)"), "", [""], id="only a command"),
        pytest.param(("-",), "import constructs as c; print(*c.Function(1).files)", [""], id="standard input"),
    ],
)
def test_it_does_not_matter_how_python_is_started(
    arguments: tuple[str, ...], text: str, files: list[str], project: Path
) -> None:
    assert run(project, *arguments, text=text) == files


@pytest.fixture
def importable(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    names = ("constructs", "stack", "lib", "derived")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "path", [str(project), *sys.path])
    yield project
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("importable")
def test_a_test_that_makes_the_instance_defines_it() -> None:
    lib, stack = importlib.import_module("lib"), importlib.import_module("stack")

    assert stack.make().files == ["stack.py"]
    assert lib.Plain("id").files == ["test_caller.py", "lib.py"]
