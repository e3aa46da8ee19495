"""The adapter of requests: what a handler gets of every form of event, and what becomes of what it returns."""

import ast
import decimal
import json
import logging
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest

from python_function._handler import http_adapter
from python_function._handler.http_adapter import Body, Event, Query, answering
from tests.http_events import FORMS, Request, Response, received, wire

HTML: Final = "text/html; charset=utf-8"

Answer = Callable[..., Response]


def handled(function: Callable[[Any, Any], object], monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, Any], Any]:
    """Return the adapter in front of *function*, which is a module's as on Lambda."""
    module = type(sys)("handled_here")
    vars(module)["handle"] = function
    monkeypatch.setitem(sys.modules, "handled_here", module)
    return answering("handled_here", "handle")


@pytest.fixture(params=list(FORMS))
def form(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def seen(form: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Event]:
    """Return what a handler gets to see of a request in each form."""

    def ask(**fields: Any) -> Event:  # noqa: ANN401 - those of a request
        events: list[Event] = []
        handled(lambda event, _: events.append(event), monkeypatch)(FORMS[form](Request(**fields)), None)
        return events[0]

    return ask


@pytest.fixture
def answer(form: str, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Return what a client gets, in each form, of what a handler returns."""

    def get(returned: object) -> Response:
        return received(form, handled(lambda _event, _context: returned, monkeypatch)(FORMS[form](Request()), None))

    return get


def test_the_adapter_is_in_the_grammar_of_the_oldest_runtime_and_needs_the_standard_library_alone() -> None:
    text = Path(http_adapter.__file__).read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 8))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {module.partition(".")[0] for module in modules} <= sys.stdlib_module_names


def test_a_handler_sees_the_request(seen: Callable[..., Event]) -> None:
    event = seen(method="POST", path="/orders/7", body="hello", headers=(("X-Trace", "1"),))

    assert (event.method, event.path, event.body, str(event.body)) == ("POST", "/orders/7", b"hello", "hello")
    assert event.headers["x-TRACE"] == "1"
    assert "You said: " + str(event.body) == f"You said: {event.body}" == "You said: hello"


def test_a_path_is_decoded_and_without_the_stage(seen: Callable[..., Event]) -> None:
    assert seen(path="/caf%C3%A9/a%2Fb").path == "/café/a/b"
    assert seen(path="/").path == "/"
    assert seen(path="/production/prod").path == "/production/prod"


def test_names_of_headers_are_in_any_case_and_missing_ones_none(seen: Callable[..., Event]) -> None:
    headers = seen(headers=(("Content-Type", "text/plain"),)).headers

    assert headers.get("content-type") == headers["CONTENT-TYPE"] == "text/plain"
    assert "Content-TYPE" in headers
    assert headers.get("X-None") is None
    assert headers.get("X-None", "else") == "else"
    assert headers.getlist("x-none") == []


def test_several_headers_of_one_name_are_joined_where_the_sender_keeps_them(
    seen: Callable[..., Event], form: str
) -> None:
    headers = seen(headers=(("X-Tag", "a"), ("x-tag", "b"))).headers

    if form == "load balancer":
        assert headers["X-Tag"] == "b"
    else:
        assert headers["X-Tag"].replace(", ", ",") == "a,b"


def test_cookies_are_one_header(seen: Callable[..., Event]) -> None:
    assert seen(headers=(("Cookie", "a=1; b=2"),)).headers["cookie"] == "a=1; b=2"


def test_a_query_gives_first_values_and_all(seen: Callable[..., Event], form: str) -> None:
    query = seen(query="name=a&name=b&empty=&sp+ace=1%2B1%26").query

    if form == "load balancer":
        assert query.getlist("name") == ["b"]
    else:
        assert (query["name"], query.get("name"), query.getlist("name")) == ("a", "a", ["a", "b"])
    assert query["empty"] == ""
    assert query["sp ace"] == "1+1&"
    assert list(query) == ["name", "empty", "sp ace"]
    assert len(query) == 3
    assert query.get("none") is None


@pytest.mark.parametrize("text", ["a+b", "100%", "ä ö", "a=b", "a&b", "/?#"])
def test_a_query_is_decoded_once(seen: Callable[..., Event], text: str) -> None:
    assert seen(query=f"{wire(text)}={wire(text)}").query[text] == text


def test_a_request_without_anything_is_empty(seen: Callable[..., Event]) -> None:
    event = seen()

    assert (event.body, str(event.body), dict(event.query), event.path, event.method) == (b"", "", {}, "/", "GET")


def test_a_binary_body_is_bytes_and_its_text_is_decoded(seen: Callable[..., Event]) -> None:
    assert seen(body=b"\x00\xff\x13").body == b"\x00\xff\x13"
    assert str(seen(body="ä".encode()).body) == "ä"
    assert str(seen(body=b"\xe4", headers=(("Content-Type", "text/plain; charset=latin-1"),)).body) == "ä"
    assert str(seen(body=b"\xff", headers=(("Content-Type", "text/plain; charset=nonsense"),)).body) == "\ufffd"
    assert str(seen(body=b"ab", headers=(("Content-Type", "text/plain; charset=hex"),)).body) == "ab"


def test_a_body_can_be_read_as_json(seen: Callable[..., Event]) -> None:
    assert json.loads(seen(body='{"a": "ä"}').body) == {"a": "ä"}


@pytest.mark.parametrize(
    ("returned", "status", "content_type", "body"),
    [
        pytest.param(None, 200, HTML, b"", id="nothing"),
        pytest.param({}, 200, HTML, b"", id="an empty dict"),
        pytest.param({"statusCode": 204}, 204, HTML, b"", id="a status alone"),
        pytest.param({"body": None}, 200, HTML, b"", id="no body"),
        pytest.param({"body": "text"}, 200, HTML, b"text", id="text"),
        pytest.param({"body": "ä\u2028"}, 200, HTML, "ä\u2028".encode(), id="text of all kinds"),
        pytest.param("text", 200, HTML, b"text", id="text alone"),
        pytest.param(("text", 201), 201, HTML, b"text", id="a tuple with a status"),
        pytest.param(("text", 201, {"Content-Type": "a/b"}), 201, "a/b", b"text", id="a tuple with headers"),
        pytest.param(("text", [("Content-Type", "a/b")]), 200, "a/b", b"text", id="a tuple with pairs"),
        pytest.param({"body": {"a": [1, None]}}, 200, "application/json", b'{"a": [1, null]}', id="a dict"),
        pytest.param({"body": []}, 200, "application/json", b"[]", id="a list"),
        pytest.param([1], 200, "application/json", b"[1]", id="a list alone"),
        pytest.param({"body": 7}, 200, HTML, b"7", id="a number"),
        pytest.param({"body": True}, 200, HTML, b"True", id="a truth value, as str has it"),
        pytest.param({"body": 0}, 200, HTML, b"0", id="zero"),
        pytest.param({"body": b"\x13\x37"}, 200, "application/octet-stream", b"\x13\x37", id="bytes"),
        pytest.param({"body": bytearray(b"\0")}, 200, "application/octet-stream", b"\0", id="a bytearray"),
        pytest.param({"body": Body(b"text")}, 200, HTML, b"text", id="the request's text"),
        pytest.param({"body": Body(b"\xff")}, 200, "application/octet-stream", b"\xff", id="the request's bytes"),
        pytest.param({"statusCode": "201"}, 201, HTML, b"", id="a status as text"),
        pytest.param({"statusCode": "404 Not Found"}, 404, HTML, b"", id="a status with its phrase"),
        pytest.param({"statusCode": HTTPStatus.CREATED}, 201, HTML, b"", id="a status by name"),
        pytest.param({"statusCode": None}, 200, HTML, b"", id="no status"),
        pytest.param({"statusCode": 599}, 599, HTML, b"", id="a status without a phrase"),
        pytest.param({"body": {"a": 1}, "headers": {"content-TYPE": "x/y"}}, 200, "x/y", b'{"a": 1}', id="its type"),
    ],
)
def test_what_a_handler_returns_is_the_response(
    answer: Answer, returned: object, status: int, content_type: str, body: bytes
) -> None:
    got = answer(returned)

    assert (got.status, got.header("content-type"), got.body) == (status, content_type, body)


def test_json_holds_what_tables_give(answer: Answer) -> None:
    identity = uuid.UUID(int=1)
    body = {"n": decimal.Decimal("1.50"), "id": identity, "at": datetime(2026, 3, 1, tzinfo=UTC)}

    assert json.loads(answer({"body": body}).body) == {
        "n": "1.50",
        "id": str(identity),
        "at": "2026-03-01T00:00:00+00:00",
    }


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-A": "1", "Location": "/x"}, id="a dict"),
        pytest.param({"X-A": 1, "Location": "/x"}, id="numbers"),
        pytest.param([("X-A", "1"), ("Location", "/x")], id="pairs"),
        pytest.param([["X-A", ["1"]], ["Location", "/x"]], id="lists"),
    ],
)
def test_headers_are_given_in_several_ways(answer: Answer, headers: object) -> None:
    got = answer({"headers": headers})

    assert (got.header("x-a"), got.header("location")) == ("1", "/x")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Set-Cookie": ["a=1; Path=/", "b=2"]}, id="a list"),
        pytest.param([("Set-Cookie", "a=1; Path=/"), ("set-cookie", "b=2")], id="pairs"),
    ],
)
def test_each_cookie_arrives(answer: Answer, headers: object) -> None:
    got = answer({"headers": headers, "body": "x"})

    assert [value for name, value in got.headers if name == "set-cookie"] == ["a=1; Path=/", "b=2"]
    assert got.header("content-type") == HTML


def test_several_values_of_another_header_arrive(answer: Answer) -> None:
    got = answer({"headers": {"Vary": ["Accept", "Origin"]}})

    assert ", ".join(value for name, value in got.headers if name == "vary") == "Accept, Origin"


@pytest.mark.parametrize(
    "returned",
    [
        pytest.param({"statusCode": "soon"}, id="no number"),
        pytest.param({"statusCode": 42}, id="no status"),
        pytest.param({"statusCode": 1000}, id="too high"),
        pytest.param({"headers": {"X-A": "a\r\nSet-Cookie: b"}}, id="a split header"),
        pytest.param({"headers": {"X-A\n": "a"}}, id="a split name"),
        pytest.param({"headers": 7}, id="no headers"),
        pytest.param({"body": {"a": object()}}, id="no JSON"),
        pytest.param({"body": "\ud800"}, id="no text"),
    ],
)
def test_what_is_no_response_is_a_500_that_the_log_explains(
    answer: Answer, returned: object, caplog: pytest.LogCaptureFixture
) -> None:
    got = answer(returned)

    assert (got.status, got.body) == (500, b"Internal Server Error")
    assert "Traceback" in caplog.text


def test_an_exception_is_a_500_whose_traceback_is_in_the_log_alone(
    form: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def handle(*_: object) -> None:
        msg = "the password is swordfish"
        raise RuntimeError(msg)

    response = handled(handle, monkeypatch)(FORMS[form](Request()), None)

    got = received(form, response)
    assert (got.status, got.header("content-type")) == (500, "text/plain; charset=utf-8")
    assert "swordfish" not in json.dumps(response)
    assert "Traceback" in caplog.text
    assert "swordfish" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize(("part", "said"), [("query", "query parameter"), ("headers", "header")])
def test_what_a_request_lacks_is_a_400_that_names_it(
    form: str, part: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(event: Event, _: object) -> object:
        return {"body": getattr(event, part)["name"]}

    got = received(form, handled(handle, monkeypatch)(FORMS[form](Request()), None))

    assert (got.status, got.body) == (400, f"Bad Request: no {said} 'name'".encode())
    assert got.header("content-type") == "text/plain; charset=utf-8"


def test_a_key_error_of_the_handler_itself_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(*_: object) -> object:
        return {"body": dict[str, str]()["name"]}

    assert handled(handle, monkeypatch)(FORMS["REST API"](Request()), None)["statusCode"] == 500


def test_the_context_is_lambdas_own(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    context, got = object(), list[object]()

    handled(lambda _, given: got.append(given), monkeypatch)(FORMS[form](Request()), context)

    assert got == [context]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"version": "0", "detail-type": "Scheduled Event", "detail": {}}, id="a schedule"),
        pytest.param({"Records": []}, id="records"),
        pytest.param({"requestContext": {"connectionId": "a", "routeKey": "$connect"}}, id="a web socket"),
        pytest.param({"requestContext": None}, id="nothing"),
        pytest.param({}, id="a test"),
        pytest.param("text", id="text"),
        pytest.param(None, id="none"),
    ],
)
def test_what_is_no_request_reaches_the_handler_as_it_is(
    event: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert handled(lambda given, _: [given], monkeypatch)(event, None) == [event]
    assert "the event is no request" in caplog.text


def test_an_error_without_a_request_is_lambdas_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(event: Event, _: object) -> object:
        return event.body

    with pytest.raises(AttributeError):
        handled(handle, monkeypatch)({"Records": []}, None)


# What an API's console sends to try a function, and what an independent library has seen.
@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param({"httpMethod": "GET", "path": "/", "multiValueHeaders": None}, {}, id="null headers"),
        pytest.param({"httpMethod": "GET", "path": "/"}, {}, id="no headers"),
        pytest.param({"httpMethod": "GET", "path": "/", "queryStringParameters": None}, {}, id="null query"),
        pytest.param({"httpMethod": "GET", "path": "/", "multiValueQueryStringParameters": {}}, {}, id="no query"),
        pytest.param(
            {"httpMethod": "GET", "path": "/", "queryStringParameters": {"a": "b+c"}}, {"a": "b+c"}, id="a plus"
        ),
        pytest.param(
            {"httpMethod": "GET", "path": "/", "multiValueQueryStringParameters": {"a": ["b+c", "d"]}},
            {"a": "b+c"},
            id="several",
        ),
        pytest.param(
            {
                "requestContext": {"elb": {}},
                "httpMethod": "GET",
                "path": "/",
                "queryStringParameters": {"a+b": "c%2Bd"},
            },
            {"a b": "c+d"},
            id="of a load balancer",
        ),
        pytest.param(
            {"version": "2.0", "rawQueryString": "a=1&a=2", "requestContext": {"http": {"method": "GET", "path": "/"}}},
            {"a": "1"},
            id="raw",
        ),
        pytest.param(
            {"queryStringParameters": {"a": "1"}, "requestContext": {"http": {"method": "GET", "path": "/"}}},
            {"a": "1"},
            id="not raw",
        ),
    ],
)
def test_events_with_less_in_them_are_requests_too(
    event: dict[str, Any], expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[Query] = []

    answered = handled(lambda given, _: got.append(given.query), monkeypatch)(event, None)

    assert dict(got[0]) == expected
    assert answered["statusCode"] == 200


def test_without_headers_of_several_values_in_the_event_there_are_none_in_the_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = {"version": "1.0", "httpMethod": "GET", "path": "/", "headers": {"Host": "example.com"}}

    answered = handled(lambda _event, _context: "x", monkeypatch)(event, None)

    assert answered["headers"] == {"Content-Type": HTML}
    assert "multiValueHeaders" not in answered
