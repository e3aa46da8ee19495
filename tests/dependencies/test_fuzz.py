"""Broken and hostile files that declare dependencies: always an error of ours, never a traceback, never a hang.

A few hundred files by default; `FUZZ_EXAMPLES=100000 python -m pytest tests/dependencies/test_fuzz.py` for more.
"""

import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_function._dependencies import detect, package_source
from python_function._dependencies.choice import Choice
from python_function.errors import PythonFunctionError

EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "25"))
LONGEST: Final = 2.0
"""Seconds of work that one file may take; only looked at in the long run."""

_NASTY: Final = st.sampled_from(
    (
        *(
            "\0",
            "\udc80",
            "\ud800",
            "a" * 300,
            "9" * 4301,
            "1979-05-27T07:32:00Z",
            "../lib",
            "file:../lib",
            "/dev/zero",
        ),
        *("${X}", "${PROJECT_ROOT}", "-r self.txt", "[z-a]", "a" * 70 + "==" + "1." * 60, "(" * 300, "é", "\r", "\f"),
        *("python_version < '3'", "git+https://h/x@v#egg=a", "a @ ../lib", "--hash=sha256:00", "x ; extra == 'y'", "{"),
    )
)
_TEXT: Final = st.one_of(st.text(max_size=12), _NASTY)
_SCALAR: Final = st.one_of(_TEXT, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))
_VALUE: Final = st.recursive(
    _SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(_TEXT, st.sampled_from(("path", "git"))), inner, max_size=3),
    ),
    max_leaves=6,
)
_TOKEN: Final = st.sampled_from(
    (
        *(
            "-r",
            "-c",
            "-e",
            "--requirement=",
            "--find-links",
            "--hash=",
            "--index-url",
            "--no-binary",
            "--pre",
            "\\\n",
            "\n",
        ),
        *(
            " ",
            "#",
            "@",
            ";",
            "==",
            "[",
            "]",
            "'",
            '"',
            "file:",
            "git+",
            "https://h.invalid/a.whl",
            "lib",
            "./lib",
            "six",
        ),
    )
)
_LINES: Final = st.lists(st.one_of(_TOKEN, _TEXT), max_size=12).map("".join)

_PYPROJECT: Final[dict[str, Any]] = {
    "project": {
        "name": "app",
        "version": "1",
        "dependencies": ["six", "lib"],
        "dynamic": [],
        "optional-dependencies": {"x": ["lib"]},
        "requires-python": ">=3.9",
    },
    "dependency-groups": {"g": ["six", {"include-group": "h"}], "h": ["lib"]},
    "build-system": {"requires": ["setuptools"], "build-backend": "setuptools.build_meta"},
    "tool": {
        "uv": {
            "sources": {"lib": {"path": "lib"}, "six": [{"git": "https://h.invalid/x", "rev": "v1"}]},
            "index": [{"name": "i", "url": "https://h.invalid/simple", "default": True}],
            "workspace": {"members": ["l*"], "exclude": []},
        },
        "poetry": {
            "dependencies": {"python": "^3.9", "lib": {"path": "lib"}, "a": [{"version": "^1", "markers": "os_name"}]},
            "group": {"g": {"dependencies": {"a": "*"}}},
            "source": [{"name": "s", "url": "https://h.invalid/simple"}],
            "extras": {"x": ["lib"]},
        },
    },
}
_UV_LOCK: Final[dict[str, Any]] = {
    "version": 1,
    "requires-python": ">=3.9",
    "package": [
        {"name": "app", "version": "1", "source": {"virtual": "."}, "dependencies": [{"name": "lib"}]},
        {"name": "lib", "version": "1", "source": {"directory": "lib"}, "metadata": {"requires-dist": [{"name": "a"}]}},
        {
            "name": "a",
            "source": {"registry": "https://h.invalid"},
            "wheels": [{"url": "u", "hash": "sha256:0", "size": 1}],
        },
    ],
}
_POETRY_LOCK: Final[dict[str, Any]] = {
    "package": [
        {"name": "lib", "version": "1", "source": {"type": "directory", "url": "lib"}, "dependencies": {"a": "*"}},
        {"name": "a", "version": "1", "groups": ["main"], "files": [{"file": "f", "hash": "sha256:0"}]},
    ],
    "metadata": {"lock-version": "2.1", "content-hash": "0", "python-versions": "*"},
}
_PYLOCK: Final[dict[str, Any]] = {
    "lock-version": "1.0",
    "packages": [
        {"name": "lib", "directory": {"path": "lib"}, "marker": "'x' in extras"},
        {
            "name": "a",
            "version": "1",
            "index": "https://h.invalid",
            "wheels": [{"url": "u", "hashes": {"sha256": "0"}}],
        },
    ],
}
_PIPFILE: Final[dict[str, Any]] = {
    "source": [{"name": "s", "url": "https://h.invalid/simple", "verify_ssl": True}],
    "packages": {"six": "*", "lib": {"path": "lib", "editable": True}, "a": {"version": "~=1", "index": "s"}},
    "dev-packages": {},
    "requires": {"python_version": "3.11"},
}
_PIPFILE_LOCK: Final[dict[str, Any]] = {
    "_meta": {"hash": {"sha256": "0"}, "sources": [{"name": "s", "url": "https://h.invalid"}], "requires": {}},
    "default": {"six": {"version": "==1", "hashes": ["sha256:0"], "index": "s"}, "lib": {"path": "lib"}},
}


