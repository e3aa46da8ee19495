import dataclasses
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from python_function._bundle import record
from python_function._bundle.build import Built
from python_function._bundle.checks import inventory
from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.record import Part
from python_function._bundle.spec import BundleSpec, Installed
from python_function._dependencies.origin import Origin
from python_function._machine.report import Notice
from python_function.errors import EntryError

METADATA = """\
Name: requests
Version: 2
License-Expression: Apache-2.0
Requires-Dist: idna
Requires-Dist: absent
Requires-Dist: requests
"""
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return a bundle with two distributions, one of which asks for the other, and a file of nobody."""
    directory = tmp_path / "asset.abc"
    files = {
        "index.py": "12345",
        "requests/__init__.py": "1" * 10,
        "requests-2.dist-info/METADATA": METADATA,
        "requests-2.dist-info/RECORD": "requests/__init__.py,,\nrequests-2.dist-info/METADATA,,\nindex.py,,\n",
        "idna.py": "1" * 1000,
        "idna-3.dist-info/METADATA": "Name: idna\nVersion: 3\n",
        "idna-3.dist-info/RECORD": "idna.py,,\n",
    }
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    return directory


@pytest.fixture
def built(bundle: Path) -> Built:
    return Built(
        inventory=inventory.take(bundle, own=["index.py"]),
        origins={"requests": Origin(kind="archive", name="https://example.com/requests-2-py3-none-any.whl")},
        verdicts=(Verdict(check="native", warnings=(Notice(id="a", text="b"),)),),
        image="",
        seconds=1.23456,
    )


def test_a_record_says_what_is_in_a_bundle_and_where_it_is_from(spec: BundleSpec, built: Built) -> None:
    found = record.of(spec, built, hash="abc", at=AT)

    metadata = len(METADATA)
    assert found.distributions == (
        Part(name="idna", version="3", origin=Origin(kind="index"), license="", requires=(), files={"idna.py": 1000}),
        Part(
            name="requests",
            version="2",
            origin=Origin(kind="archive", name="https://example.com/requests-2-py3-none-any.whl"),
            license="Apache-2.0",
            requires=("idna",),
            files={"requests/__init__.py": 10, "requests-2.dist-info/METADATA": metadata},
        ),
    )
    assert found.own["index.py"] == 5
    assert found.files == 7
    assert found.bytes == built.inventory.size
    assert (found.hash, found.kind, found.handler) == ("abc", "function", "index.py")
    assert (found.runtime, found.architecture, found.packaging) == ("python3.13", "x86_64", "none")
    assert (found.at, found.seconds, found.image) == ("2026-01-02T03:04:05+00:00", 1.235, "")
    assert found.tools.keys() == {"cdk-python-function", "uv", "python"}
    assert found.verdicts == built.verdicts


def test_what_was_installed_already_is_from_an_environment(spec: BundleSpec, built: Built, tmp_path: Path) -> None:
    found = record.of(replace(spec, installed=Installed(directory=tmp_path)), built, hash="", at=AT)

    assert found.distributions[0].origin == Origin(kind="environment")


def test_a_record_is_read_as_it_was_written(spec: BundleSpec, built: Built, bundle: Path) -> None:
    made = record.of(spec, built, hash="abc", at=AT)
    file = record.beside(bundle)

    record.write(made, file)

    assert file.name == "python-function.abc.json"
    assert record.read(file) == made
    assert sorted(path.name for path in file.parent.glob("*")) == sorted({file.name, bundle.name, "entry"})


def test_a_bundle_without_a_record_still_tells_what_it_holds(bundle: Path) -> None:
    found = record.of_directory(bundle)

    assert [(part.name, part.origin) for part in found.distributions] == [("idna", None), ("requests", None)]
    assert found.runtime == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "is no record of a bundle", id="no-json"),
        pytest.param("[]", "is no record of a bundle", id="a-list"),
        pytest.param('{"format": 99}', r"format 99, known is 1\. Build the asset anew\.", id="newer"),
        pytest.param('{"format": 1}', "is no record of a bundle", id="empty"),
    ],
)
def test_what_is_no_record_is_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "record.json").write_text(text)

    with pytest.raises(EntryError, match=message):
        record.read(tmp_path / "record.json")


def test_no_path_of_this_machine_is_in_a_record(spec: BundleSpec, built: Built, tmp_path: Path) -> None:
    text = json.dumps(dataclasses.asdict(record.of(spec, built, hash="", at=AT)))

    assert str(tmp_path) not in text
