"""Handlers that a dependency or a layer brings: told where neither has them."""

from pathlib import Path

import pytest

from python_function._bundle.checks import elsewhere, imported
from python_function._bundle.checks.inventory import Inventory
from python_function._target.target import Target

TARGET = Target("python3.13", "x86_64")
VERSIONED = "python/lib/python3.13/site-packages"
HANDLER = "datadog_lambda.handler.handler"


def inventory(*files: str) -> Inventory:
    return Inventory(root=Path("/bundle"), files=dict.fromkeys(files, 1), distributions=(), own=frozenset())


@pytest.mark.parametrize(
    ("handler", "bundle", "layer", "there"),
    [
        pytest.param(HANDLER, ("datadog_lambda/__init__.py", "datadog_lambda/handler.py"), (), True, id="dependency"),
        pytest.param(HANDLER, ("datadog_lambda/handler.so",), (), True, id="native"),
        pytest.param(HANDLER, ("app.py",), ("python/datadog_lambda/handler.py",), True, id="layer"),
        pytest.param(
            HANDLER,
            ("app.py",),
            ("python/lib/python3.13/site-packages/datadog_lambda/handler.py",),
            True,
            id="versioned",
        ),
        pytest.param("datadog_lambda/handler.handler", ("datadog_lambda/handler.py",), (), True, id="slash"),
        pytest.param("run.sh", ("run.sh", "app.py"), (), True, id="script"),
        pytest.param("run.sh", ("app.py",), (), False, id="no script"),
        pytest.param(HANDLER, ("app.py",), (), False, id="nowhere"),
        pytest.param(HANDLER, ("datadog_lambda/__init__.py",), (), False, id="package alone"),
        pytest.param(HANDLER, ("app.py",), ("datadog_lambda/handler.py",), False, id="layer without python"),
        pytest.param(HANDLER, ("datadog_lambda/handler/data.txt",), (), False, id="folder alone"),
    ],
)
def test_a_handler_that_is_nowhere_is_told(
    handler: str, bundle: tuple[str, ...], layer: tuple[str, ...], there: bool
) -> None:
    own = inventory(*bundle)
    layers = [inventory(*layer)] if layer else []

    found = elsewhere.check(own, handler, "/srv/fn", imported.search_path(TARGET, own, layers), TARGET)

    assert [notice.id for notice in found.warnings] == ([] if there else ["handlerNotFound"])
    assert found.errors == ()


def test_a_handler_may_be_in_a_layer_that_nobody_knows() -> None:
    own = inventory("app.py")

    found = elsewhere.check(
        own, HANDLER, "/srv/fn", imported.search_path(TARGET, own), TARGET, unknown=("Stack/Imported",)
    )

    (unknown,) = found.unknown
    assert found.warnings == ()
    assert f"The handler {HANDLER} is not in the bundle of /srv/fn, and nobody here knows what is in" in unknown
