import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._bundle.fingerprint import fingerprint
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._source.select import Source
from python_function.errors import EntryError


def nothing(_: Path) -> None:
    """Change nothing."""


def added_file(entry: Path) -> None:
    (entry / "new.py").touch()


def changed_content(entry: Path) -> None:
    (entry / "index.py").write_text("def handler(event, context): ...\n")


def renamed(entry: Path) -> None:
    (entry / "index.py").rename(entry / "main.py")


def made_executable(entry: Path) -> None:
    (entry / "index.py").chmod(0o755)


def binary_line_ends(entry: Path) -> None:
    (entry / "data.bin").write_bytes(b"\0\r\n")


def virtual_environment(entry: Path) -> None:
    (entry / ".venv").mkdir()
    (entry / ".venv/x").touch()


def caches(entry: Path) -> None:
    for name in (".pytest_cache", "__pycache__", ".mypy_cache", "node_modules", "x.egg-info", ".git"):
        (entry / name).mkdir()
        (entry / name / "x").touch()
    for name in (".DS_Store", ".index.py.swp", ".index.py.swo", "index.py~", ".#index.py", "#index.py#"):
        (entry / name).touch()
    (entry / ".env").write_text("PASSWORD=x")


def touched(entry: Path) -> None:
    os.utime(entry / "index.py", (0, 0))


def other_readers(entry: Path) -> None:
    (entry / "index.py").chmod(0o600)


def empty_directory(entry: Path) -> None:
    (entry / "empty/nested").mkdir(parents=True)


def windows_line_ends(entry: Path) -> None:
    (entry / "index.py").write_bytes((entry / "index.py").read_bytes().replace(b"\n", b"\r\n"))


def linked_instead(entry: Path) -> None:
    (entry / "lib").mkdir()
    (entry / "index.py").rename(entry / ".env")
    (entry / "lib").rmdir()
    (entry / "index.py").symlink_to(".env")


@pytest.mark.parametrize(
    "change", [added_file, changed_content, renamed, made_executable, binary_line_ends, windows_line_ends]
)
def test_what_changes_the_bundle_changes_the_hash(
    spec: BundleSpec, entry: Path, change: Callable[[Path], None]
) -> None:
    (entry / "data.bin").write_bytes(b"\0\n")
    before = fingerprint(spec)

    change(entry)

    assert fingerprint(spec) != before


@pytest.mark.parametrize(
    "change",
    [nothing, virtual_environment, caches, touched, other_readers, empty_directory, linked_instead],
)
def test_what_leaves_the_bundle_as_it_is_leaves_the_hash(
    spec: BundleSpec, entry: Path, change: Callable[[Path], None]
) -> None:
    before = fingerprint(spec)

    change(entry)

    assert fingerprint(spec) == before


def test_the_hash_does_not_depend_on_where_the_source_is(spec: BundleSpec, entry: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere/entry"
    shutil.copytree(entry, elsewhere)

    assert fingerprint(replace(spec, source=Source(directory=elsewhere))) == fingerprint(spec)


def test_the_hash_does_not_depend_on_who_reads_the_source(spec: BundleSpec, entry: Path, unprivileged: Path) -> None:
    (unprivileged / "index.py").write_text("def handler(event, context):\n    return event\n")
    (unprivileged / "index.py").chmod(0o640)
    as_another = fingerprint(replace(spec, source=Source(directory=unprivileged)))
    entry_was = "def handler(event, context):\n    return event\n"

    os.seteuid(os.getuid())

    assert (entry / "index.py").read_text() == entry_was
    assert fingerprint(spec) == as_another


@pytest.mark.parametrize(("path", "mode"), [("secret.bin", 0o000), ("closed/x.py", 0o000)])
def test_what_cannot_be_read_is_named(spec: BundleSpec, unprivileged: Path, path: str, mode: int) -> None:
    top = unprivileged / path.partition("/")[0]
    (unprivileged / path).parent.mkdir(exist_ok=True)
    (unprivileged / path).touch()
    top.chmod(mode)

    with pytest.raises(EntryError, match=rf"{top} cannot be read: Permission denied\..* asset_excludes"):
        fingerprint(replace(spec, source=Source(directory=unprivileged)))
    assert fingerprint(replace(spec, source=Source(directory=unprivileged, excludes=(top.name,))))
    top.chmod(0o700)


def test_the_image_does_not_count_where_there_is_no_container(spec: BundleSpec) -> None:
    local = replace(spec, strategy="local")

    assert fingerprint(local) == fingerprint(replace(local, container=replace(spec.container, image="other")))


def test_what_is_left_out_counts_with_hooks_too(spec: BundleSpec, entry: Path) -> None:
    (entry / "a.txt").touch()
    for hooked in (replace(spec, before=("true",)), replace(spec, after=("true",))):
        sources = (Source(directory=entry, excludes=excludes) for excludes in ((), ("a.txt",), ("b.txt",)))

        assert len({fingerprint(replace(hooked, source=source)) for source in sources}) == 3


def test_what_a_hook_gets_to_see_counts(spec: BundleSpec, entry: Path) -> None:
    hooked = replace(spec, source=Source(directory=entry, excludes=("*.proto",)), before=("protoc *.proto",))
    unhooked = replace(hooked, before=())
    before = fingerprint(hooked), fingerprint(unhooked)

    (entry / "service.proto").write_text("message A {}")

    assert fingerprint(hooked) != before[0]
    assert fingerprint(unhooked) == before[1]


def test_of_secrets_the_names_count(spec: BundleSpec) -> None:
    given = [
        replace(spec, environment=((name, value),), secrets=frozenset({name}))
        for name, value in (("GH_PAT", "one"), ("GH_PAT", "two"), ("JWT", "one"))
    ]
    one, rotated, other = map(fingerprint, given)

    assert one == rotated
    assert len({one, other, fingerprint(spec)}) == 3


@pytest.fixture
def local(spec: BundleSpec, tmp_path: Path) -> BundleSpec:
    """Return a spec with two local packages."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text(name)
    packages = tuple(LocalPackage(name=name, directory=tmp_path / name) for name in ("one", "two"))
    return replace(spec, packaging=Packaging(content=Listed(requirements=Requirements(local=packages))))


def test_what_local_packages_are_called_and_hold_counts(local: BundleSpec, tmp_path: Path) -> None:
    before = fingerprint(local)
    first, second = local.packaging.local
    named = Requirements(local=(replace(first, name="other"), second))

    renamed = fingerprint(replace(local, packaging=Packaging(content=Listed(requirements=named))))
    (tmp_path / "two/code.py").write_text("edited")
    edited = fingerprint(local)

    assert len({before, renamed, edited}) == 3


def test_what_is_in_one_local_package_is_not_in_another(local: BundleSpec, tmp_path: Path) -> None:
    before = fingerprint(local)

    (tmp_path / "two/code.py").rename(tmp_path / "one/more.py")

    moved = fingerprint(local)
    (tmp_path / "one/more.py").rename(tmp_path / "two/more.py")
    assert len({before, moved, fingerprint(local)}) == 3
