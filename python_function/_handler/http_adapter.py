"""Hands requests to a handler that reads ``event.body``, and turns what it returns into the response.

It goes into bundles as it is and runs on Lambda: the standard library only, in the grammar of Python 3.8. The events
are those of function URLs, HTTP APIs in both payload formats, REST APIs and load balancers; the handler is one of
OpenFaaS' ``python3-http``, whose rules for responses are Flask's.
"""

from __future__ import annotations

import base64
import importlib
import json
import logging
import re
from http import HTTPStatus
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Tuple, Union
from urllib.parse import parse_qsl, unquote, unquote_plus

_Json = Dict[str, Any]
_Pairs = List[Tuple[str, str]]
_Content = Union[str, bytes]
_Answer = Tuple[int, _Pairs, _Content]

_LOG = logging.getLogger(__name__)
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_HTML = "text/html; charset=utf-8"
_BINARY = "application/octet-stream"


class MissingError(KeyError):
    """A handler asked for what the request does not have: the answer is 400, as in Flask."""


class Body(bytes):
    """The body of a request; ``str`` gives its text."""

    charset: str = "utf-8"

    def __str__(self) -> str:
        try:
            return self.decode(self.charset, "replace")
        except (LookupError, ValueError):  # the client made the charset up
            return self.decode("utf-8", "replace")


class Query(Mapping[str, str]):
    """The parameters of a query string: ``[]`` gives the first value of a name, ``getlist`` all."""

    _kind = "query parameter"

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values = _gathered(pairs, self._key)

    def __getitem__(self, name: str) -> str:
        values = self.getlist(name)
        if not values:
            msg = f"no {self._kind} {name!r}"
            raise MissingError(msg)
        return self._one(name, values)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def getlist(self, name: str) -> list[str]:
        """Return all values of *name*."""
        return list(self._values.get(self._key(name), ("", []))[1])

    def _key(self, name: str) -> str:
        return name

    def _one(self, name: str, values: list[str]) -> str:  # noqa: ARG002 - headers have a use for it
        return values[0]


class Headers(Query):
    """The headers of a request, by names in any case; several values of one name are joined."""

    _kind = "header"

    def _key(self, name: str) -> str:
        return name.lower()

    def _one(self, name: str, values: list[str]) -> str:
        return ("; " if name.lower() == "cookie" else ", ").join(values)


class Event:
    """A request, as the handler gets to see it."""

    def __init__(self, event: _Json) -> None:
        self.method: str = _http(event).get("method") or event.get("httpMethod") or "GET"
        self.path = _path(event)
        self.query = Query(_query(event))
        self.headers = Headers(_headers(event))
        self.body = _body(event, self.headers.get("content-type", ""))


def answering(module: str, function: str) -> Callable[[Any, Any], Any]:
    """Return the handler that Lambda calls, for the *function* of *module* that answers requests."""
    handle: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), function)

    def handler(event: Any, context: Any) -> Any:  # noqa: ANN401 - whatever Lambda is given, and the function returns
        if not _is(event, dict) or not (_http(event) or "httpMethod" in event):
            _LOG.warning("the event is no request: %s.%s gets it as it is", module, function)
            return handle(event, context)
        try:
            answer = _answer(handle(Event(event), context))
        except MissingError as error:
            answer = _told(HTTPStatus.BAD_REQUEST, f": {error.args[0]}")
        except Exception:  # noqa: BLE001 - whatever it is, the log tells, and the response does not
            _LOG.exception("%s.%s failed", module, function)
            answer = _told(HTTPStatus.INTERNAL_SERVER_ERROR)
        return _packed(event, *answer)

    return handler


def _is(value: object, *kinds: type) -> bool:
    return isinstance(value, kinds)


def _part(event: _Json, name: str) -> _Json:
    part: _Json = event.get(name) or {}
    return part


def _http(event: _Json) -> _Json:
    """Return what payload format 2.0, which function URLs speak too, says of the request; no other has it."""
    return _part(_part(event, "requestContext"), "http")


def _gathered(pairs: Iterable[tuple[str, str]], key: Callable[[str], str]) -> dict[str, tuple[str, list[str]]]:
    """Return by the *key* of each name the first of its spellings, and all values."""
    gathered: dict[str, tuple[str, list[str]]] = {}
    for name, value in pairs:
        gathered.setdefault(key(name), (name, []))[1].append(value)
    return gathered


def _path(event: _Json) -> str:
    path: str = event.get("rawPath") or event.get("path") or "/"
    stage = f"/{_part(event, 'requestContext').get('stage')}"
    if "version" in event and f"{path}/".startswith(f"{stage}/"):  # paths of HTTP APIs begin with their stage
        path = path[len(stage) :] or "/"
    return unquote(path)


