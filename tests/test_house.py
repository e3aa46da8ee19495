"""The imports of the package against the table in docs/contributing.md."""

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "python_function"
LONGEST_MODULE: Final = 230
LONGEST_FUNCTION: Final = 36
WHOLE_TABLES: Final = frozenset({"_cdk.props", "_cli.flags", "options"})
"""Modules of plain tables and documentation, which are as long as what they list."""

WHOLE_FILES: Final = frozenset({"_handler.http_adapter"})
"""Modules that go into bundles, and are one file there."""

_ROW: Final = re.compile(r"^\| (?P<rooms>`[^|]+) \| (?P<question>[^|]+) \| (?P<below>[^|]*)\|$", re.MULTILINE)


def modules() -> Mapping[str, Path]:
    """Return the files of the package by their dotted names below it; its own face is left out."""
    names = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}
    return {name: path for name, path in names.items() if not name.endswith("__init__")}


def table() -> Mapping[str, tuple[str, ...]]:
    """Return what each room may import."""
    text = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    return {
        room: tuple(re.findall(r"`([\w.]+)`", row["below"]))
        for row in _ROW.finditer(text)
        for room in re.findall(r"`([\w.]+)`", row["rooms"])
    }


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names of the package's modules that the file at *path* imports, in functions too."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.ImportFrom(module=str(module), names=aliases) if module.partition(".")[0] == "python_function":
                below = module.removeprefix("python_function").lstrip(".")
                names = [f"{below}.{alias.name}".lstrip(".") for alias in aliases]
                yield from (name if name in MODULES else below for name in names)
            case ast.Import(names=aliases):
                yield from (a.name.partition(".")[2] for a in aliases if a.name.partition(".")[0] == "python_function")
            case _:
                pass


def room_of(module: str) -> str:
    """Return the nearest room of the table that *module* is in."""
    return max((room for room in TABLE if module == room or module.startswith(f"{room}.")), key=len)


def is_in(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


MODULES: Final = modules()
TABLE: Final = table()


def test_the_table_names_every_room_and_no_other() -> None:
    tops = {module.partition(".")[0] for module in MODULES}

    assert {room.partition(".")[0] for room in TABLE} == tops
    assert all((PACKAGE / room.replace(".", "/")).is_dir() or room in MODULES for room in TABLE)
    assert all(is_in(place, tuple(tops)) for places in TABLE.values() for place in places)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_what_its_room_may(module: str) -> None:
    room = room_of(module)
    own = (room,) if (PACKAGE / room.replace(".", "/")).is_dir() else ()

    assert [name for name in imported(MODULES[module]) if name and not is_in(name, (*TABLE[room], *own))] == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module: set(imported(path)) & set(MODULES) for module, path in MODULES.items()}

    assert len(tuple(TopologicalSorter(graph).static_order())) == len(MODULES)


@pytest.mark.parametrize("module", sorted(set(MODULES) - WHOLE_TABLES - WHOLE_FILES))
def test_a_module_has_one_duty_that_it_names(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: code_lines(node) for node in functions if code_lines(node) > LONGEST_FUNCTION}

    assert ast.get_docstring(tree)
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert long == {}


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines the body of *function* has, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_two_modules_of_one_room_differ_by_a_letter_or_a_plural() -> None:
    stems = sorted({module.rpartition(".")[2] for module in MODULES})

    assert [(one, other) for one in stems for other in stems if one != other and other in {f"{one}s", f"{one}es"}] == []
