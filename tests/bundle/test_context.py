"""The Dockerfile of an image, and the directories that it copies."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from python_function._bundle import context
from python_function._bundle.checks import inventory
from python_function._bundle.image import Image, dockerfile
from python_function.errors import OptionError

BASE = "public.ecr.aws/lambda/python:3.13"
FUNCTION = Image(base=BASE, command=("index.handler",))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return a bundle of one distribution and the user's own code, with bytecode of both."""
    directory = tmp_path / "bundle"
    texts = {
        "lib/__init__.py": "x",
        "lib/__pycache__/__init__.cpython-313.pyc": "",
        "lib-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\n",
        "lib-1.0.dist-info/RECORD": "lib/__init__.py,,\nlib-1.0.dist-info/METADATA,,\nlib-1.0.dist-info/RECORD,,\n",
        "index.py": "import lib",
        "lib/own.py": "over a dependency",
        "__pycache__/index.cpython-313.pyc": "",
        "made/by_a_hook.txt": "",
    }
    for name, text in texts.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    (directory / "made/by_a_hook.txt").chmod(0o755)
    return directory


def laid(bundle: Path, place: Path, image: Image = FUNCTION, own: tuple[str, ...] = ("index.py",)) -> Path:
    place.mkdir()
    context.lay(inventory.take(bundle, own), image, place)
    return place


def files(directory: Path) -> Iterator[tuple[str, str, int]]:
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            yield path.relative_to(directory).as_posix(), path.read_text(), path.stat().st_mode & 0o777


def test_a_dockerfile_copies_and_runs_nothing() -> None:
    text = dockerfile(FUNCTION, ("dependencies", "code"))

    assert text.splitlines() == [
        f"FROM {BASE}",
        "WORKDIR /var/task",
        "COPY dependencies/ /var/task/",
        "COPY code/ /var/task/",
        'CMD ["index.handler"]',
    ]


def test_a_service_has_its_own_place_user_port_and_variables() -> None:
    image = Image(
        base="python:3.13-slim",
        directory="/app",
        user="1000:1000",
        command=("python", "server.py"),
        environment=(("A", 'say "$HOME" \\ {x}'),),
        port=8080,
    )

    assert dockerfile(image, ("code",)).splitlines() == [
        "FROM python:3.13-slim",
        'ENV A="say \\"\\$HOME\\" \\\\ {x}"',
        "WORKDIR /app",
        "COPY code/ /app/",
        "EXPOSE 8080",
        "USER 1000:1000",
        'CMD ["python", "server.py"]',
    ]


@pytest.mark.parametrize("base", ["", "-v", "a b", "a\nRUN x", "$BASE", "a AS b"])
def test_what_is_no_image_is_refused(base: str) -> None:
    with pytest.raises(OptionError, match=r"base .* of an image is not an image's name"):
        Image(base=base)


@pytest.mark.parametrize(("field", "value"), [("directory", "app"), ("directory", "/a b"), ("user", "a\nRUN x")])
def test_nothing_gets_into_a_dockerfile_that_it_would_take_apart(field: str, value: Any) -> None:  # noqa: ANN401 - the value of any field
    with pytest.raises(OptionError, match=rf"{field} .* of an image is not"):
        replace(FUNCTION, **{field: value})


@pytest.mark.parametrize("variable", [("A", "x\nRUN y"), ("A=B", "x"), ("", "x")])
def test_a_variable_that_no_dockerfile_can_hold_is_refused(variable: tuple[str, str]) -> None:
    with pytest.raises(OptionError, match="cannot be set"):
        Image(base=BASE, environment=(variable,))


def test_distributions_are_one_layer_and_all_else_is_the_code(bundle: Path, tmp_path: Path) -> None:
    place = laid(bundle, tmp_path / "context")

    names = [name for name, _, _ in files(place)]
    assert names == [
        "Dockerfile",
        "code/__pycache__/index.cpython-313.pyc",
        "code/index.py",
        "code/lib/own.py",
        "code/made/by_a_hook.txt",
        "dependencies/lib/__init__.py",
        "dependencies/lib/__pycache__/__init__.cpython-313.pyc",
        "dependencies/lib-1.0.dist-info/METADATA",
        "dependencies/lib-1.0.dist-info/RECORD",
    ]


def test_what_the_user_puts_over_a_dependency_is_code(bundle: Path, tmp_path: Path) -> None:
    place = laid(bundle, tmp_path / "context", own=("index.py", "lib/__init__.py"))

    assert (place / "code/lib/__init__.py").is_file()
    assert not (place / "dependencies/lib/__init__.py").exists()


def test_a_layer_that_would_be_empty_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle/index.py").touch()

    place = laid(tmp_path / "bundle", tmp_path / "context")

    assert (place / "Dockerfile").read_text().count("COPY") == 1
    assert not (place / "dependencies").exists()


def test_a_context_is_the_same_under_any_umask(bundle: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        place = laid(bundle, tmp_path / "context")
    finally:
        os.umask(before)

    assert {path.stat().st_mode & 0o777 for path in (place, *place.rglob("*")) if path.is_dir()} == {0o755}
    assert (place / "Dockerfile").stat().st_mode & 0o777 == 0o644


def test_a_context_holds_the_very_bundle(bundle: Path, tmp_path: Path) -> None:
    before = list(files(bundle))

    place = laid(bundle, tmp_path / "context")
    (tmp_path / "again").mkdir()
    context.unpack(place, tmp_path / "again")

    assert list(files(tmp_path / "again")) == before


def test_a_context_is_told_from_a_bundle_that_looks_like_one(bundle: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "code").mkdir(parents=True)
    (own / "code/index.py").touch()
    (own / "Dockerfile").write_text("FROM scratch\n")

    assert context.is_context(laid(bundle, tmp_path / "context"), FUNCTION)
    assert not context.is_context(own, FUNCTION)
    assert not context.is_context(bundle, FUNCTION)
