"""Wheels that mean to write elsewhere: an error or a bundle, and nothing outside of it."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from python_function import BundlingOptions, PythonFunction
from python_function.errors import PythonFunctionError

if TYPE_CHECKING:
    from pathlib import Path

    from integ.wheelhouse import Wheelhouse

MARK: Final = "written by a wheel"
INFO: Final = "bad-1.0.dist-info"
LINK: Final = 0o120777 << 16

MEMBERS: Final = {
    "above": "../above.txt",
    "far above": "/".join(("..",) * 12) + "{place}/above.txt",
    "absolute": "{place}/absolute.txt",
    "above in the middle": "bad/../../above.txt",
    "data above": "bad-1.0.data/data/../../../above.txt",
    "script above": "bad-1.0.data/scripts/../../above.sh",
    "of Windows": "..\\above.txt",
}


def bundled(tmp_path: Path, house: Wheelhouse) -> Path | None:
    """Bundle a function that needs what the house has; no other error than one of ours may come of it."""
    entry = tmp_path / "project" / "fn"
    entry.mkdir(parents=True)
    (entry / "index.py").write_text("def handler(event, context): ...\n")
    (entry / "requirements.txt").write_text(f"--no-index\n--find-links {house.directory}\nbad==1.0\n")
    stack = Stack(App(outdir=str(tmp_path / "project" / "cdk.out")), "Stack")
    options = BundlingOptions(strategy="local")
    try:
        PythonFunction(stack, "F", entry=entry, runtime=lambda_.Runtime.PYTHON_3_13, bundling=options)
    except PythonFunctionError as error:
        assert "bad" in str(error)  # noqa: PT017 - either may be
        return None
    (asset,) = (tmp_path / "project" / "cdk.out").glob("asset.*")
    return asset


def held(tmp_path: Path, asset: Path | None) -> None:
    """Make sure that nothing of the wheel is outside of the asset, and that no link leads out of it."""
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == MARK.encode()]
    assert [path for path in written if asset is None or not path.is_relative_to(asset)] == []
    assert asset is None or [path for path in asset.rglob("*") if path.is_symlink()] == []


@pytest.mark.parametrize("name", MEMBERS)
def test_a_file_that_is_to_be_elsewhere_is_not(name: str, tmp_path: Path, wheelhouse: Wheelhouse) -> None:
    member = MEMBERS[name].format(place=tmp_path)
    wheelhouse.wheel("bad", files={member: MARK})

    held(tmp_path, bundled(tmp_path, wheelhouse))


@pytest.mark.parametrize("target", ["/etc/hostname", "../../../../etc/hostname", "{place}/secret.txt", "."])
def test_a_link_leads_nowhere(target: str, tmp_path: Path, wheelhouse: Wheelhouse) -> None:
    (tmp_path / "secret.txt").write_text("s3cret")
    wheel = wheelhouse.wheel("bad")
    with zipfile.ZipFile(wheel, "a") as archive:
        link = zipfile.ZipInfo("bad/link")
        link.create_system, link.external_attr = 3, LINK
        archive.writestr(link, target.format(place=tmp_path))

    asset = bundled(tmp_path, wheelhouse)

    held(tmp_path, asset)
    assert asset is None or not [path for path in asset.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]


def test_a_record_may_list_what_it_likes(tmp_path: Path, wheelhouse: Wheelhouse) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    wheel = wheelhouse.wheel("bad")
    names = ("../../../mine.txt", str(tmp_path / "mine.txt"), "/etc/passwd", "", "a\0b", '"')
    with zipfile.ZipFile(wheel) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    members[f"{INFO}/RECORD"] += "".join(f"{name},sha256=x,1\n" for name in names).encode()
    with zipfile.ZipFile(wheel, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)

    held(tmp_path, bundled(tmp_path, wheelhouse))

    assert (tmp_path / "mine.txt").read_text() == "mine"
