"""The adapter of requests in bundles: the handler string, the module, the hash, and who else may have its name."""

import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from python_function._bundle import build, fingerprint, resolve
from python_function._bundle.resolve import Resolved, Wanted
from python_function._bundle.spec import BundleSpec
from python_function._machine.host import Host
from python_function.errors import BundlingError
from python_function.options import BundlingOptions
from tests.doubles import Recorder
from tests.http_events import FORMS, received
from tests.request_examples import EXAMPLES, Example

ANSWERS = "def handle(event, context):\n    return event.body\n"


def resolved(entry: Path, code: str = ANSWERS, **wanted: Any) -> Resolved:  # noqa: ANN401 - the fields of Wanted
    entry.mkdir(exist_ok=True)
    (entry / "handler.py").write_text(code, encoding="utf-8")
    return resolve.function(Wanted(entry=entry, architecture="x86_64", cwd=entry, **wanted))


@pytest.fixture
def bundled(tmp_path: Path, make_host: Callable[..., Host]) -> Callable[[BundleSpec], Path]:
    """Build a bundle."""

    def bundle(spec: BundleSpec) -> Path:
        output = tmp_path / "cdk.out/asset.0123-building"
        output.mkdir(parents=True)
        build.build(spec, output, make_host(Recorder()))
        return output

    return bundle


@pytest.fixture
def imported(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, str], Any]:
    """Load a handler as Lambda's client does, with only the bundle's own modules of these names."""

    def load(bundle: Path, handler: str) -> Any:  # noqa: ANN401 - a handler
        monkeypatch.setattr(sys, "path", [str(bundle), *sys.path])
        module, _, function = handler.rpartition(".")
        for name in (module, "handler", "fn"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        return getattr(importlib.import_module(module), function)

    return load


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_example_of_the_page_answers_as_a_bundle(
    example: Example,
    tmp_path: Path,
    bundled: Callable[[BundleSpec], Path],
    imported: Callable[[Path, str], Any],
) -> None:
    found = resolved(tmp_path / "fn", example.code)
    handler = imported(bundled(found.spec), found.handler)

    for form, event in FORMS.items():
        got = received(form, handler(event(example.request), None))
        body: object = json.loads(got.body) if example.is_json else got.body.decode()
        assert (got.status, got.header("content-type"), body) == (example.status, example.content_type, example.body)
        assert got.header("location") == example.location


def test_the_handler_string_is_the_adapters(tmp_path: Path) -> None:
    assert resolved(tmp_path / "fn").handler == "_python_function_http.handler"
    assert resolved(tmp_path / "fn", adapter="lambda").handler == "handler.handle"


def test_the_adapter_finds_a_handler_in_a_folder(
    tmp_path: Path, bundled: Callable[[BundleSpec], Path], imported: Callable[[Path, str], Any]
) -> None:
    found = resolved(tmp_path / "fn", options=BundlingOptions(output_path_suffix="fn"))
    bundle = bundled(found.spec)

    assert sorted(path.relative_to(bundle).as_posix() for path in bundle.rglob("*.py")) == [
        "_python_function_http.py",
        "fn/handler.py",
    ]
    answer = imported(bundle, found.handler)(FORMS["function URL"](replace(EXAMPLES[0].request, body="hi")), None)
    assert answer["body"] == "hi"


def test_the_adapter_counts_for_the_hash(tmp_path: Path) -> None:
    plain, http = (resolved(tmp_path / "fn", adapter=adapter).spec for adapter in ("lambda", "http"))

    assert plain.stub is None
    assert fingerprint.fingerprint(plain) != fingerprint.fingerprint(http)


def test_another_reason_changes_no_hash(tmp_path: Path) -> None:
    given, decided = (resolved(tmp_path / "fn", adapter=adapter).spec for adapter in ("http", None))

    assert given.stub != decided.stub
    assert fingerprint.fingerprint(given) == fingerprint.fingerprint(decided)


def test_a_module_of_its_name_is_an_error(tmp_path: Path, bundled: Callable[[BundleSpec], Path]) -> None:
    found = resolved(tmp_path / "fn")
    (tmp_path / "fn/_python_function_http.py").touch()

    with pytest.raises(BundlingError, match=r"holds a _python_function_http\.py already.*adapter=\"lambda\""):
        bundled(found.spec)


def test_a_handler_of_a_dependency_can_answer_requests(tmp_path: Path) -> None:
    entry = tmp_path / "fn"
    found = resolve.function(
        Wanted(
            entry=resolved(entry).spec.source.directory, architecture="x86_64", cwd=entry, layers=True, adapter="http"
        ),
        handler="vendor.api.handle",
    )

    assert found.handler == "_python_function_http.handler"
    assert found.spec.stub is not None
    assert found.spec.stub.text.endswith("\nhandler = answering('vendor.api', 'handle')\n")


def test_a_line_of_the_synthesis_says_it(tmp_path: Path, make_host: Callable[..., Host], lines: list[str]) -> None:
    output = tmp_path / "out"
    output.mkdir()

    build.build(resolved(tmp_path / "fn").spec, output, make_host(Recorder()))

    assert any("requests through the adapter (handler.py:2 reads event.body)" in line for line in lines)
