"""What a requirements file may hold, and what becomes of it."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function.errors import PackagingError

_SHA = "sha256:" + "a" * 64
_COMMIT = "0123456789abcdef0123456789abcdef01234567"


def _read(directory: Path, text: str | bytes) -> Requirements:
    path = directory / "requirements.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read.read(path)


def _tree(directory: Path, name: str = "my-lib") -> Path:
    directory.mkdir(parents=True)
    (directory / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\n')
    return directory


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("idna==3.7\ncertifi\n", ("idna==3.7", "certifi"), id="in the order of the file"),
        pytest.param("\n# comment\nidna  # why\n\n", ("idna",), id="without comments and blank lines"),
        pytest.param(
            "idna==3.7 \\\n  ; python_version \\\n < '3.12'", ('idna==3.7 ; python_version < "3.12"',), id="joined"
        ),
        pytest.param("idna \\\n# comment\ncertifi", ("idna", "certifi"), id="a comment ends a continued line"),
        pytest.param("a==1\r\nb==2\r\n", ("a==1", "b==2"), id="CRLF"),
        pytest.param("Foo_Bar[B,a] >= 2,<3", ("foo-bar[B,a]<3,>=2",), id="canonical"),
        pytest.param("\ufeffidna", ("idna",), id="byte order mark"),
        pytest.param("\ufeffidna".encode("utf-16-le"), ("idna",), id="UTF-16"),
        pytest.param("# -*- coding: latin-1 -*-\nidna # \xe9".encode("latin-1"), ("idna",), id="encoding cookie"),
        pytest.param(f"a==1 --hash={_SHA} \\\n --hash {_SHA}", (f"a==1 --hash={_SHA} --hash={_SHA}",), id="hashes"),
        pytest.param(
            f'a==1 ; os_name=="nt" --hash={_SHA}', (f'a==1 ; os_name == "nt" --hash={_SHA}',), id="marker, hash"
        ),
        pytest.param("a @ https://host/a.zip", ("a @ https://host/a.zip",), id="URL with a name"),
        pytest.param(
            "https://host/a_b-1-py3-none-any.whl", ("a-b @ https://host/a_b-1-py3-none-any.whl",), id="wheel URL"
        ),
        pytest.param("https://host/a-1.tar.gz", ("https://host/a-1.tar.gz",), id="URL without a name"),
        pytest.param("git+https://host/a@v1#egg=a", ("a @ git+https://host/a@v1",), id="VCS URL with an egg"),
        pytest.param(
            "-e git+https://host/a@v1#egg=A[x]&subdirectory=s",
            ("a[x] @ git+https://host/a@v1#subdirectory=s",),
            id="editable VCS URL",
        ),
        pytest.param("git+ssh://git@host/a.git", ("git+ssh://git@host/a.git",), id="VCS URL without a name"),
        pytest.param(
            "https://h/a-1-py3-none-any.whl ; os_name == 'nt'",
            ('a @ https://h/a-1-py3-none-any.whl ; os_name == "nt"',),
            id="URL with a marker",
        ),
        pytest.param("a @ https://${USER}:${TOKEN}@h/a.zip", ("a @ https://${USER}:${TOKEN}@h/a.zip",), id="variables"),
        pytest.param("a @ ${BASE}/a.zip", ("a @ ${BASE}/a.zip",), id="a variable for the base of a URL"),
    ],
)
def test_lines_are_requirements_as_uv_writes_them(tmp_path: Path, text: str | bytes, lines: tuple[str, ...]) -> None:
    assert _read(tmp_path, text).lines == lines


@pytest.mark.parametrize(
    ("text", "options", "flags"),
    [
        pytest.param("-i https://h/simple", ("--index-url https://h/simple",), (), id="-i"),
        pytest.param("-ihttps://h/simple", ("--index-url https://h/simple",), (), id="-i without a space"),
        pytest.param("--index-url=https://${T}@h", ("--index-url https://${T}@h",), (), id="variables stay"),
        pytest.param("--extra-index-url 'https://h/s'", ("--extra-index-url https://h/s",), (), id="quotes"),
        pytest.param("-f https://h/links", ("--find-links https://h/links",), (), id="remote links"),
        pytest.param("--no-index --pre", ("--no-index",), ("--prerelease=allow",), id="two on a line"),
        pytest.param("--no-binary=a,b", ("--no-binary a", "--no-binary b"), (), id="a list, which uv does not take"),
        pytest.param("--only-binary :all:", ("--only-binary :all:",), (), id="--only-binary"),
        pytest.param("--trusted-host me:s3cret@h", (), ("--allow-insecure-host=h",), id="--trusted-host of poetry"),
        pytest.param("--trusted-host h:8080", (), ("--allow-insecure-host=h:8080",), id="--trusted-host"),
        pytest.param("--prefer-binary\n--use-feature=x", (), (), id="without a meaning here"),
        pytest.param("-r https://h/r.txt", ("--requirement https://h/r.txt",), (), id="remote file"),
        pytest.param("-c https://h/c.txt", ("--constraint https://h/c.txt",), (), id="remote constraints"),
        pytest.param("--require-hashes", ("--require-hashes",), (), id="--require-hashes"),
    ],
)
def test_options_become_lines_or_arguments_of_uv(
    tmp_path: Path, text: str, options: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    found = _read(tmp_path, text)

    assert (found.options, found.flags) == (options, flags)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("idna=>3", r"requirements\.txt:1: 'idna=>3': no valid requirement", id="specifier"),
        pytest.param("a==1\n\nb c", r"requirements\.txt:3: 'b c'", id="line number"),
        pytest.param("a==1\nb \\\n c", r"requirements\.txt:2: 'b  c'", id="first line of a continued one"),
        pytest.param("a; python_versoin<'3'", "no valid requirement", id="marker"),
        pytest.param("--no-deps", "--no-deps is not known here.*installer_args", id="unknown option"),
        pytest.param("-x", "-x is not known here", id="unknown short option"),
        pytest.param("--index-url", "--index-url has no value", id="no value"),
        pytest.param("a==1 --hash=md5:aa", "'md5:aa' is no hash", id="weak hash"),
        pytest.param("a==1 --global-option=x", "--global-option is no option of one requirement", id="per requirement"),
        pytest.param("-r base.txt", r"'-r base\.txt': there is no /.*/base\.txt", id="no such file"),
        pytest.param("-r ${DIR}/base.txt", "variables are possible in URLs", id="variable in a path"),
        pytest.param("./nowhere", "there is no /.*/nowhere", id="no such package"),
        pytest.param("-e .", "is no package: it has no pyproject.toml", id="no package"),
        pytest.param("--find-links 'x", "No closing quotation", id="quotation"),
        pytest.param(b"idna # \xe9", r"requirements\.txt cannot be decoded: .*UTF-8", id="encoding"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(tmp_path: Path, text: str | bytes, what: str) -> None:
    with pytest.raises(PackagingError, match=what):
        _read(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "--nonsense https://user:s3cret@host/simple",
        "a b @ https://s3cret@host/a.zip",
        "a b @ https://user:s3/s3cret@host/a.zip",
        "a b @ https://host/a.zip?auth_token=s3cret",
    ],
)
def test_an_error_shows_no_secret(tmp_path: Path, text: str) -> None:
    with pytest.raises(PackagingError, match=r"\*\*\*") as raised:
        _read(tmp_path, text)

    assert "s3cret" not in str(raised.value)


def test_included_files_count_from_the_file_that_includes_them(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "base.txt").write_text("-r more.txt\n-c ../limits.txt\na\n")
    (tmp_path / "deep" / "more.txt").write_text("b\n")
    (tmp_path / "limits.txt").write_text("c<2\n-r limits2.txt")
    (tmp_path / "limits2.txt").write_text("d<2")

    found = _read(tmp_path, "-r deep/base.txt\ne")

    assert found.lines == ("b", "a", "e")
    assert found.constraints == ("c<2", "d<2")
    assert found.files == tuple(
        tmp_path / name for name in ("requirements.txt", "deep/base.txt", "deep/more.txt", "limits.txt", "limits2.txt")
    )


def test_a_file_that_includes_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("-r requirements.txt")

    with pytest.raises(PackagingError, match=r"base\.txt:1: .*includes itself"):
        _read(tmp_path, "-r base.txt")


def test_a_file_may_be_included_twice(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("a")

    assert _read(tmp_path, "-r base.txt\n-r base.txt").lines[:1] == ("a",)


@pytest.mark.parametrize(
    "line",
    [
        "./lib",
        "lib/",
        "file://{root}/lib",
        "-e file://{root}/lib",
        "-e ./lib",
        "-e lib",
        "--editable=lib",
        "file:lib",
        "my-lib @ file:./lib",
    ],
)
def test_a_local_package_is_required_by_its_name(tmp_path: Path, line: str) -> None:
    _tree(tmp_path / "lib", "My_Lib")

    found = _read(tmp_path, line.replace("{root}", str(tmp_path)))

    assert found.lines == ("my-lib",)
    assert found.local == (LocalPackage(name="my-lib", directory=tmp_path / "lib"),)
    assert found.unpinned == ()


def test_a_name_is_no_path(tmp_path: Path) -> None:
    _tree(tmp_path / "lib")

    assert _read(tmp_path, "lib").local == ()


@pytest.mark.parametrize(
    "line",
    [
        "./lib[x,y] ; python_version < '3.12'",
        "-e ./lib[x,y] ; python_version < '3.12'",
        "-e ./lib#egg=my-lib[x,y] ; python_version < '3.12'",
        "my-lib[x, y] @ file:lib ; python_version < '3.12'",
        "my-lib[x,y] @ file:///${PROJECT_ROOT}/lib ; python_version < '3.12'",
    ],
)
def test_a_local_package_keeps_its_extras_and_marker(tmp_path: Path, line: str) -> None:
    _tree(tmp_path / "lib")

    found = _read(tmp_path, line)

    assert found.lines == ('my-lib[x,y] ; python_version < "3.12"',)
    assert found.local == (LocalPackage(name="my-lib", directory=tmp_path / "lib", marker="python_version < '3.12'"),)


def test_the_package_around_the_file_is_local_too(tmp_path: Path) -> None:
    directory = _tree(tmp_path / "project")

    assert _read(directory, "-e .").local == (LocalPackage(name="my-lib", directory=directory),)


def test_a_local_package_of_an_included_file_is_found_like_pip_does(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "base.txt").write_text("./lib\n./other")
    _tree(tmp_path / "lib")
    _tree(tmp_path / "deep" / "other", "other")

    found = _read(tmp_path, "-r deep/base.txt")

    assert [package.directory for package in found.local] == [tmp_path / "lib", tmp_path / "deep" / "other"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("pyproject.toml", '[tool.poetry]\nname = "my.lib"', id="poetry"),
        pytest.param("setup.cfg", "[metadata]\nname = my_lib", id="setup.cfg"),
        pytest.param("setup.py", "import setuptools\nsetuptools.setup(name='my-lib')", id="setup.py"),
    ],
)
def test_the_name_of_a_local_package_comes_from_its_metadata(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / name).write_text(text)

    assert _read(tmp_path, "./lib").lines == ("my-lib",)


def test_a_name_that_only_running_code_would_tell_has_to_be_written(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "setup.py").write_text("from setuptools import setup\nsetup(name=compute())")

    assert _read(tmp_path, "my-lib @ file:lib").lines == ("my-lib",)
    with pytest.raises(PackagingError, match=r"Write: <name> @ file:\./lib"):
        _read(tmp_path, "./lib")


def test_a_local_package_of_another_name_is_an_error(tmp_path: Path) -> None:
    _tree(tmp_path / "lib")

    with pytest.raises(PackagingError, match="is the package 'my-lib', not 'other'"):
        _read(tmp_path, "other @ file:lib")


@pytest.mark.parametrize(
    "line", ["./my_lib-1-py3-none-any.whl", "my_lib-1-py3-none-any.whl", "my-lib @ file:my_lib-1-py3-none-any.whl"]
)
def test_a_wheel_in_the_tree_is_required_by_its_name(tmp_path: Path, line: str) -> None:
    wheel = tmp_path / "my_lib-1-py3-none-any.whl"
    wheel.write_bytes(b"wheel")

    found = _read(tmp_path, line)

    assert found.lines == ("my-lib",)
    assert found.archives == (LocalArchive(name="my-lib", path=wheel),)


def test_hashes_of_files_in_the_tree_are_checked(tmp_path: Path) -> None:
    (tmp_path / "lib-1.tar.gz").write_bytes(b"sdist")
    right = hashlib.sha256(b"sdist").hexdigest()

    assert _read(tmp_path, f"./lib-1.tar.gz --hash=sha256:{right}").lines == ("lib",)
    with pytest.raises(PackagingError, match=f"none of these hashes.*{right}"):
        _read(tmp_path, f"./lib-1.tar.gz --hash={_SHA}")


def test_local_links_are_paths(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()

    found = _read(tmp_path, "--find-links wheels/\na")

    assert (found.links, found.options) == ((tmp_path / "wheels",), ())


def test_what_is_not_pinned_is_listed_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "limits.txt").write_text("g==1\nh<2")
    pinned = f"a==1\nb===1\nc @ https://h/c.zip\nd @ git+https://h/d@{_COMMIT}\ng\n-c limits.txt\n"
    floating = "e==1.*\nf @ git+https://u:p@h/f@main\nh\ni>=1"

    found = _read(tmp_path, pinned + floating)

    assert found.unpinned == (
        "requirements.txt:7: e==1.*",
        "requirements.txt:8: f @ git+https://***@h/f@main",
        "requirements.txt:9: h",
        "requirements.txt:10: i>=1",
    )


@pytest.mark.parametrize(
    ("text", "hashed"), [(f"a==1 --hash={_SHA}\nb==1", True), ("--require-hashes\na==1", True), ("a==1", False)]
)
def test_one_hash_is_enough_to_be_hashed(tmp_path: Path, text: str, hashed: bool) -> None:
    assert _read(tmp_path, text).hashed is hashed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a==1\nb", "# new\r\na == 1 # pin\r\n\r\nB", id="layout"),
        pytest.param("-i https://h/s", "-i https://user:rotated@h/s", id="credentials"),
        pytest.param("-i https://${U}:${T}@h/s", "-i https://${V}@h/s", id="names of credentials"),
        pytest.param("a @ https://h/a.zip?token=1", "a @ https://h/a.zip?token=2", id="token in a query"),
        pytest.param("./lib", "-e ./lib", id="editable"),
    ],
)
def test_identity_is_the_same_where_the_bundle_is(tmp_path: Path, one: str, other: str) -> None:
    _tree(tmp_path / "lib")

    assert _read(tmp_path, one).identity == _read(tmp_path, other).identity != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a==1", "a==2", id="version"),
        pytest.param("a\nb", "b\na", id="order"),
        pytest.param("a", "--pre\na", id="option"),
        pytest.param(
            "-i https://h\n--extra-index-url https://g", "-i https://g\n--extra-index-url https://h", id="index"
        ),
        pytest.param("a", f"a --hash={_SHA}", id="hash"),
        pytest.param("a", "a\n-c limits.txt", id="constraints"),
        pytest.param("my-lib", "./lib", id="local"),
        pytest.param("./one/w-1-py3-none-any.whl", "./two/w-1-py3-none-any.whl", id="bytes of a wheel"),
        pytest.param("-f one", "-f two", id="bytes of links"),
    ],
)
def test_identity_differs_where_the_bundle_may(tmp_path: Path, one: str, other: str) -> None:
    _tree(tmp_path / "lib")
    (tmp_path / "limits.txt").write_text("b<2")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "w-1-py3-none-any.whl").write_text(name)

    assert _read(tmp_path, one).identity != _read(tmp_path, other).identity


def test_identity_says_nothing_of_the_machine(tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        _tree(tmp_path / name / "lib")
        (tmp_path / name / "w-1-py3-none-any.whl").write_bytes(b"wheel")
        (tmp_path / name / "base.txt").write_text("a")
    text = "./lib\n./w-1-py3-none-any.whl\n-f .\n-r base.txt"

    here, there = (_read(tmp_path / name, text).identity for name in ("here", "there"))

    assert here == there


def test_exported_text_is_read_like_a_file(tmp_path: Path) -> None:
    _tree(tmp_path / "lib")

    found = read.parse("a==1\n-e ./lib\n", base=tmp_path, source="uv export", exact=True)

    assert found.lines == ("a==1", "my-lib")
    assert found.exact
    assert found.files == ()


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read.parse(text, base=Path("/nowhere"), source="text")
    except PackagingError as error:
        assert "text:" in str(error)  # noqa: PT017
    else:
        assert not any("\n" in line for line in found.lines)


def test_lists_that_are_fetched_anew_are_told_as_floating(tmp_path: Path) -> None:
    text = "a==1\n-c https://u:p@h.invalid/limits.txt\n-r https://h.invalid/more.txt\n--index-url https://h.invalid/simple\n"

    found = read.parse(text, base=tmp_path, source="requirements.txt")

    told = ("--constraint https://***@h.invalid/limits.txt", "--requirement https://h.invalid/more.txt")
    assert found.unpinned == told