def _places(value: Any, way: tuple[object, ...] = ()) -> list[tuple[object, ...]]:  # noqa: ANN401 - anything that JSON can be
    inner: list[tuple[object, Any]] = []
    if isinstance(value, dict):
        inner = list(cast("dict[object, Any]", value).items())
    elif isinstance(value, list):
        items = cast("list[object]", value)
        inner = list(enumerate(items))
    return [way, *(place for key, one in inner for place in _places(one, (*way, key)))]


def _changed(value: Any, way: tuple[object, ...], new: Any) -> Any:  # noqa: ANN401 - anything that JSON can be
    if not way:
        return new
    if isinstance(value, dict):
        table = cast("dict[object, Any]", value)
        return {key: _changed(one, way[1:], new) if key == way[0] else one for key, one in table.items()}
    items = cast("list[object]", value)
    return [_changed(one, way[1:], new) if number == way[0] else one for number, one in enumerate(items)]


def _mutants(value: dict[str, object]) -> st.SearchStrategy[dict[str, object]]:
    change = st.tuples(st.sampled_from(_places(value)[1:]), _VALUE)

    def apply(changes: list[tuple[tuple[object, ...], Any]]) -> dict[str, object]:
        found: dict[str, object] = value
        for way, new in sorted(changes, key=lambda one: -len(one[0])):
            found = _changed(found, way, new)
        return found

    return st.lists(change, max_size=3, unique_by=lambda one: one[0]).map(apply)


