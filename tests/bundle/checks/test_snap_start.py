from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._bundle.checks import snap_start
from python_function._bundle.spec import BundleSpec

MAKES = "import uuid\nID = uuid.uuid4()\n"


def warned(spec: BundleSpec, files: Mapping[str, str]) -> list[str]:
    """Return the files, below the entry, that are warned of."""
    for name, text in files.items():
        (spec.source.directory / name).parent.mkdir(parents=True, exist_ok=True)
        (spec.source.directory / name).write_text(text)
    texts = [notice.text for notice in snap_start.check(spec)]
    return [text.partition(":")[0].removeprefix(f"{spec.source.directory}/") for text in texts]


def test_a_warning_says_what_where_and_what_to_do(spec: BundleSpec) -> None:
    (spec.source.directory / "index.py").write_text("import uuid\n\nID = uuid.uuid4()\n")

    (notice,) = snap_start.check(spec)

    assert notice.id == "snapStart"
    assert notice.text == (
        f"{spec.source.directory}/index.py:3: what uuid.uuid4() gives while the module is imported is the same in every"
        " copy that SnapStart restores. Make it in the handler, or after the restoration:"
        " snapshot_restore_py.register_after_restore."
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"index.py": "import a\n", "a.py": MAKES, "b.py": MAKES}, ["a.py"]),
        ({"index.py": "import a.b\n", "a/__init__.py": MAKES, "a/b.py": MAKES}, ["a/__init__.py", "a/b.py"]),
        ({"index.py": "from a import b\n", "a/__init__.py": "", "a/b.py": MAKES}, ["a/b.py"]),
        ({"index.py": "import a\n", "a.py": "import index, b\n", "b.py": MAKES}, ["b.py"]),
        (
            {
                "index.py": "import a.b\n",
                "a/b.py": "from . import c\nfrom .d import x\n",
                "a/c.py": MAKES,
                "a/d.py": MAKES,
            },
            ["a/c.py", "a/d.py"],
        ),
        ({"index.py": "def handler(e, c):\n    import a\n", "a.py": MAKES}, []),
        ({"index.py": "import a\n", "a.py": "def (\n" + MAKES}, []),
    ],
    ids=["imported", "package", "member", "circle", "relative", "in-a-function", "not-python"],
)
def test_what_the_handlers_file_imports_is_read(
    spec: BundleSpec, files: Mapping[str, str], expected: list[str]
) -> None:
    assert warned(spec, files) == expected


def test_the_packages_around_the_handler_are_imported_too(spec: BundleSpec) -> None:
    inside = replace(spec, handler_file="app/main.py")

    assert warned(inside, {"app/main.py": "", "app/__init__.py": MAKES}) == ["app/__init__.py"]


def test_files_are_found_below_a_prefix(spec: BundleSpec, entry: Path) -> None:
    del entry

    assert warned(replace(spec, prefix="x", handler_file="x/index.py"), {"index.py": "import a", "a.py": MAKES}) == [
        "a.py"
    ]
