"""The examples of README.md and docs/, as a reader finds them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCED: Final = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE: Final = re.compile(r"# (?P<path>[\w.-]+(?:/[\w.-]+)+)\n")
_KNOWN: Final = (
    *(
        f"from aws_cdk import {name}"
        for name in ("App", "BundlingFileAccess", "DockerImage", "DockerVolume", "Duration", "Stack")
    ),
    "from aws_cdk import aws_lambda as lambda_",
    *(
        f"from python_function import {name}"
        for name in ("BundlingOptions", "CommandHooks", "PythonFunction", "PythonLayerVersion")
    ),
)
"""What docs/index.md says is above every example."""
_STACK: Final = 'self = aws_cdk.Stack(aws_cdk.App(context={"aws:cdk:bundling-stacks": []}), "Documented")'


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block of a page.

    Attributes:
        page: The page's path in the project.
        line: The line of the page that it starts in.
        language: What the fence says it is.
    """

    page: str
    line: int
    language: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str | None:
        """The file that this is the content of, where the first line names one."""
        named = _FILE.match(self.text)
        return named["path"] if named else None

    def module(self) -> str:
        """Return a whole module: what the example takes for granted, and the example."""
        tree = ast.parse(self.text)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        bound = {alias.asname or alias.name for node in ast.walk(tree) for alias in _imported(node)}
        imports = [line for line in _KNOWN if line.split()[-1] in used - bound]
        stack = ["import aws_cdk", _STACK] if "self" in used else []
        return "\n".join((*imports, *stack, self.text))


def examples(page: Path) -> Iterator[Example]:
    """Yield the examples of *page* in their order."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCED.finditer(text):
        line = text.count("\n", 0, block.start()) + 2
        yield Example(page.relative_to(ROOT).as_posix(), line, block["language"], block["text"])


def in_language(*languages: str) -> list[Example]:
    """Return the examples of all pages that are in one of *languages*."""
    return [example for page in PAGES for example in examples(page) if example.language in languages]


def apps() -> list[Example]:
    """Return the examples that define constructs; the other Python examples are the code of functions."""
    return [example for example in in_language("python") if example.file is None]


def _imported(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
