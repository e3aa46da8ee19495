from typing import Final

import pytest

from python_function._service import reading
from python_function._service.apprunner import Configuration, Said, Variable
from python_function.errors import EntryError
from tests.service import examples

EVERY_KEY: Final = """\
version: 1.0
runtime: python311
build:
  commands:
    pre-build:
      - make fetch
    build:
      - make
    post-build:
      - make check
      - make stamp
  env:
    - name: MODE
      value: "release"
run:
  runtime-version: 3.11
  pre-run:
    - pip3 install -r requirements.txt
  command: python3 server.py
  network:
    port: 8000
    env: APP_PORT
  env:
    - name: LOG
      value: info
  secrets:
    - name: PASSWORD
      value-from: "parameter-name"
"""


def found(text: str) -> list[tuple[int, str]]:
    _, findings = reading.read(text.encode(), name="apprunner.yaml")
    return [(finding.line, finding.text) for finding in findings]


def test_every_key_of_the_format_is_read() -> None:
    read, findings = reading.read(EVERY_KEY.encode(), name="apprunner.yaml")

    assert findings == ()
    assert read == Configuration(
        runtime=Said("python311", 2),
        pre_build=(Said("make fetch", 6),),
        build=(Said("make", 8),),
        post_build=(Said("make check", 10), Said("make stamp", 11)),
        build_env=(Variable("MODE", "release", 13),),
        version=Said("3.11", 16),
        pre_run=(Said("pip3 install -r requirements.txt", 18),),
        command=Said("python3 server.py", 19),
        port=8000,
        port_env=Said("APP_PORT", 22),
        env=(Variable("LOG", "info", 24),),
        secrets=(Variable("PASSWORD", "parameter-name", 27),),
    )


@pytest.mark.parametrize("text", [examples.MINIMAL, examples.EXTENDED, examples.SAMPLE])
def test_the_examples_of_the_documentation_are_read(text: str) -> None:
    read, findings = reading.read(text.encode(), name="apprunner.yaml")

    assert read.command.text
    assert findings == ()


@pytest.mark.parametrize("key", ["build", "build.commands", "run", "run.network"])
def test_a_key_that_the_format_does_not_have_is_told_wherever_it_is(key: str) -> None:
    lines = EVERY_KEY.splitlines()
    number = next(n for n, line in enumerate(lines) if line.strip() == f"{key.rpartition('.')[2]}:")
    depth = len(lines[number]) - len(lines[number].lstrip()) + 2
    lines.insert(number + 1, " " * depth + "comands: {}")

    assert [line for line, text in found("\n".join(lines)) if f"{key}.comands is no key" in text] == [number + 2]


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("version: 1.0\n", "", 1, 'version is missing. Write "version: 1.0"'),
        ("runtime: python311\n", "", 1, 'runtime is missing. Write "runtime: python311"'),
        ("  command: python3 server.py\n", "", 16, "run.command is missing"),
        ("    build:\n      - make\n", "", 5, "build.commands.build is missing"),
        ("command: python3", "comand: python3", 19, "run.comand is no key of the file. Did you mean run.command?"),
        ("  network:\n    port", "  port: 1\n  network:\n    port", 20, "Did you mean run.network.port?"),
        ("runtime: python311", "runtime: python311\npre-run: []", 3, "Did you mean run.pre-run?"),
        ("runtime: python311", "runtime: python311\nzzz: 1", 3, "There are version, runtime, build, run."),
        ("runtime-version: 3.11", "runtime-version: 3.10", 16, 'which YAML reads as 3.1. Write it in quotes: "3.10"'),
        ("value: info", "value: yes", 25, "is yes, which YAML reads as true"),
        ("value: info", "value: 010", 25, "is 010, which YAML reads as 8"),
        ("value: info", "value: 1_000", 25, "is 1_000, which YAML reads as 1000"),
        ("value: info", "value: 12:30:45", 25, "which YAML reads as 45045"),
        ("runtime: python311", "runtime: python311\nruntime: python3", 3, "runtime is there twice, first in line 2"),
        ("- make check", "- make: check", 10, "is a table, which a text with ': ' in it is to YAML"),
        ("    build:\n      - make\n", "    build: make\n", 7, "build.commands.build has to be a list of commands"),
        ("    build:\n      - make\n", "    build: []\n", 7, "build.commands.build has to be a list of commands"),
        ("command: python3 server.py", "command: [python3, server.py]", 19, "has to be one text"),
        ("command: python3 server.py", "command:", 19, "run.command is empty"),
        ("port: 8000", "port: 80000", 21, "has to be a number from 1 to 65535"),
        ("port: 8000", "port: 0", 21, "has to be a number from 1 to 65535"),
        ("port: 8000", "port: http", 21, "has to be a number from 1 to 65535"),
        ("env: APP_PORT", "env: 8PORT", 22, "which no variable is called"),
        ("name: LOG", "name: AWSAPPRUNNER_LOG", 24, "App Runner's own"),
        ("name: LOG", "nam: LOG", 24, "has an entry with nam, value, where name and value belong"),
        ("value-from: ", "value: ", 27, "where name and value-from belong"),
        ("value: info", "value: info\n    - name: LOG\n      value: debug", 26, "has LOG twice"),
        ("run:\n", "run: []\nx:\n", 15, "run has to be a table"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(before: str, after: str, line: int, told: str) -> None:
    assert before in EVERY_KEY

    wrong = found(EVERY_KEY.replace(before, after, 1))

    assert [(number, text) for number, text in wrong if number == line and told in text], wrong


def test_quotes_make_a_text_what_it_says() -> None:
    text = EVERY_KEY.replace("value: info", 'value: "010"').replace("runtime-version: 3.11", 'runtime-version: "3.11"')

    assert found(text) == []


@pytest.mark.parametrize("value", ["true", "8000", "1.5", "2026-04-30", "''", "~x"])
def test_what_yaml_writes_as_it_was_is_no_mistake(value: str) -> None:
    assert found(EVERY_KEY.replace("value: info", f"value: {value}")) == []


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n"])
def test_an_empty_file_lacks_everything(text: str) -> None:
    read, findings = reading.read(text.encode(), name="apprunner.yaml")

    assert not read.command.text
    assert len(findings) == 4


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"version: 1.0\nrun:\n\tcommand: x\n", r"/srv/web/apprunner.yaml, line 3: .*Write it as YAML has it"),
        (b"version: 1.0\nrun: 'open\n", r"line \d+: found unexpected end of stream"),
        (b"a: 1\n---\nb: 2\n", r"line 2: but found another document"),
        (b"version: \xff\n", r"line 1: byte 0xff is no UTF-8"),
        (b"version: 1\nrun: \x07\n", r"apprunner.yaml: unacceptable character"),
        (b"a: &a [*a]\n", r"line 1: this refers to itself"),
        (b"[1, 2]: 3\n", r"line 1: a key has to be a text"),
        (b"a: *nowhere\n", r"line 1: found undefined alias"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"#" * 2_000_000, "2,000,000 bytes, more than can be meant"),
    ],
)
def test_what_is_no_yaml_is_an_error(content: bytes, told: str) -> None:
    with pytest.raises(EntryError, match=told):
        reading.read(content, name="/srv/web/apprunner.yaml")


def test_a_small_file_that_would_explode_does_not() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 200))

    assert len(found(bomb)) == 200 + 4


def test_no_value_shows_in_the_data() -> None:
    read, _ = reading.read(EVERY_KEY.replace("info", "hidden-value").encode(), name="apprunner.yaml")

    assert "hidden-value" not in repr(read)
