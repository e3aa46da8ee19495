from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from python_function._bundle.image import Image
from python_function._bundle.resolve import Resolved, Wanted
from python_function._dependencies.declared import Listed
from python_function._service import image, service
from tests.service import examples

SAMPLE: Final = {
    "server.py": examples.SAMPLE_SERVER,
    "requirements.txt": examples.SAMPLE_REQUIREMENTS,
    "apprunner.yaml": examples.SAMPLE,
}


def resolved(directory: Path, files: Mapping[str, str], *, runtime: str = "python3.11") -> Resolved:
    for name, text in files.items():
        (directory / name).write_text(text)
    wanted = Wanted(entry=directory, runtimes=(runtime,), architecture="x86_64", cwd=directory)
    return image.resolved(service.find(directory, cwd=directory), wanted, None)


def test_the_image_is_pythons_own_with_the_bundle_and_nobody_in_particular(tmp_path: Path) -> None:
    found = resolved(tmp_path, SAMPLE)

    assert found.spec.image == Image(
        base="public.ecr.aws/docker/library/python:3.11-slim",
        directory="/app",
        user="1000:1000",
        command=("python3", "server.py"),
        environment=(("PORT", "8080"), ("PYTHONPATH", "/app"), ("PYTHONUNBUFFERED", "1")),
        port=8080,
    )
    assert (found.spec.prefix, found.spec.source.root) == ("", "")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("python server.py", ("python3", "server.py")),
        ("pipenv run gunicorn 'a b:app'", ("python3", "-m", "gunicorn", "a b:app")),
        ("uvicorn main:app --port $PORT", ("sh", "-c", "exec python3 -m uvicorn main:app --port $PORT")),
        ("make && ./serve", ("sh", "-c", "make && ./serve")),
        ("sh -c 'exec x $PORT'", ("sh", "-c", "exec x $PORT")),
        ("it's", ("sh", "-c", "exec it's")),
    ],
)
def test_what_starts_needs_a_shell_only_for_what_a_shell_understands(text: str, command: tuple[str, ...]) -> None:
    assert image.command(text) == command


@pytest.mark.parametrize(
    ("requirements", "runtime", "constraints"),
    [
        ("pyramid==2.0\n", "python3.11", ("setuptools<81",)),
        ("pyramid==2.0\nsetuptools==82.0.0\n", "python3.11", ()),
        ("pyramid==2.0\n", "python3.13", ()),
        (f"pyramid==2.0 --hash=sha256:{'0' * 64}\n", "python3.11", ()),
    ],
)
def test_what_pythons_bring_of_setuptools_stays(
    requirements: str, runtime: str, constraints: tuple[str, ...], tmp_path: Path
) -> None:
    files = {name: text for name, text in SAMPLE.items() if name != "apprunner.yaml"}

    packaging = resolved(tmp_path, {**files, "requirements.txt": requirements}, runtime=runtime).spec.packaging

    assert isinstance(packaging.content, Listed)
    assert packaging.content.requirements.constraints == constraints
    assert (packaging.identity[-1:] == ("setuptools<81",)) is bool(constraints)


def test_commands_that_no_image_runs_are_told(tmp_path: Path) -> None:
    text = examples.SAMPLE.replace("      - pip", "      - make static\n      - pip")

    (notice,) = [
        each
        for each in resolved(tmp_path, {**SAMPLE, "apprunner.yaml": text}).spec.notices
        if each.id == "serviceCommands"
    ]

    assert "'make static' is not run" in notice.text
    assert "pip install" not in notice.text


def test_secrets_of_the_file_are_told(tmp_path: Path) -> None:
    text = examples.SAMPLE + "  secrets:\n    - name: TOKEN\n      value-from: token\n"

    (notice,) = [
        each
        for each in resolved(tmp_path, {**SAMPLE, "apprunner.yaml": text}).spec.notices
        if each.id == "serviceSecrets"
    ]

    assert "TOKEN, are for App Runner's own runtime. Pass secrets=" in notice.text
