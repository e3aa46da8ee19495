"""Files that arguments of the installer name count by their content and go along."""

from pathlib import Path

import pytest

from python_function._bundle.arguments import Arguments, located, placed
from python_function.errors import OptionError


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    directory = tmp_path / "entry"
    (directory / "wheels").mkdir(parents=True)
    (directory / "wheels/a-1-py3-none-any.whl").write_bytes(b"wheel")
    (directory / "limits.txt").write_text("a==1\n-c more.txt\n")
    (directory / "more.txt").write_text("b==2\n")
    return directory


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("--constraints", "limits.txt"), "--constraints"),
        (("--constraint=limits.txt",), "--constraints"),
        (("-c", "limits.txt"), "--constraints"),
        (("-climits.txt",), "--constraints"),
        (("-c=limits.txt",), "--constraints"),
        (("--overrides", "limits.txt"), "--overrides"),
        (("--override=limits.txt",), "--overrides"),
        (("--build-constraint", "limits.txt"), "--build-constraints"),
        (("-b", "limits.txt"), "--build-constraints"),
        (("-r", "limits.txt"), "--requirements"),
    ],
)
def test_a_list_goes_along_with_what_it_includes(entry: Path, words: tuple[str, ...], option: str) -> None:
    found = located(("--prerelease", "allow", *words, "--pre"), {}, entry=entry)

    (file,) = found.files
    assert found.words == ("--prerelease", "allow", option, f"{{scratch}}/{file.place}", "--pre")
    assert file.text.splitlines() == ["a==1", "b==2"]
    assert placed(found.words, "/s")[3] == f"/s/{file.place}"


@pytest.mark.parametrize("change", ["limits.txt", "more.txt"])
@pytest.mark.parametrize(
    ("words", "environment"), [(("-c", "limits.txt"), {}), ((), {"UV_CONSTRAINT": "other.txt limits.txt"})]
)
def test_a_change_of_a_list_or_of_what_it_includes_is_seen(
    entry: Path, words: tuple[str, ...], environment: dict[str, str], change: str
) -> None:
    (entry / "other.txt").write_text("")
    before = located(words, environment, entry=entry)
    (entry / change).write_text("a==3\n")

    after = located(words, environment, entry=entry)

    assert before.words == after.words
    assert [file.identity for file in before.files] != [file.identity for file in after.files]


def test_where_the_entry_is_does_not_matter(entry: Path) -> None:
    before = located(("-c", "limits.txt", "-f", "wheels"), {}, entry=entry)

    elsewhere = located(("-c", "limits.txt", "-f", "wheels"), {}, entry=entry.rename(entry.with_name("moved")))

    assert [file.identity for file in before.files] == [file.identity for file in elsewhere.files]
    assert before.words == elsewhere.words


@pytest.mark.parametrize("variable", ["UV_CONSTRAINT", "UV_OVERRIDE", "UV_BUILD_CONSTRAINT", "UV_EXCLUDE"])
def test_variables_are_arguments(entry: Path, variable: str) -> None:
    found = located((), {variable: "limits.txt"}, entry=entry)

    assert len(found.files) == 1
    assert found.words[0].startswith("--")


def test_packages_of_a_directory_count(entry: Path) -> None:
    before = located(("--find-links=wheels",), {}, entry=entry)
    (entry / "wheels/a-1-py3-none-any.whl").write_bytes(b"another")

    after = located(("--find-links=wheels",), {}, entry=entry)

    assert before.words == ("--find-links", "{scratch}/arguments/0")
    assert before.files[0].links == entry / "wheels"
    assert before.files[0].identity != after.files[0].identity


def test_packages_of_a_directory_that_a_variable_names_count(entry: Path) -> None:
    environment = {"UV_FIND_LINKS": "wheels,https://h.invalid/links,absent"}
    before = located((), environment, entry=entry)
    (entry / "wheels/a-1-py3-none-any.whl").write_bytes(b"another")

    after = located((), environment, entry=entry)

    assert before.words == ()
    assert [file.place for file in before.files] == [""]
    assert before.files[0].identity != after.files[0].identity


def test_other_files_count_by_their_content(entry: Path) -> None:
    (entry / "uv.toml").write_text("native-tls = true\n")
    (found,) = located(("--config-file", "uv.toml"), {}, entry=entry).files
    (entry / "uv.toml").write_text("native-tls = false\n")

    assert found.text == "native-tls = true\n"
    assert located(("--config-file", "uv.toml"), {}, entry=entry).files[0].identity != found.identity


def test_what_is_remote_stays_and_is_told_if_it_may_change(entry: Path) -> None:
    words = ("-c", "https://u:pw@h.invalid/limits.txt", "--find-links", "https://h.invalid/links")

    found = located(words, {}, entry=entry)

    assert found.words[1::2] == words[1::2]
    assert [notice.id for notice in found.notices] == ["floatingArguments"]
    assert "https://***@h.invalid/limits.txt" in found.notices[0].text


def test_what_names_no_file_is_left_alone(entry: Path) -> None:
    words = ("--resolution", "lowest", "--index-strategy=unsafe-best-match", "-P", "a", "-v")

    assert located(words, {}, entry=entry) == Arguments(words=words)


@pytest.mark.parametrize("path", ["absent.txt", "nul\0.txt", "wheels"])
def test_what_is_not_there_or_no_file_is_told(entry: Path, path: str) -> None:
    with pytest.raises(OptionError, match="--constraints names"):
        located(("-c", path), {}, entry=entry)


def test_paths_of_this_machine_in_a_list_are_told(entry: Path) -> None:
    (entry / "limits.txt").write_text("./wheels/a-1-py3-none-any.whl\n")

    with pytest.raises(OptionError, match=r"limits.txt, which has paths of this machine"):
        located(("-c", "limits.txt"), {}, entry=entry)
