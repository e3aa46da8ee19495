"""Names of modules and handlers, and whether Lambda's runtime client loads them.

What the library says of them is held against this table in the unit tests, and the table against the client itself in
the integration tests.
"""

from dataclasses import dataclass, field
from typing import Final

HANDLER: Final = "def handler(event, context):\n    return 'this one'\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A way to name a handler.

    Attributes:
        files: Those of the entry; the ones without a text hold the handler.
        given: What the user gives for the handler; Lambda gets it as it is, too.
        index: What the user gives for the index.
        loads: Whether the client loads it.
    """

    files: dict[str, str | None] = field(default_factory=dict[str, str | None])
    given: str | None = None
    index: str | None = None
    loads: bool = True

    @property
    def id(self) -> str:
        return f"{self.given or self.index} of {len(self.files)}"


def _index(index: str, *, loads: bool = True, **files: str) -> Name:
    return Name(files={index: None, **files}, index=index, loads=loads)


def _given(given: str, file: str, *, loads: bool = True, **files: str) -> Name:
    return Name(files={file: None, **files}, given=given, loads=loads)


NAMES: Final = (
    *map(_index, ("index.py", "a/b/c.py", "my-handler.py", "lambda/index.py", "class.py", "1st.py", "2024-report.py")),
    *map(_index, ("fn-a/app.py", "a-b/c-d/e-f.py", "async/await.py", "ünï.py", "a+b.py", "a,b.py", "my@handler.py")),
    *map(_index, ("True.py", "_private.py", "__main/app.py", "app/__init__.py", "fn-a/__init__.py", "a~b.py", "$.py")),
    # modules of the standard library that nothing has imported yet
    *map(_index, ("queue.py", "calendar.py", "http.py", "test.py", "code.py", "secrets/__init__.py")),
    _index("email/handler.py", loads=False),
    _index("secrets/app.py", loads=False),
    Name(files={"email/__init__.py": "", "email/handler.py": None}, index="email/handler.py"),
    Name(files={"a/email/handler.py": None}, index="a/email/handler.py"),
    _index("json/app.py", loads=False),
    _index("logging/handler.py", loads=False),
    *(_index(f"{name}.py", loads=False) for name in ("sys", "time", "json", "types", "numbers", "string", "warnings")),
    *(_index(f"{name}.py", loads=False) for name in ("awslambdaric", "simplejson", "runtime_client", "decimal", "io")),
    _index("my.handler.py", loads=False),
    _index("v1.2/app.py", loads=False),
    _given("index.handler", "index.py"),
    _given("my-handler.handler", "my-handler.py"),
    _given("lambda/index.handler", "lambda/index.py"),
    _given("lambda.index.handler", "lambda/index.py"),
    _given("a/b.c.handler", "a/b/c.py"),
    _given("app.handler", "app/__init__.py"),
    _given("src/index.handler", "src/index.py"),
    _given("1st.handler", "1st.py"),
    _given("./index.handler", "index.py", loads=False),
    _given("/index.handler", "index.py", loads=False),
    _given("a//b.handler", "a/b.py", loads=False),
    _given("a..b.handler", "a/b.py", loads=False),
    _given(".index.handler", "index.py", loads=False),
    _given("index..handler", "index.py", loads=False),
    _given("index.handler.", "index.py", loads=False),
    _given("other.handler", "index.py", loads=False),
    _given("index.other", "index.py", loads=False),
    _given("a/b.handler", "a/c.py", loads=False),
    _given("index.sub.handler", "index.py", loads=False),
)
