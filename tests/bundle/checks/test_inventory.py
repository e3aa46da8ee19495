"""What a bundle holds, whatever its metadata claims."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_function._bundle.checks import inventory

METADATA = """\
Metadata-Version: 2.4
Name: Demo_Package
Version: 1.2
Requires-Dist: Requests (>=2)
Requires-Dist: rich>=13 ; extra == 'cli'
Requires-Dist: typing.extensions; python_version < "3.12"

Name: the description
"""


RECORD = 'demo/__init__.py,,\n"demo/a, b.py",,\n../../etc/passwd,,\n/etc/x,,\n\n'


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    write(
        tmp_path,
        **{
            "demo/__init__.py": "x = 1\n",
            "index.py": "",
            "demo_package-1.2.dist-info/METADATA": METADATA,
            "demo_package-1.2.dist-info/RECORD": RECORD,
        },
    )
    return tmp_path


def test_a_distribution_has_what_its_metadata_says_and_the_files_that_are_there(bundle: Path) -> None:
    (found,) = inventory.take(bundle).distributions

    assert (found.title, found.place) == ("Demo_Package 1.2", "")
    assert (found.files, found.lost) == (("demo/__init__.py",), ("demo/a, b.py",))
    assert (found.requires, found.optional) == (("requests", "typing-extensions"), ("rich",))


def test_every_file_counts_with_its_size(bundle: Path) -> None:
    taken = inventory.take(bundle)

    assert taken.files["demo/__init__.py"] == len("x = 1\n")
    assert taken.size == sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
    assert taken.directories == {"", "demo", "demo_package-1.2.dist-info"}


def test_what_the_user_brought_is_the_users_even_where_a_distribution_lists_it(bundle: Path) -> None:
    assert dict(inventory.take(bundle, own=["demo/__init__.py", "gone.py"]).owners) == {}
    assert set(inventory.take(bundle).owners) == {"demo/__init__.py"}


def test_a_distribution_of_a_layer_is_found_where_it_is(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{
            "python/demo.py": "",
            "python/demo-1.dist-info/METADATA": "Name: demo\nVersion: 1\n",
            "python/demo-1.dist-info/RECORD": "demo.py,,\n",
        },
    )

    (found,) = inventory.take(tmp_path).distributions

    assert (found.place, found.files) == ("python", ("python/demo.py",))


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_metadata_is_too_odd(tmp_path_factory: pytest.TempPathFactory, metadata: bytes, record: bytes) -> None:
    info = tmp_path_factory.mktemp("bundle") / "x-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_bytes(metadata)
    (info / "RECORD").write_bytes(record)

    (found,) = inventory.take(info.parent).distributions

    assert all(file in {"x-1.dist-info/METADATA", "x-1.dist-info/RECORD"} for file in found.files)
