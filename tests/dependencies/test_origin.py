from pathlib import Path

import pytest

from python_function._dependencies import origin
from python_function._dependencies.detect import Packaging
from python_function._dependencies.origin import Origin
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements

UV = """\
[[package]]
name = "inner"
source = { registry = "https://me:secret@index.invalid/simple/" }
[[package]]
name = "outer"
source = { registry = "https://other.invalid/simple" }
[[package]]
name = "itself"
source = { virtual = "." }
"""
UV_MANIFEST = '[[tool.uv.index]]\nname = "corporate"\nurl = "https://other.invalid/simple/"\n'
POETRY = """\
[[package]]
name = "Inner"
[package.source]
type = "legacy"
url = "https://index.invalid/simple"
reference = "corporate"
[[package]]
name = "outer"
"""
PIPENV = (
    '{"_meta": {}, "default": {"inner": {"index": "corporate"}, "outer": {}}, "reports": {"third": {"index": "a"}}}'
)
PYLOCK = (
    '[[packages]]\nname = "inner"\nindex = "https://me:secret@index.invalid/simple"\n[[packages]]\nname = "outer"\n'
)


@pytest.mark.parametrize(
    ("kind", "name", "text", "indexes"),
    [
        ("uv", "uv.lock", UV, {"inner": "https://index.invalid/simple/", "outer": "corporate", "itself": ""}),
        ("poetry", "poetry.lock", POETRY, {"inner": "corporate", "outer": "PyPI"}),
        ("pipenv", "Pipfile.lock", PIPENV, {"inner": "corporate", "outer": "", "third": "a"}),
        ("pylock", "pylock.orders.toml", PYLOCK, {"inner": "https://index.invalid/simple", "outer": ""}),
        ("pipenv", "Pipfile", "[packages]\na = '*'\n", {}),
    ],
)
def test_a_lock_says_which_index_a_distribution_is_from(
    tmp_path: Path, kind: str, name: str, text: str, indexes: dict[str, str]
) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "pyproject.toml").write_text(UV_MANIFEST)

    found = origin.find(Packaging(kind=kind, file=tmp_path / name), Requirements())

    assert found == {name: Origin(kind="index", name=index) for name, index in indexes.items()}


def test_what_is_from_no_index_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "pyproject.toml").write_text('[project]\nname = "lib"\nversion = "1"\n')
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "six-1-py3-none-any.whl").write_bytes(b"")
    file = tmp_path / "requirements.txt"
    file.write_text(
        "./lib\n./wheels/six-1-py3-none-any.whl\nidna==3\n"
        "A_b[x] @ https://me:secret@example.com/a_b-1-py3-none-any.whl\n"
        "c @ git+https://token@example.com/c.git@main\n"
    )

    found = origin.find(Packaging(kind="pip", file=file), read.read(file))

    assert found == {
        "lib": Origin(kind="local", name="lib"),
        "six": Origin(kind="archive", name="six-1-py3-none-any.whl"),
        "a-b": Origin(kind="archive", name="https://example.com/a_b-1-py3-none-any.whl"),
        "c": Origin(kind="repository", name="git+https://example.com/c.git@main"),
    }
