"""A package index on this machine: PEP 503 over a directory, behind a password where a test wants one."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageIndex:
    """A running index.

    Attributes:
        others: Further users and their passwords.
        whole: Whether any file below the directory is to be had, as from a plain server of files.
        requests: What was asked for, in order: status and path.
    """

    directory: Path
    user: str
    password: str
    port: int
    others: Sequence[tuple[str, str]] = ()
    scheme: str = "http"
    whole: bool = False
    requests: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    @property
    def url(self) -> str:
        """The address without credentials."""
        return f"{self.scheme}://127.0.0.1:{self.port}/simple/"

    @property
    def url_with_credentials(self) -> str:
        return f"{self.scheme}://{self.user}:{self.password}@127.0.0.1:{self.port}/simple/"

    def answer(self, path: str, authorization: str) -> tuple[HTTPStatus, bytes]:
        """Return the status and body for a path."""
        accounts = ((self.user, self.password), *self.others)
        accepted = {base64.b64encode(f"{user}:{password}".encode()).decode() for user, password in accounts}
        if self.user and authorization.removeprefix("Basic ") not in accepted:
            return HTTPStatus.UNAUTHORIZED, b""
        file = self.directory / urlsplit(path).path.strip("/")
        if self.whole:
            return (HTTPStatus.OK, file.read_bytes()) if file.is_file() else (HTTPStatus.NOT_FOUND, b"")
        match urlsplit(path).path.strip("/").split("/"):
            case ["simple", project]:
                files = [file for file in sorted(self.directory.iterdir()) if project_of(file) == normalized(project)]
                return (HTTPStatus.OK, page(files)) if files else (HTTPStatus.NOT_FOUND, b"")
            case ["files", name] if (self.directory / name).is_file():
                return HTTPStatus.OK, (self.directory / name).read_bytes()
            case _:
                return HTTPStatus.NOT_FOUND, b""


class StartIndex(Protocol):
    """The fixture `index`."""

    def __call__(self, directory: Path, *, user: str = "", password: str = "") -> PackageIndex: ...


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, indexes: list[PackageIndex], *arguments: Any) -> None:  # noqa: ANN401, what a server hands to its handlers
        self.indexes = indexes
        super().__init__(*arguments)

    def do_GET(self) -> None:
        (index,) = self.indexes
        status, body = index.answer(self.path, self.headers.get("Authorization", ""))
        index.requests.append((status, self.path))
        self.send_response(status)
        if status is HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
        self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            with suppress(ConnectionError):  # installers leave when they have seen a wheel's metadata
                self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: requests are recorded."""


@contextmanager
def serve(
    directory: Path,
    *,
    user: str = "",
    password: str = "",
    others: Sequence[tuple[str, str]] = (),
    certificate: Path | None = None,
    whole: bool = False,
) -> Generator[PackageIndex]:
    """Serve a directory of packages until the block ends, to proxies' clients as well.

    Args:
        directory: The packages.
        user: Who is let in; everybody if empty.
        password: Their password.
        others: Who else is let in.
        certificate: A file with a key and a certificate, for HTTPS.
        whole: Whether any file below the directory is to be had.
    """
    indexes: list[PackageIndex] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, indexes)) as server:
        scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        index = PackageIndex(
            directory=directory,
            user=user,
            password=password,
            port=server.server_port,
            others=others,
            scheme=scheme,
            whole=whole,
        )
        indexes.append(index)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()


def page(files: list[Path]) -> bytes:
    links = (
        f'<a href="/files/{html.escape(file.name)}#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}">'
        f"{html.escape(file.name)}</a><br>"
        for file in files
    )
    return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()


def project_of(file: Path) -> str:
    return normalized(file.name.split("-")[0])


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
