import ast

import pytest

from python_function._handler import shared_state


def found(text: str) -> list[tuple[str, str, int, str]]:
    return [(each.kind, each.call, each.line, each.by) for each in shared_state.find(ast.parse(text))]


@pytest.mark.parametrize(
    ("text", "kind", "call"),
    [
        ("import uuid\nID = uuid.uuid4()", "value", "uuid.uuid4"),
        ("from uuid import uuid4 as new\nID = str(new())", "value", "uuid.uuid4"),
        ("import random as r\nSEED = r.randint(1, 6)", "value", "random.randint"),
        ("import secrets\nclass A:\n    key = secrets.token_hex()", "value", "secrets.token_hex"),
        ("import os\nif os.name:\n    KEY = os.urandom(8)", "value", "os.urandom"),
        ("import numpy as np\nRNG = np.random.default_rng()", "value", "numpy.random.default_rng"),
        ("import numpy.random\nX = [numpy.random.rand() for _ in 'ab']", "value", "numpy.random.rand"),
        ("import uuid\ndef f(id=uuid.uuid4()): ...", "value", "uuid.uuid4"),
        ("import uuid\ndef f(*, id=uuid.uuid4()): ...", "value", "uuid.uuid4"),
        ("import psycopg2\nDB = psycopg2.connect('')", "connection", "psycopg2.connect"),
        ("from pymongo import MongoClient\nDB = MongoClient().db", "connection", "pymongo.MongoClient"),
        ("import smtplib\nM = smtplib.SMTP('host')", "connection", "smtplib.SMTP"),
        ("import boto3\nS = boto3.client('x').get_secret_value(SecretId='a')", "secret", "get_secret_value"),
        ("import boto3\nsts = boto3.client('sts')\nC = sts.assume_role()['Credentials']", "secret", "assume_role"),
        ("import uuid\nif __name__ != '__main__':\n    ID = uuid.uuid4()", "value", "uuid.uuid4"),
        ("import uuid\nif TYPE_CHECKING:\n    pass\nelse:\n    ID = uuid.uuid4()", "value", "uuid.uuid4"),
    ],
)
def test_what_a_module_makes_when_it_is_imported_is_found(text: str, kind: str, call: str) -> None:
    ((found_kind, found_call, line, by),) = found(text)

    assert (found_kind, found_call, by) == (kind, call, "")
    assert call.rpartition(".")[2] in text.splitlines()[line - 1] or "new()" in text.splitlines()[line - 1]


@pytest.mark.parametrize(
    "text",
    [
        "import uuid\ndef handler(e, c):\n    return uuid.uuid4()",
        "import uuid\nasync def f():\n    return uuid.uuid4()",
        "import uuid\nmake = lambda: uuid.uuid4()",
        "import uuid\nmake = uuid.uuid4",
        "import uuid\nNAME = uuid.uuid5(uuid.NAMESPACE_DNS, 'a')",
        "import uuid\nclass A:\n    def f(self):\n        return uuid.uuid4()",
        "import uuid\nif __name__ == '__main__':\n    print(uuid.uuid4())",
        "import random\nif TYPE_CHECKING:\n    X = random.random()",
        "import random\nrandom.seed(0)\nR = random.SystemRandom()",
        "def uuid4(): ...\nID = uuid4()",
        "import smtplib\nM = smtplib.SMTP()",
        "import boto3\nTABLE = boto3.resource('dynamodb').Table('a')",
        "from .random import random\nX = random()",
        "x.y.connect()",
        "import time\nSTART = time.time()",
    ],
)
def test_what_copies_may_share_is_nothing(text: str) -> None:
    assert found(text) == []


def test_what_a_function_of_the_module_does_counts_where_it_is_called() -> None:
    text = """\
import boto3, uuid
def secret():
    return inner()
def inner():
    return boto3.client("secretsmanager").get_secret_value(SecretId="a")
def again():
    return again()
def unused():
    return uuid.uuid4()
SECRET = secret()
again()
"""

    assert found(text) == [("secret", "get_secret_value", 10, "secret")]
