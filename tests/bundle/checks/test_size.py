"""What a bundle weighs, against what Lambda takes."""

import shutil
from pathlib import Path

import pytest

from python_function._bundle.checks import inventory, size
from python_function._bundle.checks.inventory import Distribution, Inventory
from python_function._bundle.checks.size import LIMIT, LayerSize, Weight
from python_function._bundle.checks.verdict import Verdict

DEMO = Distribution(name="Demo", version="1", files=("demo.so",), requires=("base-lib",))
BASE = Distribution(name="Base_Lib", version="2", files=("base.so", "mine.py"))
NEAR = int(0.8 * LIMIT)


def weighing(root: Path, own: int, demo: int, base: int = 0) -> Inventory:
    """Return a bundle of these sizes, in files without content on the disk."""
    files = {"index.py": own, "demo.so": demo, "base.so": base}
    for name, length in files.items():
        with (root / name).open("wb") as file:
            file.truncate(length)
    return Inventory(root=root, files=files, distributions=(DEMO, BASE), own=frozenset(["index.py"]))


def test_what_each_part_weighs_and_what_asks_for_it() -> None:
    files = {"index.py": 1, "demo.so": 30, "base.so": 7, "mine.py": 2, "LICENSE": 4}
    bundle = Inventory(root=Path("/"), files=files, distributions=(DEMO, BASE), own=frozenset(["index.py", "mine.py"]))

    assert size.weights(bundle, "requirements.txt") == (
        Weight(name="Demo 1", bytes=30, files=1, asked_for_by=("requirements.txt",)),
        Weight(name="Base_Lib 2", bytes=7, files=1, asked_for_by=("Demo",)),
        Weight(name="other files", bytes=4, files=1),
        Weight(name="your own files", bytes=3, files=2),
    )


@pytest.mark.parametrize(("demo", "warns", "fails"), [(NEAR - 9, 0, 0), (NEAR, 1, 0), (LIMIT - 8, 1, 0), (LIMIT, 0, 1)])
def test_a_bundle_is_told_from_four_fifths_of_the_limit_and_fails_past_it(
    tmp_path: Path, demo: int, warns: int, fails: int
) -> None:
    verdict = size.check(weighing(tmp_path, own=8, demo=demo), entry="/srv/fn")

    assert (len(verdict.warnings), len(verdict.errors)) == (warns, fails)


def test_layers_count_and_unknown_ones_are_told(tmp_path: Path) -> None:
    layers = [LayerSize(name="Shared", bytes=LIMIT - 1_000_000), LayerSize(name="Theirs", bytes=None)]

    (error,) = size.check(
        weighing(tmp_path, own=10, demo=2_000_000, base=500_000),
        entry="/srv/fn",
        declared_in="uv.lock",
        layers=layers,
    ).errors

    for part in (
        "The bundle of /srv/fn has 2.5 MB unzipped",
        "with its layers Shared (261.1 MB) 263.6 MB",
        "262,144,000 bytes",
        "nobody here knows their size: Theirs.",
        "2.0 MB  Demo 1, asked for by uv.lock\n",
        "0.5 MB  Base_Lib 2, asked for by Demo\n",
        'skip_checks=["size"]',
    ):
        assert part in error


def test_a_light_bundle_is_nothing_to_tell(tmp_path: Path) -> None:
    assert size.check(weighing(tmp_path, own=1, demo=1), entry="/srv/fn") == Verdict(check="size")


def test_the_ten_heaviest_are_listed(tmp_path: Path) -> None:
    parts = tuple(Distribution(name=f"d{n}", version="1", files=(f"d{n}.so",)) for n in range(14))
    for part in parts:
        with (tmp_path / part.files[0]).open("wb") as file:
            file.truncate(20_000_000)
    bundle = Inventory(root=tmp_path, files={p.files[0]: 20_000_000 for p in parts}, distributions=parts)

    (error,) = size.check(bundle, entry="/srv/fn").errors

    assert error.count("20.0 MB  d") == 10


def test_the_zipped_size_is_about_that_of_an_archive(tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    shutil.copytree(Path(size.__file__).parents[2], root, ignore=shutil.ignore_patterns("__pycache__"))
    archive = Path(shutil.make_archive(str(tmp_path / "archive"), "zip", root))

    estimate = size.zipped(inventory.take(root))

    assert abs(estimate / archive.stat().st_size - 1) < 0.25


def test_nothing_zipped_is_nothing(tmp_path: Path) -> None:
    assert size.zipped(Inventory(root=tmp_path, files={})) == 0
