"""A record as lines, as a page, and as a bill of materials."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from python_function._bundle.checks.verdict import Verdict
from python_function._bundle.record import Part, Record
from python_function._cli import bill, page, record_lines
from python_function._dependencies.origin import Origin
from python_function._machine.report import Notice

RECORD = Record(
    hash="abc",
    kind="function",
    handler="index.py",
    runtime="python3.13",
    architecture="arm64",
    packaging="uv",
    at="2026-01-02T03:04:05+00:00",
    seconds=1.5,
    tools={"uv": "1.2"},
    distributions=(
        Part(
            name="Big_One",
            version="2.0",
            origin=Origin(kind="index", name="corporate"),
            license="MIT OR Apache-2.0",
            requires=("small",),
            files={
                "big_one/_native.so": 100_000_000,
                "big_one/__init__.py": 10,
                **{f"big_one/{n}": 1 for n in range(99)},
            },
        ),
        Part(
            name="small",
            version="1",
            origin=Origin(kind="repository", name="git+https://example.com/small.git@abc"),
            license="Some words of somebody",
            requires=(),
            files={"small.py": 1000},
        ),
    ),
    own={"index.py": 50_000_000, "<script>alert(1)</script>.py": 60_000_000, "empty": 0},
    verdicts=(Verdict(check="size", warnings=(Notice(id="a", text="It is <b>large</b>."),)),),
    warnings=(Notice(id="b", text="Nothing is pinned."),),
)


def test_rows_are_sorted_by_weight() -> None:
    assert record_lines.rows(RECORD) == [
        ("(your files)", "", "110.0 MB", "3", "", ""),
        ("Big_One", "2.0", "100.0 MB", "101", "corporate", ""),
        ("small", "1", "1.0 kB", "1", "git+https://example.com/small.git@abc", "Big_One"),
    ]


def test_the_whole_is_summed_up() -> None:
    assert record_lines.summary(RECORD).splitlines() == [
        "function      python3.13 on arm64",
        "built         2026-01-02T03:04:05+00:00 in 1.5 s, locally",
        "with          uv 1.2",
        "hash          abc",
        "size          210.0 MB of 262.1 MB, 80%, in 105 files",
        "warning       Nothing is pinned.",
        "warning       It is <b>large</b>.",
    ]


def test_who_asks_is_named_a_few_times() -> None:
    wanted = Part(name="x", version="1", origin=None, license="", requires=(), files={"x": 1})
    asking = [replace(wanted, name=f"p{number}", requires=("x",), files={}) for number in range(5)]

    rows = record_lines.rows(Record(distributions=(wanted, *asking)))

    assert rows[0] == ("x", "1", "1 B", "1", "", "p0, p1, p2 and 2 more")


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def titles(self, tag: str) -> list[str]:
        return [attributes["data-t"] or "" for name, attributes in self.tags if name == tag and "data-t" in attributes]


def test_the_map_holds_every_distribution_and_its_files() -> None:
    found = Page(page.page(RECORD, title="orders"))

    assert found.titles("div") == [
        "your files\n110.0 MB in 3 files",
        "Big_One 2.0\n100.0 MB in 101 files",
        "small 1\n1.0 kB in 1 file",
    ]
    assert found.titles("i") == [
        "<script>alert(1)</script>.py\n60.0 MB",
        "index.py\n50.0 MB",
        "big_one/_native.so\n100.0 MB",
        "100 files more\n109 B",
        "small.py\n1.0 kB",
    ]


def test_a_page_needs_nothing_but_itself_and_runs_nothing_of_others() -> None:
    text = page.page(RECORD, title="<i>orders</i>")

    tags = [tag for tag, _ in Page(text).tags]
    assert tags.count("script") == 1
    assert not {"link", "img", "iframe"} & set(tags)
    assert not re.search(r"https?://(?!example\.com)", text)
    assert "&lt;i&gt;orders&lt;/i&gt;" in text
    assert "It is &lt;b&gt;large&lt;/b&gt;." in text


def test_no_text_of_a_bundle_becomes_a_tag() -> None:
    tag = '"><img src=x>'
    part = Part(
        name=f"name{tag}",
        version=f"1{tag}",
        origin=Origin(kind="index", name=tag),
        license=tag,
        requires=(),
        files={f"a/{tag}": 5},
    )
    asking = replace(part, name=f"asking{tag}", requires=(canonicalize_name(part.name),))
    notice = Notice(id="a", text=tag)
    record = Record(
        runtime=tag,
        kind=tag,
        hash=tag,
        image=tag,
        tools={tag: tag},
        distributions=(part, asking),
        own={tag: 5},
        verdicts=(Verdict(check=tag, errors=(tag,), warnings=(notice,)),),
        warnings=(notice,),
    )

    text = page.page(record, title=tag)

    assert "<img" not in text
    assert text.count("&lt;img src=x&gt;") > 20


@pytest.mark.parametrize(
    ("weight", "state", "limit_at"),
    [(1_000_000, "", "100.00"), (220_000_000, "near", "100.00"), (524_288_000, "over", "50.00")],
)
def test_the_limit_is_drawn_in(weight: int, state: str, limit_at: str) -> None:
    text = page.page(Record(own={"a": weight}), title="x")

    assert f'class="used {state}"' in text
    assert f'class="mark" style="left:{limit_at}%"' in text


def test_a_page_of_nothing_is_a_page() -> None:
    assert "0 B of 262.1 MB" in page.page(Record(), title="x")


def bom(record: Record = RECORD) -> Any:  # noqa: ANN401 - JSON
    text = bill.of(record, name="orders")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    return json.loads(text)


def test_a_bill_names_packages_by_their_urls_with_licenses() -> None:
    found = {component["name"]: component for component in bom()["components"]}

    assert found["Big_One"]["purl"] == "pkg:pypi/big-one@2.0"
    assert found["Big_One"]["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert found["small"]["licenses"] == [{"license": {"name": "Some words of somebody"}}]
    assert found["small"]["externalReferences"] == [{"type": "vcs", "url": "git+https://example.com/small.git@abc"}]


def test_a_bill_tells_who_depends_on_whom() -> None:
    found = {entry["ref"]: entry.get("dependsOn", []) for entry in bom()["dependencies"]}

    assert found["bundle"] == ["big-one@2.0", "small@1"]
    assert found["big-one@2.0"] == ["small@1"]


def test_a_bill_is_the_same_for_the_same_bundle() -> None:
    assert bill.of(RECORD, name="orders") == bill.of(RECORD, name="orders")
    assert bom()["serialNumber"] != bom(replace(RECORD, hash="other"))["serialNumber"]
    assert bom()["metadata"]["timestamp"] == "2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize("license", ["", "UNKNOWN", "MIT License\n\nCopyright (c) " + "x" * 5000, "x" * 500])
def test_any_license_is_something_that_a_bill_can_hold(license: str) -> None:
    part = replace(RECORD.distributions[0], license=license, requires=())

    assert len(json.dumps(bom(Record(distributions=(part,))))) < 5000