def _several(event: _Json, multiple: str, single: str) -> _Pairs:
    """Return names and values from where they all are, or else from where each name has one."""
    pairs = [(name, value or "") for name, values in _part(event, multiple).items() for value in values or ()]
    return pairs or [(name, value or "") for name, value in _part(event, single).items()]


def _query(event: _Json) -> _Pairs:
    if "rawQueryString" in event:
        return parse_qsl(event["rawQueryString"] or "", keep_blank_values=True)
    pairs = _several(event, "multiValueQueryStringParameters", "queryStringParameters")
    if "elb" in _part(event, "requestContext"):  # load balancers hand over what the client wrote
        return [(unquote_plus(name), unquote_plus(value)) for name, value in pairs]
    return pairs


def _headers(event: _Json) -> _Pairs:
    cookies: list[str] = event.get("cookies") or []
    return [*_several(event, "multiValueHeaders", "headers"), *(("cookie", cookie) for cookie in cookies)]


def _body(event: _Json, content_type: str) -> Body:
    text: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return Body(text.encode("utf-8", "surrogatepass"))
    body = Body(base64.b64decode(text))
    charset = _CHARSET.search(content_type)
    body.charset = charset.group(1) if charset else body.charset
    return body


def _told(status: HTTPStatus, more: str = "") -> _Answer:
    return status.value, [("Content-Type", "text/plain; charset=utf-8")], f"{status.phrase}{more}"


def _answer(result: Any) -> _Answer:  # noqa: ANN401 - whatever a handler returns
    """Return status, headers and body of what a handler returned."""
    parts: _Json = result if _is(result, dict) else {"body": result}
    if _is(result, tuple):  # as Flask has it: the body, and status, headers or both
        rest: list[Any] = list(result[1:])
        parts = {"headers" if _is(part, dict, list) else "statusCode": part for part in rest}
        parts["body"] = result[0] if result else None
    content, content_type = _content(parts.get("body"))
    headers = list(_pairs(parts.get("headers") or ()))
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.insert(0, ("Content-Type", content_type))
    given: Any = parts.get("statusCode")
    status = 200 if given is None else int(given) if _is(given, int) else int(str(given).split()[0])
    if not 100 <= status <= 599:  # noqa: PLR2004 - what HTTP has
        msg = f"statusCode {given!r} is no status of HTTP"
        raise ValueError(msg)
    return status, headers, content


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - whatever a handler returns
    pairs: list[tuple[Any, Any]] = list(headers.items() if hasattr(headers, "items") else headers)
    for name, value in pairs:
        values: list[Any] = list(value) if _is(value, list, tuple) else [value]
        for text in map(str, values):
            if re.search(r"[\r\n\0]", f"{name}{text}"):
                msg = f"the header {name!r} holds the end of a line"
                raise ValueError(msg)
            yield str(name), text


def _content(body: Any) -> tuple[_Content, str]:  # noqa: ANN401 - whatever a handler returns
    """Return a body as text or bytes, and its content type where the handler names none."""
    if _is(body, dict, list):
        return json.dumps(body, default=_plain), "application/json"
    if _is(body, bytes, bytearray, memoryview):
        raw = bytes(body)
        try:
            return (raw.decode(), _HTML) if _is(body, Body) else (raw, _BINARY)
        except ValueError:
            return raw, _BINARY
    text = "" if body is None else str(body)
    text.encode()  # what cannot be sent is an error of the handler
    return text, _HTML


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever a handler returns
    """Return what JSON has for the values that Flask knows besides: numbers of tables, UUIDs, dates."""
    if type(value).__module__ in {"decimal", "uuid"}:
        return str(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    msg = f"a body cannot hold {value!r}: JSON has no {type(value).__name__}"
    raise TypeError(msg)


def _packed(event: _Json, status: int, headers: _Pairs, body: _Content) -> _Json:
    """Return a response in the form that the sender of *event* takes."""
    binary = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    packed: _Json = {"statusCode": status, "body": text, "isBase64Encoded": binary}
    if "elb" in _part(event, "requestContext"):
        phrase = next((known.phrase for known in HTTPStatus if known == status), "")
        packed["statusDescription"] = f"{status} {phrase}".strip()
    several = _gathered(headers, str.lower)
    if "multiValueHeaders" in event:
        packed["multiValueHeaders"] = dict(several.values())
        return packed
    cookies = several.pop("set-cookie", ("", []))[1]
    packed["headers"] = {name: ", ".join(values) for name, values in several.values()}
    if _http(event):
        packed["cookies"] = cookies
    else:  # one value a name: spelled otherwise, it is another name
        packed["headers"].update(zip(_spellings("set-cookie"), cookies))
    return packed


def _spellings(name: str) -> Iterator[str]:
    for number in range(2 ** len(name)):
        yield "".join(letter.upper() if number >> at & 1 else letter for at, letter in enumerate(name))
