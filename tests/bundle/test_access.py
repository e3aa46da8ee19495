from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from python_function._bundle import access
from python_function._bundle.spec import BundleSpec
from python_function._dependencies.requirements_txt import read
from python_function._machine.host import Host
from python_function.errors import PackagingError
from tests.doubles import Recorder


def test_variables_that_stand_for_credentials_or_say_where_an_index_is_come_from_the_process(
    spec: BundleSpec, tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    text = (
        "--index-url https://${NAME}:${PW}@${HOST}/simple\nlib @ https://${TOKEN}@files.host/lib-1.tar.gz?sig=${SIG}\n"
    )
    there = {"NAME": "me", "PW": "s3cret", "HOST": "your.host", "TOKEN": "t0ken", "SIG": "s1g", "OTHER": "x"}
    requirements = read.parse(text, base=tmp_path, source="requirements.txt")

    found, without = access.granted(spec, requirements, make_host(recorder, **there))

    assert dict(found.environment) == {name: value for name, value in there.items() if name != "OTHER"}
    assert found.secrets == there.keys() - {"OTHER"}
    assert without == requirements


def test_a_variable_that_changes_what_is_installed_has_to_be_given(
    spec: BundleSpec, tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    requirements = read.parse("lib @ https://host/${WHICH}.whl\n", base=tmp_path, source="requirements.txt")
    host = make_host(recorder, WHICH="lib-2-py3-none-any")

    with pytest.raises(PackagingError, match=r'need the variable WHICH, .*Pass environment=\{"WHICH": \.\.\.\}'):
        access.granted(spec, requirements, host)
    given = replace(spec, environment=(("WHICH", "lib-1-py3-none-any"),))
    assert access.granted(given, requirements, host)[0].environment == given.environment


def test_what_git_was_told_by_the_user_keeps_its_number(
    spec: BundleSpec, tmp_path: Path, recorder: Recorder, make_host: Callable[..., Host]
) -> None:
    line = "lib @ git+https://me:s3cret@host/lib@v1\n"
    requirements = read.parse(line, base=tmp_path, source="requirements.txt")
    own = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.proxy", "GIT_CONFIG_VALUE_0": "http://proxy"}

    found, without = access.granted(replace(spec, environment=tuple(own.items())), requirements, make_host(recorder))

    assert dict(found.environment).items() >= {**own, "GIT_CONFIG_COUNT": "3"}.items()
    assert without.lines == ("lib @ git+https://host/lib@v1",)
    assert "s3cret" not in str(without)