def _toml(value: Any) -> str:  # noqa: ANN401 - anything that JSON can be
    """Write *value* as inline TOML, characters that TOML has no form for included."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float():
            return repr(value)
        case dict():
            table = cast("dict[object, Any]", value)
            return "{" + ", ".join(f"{json.dumps(str(key))} = {_toml(one)}" for key, one in table.items()) + "}"
        case list():
            items = cast("list[object]", value)
            return "[" + ", ".join(map(_toml, items)) + "]"
        case _:
            return "1979-05-27T07:32:00Z"


def _document(value: dict[str, object]) -> str:
    return "".join(f"{json.dumps(key)} = {_toml(one)}\n" for key, one in value.items())


def _look(files: dict[str, Any], choice: Choice | None = None) -> None:
    """Read an entry with *files*, a local package and a file that includes itself; only errors of ours may come."""
    with tempfile.TemporaryDirectory() as place:
        entry = Path(place, "entry")
        (entry / "lib").mkdir(parents=True)
        (entry / "lib/setup.py").write_text("setup(name='lib')\n")
        (entry / "self.txt").write_text("-r self.txt\n")
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            (entry / name).parent.mkdir(exist_ok=True)
            (entry / name).write_bytes(data)
        started = time.process_time()
        with suppress(PythonFunctionError):
            found = detect.detect(entry, index=entry / "index.py", choice=choice or Choice())
            for package in found.local:
                package_source.files(package)
        if EXAMPLES > 1000:
            assert time.process_time() - started < LONGEST, files


_FUZZ: Final = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    database=None,
    derandomize=EXAMPLES <= 1000,
)


@_FUZZ
@given(_LINES)
def test_requirements_files(text: str) -> None:
    _look({"requirements.txt": text})


@_FUZZ
@given(st.binary(max_size=60), st.sampled_from(["requirements.txt", "uv.lock", "Pipfile.lock", "pyproject.toml"]))
def test_any_bytes(data: bytes, name: str) -> None:
    _look({name: data})


@_FUZZ
@given(_mutants(_PYPROJECT))
def test_pyproject(manifest: dict[str, object]) -> None:
    _look({"pyproject.toml": _document(manifest)}, Choice(groups=("g",), extras=("x",)))


@_FUZZ
@given(_mutants(_PYPROJECT), st.sampled_from(["pyproject.toml", "setup.cfg", "setup.py"]), _LINES)
def test_local_packages(manifest: dict[str, object], name: str, text: str) -> None:
    texts = {
        "pyproject.toml": _document(manifest),
        "setup.cfg": f"[metadata]\nname = lib\n[options]\ninstall_requires =\n  {text}\n",
        "setup.py": f"setup(name='lib', install_requires=[{text!a}])\n",
    }
    _look({"requirements.txt": "./lib[x]\n", f"lib/{name}": texts[name]})


@_FUZZ
@given(_mutants(_UV_LOCK), _mutants(_PYPROJECT))
def test_uv_lock(lock: dict[str, object], manifest: dict[str, object]) -> None:
    _look({"uv.lock": _document(lock), "pyproject.toml": _document(manifest)})


@_FUZZ
@given(_mutants(_POETRY_LOCK), _mutants(_PYPROJECT))
def test_poetry_lock(lock: dict[str, object], manifest: dict[str, object]) -> None:
    _look({"poetry.lock": _document(lock), "pyproject.toml": _document(manifest)})


@_FUZZ
@given(_mutants(_PYLOCK))
def test_pylock(lock: dict[str, object]) -> None:
    _look({"pylock.toml": _document(lock)})


@_FUZZ
@given(_mutants(_PIPFILE), _mutants(_PIPFILE_LOCK), st.booleans())
def test_pipfile(manifest: dict[str, object], lock: dict[str, object], locked: bool) -> None:
    files: dict[str, str] = {"Pipfile": _document(manifest)}
    _look({**files, "Pipfile.lock": json.dumps(lock)} if locked else files)


@_FUZZ
@given(_LINES, _mutants({"dependencies": ["six"], "requires-python": ">=3.9", "tool": _PYPROJECT["tool"]}))
def test_script(text: str, block: dict[str, object]) -> None:
    lines = _document(block).splitlines()
    _look({"index.py": "# /// script\n" + "".join(f"# {line}\n" for line in lines) + f"# ///\n{text}"})


_DEEP: Final = 3000
_SINGLE: Final[dict[str, dict[str, str]]] = {
    "TOML, deep arrays": {"pyproject.toml": "a = " + "[" * _DEEP + "]" * _DEEP},
    "TOML, deep tables": {"uv.lock": "a = " + "{a = " * _DEEP + "1" + "}" * _DEEP},
    "TOML, deep keys": {"pyproject.toml": "[" + ".".join("a" * _DEEP) + "]\n"},
    "JSON, deep": {"Pipfile.lock": "[" * 100_000},
    "JSON, a number of 4,301 digits": {"Pipfile.lock": '{"default": ' + "9" * 4301 + "}"},
    "TOML, a number of 4,301 digits": {"pylock.toml": "lock-version = " + "9" * 4301},
    "a name of 300 characters": {"requirements.txt": "./" + "a" * 300},
    "a script, deep": {"index.py": "# /// script\n# a = " + "[" * _DEEP + "]" * _DEEP + "\n# ///\n"},
    "a setup.py, deep": {"requirements.txt": "./lib\n", "lib/setup.py": "setup(name=" + "(" * 10_000 + ")"},
    "a setup.py, long sums": {"requirements.txt": "./lib\n", "lib/setup.py": "x = " + "1+" * 50_000 + "1"},
    "markers, deep": {"requirements.txt": "a ; " + "(" * 5_000 + "os_name == 'x'" + ")" * 5_000},
    "many spaces": {"requirements.txt": "a" + " " * 100_000 + "b"},
    "many brackets": {"requirements.txt": "a[" * 20_000},
    "many versions": {"requirements.txt": "a==" + "1." * 50_000},
    "a million lines": {"requirements.txt": "#\n" * 300_000},
    "a long continuation": {"requirements.txt": "a \\\n" * 50_000},
    "a workspace of stars": {
        "pyproject.toml": '[project]\nname = "a"\ndependencies = ["b"]\n[tool.uv.sources]\n'
        'b = { workspace = true }\n[tool.uv.workspace]\nmembers = ["**/**/**/**/**/**", "/etc/*", "../*", ""]\n'
    },
}


@pytest.mark.parametrize("files", _SINGLE.values(), ids=_SINGLE)
def test_what_is_too_deep_or_too_long(files: dict[str, str]) -> None:
    _look(files)


@pytest.mark.parametrize(
    "name", ["requirements.txt", "more.txt", "uv.lock", "Pipfile.lock", "pyproject.toml", "index.py", "lib/setup.py"]
)
@pytest.mark.parametrize("kind", ["fifo", "device", "directory"])
def test_what_is_no_file_is_not_read(tmp_path: Path, name: str, kind: str) -> None:
    for path, text in {"requirements.txt": "-r more.txt\n./lib\n", "lib/setup.cfg": "", "index.py": ""}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    place = tmp_path / name
    place.unlink(missing_ok=True)
    match kind:
        case "fifo":
            os.mkfifo(place)
        case "device":
            place.symlink_to("/dev/zero")
        case _:
            place.mkdir()

    with suppress(PythonFunctionError):
        detect.detect(tmp_path, index=tmp_path / "index.py")
