"""Another user of the machine, while a build runs and between two builds."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from integ import paused, synthesis
from integ.wheelhouse import Wheelhouse

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else, too")


def test_another_user_of_the_machine_gets_nothing_into_a_build(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        outdir = Path(directory) / "cdk.out"
        entry = paused.make(tmp_path / "entry")
        building = paused.start(entry, outdir, seconds=60)
        paused.wait_until_it_builds(building, entry)

        places = [path for path in outdir.iterdir() if path.is_dir()]
        planting = [
            subprocess.run(("touch", str(place / "planted.so")), user=NOBODY, group=NOBODY, check=False)
            for place in places
        ]
        listing = [subprocess.run(("ls", str(place)), user=NOBODY, group=NOBODY, check=False) for place in places]
        building.terminate()
        building.communicate(timeout=30)

    assert len(places) == 2
    assert 0 not in [done.returncode for done in (*planting, *listing)]


def test_what_another_user_put_into_the_cache_is_not_believed(
    tmp_path: Path, wheelhouse: Wheelhouse, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    wheelhouse.wheel("victim")
    entry = tmp_path / "entry"
    entry.mkdir()
    (entry / "index.py").write_text("def handler(event, context):\n    return event\n")
    (entry / "requirements.txt").write_text(f"--no-index\n--find-links {wheelhouse.directory}\nvictim==1.0\n")
    synthesis.bundle(entry, tmp_path / "one", strategy="local")
    kept = [path for path in cache.rglob("victim/__init__.py") if "cdk-python-function" in path.parts]
    for path in kept:
        path.unlink()  # what uv keeps may be the same file
        path.write_text("PLANTED = 1\n")
    for path in (cache / "cdk-python-function", *(cache / "cdk-python-function").rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    capfd.readouterr()

    asset = synthesis.bundle(entry, tmp_path / "two", strategy="local")

    assert kept
    assert (asset / "victim/__init__.py").read_text() == "VERSION = '1.0'\n"
    assert "it belongs to another user" in capfd.readouterr().err
