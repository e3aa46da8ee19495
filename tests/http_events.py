"""Requests as everything that invokes a function with one sends them, and responses as it reads them.

The forms are those that AWS publishes:
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote

HOST: Final = "abcdefghij.execute-api.eu-central-1.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sends: the path and the query as they are on the wire."""

    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str | bytes = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def payload(self) -> dict[str, Any]:
        binary = isinstance(self.body, bytes)
        text = base64.b64encode(self.body).decode() if isinstance(self.body, bytes) else self.body
        return {"body": text or None, "isBase64Encoded": binary}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a client gets; names of headers in lower case, in the order of their names."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name.lower())


def function_url(request: Request) -> dict[str, Any]:
    cookies = [part for name, value in request.headers if name.lower() == "cookie" for part in value.split("; ")]
    headers = _joined([pair for pair in request.headers if pair[0].lower() != "cookie"])
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": {"host": HOST, "x-forwarded-proto": "https", **headers},
        **({"queryStringParameters": _joined(request.pairs, ",")} if request.query else {}),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abcdefghij",
            "domainName": HOST,
            "domainPrefix": "abcdefghij",
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8",
            },
            "requestId": "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1773342238000,
        },
        **request.payload,
    }


def http_api_2(request: Request) -> dict[str, Any]:
    """As a function URL has it, with a stage in front of the path."""
    event = function_url(request)
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/prod{request.path}"
    event["requestContext"]["stage"] = "prod"
    return {**event, "routeKey": "ANY /{proxy+}", "pathParameters": {"proxy": request.path.lstrip("/")}}


def http_api_1(request: Request) -> dict[str, Any]:
    event = rest_api(request)
    event["requestContext"] = {**event["requestContext"], "stage": "prod", "path": f"/prod{request.path}"}
    return {"version": "1.0", **event, "path": f"/prod{request.path}"}


def rest_api(request: Request) -> dict[str, Any]:
    sent = (("Host", HOST), *request.headers)
    return {
        "resource": "/{proxy+}",
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(sent),
        "multiValueHeaders": _all(sent),
        "queryStringParameters": dict(request.pairs) or None,
        "multiValueQueryStringParameters": _all(request.pairs) or None,
        "pathParameters": {"proxy": request.path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "httpMethod": request.method,
            "identity": {"sourceIp": "192.0.2.1"},
            "path": f"/prod{request.path}",
            "protocol": "HTTP/1.1",
            "requestId": "id=",
            "resourcePath": "/{proxy+}",
            "stage": "prod",
        },
        **request.payload,
    }


def load_balancer(request: Request) -> dict[str, Any]:
    """Load balancers decode nothing, and of several values of one name send the last."""
    sent = (("host", "lb-1234.eu-central-1.elb.amazonaws.com"), *request.headers)
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/t/1"}},
        "httpMethod": request.method,
        "path": request.path,
        "queryStringParameters": dict(_raw(request.query)),
        "headers": {name.lower(): value for name, value in sent},
        **request.payload,
        "body": request.payload["body"] or "",
    }


def load_balancer_multi(request: Request) -> dict[str, Any]:
    event = load_balancer(request)
    sent = [(name, value) for name, value in event.pop("headers").items() if name == "host"]
    sent += [(name.lower(), value) for name, value in request.headers]
    del event["queryStringParameters"]
    return {**event, "multiValueHeaders": _all(sent), "multiValueQueryStringParameters": _all(_raw(request.query))}


FORMS: Final[Mapping[str, Callable[[Request], dict[str, Any]]]] = MappingProxyType(
    {
        "function URL": function_url,
        "HTTP API 2.0": http_api_2,
        "HTTP API 1.0": http_api_1,
        "REST API": rest_api,
        "load balancer": load_balancer,
        "load balancer, multi-value": load_balancer_multi,
    }
)


def received(form: str, response: Mapping[str, Any]) -> Response:
    """Return what a client gets of *response*, read as the sender of the form reads it and no other way."""
    single: dict[str, str] = response.get("headers", {})
    several: dict[str, list[str]] = response.get("multiValueHeaders", {})
    pairs = [(name, value) for name, values in several.items() for value in values]
    if form in {"function URL", "HTTP API 2.0"}:
        assert not several, "unknown to format 2.0"
        pairs = [*single.items(), *(("set-cookie", cookie) for cookie in response.get("cookies", []))]
    else:
        assert "cookies" not in response
    if form == "load balancer":
        assert not several, "the target group has it off"
        pairs = list(single.items())
    if form.startswith("load balancer"):
        assert response["statusDescription"].startswith(str(response["statusCode"]))
    if form == "load balancer, multi-value":
        assert not single, "the target group has it on"
    assert type(response["statusCode"]) is int
    assert type(response["isBase64Encoded"]) is bool
    body: str = response["body"]
    return Response(
        status=response["statusCode"],
        headers=tuple(sorted((name.lower(), value) for name, value in pairs)),
        body=base64.b64decode(body) if response["isBase64Encoded"] else body.encode(),
    )


def _joined(pairs: list[tuple[str, str]], by: str = ",") -> dict[str, str]:
    return {name: by.join(values) for name, values in _all([(name.lower(), value) for name, value in pairs]).items()}


def _all(pairs: Any) -> dict[str, list[str]]:  # noqa: ANN401 - any pairs
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _raw(query: str) -> list[tuple[str, str]]:
    """Return names and values as they are written."""
    return [(name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part)]


def wire(text: str) -> str:
    """Return *text* as it is written in a path or a query."""
    assert unquote(quote(text, safe="")) == text
    return quote(text, safe="")
