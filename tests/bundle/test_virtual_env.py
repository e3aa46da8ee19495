import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from python_function._bundle import virtual_env
from python_function._bundle.spec import Installed
from python_function._machine.report import Notice
from python_function._source import select
from python_function.errors import OptionError, PackagingError
from tests.doubles import TARGET

Install = Callable[..., None]


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    directory = tmp_path / "venv"
    (directory / "lib" / "python3.13" / "site-packages").mkdir(parents=True)
    (directory / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    return directory


@pytest.fixture
def install(environment: Path) -> Install:
    """Install a distribution with one package of its name into the environment."""
    place = environment / "lib" / "python3.13" / "site-packages"

    def install(name: str, *, files: tuple[str, ...] = (), metadata: str = "", url: Mapping[str, object] = {}) -> None:
        info = f"{name}-1.dist-info"
        texts = {
            **dict.fromkeys(files or (f"{name}/__init__.py",), ""),
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{metadata}",
            **({f"{info}/direct_url.json": json.dumps(url)} if url else {}),
        }
        texts[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*texts, f"{info}/RECORD"))
        for path, text in texts.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)

    return install


def find(environment: Path, *exclude: str) -> tuple[Installed, tuple[Notice, ...]]:
    return virtual_env.find("venv", target=TARGET, exclude=exclude, cwd=environment.parent)


def packages(installed: Installed) -> set[str]:
    """Return the directories that are taken."""
    return {path.rpartition("/")[0] for path in select.selected(installed.directory, installed.excludes).places}


def test_what_is_installed_is_taken_without_what_binds_it_to_the_environment(
    environment: Path, install: Install
) -> None:
    install("requests", metadata="Requires-Dist: idna\n")
    install("idna")
    place = environment / "lib" / "python3.13" / "site-packages"
    for name in ("_virtualenv.py", "a.pth", "idna/__pycache__/x.pyc"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("")

    installed, notices = find(environment)

    assert installed.directory == place
    assert packages(installed) == {"requests", "requests-1.dist-info", "idna", "idna-1.dist-info"}
    assert notices == ()


def test_what_made_the_environment_stays_out_unless_it_is_needed(environment: Path, install: Install) -> None:
    for name in ("pip", "wheel", "old"):
        install(name, metadata="Requires-Dist: setuptools\nRequires-Dist: packaging\n")
    install("setuptools")
    install("packaging")

    installed, (notice,) = find(environment)

    assert {name for name in packages(installed) if "-" not in name} == {"old", "setuptools", "packaging"}
    assert (notice.id, notice.text) == ("venvLeftOut", "Left out: pip 1, wheel 1.")


def test_an_excluded_package_goes_with_what_only_it_needs(environment: Path, install: Install) -> None:
    install("boto3", metadata="Requires-Dist: botocore\n")
    install("botocore", metadata="Requires-Dist: six>=1\nRequires-Dist: urllib3\n")
    install("six")
    install("urllib3")
    install("requests", metadata="Requires-Dist: urllib3\n")

    installed, (notice,) = find(environment, "Boto3")

    assert {name for name in packages(installed) if "-" not in name} == {"requests", "urllib3"}
    assert notice.text == "Left out: boto3 1, botocore 1, six 1."


def test_a_folder_that_others_share_stays(environment: Path, install: Install) -> None:
    install("google-a", files=("google/a/__init__.py", "google/[x].py"))
    install("google-b", files=("google/b/__init__.py", "google/x.py"))

    installed, _ = find(environment, "google-a")

    assert packages(installed) == {"google", "google/b", "google-b-1.dist-info"}


@pytest.mark.parametrize(
    ("metadata", "url", "message"),
    [
        pytest.param(
            "",
            {"url": "file:///home/me/lib", "dir_info": {"editable": True}},
            r"lib 1 is installed editable in .+: its code is in file:///home/me/lib, not there\.",
            id="editable",
        ),
        pytest.param(
            "Requires-Python: >=3.14\n",
            {},
            r"lib 1 in .+ requires Python >=3\.14, and python3\.13 is 3\.13\.\d+\. Make the environment with that",
            id="python",
        ),
    ],
)
def test_what_cannot_be_taken_elsewhere_is_refused(
    environment: Path, install: Install, metadata: str, url: Mapping[str, object], message: str
) -> None:
    install("lib", metadata=metadata, url=url)

    with pytest.raises(PackagingError, match=message):
        find(environment)


@pytest.mark.parametrize(
    ("metadata", "url"),
    [
        pytest.param("Requires-Python: nonsense\n", {}, id="nonsense"),
        pytest.param("\nRequires-Python: <3\n", {}, id="in-the-description"),
        pytest.param("", {"url": "file:///lib", "dir_info": {}}, id="from-a-directory"),
    ],
)
def test_what_can_be_taken_elsewhere_is_not(
    environment: Path, install: Install, metadata: str, url: Mapping[str, object]
) -> None:
    install("lib", metadata=metadata, url=url)

    assert "lib" in packages(find(environment)[0])


def test_what_may_not_fit_is_told(environment: Path) -> None:
    environment.joinpath("lib/python3.13").rename(environment / "lib" / "python3.11")
    environment.joinpath("pyvenv.cfg").write_text("include-system-site-packages = True\n")

    _, notices = find(environment)

    assert [notice.id for notice in notices] == ["venvPython", "venvSystem"]
    assert "was made for Python 3.11, the package is for 3.13" in notices[0].text


def test_what_is_no_environment_is_told(environment: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"no-such is no virtual environment: it has no pyvenv\.cfg"):
        virtual_env.find("no-such", target=TARGET, exclude=(), cwd=tmp_path)
    environment.joinpath("lib/python3.12/site-packages").mkdir(parents=True)
    with pytest.raises(OptionError, match=r"has to have one site-packages directory\. Found: .+3\.12.+, .+3\.13"):
        find(environment)
    environment.joinpath("lib/python3.12/site-packages").rmdir()
    with pytest.raises(OptionError, match=r"--exclude-package nothing: there is no such package in the environment"):
        find(environment, "nothing")
