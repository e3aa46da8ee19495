"""Which name is taken for the handler where none is given: never one that Lambda could not call."""

import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_function._handler import candidates, python_file
from python_function._handler.candidates import HANDLERS
from python_function._handler.entry import resolve

LOG: Final = "import logging\nroot = logging.getLogger()\n"

CALLABLE: Final = (
    "def NAME(event, context): ...",
    "def NAME(event, context=None, *rest): ...",
    "NAME = lambda *arguments: 1",
    "@wrap\ndef NAME(): ...",
    "@wrap\nasync def NAME(event): ...",
    "def other(event, context): ...\nNAME = other",
    "class NAME:\n def __init__(self, event, context): ...",
    "class A:\n def __call__(self, event, context): ...\nNAME = A()",
    "from app import NAME",
    "from app import go as NAME",
    "from mangum import Mangum\nNAME = Mangum(app)",
    "NAME = app.NAME",
    "NAME = serverless_wsgi.make(app)['NAME']",
    "NAME = inject_logger(logger)(go)",
    "if x:\n def NAME(event, context): ...\nelse:\n NAME = None",
    "for NAME in []: ...\ndef NAME(event, context): ...",
    "def NAME(event, context): ...\nfor NAME in []: ...",
    LOG + "def NAME(event, context): ...\nroot.addHandler(NAME)",
)
"""How handlers are made."""

NOT_CALLABLE: Final = (
    "",
    LOG + "for NAME in root.handlers: root.removeHandler(NAME)",
    LOG + "for NAME in root.handlers[:]:\n NAME.setLevel(1)",
    LOG + "for number, NAME in enumerate(root.handlers): ...",
    LOG + "if root.handlers:\n for NAME in root.handlers: ...",
    LOG + "NAME = root.handlers[0]",
    LOG + "NAME = logging.getLogger().handlers[0]",
    LOG + "NAME = logging.StreamHandler()",
    LOG + "stream = logging.StreamHandler()\nNAME = stream",
    LOG + "NAME = next(iter(root.handlers))\nNAME.setFormatter(x)",
    "from logging.handlers import QueueHandler\nNAME = QueueHandler(1)",
    "from logging import StreamHandler as Handler\nNAME = Handler()",
    "from logging import handlers as NAME",
    "from watchtower import CloudWatchLogHandler\nNAME = CloudWatchLogHandler()\nlogger.addHandler(NAME)",
    "with open('x') as NAME: ...",
    "with open('x') as file, socket() as NAME: ...",
    "import NAME",
    "import app.NAME as NAME",
    "match x:\n case NAME: ...",
    "NAME = {}",
    "NAME = {'a': 1}",
    "NAME = []",
    "NAME = [x for x in y]",
    "NAME = {x: 1 for x in y}",
    "NAME = (1, 2)",
    "NAME = 'handler'",
    "NAME = f'{x}'",
    "NAME = None",
    "NAME = 0\nNAME += 1",
    "NAME = a == b",
    "NAME: int",
    "def NAME(event): ...",
    "def NAME(): ...",
    "def NAME(event, context, more): ...",
    "def NAME(*, event, context): ...",
    "def NAME(self, event, context): ...",
    "async def NAME(event, context): ...",
    "NAME = lambda event: 1",
    "class NAME: ...",
    "class A: ...\nNAME = A()",
    "def NAME(event, context): ...\ndel NAME",
    "def other(): ...\nNAME = other",
    "if __name__ == '__main__':\n def NAME(event, context): ...",
    "def f():\n def NAME(event, context): ...",
)
"""What else modules call a handler."""


def first(source: str) -> str | None:
    return candidates.first(python_file.load(source.encode(), names=HANDLERS))


@pytest.mark.parametrize("text", CALLABLE)
def test_what_can_be_called_is_taken(text: str) -> None:
    assert first(text.replace("NAME", "handler")) == "handler"


@pytest.mark.parametrize("text", NOT_CALLABLE)
def test_what_cannot_be_called_is_passed_over(text: str, tmp_path: Path) -> None:
    stray = text.replace("NAME", "handler")
    real = "def lambda_handler(event, context): ..."

    assert first(stray) is None
    for number, source in enumerate((f"{stray}\n{real}\n", f"{real}\n{stray}\n")):
        assert first(source) == "lambda_handler"
        file = tmp_path / str(number) / "index.py"
        file.parent.mkdir()
        file.write_text(source)
        assert resolve(file.parent, index=None, handler=None, cwd=Path("/")).handler == "index.lambda_handler"


@pytest.mark.parametrize("text", NOT_CALLABLE)
def test_the_search_goes_on_to_the_next_file(text: str, tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(text.replace("NAME", "handler"))
    (tmp_path / "app.py").write_text("def lambda_handler(event, context): ...")

    assert resolve(tmp_path, index=None, handler=None, cwd=Path("/")).handler == "app.lambda_handler"
    (tmp_path / "app.py").write_text("def handler(event, context): ...")
    assert resolve(tmp_path, index=None, handler="handler", cwd=Path("/")).handler == "app.handler"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_it_is_the_first_conventional_name_that_can_be_called(data: st.DataObject) -> None:
    kinds = {name: data.draw(st.booleans()) for name in HANDLERS}
    texts = [
        re.sub(r"\b(A|other|stream)\b", rf"\1_{name}", text).replace("NAME", name)
        for name, can in kinds.items()
        for text in [data.draw(st.sampled_from(CALLABLE if can else NOT_CALLABLE))]
    ]

    source = "\n".join(data.draw(st.permutations(texts)))

    assert first(source) == next((name for name, can in kinds.items() if can), None)
