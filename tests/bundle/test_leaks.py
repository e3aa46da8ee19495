import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from python_function._bundle import leaks, tree_store
from python_function._bundle.tree_store import Made
from python_function.errors import BundlingError

SECRET = "s3ntinel+/@:%"  # noqa: S105 - what must not show
KNOWN = {SECRET: "the value of GH_PAT", "short": "the value of PIN", "password": "the value of WORD"}


@pytest.mark.parametrize(
    "content",
    [
        SECRET.encode(),
        b"https://me:" + quote(SECRET, safe="").encode() + b"@host/",
        base64.b64encode(b"me:" + SECRET.encode()),
        base64.b64encode(b"user:" + SECRET.encode() + b"\n"),
        b"\0" * ((1 << 20) - 3) + SECRET.encode() + b"\0" * 10,
        b"\xff" * (3 << 20) + SECRET.encode(),
    ],
    ids=["clear", "in a URL", "for a header", "within base64", "between two pieces", "far down"],
)
def test_a_secret_in_a_file_is_found_and_the_file_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/settings.py").write_bytes(content)

    with pytest.raises(BundlingError, match=r"lib/settings\.py holds the value of GH_PAT") as caught:
        leaks.check(tmp_path, KNOWN)

    assert SECRET not in str(caught.value)


def test_every_line_of_a_key_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "id_rsa").write_text("   ijklmnop1\n")

    with pytest.raises(BundlingError, match="id_rsa holds a key"):
        leaks.check(tmp_path, {"-----BEGIN KEY-----\nabcdefgh1\nijklmnop1\n-----END KEY-----": "a key"})


def test_a_secret_in_a_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "s3ntinel-1").touch()

    with pytest.raises(BundlingError, match="holds the value of A"):
        leaks.check(tmp_path, {"s3ntinel-1": "the value of A"})


def test_what_stands_in_many_a_file_by_chance_is_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(password, short): ...")

    leaks.check(tmp_path, KNOWN)
    leaks.check(tmp_path, {})


def test_a_dependency_by_a_url_that_lets_somebody_in_is_found(tmp_path: Path) -> None:
    metadata = tmp_path / "python/lib-1.dist-info/METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text(
        "Name: lib\nRequires-Dist: app @ https://me:s3cret@host/app.whl\n\nSee https://a:b@example.com\n"
    )

    with pytest.raises(BundlingError, match=r"python/lib-1\.dist-info/METADATA holds the credentials of an index"):
        leaks.check(tmp_path, {})
    metadata.write_text("Name: lib\nRequires-Dist: app\n\nSee https://a:b@example.com\n")
    leaks.check(tmp_path, {})


def test_a_tree_is_searched_for_the_same_secrets_once(tmp_path: Path) -> None:
    seen: dict[str, object] = {}
    with tree_store.tree(tmp_path, "key", _nothing, now=0) as tree:
        assert leaks.is_free(tree, KNOWN, seen)
        (tree.directory / "a.py").write_text("s3ntinel-1")

        assert leaks.is_free(tree, KNOWN, seen)
        assert leaks.is_free(tree, {}, {})
        assert not leaks.is_free(tree, {"s3ntinel-1": "another"}, seen)
        assert not leaks.is_free(tree, {"s3ntinel-1": "another"}, seen)
    with tree_store.tree(tmp_path, "key", _nothing, now=0) as another:
        (another.directory / "a.py").write_text(next(iter(KNOWN)))

        assert not leaks.is_free(another, KNOWN, seen)


def test_of_a_bundle_whose_other_files_are_known_only_some_are_searched(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("s3ntinel-1")
    (tmp_path / "b.py").write_text("s3ntinel-1")

    leaks.check(tmp_path, {"s3ntinel-1": "it"}, ())
    with pytest.raises(BundlingError, match=r"^A secret would be in the asset:\n  b.py holds it\nLeave"):
        leaks.check(tmp_path, {"s3ntinel-1": "it"}, ["b.py"])


def _nothing(directory: Path) -> Made:
    (directory / "a.py").touch()
    return Made(note="")
