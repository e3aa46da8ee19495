"""The handlers of a page about a runtime with ``handle(event, context)``, as they stand there, and what they answer."""

from dataclasses import dataclass
from typing import Final

from tests.http_events import Request

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
NOTHING: Final = Request()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A ``handler.py``, a request, and the response.

    Attributes:
        location: The header ``Location`` of the response.
    """

    title: str
    code: str
    request: Request = NOTHING
    status: int
    content_type: str
    body: object
    location: str | None = None

    @property
    def is_json(self) -> bool:
        return self.content_type == JSON


_JSON_BODY = """\
def handle(event, context):
    return {
        "statusCode": 200,
        "body": {
            "key": "value"
        }
    }
"""
_TEXT_BODY = """\
def handle(event, context):
    return {
        "statusCode": 201,
        "body": "Object successfully created"
    }
"""
_FAILURE = """\
def handle(event, context):
    return {
        "statusCode": 400,
        "body": {
            "error": "Bad request"
        }
    }
"""
_HEADERS = """\
def handle(event, context):
    return {
        "statusCode": 200,
        "body": {
            "key": "value"
        },
        "headers": {
            "Location": "https://www.example.com/"
        }   
    }
"""  # noqa: W291 - as it stands there
_REQUEST_BODY = """\
def handle(event, context):
    return {
        "statusCode": 200,
        "body": "You said: " + str(event.body)
    }
"""
_METHOD = """\
def handle(event, context):
    if event.method == 'GET':
        return {
            "statusCode": 200,
            "body": "GET request"
        }
    else:
        return {
            "statusCode": 405,
            "body": "Method not allowed"
        }
"""
_QUERY = """\
def handle(event, context):
    return {
        "statusCode": 200,
        "body": {
            "name": event.query['name']
        }
    }
"""
_REQUEST_HEADERS = """\
def handle(event, context):
    return {
        "statusCode": 200,
        "body": {
            "content-type-received": event.headers.get('Content-Type')
        }
    }
"""
_TEMPLATE = """\
def handle(event, context):
    return {
        "statusCode": 200,
        "body": "Hello from Eywa!"
    }
"""

_TYPED = (("Content-Type", "application/json"),)

EXAMPLES: Final = (
    Example(title="template", code=_TEMPLATE, status=200, content_type=HTML, body="Hello from Eywa!"),
    Example(title="JSON", code=_JSON_BODY, status=200, content_type=JSON, body={"key": "value"}),
    Example(title="text", code=_TEXT_BODY, status=201, content_type=HTML, body="Object successfully created"),
    Example(title="failure", code=_FAILURE, status=400, content_type=JSON, body={"error": "Bad request"}),
    Example(
        title="headers",
        code=_HEADERS,
        status=200,
        content_type=JSON,
        body={"key": "value"},
        location="https://www.example.com/",
    ),
    Example(
        title="request body",
        code=_REQUEST_BODY,
        request=Request(method="POST", body="hello, wörld"),
        status=200,
        content_type=HTML,
        body="You said: hello, wörld",
    ),
    Example(
        title="request body, binary",
        code=_REQUEST_BODY,
        request=Request(method="POST", body="wörld".encode()),
        status=200,
        content_type=HTML,
        body="You said: wörld",
    ),
    Example(title="GET", code=_METHOD, status=200, content_type=HTML, body="GET request"),
    Example(
        title="PUT",
        code=_METHOD,
        request=Request(method="PUT"),
        status=405,
        content_type=HTML,
        body="Method not allowed",
    ),
    Example(
        title="query",
        code=_QUERY,
        request=Request(query="name=Ada+Lovelace"),
        status=200,
        content_type=JSON,
        body={"name": "Ada Lovelace"},
    ),
    Example(
        title="query, without it",
        code=_QUERY,
        status=400,
        content_type="text/plain; charset=utf-8",
        body="Bad Request: no query parameter 'name'",
    ),
    Example(
        title="request headers",
        code=_REQUEST_HEADERS,
        request=Request(method="POST", headers=_TYPED, body="{}"),
        status=200,
        content_type=JSON,
        body={"content-type-received": "application/json"},
    ),
    Example(
        title="request headers, without it",
        code=_REQUEST_HEADERS,
        status=200,
        content_type=JSON,
        body={"content-type-received": None},
    ),
)
