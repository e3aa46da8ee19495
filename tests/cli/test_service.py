import json
from pathlib import Path

import pytest

from python_function._cli.program import main
from tests.service import examples


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """Return the documented sample, without its file."""
    directory = tmp_path / "web"
    directory.mkdir()
    (directory / "server.py").write_text(examples.SAMPLE_SERVER)
    (directory / "requirements.txt").write_text(examples.SAMPLE_REQUIREMENTS)
    return directory


def test_check_tells_what_the_code_says(web: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "check", str(web)]) == 0

    assert capsys.readouterr().out == (
        "runtime       python311\n"
        "build         python3 --version\n"
        "pre-run       pip3 install -r requirements.txt\n"
        "command       python3 server.py\n"
        "              server.py has a __main__\n"
        "port          8080\n"
    )


def test_check_tells_every_line_of_a_file(web: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = web / "apprunner.yaml"
    file.write_text(examples.SAMPLE.replace("command: python", "comand: python"))

    assert main(["service", "check", str(web)]) == 1

    told = capsys.readouterr()
    assert [line.partition(": ")[0] for line in told.out.splitlines()] == [f"{file}:2", f"{file}:8", f"{file}:8"]
    assert f"{file}:8: error: run.comand is no key of the file. Did you mean run.command?" in told.out
    assert told.err == f"{file} cannot work like that: 2 errors.\n"


def test_a_warning_is_no_failure(web: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (web / "apprunner.yaml").write_text(examples.SAMPLE)

    assert main(["service", "check", str(web), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["command"], told["port"]) == ("python server.py", 8080)
    assert [(finding["line"], finding["error"]) for finding in told["findings"]] == [(2, False)]


def test_write_makes_the_file_once(web: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "write", str(web)]) == 0
    written = (web / "apprunner.yaml").read_bytes()

    assert main(["service", "write", str(web)]) == 1
    assert f"{web / 'apprunner.yaml'} is there already" in capsys.readouterr().err

    assert main(["service", "write", str(web), "--output", "-"]) == 0
    assert capsys.readouterr().out.encode() == written
    assert main(["service", "check", str(web)]) == 0


def test_write_says_where_it_cannot(web: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "write", str(web), "--output", str(web / "none" / "x.yaml")]) == 1

    assert "x.yaml cannot be written: No such file or directory." in capsys.readouterr().err


def test_what_is_no_service_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "check", str(tmp_path)]) == 1

    assert "says what to start" in capsys.readouterr().err
