from pathlib import Path

import pytest

from python_function._bundle.executors.lent import lend
from python_function.errors import BundlingError

SEEN = "/asset-scratch"


def test_where_indexes_are_goes_along_and_what_is_given_wins(tmp_path: Path) -> None:
    process = {"PIP_INDEX_URL": "https://mine/", "UV_INDEX": "https://more/", "PATH": "/bin", "UV_CONSTRAINT": "/c.txt"}

    lent = lend(process, {"PIP_EXTRA_INDEX_URL": "https://given/"}, tmp_path, seen_as=SEEN)

    assert lent.environment["UV_DEFAULT_INDEX"] == "https://mine/"
    assert lent.environment["UV_INDEX"] == "https://given/"
    assert not {"PATH", "UV_CONSTRAINT"} & lent.environment.keys()
    assert lent.volumes == ()


def test_certificates_of_this_machine_are_copied(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("certificate")
    (tmp_path / "scratch").mkdir()

    lent = lend({"PIP_CERT": str(tmp_path / "ca.pem")}, {}, tmp_path / "scratch", seen_as=SEEN)

    assert lent.environment["SSL_CERT_FILE"] == lent.environment["PIP_CERT"] == f"{SEEN}/certificates/ca.pem"
    assert (tmp_path / "scratch/certificates/ca.pem").read_text() == "certificate"


def test_certificates_that_are_given_are_in_the_container(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()

    lent = lend({"SSL_CERT_FILE": str(tmp_path / "ca.pem")}, {"PIP_CERT": "/ours.pem"}, tmp_path, seen_as=SEEN)

    assert lent.environment["SSL_CERT_FILE"] == lent.environment["PIP_CERT"] == "/ours.pem"


def test_directories_of_packages_are_mounted(tmp_path: Path) -> None:
    links, mirror = tmp_path / "links", tmp_path / "mirror"
    (mirror / "simple").mkdir(parents=True)
    links.mkdir()
    process = {"PIP_FIND_LINKS": f"{links} https://links/", "UV_INDEX": f"x=file://{mirror}/simple https://more/"}

    lent = lend(process, {}, tmp_path, seen_as=SEEN)

    places = {host: there for host, there, mode in lent.volumes if mode == "ro"}
    assert places.keys() == {str(links), str(mirror)}
    assert lent.environment["UV_FIND_LINKS"] == f"{places[str(links)]},https://links/"
    assert lent.environment["PIP_FIND_LINKS"] == f"{places[str(links)]} https://links/"
    assert lent.environment["UV_INDEX"] == f"x=file://{places[str(mirror)]}/simple https://more/"


def test_directories_that_are_given_are_in_the_container(tmp_path: Path) -> None:
    assert lend({}, {"UV_FIND_LINKS": str(tmp_path)}, tmp_path, seen_as=SEEN).volumes == ()


def test_a_directory_that_cannot_be_seen_is_an_error_and_no_index_less(tmp_path: Path) -> None:
    with pytest.raises(BundlingError, match=str(tmp_path)):
        lend({"UV_FIND_LINKS": str(tmp_path)}, {}, tmp_path, seen_as=SEEN, copies=True)
