"""What a module makes when it is imported, and copies of one snapshot must not share."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["value", "secret", "connection"]

_VALUES: Final = frozenset(
    {
        *(f"uuid.uuid{version}" for version in (1, 4, 6, 7)),
        *("os.urandom", "os.getrandom", "numpy.random.default_rng", "numpy.random.RandomState"),
        *(
            f"secrets.{name}"
            for name in ("choice", "randbelow", "randbits", "token_bytes", "token_hex", "token_urlsafe")
        ),
        *(
            f"{module}.{name}"
            for module in ("random", "numpy.random")
            for name in ("choice", "choices", "rand", "randint", "randn", "random", "randrange", "sample", "uniform")
        ),
        *("random.getrandbits", "random.randbytes", "random.gauss", "random.Random"),
    }
)
"""What gives another value every time."""

_CONNECTIONS: Final = frozenset(
    {
        *("MySQLdb.connect", "cx_Oracle.connect", "ftplib.FTP", "mysql.connector.connect", "oracledb.connect"),
        *("paramiko.Transport", "pg8000.connect", "pg8000.dbapi.connect", "pg8000.native.Connection"),
        *("pika.BlockingConnection", "psycopg.connect", "psycopg.Connection.connect", "psycopg2.connect"),
        *("psycopg_pool.ConnectionPool", "pymongo.MongoClient", "pymssql.connect", "pymysql.connect", "pyodbc.connect"),
        *("redshift_connector.connect", "smtplib.SMTP", "smtplib.SMTP_SSL", "snowflake.connector.connect"),
        *("socket.create_connection", "websocket.create_connection", "websockets.sync.client.connect"),
    }
)
"""What opens a connection at once; clients that do so when they are first used are none."""

_SECRETS: Final = frozenset(
    {
        *("assume_role", "assume_role_with_web_identity", "generate_db_auth_token", "get_authorization_token"),
        *("get_federation_token", "get_secret_value", "get_session_token"),
    }
)
"""Methods of AWS's clients that give what expires, or is rotated."""

_UNLESS_GIVEN: Final = frozenset({"ftplib.FTP", "smtplib.SMTP", "smtplib.SMTP_SSL"})
"""What opens nothing without an argument."""

_KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {**dict.fromkeys(_VALUES, "value"), **dict.fromkeys(_CONNECTIONS, "connection")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A call that is made when a module is imported.

    Attributes:
        kind: What comes of it.
        call: What is called, as its library calls it.
        line: The line of the module.
        by: The function of the module that makes it; empty for the module itself.
    """

    kind: Kind
    call: str
    line: int
    by: str = ""


def find(tree: ast.Module) -> tuple[Shared, ...]:
    """Return the calls that importing the module *tree* makes, and copies of it must not share."""
    return tuple(_Scan(tree).calls(tree, by="", seen=frozenset()))


class _Scan:
    """A way through one module."""

    def __init__(self, tree: ast.Module) -> None:
        self._names = dict(name for node in ast.walk(tree) for name in _imported(node))
        self._functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def calls(self, tree: ast.AST, *, by: str, seen: frozenset[str]) -> Iterator[Shared]:
        for node in executed(tree):
            if not isinstance(node, ast.Call):
                continue
            function = self._functions.get(node.func.id) if isinstance(node.func, ast.Name) else None
            if function is not None and function.name not in seen:
                body = ast.Module(body=function.body, type_ignores=[])
                for found in self.calls(body, by=function.name, seen=seen | {function.name}):
                    yield Shared(kind=found.kind, call=found.call, line=node.lineno, by=function.name)
            elif function is None and (kind := self._kind(node)):
                yield Shared(kind=kind, call=self._name(node.func), line=node.lineno, by=by)

    def _kind(self, call: ast.Call) -> Kind | None:
        name = self._name(call.func)
        if isinstance(call.func, ast.Attribute) and call.func.attr in _SECRETS:
            return "secret"
        if name in _UNLESS_GIVEN and not (call.args or call.keywords):
            return None
        return _KINDS.get(name)

    def _name(self, node: ast.expr) -> str:
        """Return the dotted name of *node*, from the module on that its first part was imported from."""
        match node:
            case ast.Name(id=name):
                return self._names.get(name, "")
            case ast.Attribute(value=value, attr=attribute):
                first = self._name(value)
                return f"{first}.{attribute}" if first else attribute if attribute in _SECRETS else ""
            case _:
                return ""


def executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of *tree* that run when it does: not what functions hold, nor what is for other occasions."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case (
                ast.FunctionDef(decorator_list=decorators, args=arguments)
                | ast.AsyncFunctionDef(decorator_list=decorators, args=arguments)
            ):
                outside = (*decorators, *arguments.defaults, *(item for item in arguments.kw_defaults if item))
                yield from (found for part in outside for found in (part, *executed(part)))
            case ast.Lambda():
                pass
            case ast.If(test=test, orelse=otherwise) if _is_elsewhere(test):
                yield from executed(ast.Module(body=otherwise, type_ignores=[]))
            case _:
                yield node
                yield from executed(node)


def _is_elsewhere(test: ast.expr) -> bool:
    """Tell whether *test* holds only for type checkers, or where the module is run as a program."""
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return True
        case _:
            return False


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import(names=aliases):
            for alias in aliases:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        case ast.ImportFrom(module=str(module), level=0, names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name, f"{module}.{alias.name}"
        case _:
            pass
