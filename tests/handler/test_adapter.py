"""Whether a handler gets requests or Lambda's own events: read off what it does with its first argument."""

from pathlib import Path
from typing import get_args

import pytest

from python_function import options
from python_function._handler import adapter
from python_function._handler.entry import resolve
from python_function.errors import OptionError
from tests.request_examples import EXAMPLES, Example

HTTP = (
    "def handler(event, context): return event.body",
    "def handler(event, context):\n print(event)\n return str(event.query['name'])",
    "def handler(request, _): return request.headers.get('X')",
    "def handler(event, context):\n it = event\n return it.body",
    "def handler(event, context): return getattr(event, 'body')",
    "def handler(event, context): return f'{event} {event.path}'",
    "handler = lambda event, context: event.method",
    "def go(event, context): return event.body\nhandler = go",
    "def body(e): return e.body\ndef handler(event, context): return body(event)",
    "def body(_, e): return e.body\ndef handler(event, context): return body(context, event)",
    "def handler(event, context):\n def inner(): return event.body\n return inner()",
    "def handler(event, context): return [event.body for _ in 'a']",
    "def handler(event, context):\n if event.method == 'GET': return {'body': [x['a'] for x in event.query]}",
    "def handler(event, context): return send(event, event.body)",
    "try:\n import orjson\nexcept ImportError: ...\nasync def x(): ...\ndef handler(event, context): return event.body",
    "def handler(event, /, context): return event.body",
    "import logging\ndef handler(event, context):\n logging.info('%s', event)\n return event.path",
)
LAMBDA = (
    "def handler(event, context): return event['body']",
    "def handler(event, context): return event.get('body')",
    "def handler(event, context):\n for name, value in event.items(): ...",
    "def handler(event, context): return 'body' in event",
    "def handler(event, context): return event['body'] if isinstance(event, dict) else event.body",
    "def handler(event, context): return app.resolve(event, context)",
    "def handler(event, context): return event",
    "def handler(event, context): return {**event}",
    "def handler(event, context): return send(event=event)",
    "def handler(event, context): ...",
    "def handler(*arguments): return arguments[0].body",
    "def handler(event, context):\n event = Request(event)\n return event.body",
    "def handler(event, context):\n request = Request(event)\n return request.body",
    "def handler(event, context):\n with open('a') as event: return event.body",
    "@event_source(data_class=Request)\ndef handler(event, context): return event.body",
    "def handler(event, context):\n def inner(event): return event.body\n return 1",
    "def handler(event, context): return (lambda event: event.body)",
    "def body(e): return e['body']\ndef handler(event, context): return body(event)",
    "def body(*e): return e\ndef handler(event, context): return body(event)",
    "def again(e): return again(e)\ndef handler(event, context): return again(event)",
    "class handler:\n def __init__(self, event, context): self.body = event.body",
    "from app import handler",
    "from mangum import Mangum\nhandler = Mangum(app)",
    "if x:\n def handler(event, context): return event.body\nelse:\n handler = make()",
    "a = b\nb = a\nhandler = a",
)


def decided(directory: Path, code: str, *, file: str = "main.py", given: str | None = None) -> adapter.Adapted:
    (directory / file).write_text(code, encoding="utf-8")
    return adapter.decide(given, resolve(directory, index=file, handler=None, cwd=directory))


@pytest.mark.parametrize("code", HTTP)
def test_attributes_that_no_dict_has_mean_requests(code: str, tmp_path: Path) -> None:
    assert decided(tmp_path, code).name == "http"


@pytest.mark.parametrize("code", LAMBDA)
def test_everything_else_means_lambdas_own_event(code: str, tmp_path: Path) -> None:
    assert decided(tmp_path, code).name == "lambda"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_of_the_page_means_requests(example: Example, tmp_path: Path) -> None:
    assert decided(tmp_path, example.code, file="handler.py").name == "http"


@pytest.mark.parametrize("file", ["main.py", "handler.py"])
def test_what_reads_nothing_means_requests_by_its_name_alone(file: str, tmp_path: Path) -> None:
    found = decided(tmp_path, "def handle(event, context): return {'body': ''}", file=file)

    assert found.name == ("http" if file == "handler.py" else "lambda")
    assert "reads nothing of its event" in found.reason


def test_what_hands_its_event_on_is_not_taken_by_its_name(tmp_path: Path) -> None:
    found = decided(tmp_path, "def handle(event, context):\n    return app.resolve(event, context)", file="handler.py")

    assert found == adapter.Adapted("lambda", "handler.py:2 takes the event whole: app.resolve(event, context)")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def handler(event, context):\n    return event.body", "main.py:2 reads event.body"),
        ("def handler(event, context):\n\n    return event['a']", "main.py:3 reads event['a']"),
        (
            "@wrap\ndef handler(event, context): return event.body",
            "what handler of main.py does with its event is not plain to see",
        ),
    ],
)
def test_the_reason_names_the_place(code: str, reason: str, tmp_path: Path) -> None:
    assert decided(tmp_path, code).reason == reason


@pytest.mark.parametrize("given", ["http", "lambda"])
def test_what_is_given_wins(given: str, tmp_path: Path) -> None:
    code = "def handler(event, context): return event.body + event['a']"

    assert decided(tmp_path, code, given=given) == adapter.Adapted("http" if given == "http" else "lambda", "given")


def test_there_are_no_other_adapters(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="adapter must be 'http', 'lambda' or None, not 'wsgi'"):
        decided(tmp_path, "def handler(event, context): ...", given="wsgi")


def test_options_and_rules_know_the_same_adapters() -> None:
    assert get_args(options.Adapter) == get_args(adapter.Name)


def test_a_file_too_large_to_be_parsed_is_read_where_it_matters(tmp_path: Path) -> None:
    code = f"TABLE = '''{'x' * 300_000}'''\ndef handler(event, context):\n    return event.body\n"

    assert decided(tmp_path, code) == adapter.Adapted("http", "main.py reads event.body")
