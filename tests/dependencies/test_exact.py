"""What the tools that own a lock are asked, and what becomes of their answers."""

import stat
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from python_function._dependencies import detect, exact
from python_function._dependencies.assigned import Assigned, Index
from python_function._dependencies.choice import Choice
from python_function._dependencies.formats import poetry_lock, poetry_tool
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.host import Host
from python_function._machine.report import Report
from python_function._target.target import Target
from python_function.errors import CommandError, PackagingError

ENVIRONMENTS = Target("python3.13", "x86_64").environments
_SHA = f"--hash=sha256:{'a' * 64}"
_UV_LOCK = """
version = 1
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "six" }, { name = "torch" }]
[package.optional-dependencies]
more = []
[package.dev-dependencies]
docs = []
[package.metadata]
requires-dist = [{ name = "six" }]
[[package]]
name = "six"
version = "1.17.0"
source = { registry = "https://index.invalid/simple" }
[[package]]
name = "torch"
version = "2"
source = { registry = "https://torch.invalid/cpu" }
"""
_EVERYTHING = "six==1.17.0\ntorch==2\n"
_UV_MANIFEST = """
[project]
name = "app"
version = "1"
dependencies = ["six"]
optional-dependencies = { more = [] }
[dependency-groups]
docs = []
"""


_Call: TypeAlias = tuple[tuple[str, ...], Path, Mapping[str, str]]


@dataclass
class _Tool:
    """Stands in for every program."""

    answer: str | Exception = ""
    then: str | Exception | None = None
    calls: list[_Call] = field(default_factory=list[_Call])
    installs: list[_Call] = field(default_factory=list[_Call], compare=False)
    lists: list[str] = field(default_factory=list[str])

    def __call__(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], shown: bool = False, limit: float | None = None
    ) -> str:
        del shown, limit
        if argv[1] in {"venv", "pip"}:
            self.installs.append((tuple(argv), cwd, env))
            self.lists += [Path(argv[-1]).read_text()] if argv[-1].endswith(".txt") else []
            return ""
        self.calls.append((tuple(argv), cwd, env))
        answer = self.answer
        if len(self.calls) > 1 and self.then is not None:
            answer = self.then
        if isinstance(answer, Exception):
            raise answer
        return answer


def _export_of(
    entry: Path, tool: _Tool, *, environ: Mapping[str, str] | None = None, choice: Choice | None = None
) -> Requirements:
    host = Host(
        environ=environ or {},
        run=tool,
        report=Report(name="test", write=print),
        cache=entry.parent / "cache",
        uv="uv",
        python="python",
        ids=None,
    )
    index = entry / "index.py"
    packaging = detect.detect(entry, index=index if index.is_file() else None, choice=choice or Choice())
    return exact.requirements(packaging, host=host, environment={}, environments=ENVIRONMENTS)


def _write(directory: Path, files: Mapping[str, str]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_text(text)
    return directory


def _uv(directory: Path, manifest: str = _UV_MANIFEST) -> Path:
    return _write(directory / "app", {"uv.lock": _UV_LOCK, "pyproject.toml": manifest})


def _poetry(
    directory: Path,
    lock_version: str = "2.1",
    manifest: str = "[tool.poetry.group.docs]\n[tool.poetry.extras]\nmore = []\n",
    packages: str = "",
) -> Path:
    lock = packages + f'[metadata]\nlock-version = "{lock_version}"\ncontent-hash = "other"\n'
    return _write(directory / "app", {"poetry.lock": lock, "pyproject.toml": manifest})


def test_a_kind_without_a_tool_starts_nothing(tmp_path: Path) -> None:
    tool = _Tool()

    found = _export_of(_write(tmp_path / "app", {"requirements.txt": "six==1.17.0"}), tool)

    assert found.lines == ("six==1.17.0",)
    assert _export_of(_write(tmp_path / "empty", {}), tool) == Requirements()
    assert tool.calls == []


def test_uv_exports_the_chosen_member_and_never_resolves(tmp_path: Path) -> None:
    tool = _Tool(f"six==1.17.0 {_SHA}\ntorch==2 {_SHA}\n")

    found = _export_of(_uv(tmp_path), tool, choice=Choice(groups=("docs",), extras=("more",)))

    assert (found.lines, found.exact, found.hashed) == ((f"six==1.17.0 {_SHA}", f"torch==2 {_SHA}"), True, True)
    ((argv, cwd, env),) = tool.calls
    assert argv[:2] == ("uv", "export")
    assert {"--locked", "--no-dev", "--no-emit-project", "--group=docs", "--extra=more"} <= set(argv)
    assert argv[argv.index("--package") + 1] == "app"
    assert cwd == tmp_path / "app"
    assert env["UV_PYTHON_DOWNLOADS"] == "never"


def test_uv_prunes_what_is_excluded(tmp_path: Path) -> None:
    tool = _Tool("six==1.17.0\n")

    _export_of(_uv(tmp_path), tool, choice=Choice(exclude=("torch",)))

    assert "--prune=torch" in tool.calls[0][0]


def test_what_is_excluded_is_dropped_from_other_exports(tmp_path: Path) -> None:
    tool = _Tool("six==1.17.0\nboto3==1 ; os_name == 'posix'\nboto3-stubs==1\n")

    lock = 'package = [{name = "boto3", version = "1"}]\n'
    entry = _poetry(tmp_path, manifest='[tool.poetry.dependencies]\nboto3 = "*"\n', packages=lock)

    found = _export_of(entry, tool, choice=Choice(exclude=("boto3",)))

    assert found.lines == ("six==1.17.0", "boto3-stubs==1")


def test_exported_local_packages_start_at_the_workspace(tmp_path: Path) -> None:
    entry = _uv(tmp_path)
    _write(entry / "lib", {"pyproject.toml": '[project]\nname = "lib"\n'})

    found = _export_of(entry, _Tool(f"{_EVERYTHING}-e ./lib ; sys_platform == 'linux'\n"))

    assert found.lines[2:] == ('lib ; sys_platform == "linux"',)
    assert found.local == (LocalPackage(name="lib", directory=entry / "lib", marker="sys_platform == 'linux'"),)


_INDEXES = """
[[tool.uv.index]]
name = "my-torch"
url = "https://torch.invalid/cpu/"
explicit = true
[[tool.uv.index]]
name = "unused"
url = "https://unused.invalid/simple"
"""
_DEFAULT = '[[tool.uv.index]]\nname = "main"\nurl = "https://index.invalid/simple"\ndefault = true\n'
_TORCH = Index(name="my-torch", url="https://torch.invalid/cpu/")
_LINES = (f"six==1.17.0 {_SHA}", f"torch==2 {_SHA}", "torch==3")


@pytest.mark.parametrize(
    ("manifest", "environ", "options", "assigned"),
    [
        pytest.param(
            _INDEXES + _DEFAULT, {}, ("--index-url https://index.invalid/simple",), (("torch", _TORCH),), id="all named"
        ),
        pytest.param(_INDEXES, {}, (), (("torch", _TORCH),), id="the one that nothing names is the default"),
        pytest.param(
            "",
            {},
            (),
            (
                ("six", Index(name="", url="https://index.invalid/simple")),
                ("torch", Index(name="", url="https://torch.invalid/cpu")),
            ),
            id="none of two can be the default",
        ),
        pytest.param(
            "",
            {"UV_INDEX": "https://user:s3cret@torch.invalid/cpu"},
            (),
            (("torch", Index(name="", url="https://torch.invalid/cpu")),),
            id="named by the user",
        ),
        pytest.param(
            _INDEXES,
            {"UV_INDEX": "my-torch=https://mirror.invalid/cpu"},
            (),
            (("torch", Index(name="my-torch", url="https://mirror.invalid/cpu")),),
            id="replaced by the user",
        ),
    ],
)
def test_what_uv_locked_comes_from_the_index_that_it_was_locked_from(
    tmp_path: Path,
    manifest: str,
    environ: dict[str, str],
    options: tuple[str, ...],
    assigned: tuple[tuple[str, Index], ...],
) -> None:
    found = _export_of(_uv(tmp_path, _UV_MANIFEST + manifest), _Tool("\n".join(_LINES)), environ=environ)

    assert found.options == options
    assert found.assigned == tuple(Assigned(name=name, index=index) for name, index in assigned)


def test_hashes_tell_indexes_apart_that_have_a_package_in_the_same_version(tmp_path: Path) -> None:
    entry = _uv(tmp_path, _UV_MANIFEST + _INDEXES)
    lock = (entry / "uv.lock").read_text()
    both = [
        f'[[package]]\nname = "six"\nversion = "1"\nsource = {{ registry = "https://{host}" }}\n'
        f'sdist = {{ url = "https://{host}/six.zip", hash = "sha256:{digit * 64}" }}\n'
        for host, digit in (("index.invalid/simple", "a"), ("torch.invalid/cpu", "b"))
    ]
    (entry / "uv.lock").write_text(lock[: lock.index('[[package]]\nname = "six"')] + "".join(both))
    lines = (f"six==1 ; os_name == 'nt' {_SHA}", f"six==1 ; os_name != 'nt' --hash=sha256:{'b' * 64}")

    found = _export_of(entry, _Tool("\n".join(lines)))

    assert found.assigned == (Assigned(name="six", index=_TORCH, marker='os_name != "nt"'),)


@pytest.mark.parametrize(
    ("sources", "locked", "default", "assigned"),
    [
        pytest.param([("main", "")], {"six": "main"}, "main", {}, id="one"),
        pytest.param([("main", ""), ("corp", "explicit")], {"six": "main", "corp": "corp"}, "main", {"corp": "corp"}),
        pytest.param([("corp", "")], {"six": "", "corp": "corp"}, None, {"corp": "corp"}, id="with the default"),
        pytest.param(
            [("corp", "supplemental")], {"six": "", "corp": "corp"}, None, {"corp": "corp"}, id="supplemental"
        ),
    ],
)
def test_what_poetry_locked_comes_from_the_source_that_it_was_locked_from(
    tmp_path: Path,
    sources: list[tuple[str, str]],
    locked: dict[str, str],
    default: str | None,
    assigned: dict[str, str],
) -> None:
    manifest = "".join(f'{name} = "*"\n' for name in locked)
    manifest = f"[tool.poetry.dependencies]\n{manifest}" + "".join(
        f'[[tool.poetry.source]]\nname = "{name}"\nurl = "https://{name}.invalid/simple"\n'
        + (f'priority = "{priority}"\n' if priority else "")
        for name, priority in sources
    )
    packages = "".join(
        f'[[package]]\nname = "{name}"\nversion = "1"\n'
        + (f'source = {{type = "legacy", url = "x", reference = "{source}"}}\n' if source else "")
        for name, source in locked.items()
    )
    tool = _Tool("--extra-index-url https://corp.invalid/simple\n" + "".join(f"{name}==1\n" for name in locked))
    entry = _poetry(tmp_path, manifest=manifest, packages=packages)

    found = _export_of(entry, tool)
    without = _export_of(entry, tool, choice=Choice(poetry_without_urls=True))

    assert found.options == ((f"--index-url https://{default}.invalid/simple",) if default else ())
    assert {each.name: each.index.name for each in found.assigned} == assigned
    assert (without.options, without.assigned) == ((), ())


_STALE_UV = "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.\n"
_OLD_PYTHON = "error: The requested interpreter resolved to Python 3.11.7, which is incompatible with the project's\n"


def _failure(output: str) -> CommandError:
    return CommandError("command failed", returncode=1, output=output)


@pytest.mark.parametrize(
    ("make", "output", "match"),
    [
        (_uv, _STALE_UV, r"/app/uv\.lock is stale.*Run 'uv lock' in /.*/app and commit uv\.lock"),
        (
            _poetry,
            "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock`",
            r"/app/poetry\.lock is stale.*Run 'poetry lock' in",
        ),
        (
            _uv,
            "error: No solution found",
            r"(?s)uv\.lock cannot be exported\. If it is stale, run 'uv lock'.*No solution found",
        ),
        (_poetry, "'name'", r"(?s)poetry\.lock cannot be exported.*'name'"),
    ],
)
def test_a_refusal_says_how_to_refresh(tmp_path: Path, make: Callable[[Path], Path], output: str, match: str) -> None:
    with pytest.raises(PackagingError, match=match):
        _export_of(make(tmp_path), _Tool(_failure(output)))


def test_a_lock_for_newer_pythons_is_exported_as_it_is(tmp_path: Path) -> None:
    tool = _Tool(_failure(_OLD_PYTHON), then=_EVERYTHING)

    found = _export_of(_uv(tmp_path), tool)

    assert found.lines == ("six==1.17.0", "torch==2")
    assert [argv[-1] for argv, _, _ in tool.calls] == ["--locked", "--frozen"]


def test_a_lock_for_newer_pythons_has_to_fit_its_manifest(tmp_path: Path) -> None:
    entry = _uv(tmp_path, _UV_MANIFEST.replace('"six"', '"six", "toolz"'))

    with pytest.raises(PackagingError, match=r"uv\.lock is stale.*Run 'uv lock'"):
        _export_of(entry, _Tool(_failure(_OLD_PYTHON)))


@pytest.mark.parametrize(("lock_version", "poetry"), [("2.1", "2.5.1"), ("9", "1.8.5")])
def test_poetry_comes_from_a_list_with_hashes_that_the_package_carries(
    tmp_path: Path, lock_version: str, poetry: str
) -> None:
    tool = _Tool(f"six==1.17.0 {_SHA}\n")
    choice = Choice(groups=("docs",), extras=("more",), poetry_version=poetry if lock_version == "9" else None)
    environ = {"PIP_EXTRA_INDEX_URL": "https://extra.invalid"}

    _export_of(_poetry(tmp_path, lock_version), tool, choice=choice, environ=environ)

    ((_, place, _), (install, _, env)) = tool.installs
    ((argv, _, seen),) = tool.calls
    assert {"--require-hashes", "--no-build", "--no-config"} <= set(install)
    assert env["UV_INDEX"] == "https://extra.invalid"
    assert all("==" in line and "--hash=sha256:" in line for line in tool.lists[0].splitlines())
    assert f"\npoetry=={poetry} " in tool.lists[0]
    assert argv[1:4] == ("-m", "poetry", "export")
    assert Path(argv[0]).is_relative_to(place)
    assert {"--with=docs", "--extras=more"} <= set(argv)
    assert seen["POETRY_VIRTUALENVS_CREATE"] == "false"
    assert not place.exists()


def test_a_poetry_that_nobody_here_knows_comes_from_the_default_index_alone(tmp_path: Path) -> None:
    tool = _Tool("six==1.17.0\n")
    urls = {"PIP_INDEX_URL": "https://main.invalid", "PIP_EXTRA_INDEX_URL": "https://extra.invalid"}
    environ = {**urls, "UV_FIND_LINKS": "https://links.invalid"}

    _export_of(_poetry(tmp_path), tool, choice=Choice(poetry_version="2.2.0"), environ=environ)

    assert tool.lists == ["poetry==2.2.0\npoetry-plugin-export==1.10.1\n"]
    for argv, _, env in tool.installs:
        assert "unsafe-best-match" not in argv
        assert not {"UV_INDEX", "UV_FIND_LINKS", "PIP_EXTRA_INDEX_URL"} & env.keys()
        assert env["UV_DEFAULT_INDEX"] == "https://main.invalid"


@pytest.mark.parametrize("release", poetry_tool.RELEASES, ids=lambda release: release.file)
def test_a_list_of_poetry_names_every_file_and_no_index(release: poetry_tool.Release) -> None:
    lines = poetry_tool.listed(release).splitlines()

    assert {line.split()[0] for line in lines} >= {
        f"poetry=={release.poetry}",
        f"poetry-plugin-export=={release.plugin}",
    }
    assert all("--hash=sha256:" in line and "://" not in line for line in lines)


_POETRY_LOCKED = """
[tool.poetry.dependencies]
python = ">=3.9"
six = "*"
torch = {version = "*", markers = "sys_platform == 'linux'"}
more = {version = "*", optional = true}
elsewhere = {version = "*", platform = "win32"}
later = {version = "*", python = ">=3.99"}
[tool.poetry.extras]
more = ["more"]
[tool.poetry.group.docs.dependencies]
docs = "*"
"""


def _poetry_one(directory: Path) -> Path:
    """Return a project whose lock says of packages what they need, and not what they are needed for."""
    manifest = _POETRY_LOCKED
    names = {"six": "", "torch": '[package.dependencies]\nbelow = "*"\nmore = {version = "*", optional = true}\n'}
    others = dict.fromkeys(("below", "more", "elsewhere", "later", "docs"), "")
    packages = "".join(
        f'[[package]]\nname = "{name}"\nversion = "2"\n{text}' for name, text in {**names, **others}.items()
    )
    digest = poetry_lock.content_hash(tomllib.loads(manifest))
    lock = f'{packages}[metadata]\nlock-version = "2.0"\ncontent-hash = "{digest}"\n'
    return _write(directory / "app", {"poetry.lock": lock, "pyproject.toml": manifest})


def _poetry_two(directory: Path) -> Path:
    """Return a project whose lock says of packages what they are needed for."""
    packages = {
        "six": 'groups = ["main"]',
        "torch": 'groups = ["main"]\nmarkers = "sys_platform == \'linux\'"',
        "below": 'groups = ["main", "docs"]\nmarkers = {main = "python_version > \'3\'", docs = "os_name == \'nt\'"}',
        "more": 'groups = ["main"]\nmarkers = "extra == \'more\'"',
        "elsewhere": 'groups = ["main"]\nmarkers = "sys_platform == \'win32\'"',
        "later": 'groups = ["main"]\nmarkers = "python_full_version >= \'3.13.20\'"',
        "docs": 'groups = ["docs"]',
    }
    text = "".join(f'[[package]]\nname = "{n}"\nversion = "2"\noptional = false\n{t}\n' for n, t in packages.items())
    return _poetry(directory, manifest=_POETRY_LOCKED, packages=text)


def _uv_whole(directory: Path) -> Path:
    """Return a project whose lock holds a package of each kind of need."""
    registry = 'source = { registry = "https://index.invalid/simple" }\n'
    root = (
        '[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "six" }, '
        '{ name = "torch", extra = ["cpu"], marker = "sys_platform == \'linux\'" }, { name = "later", marker = '
        '"python_full_version >= \'3.13.20\'" }, { name = "elsewhere", marker = "sys_platform == \'win32\'" }]\n'
        '[package.optional-dependencies]\nmore = [{ name = "more" }]\n'
        '[package.dev-dependencies]\ndocs = [{ name = "docs" }]\ndev = [{ name = "dev" }]\n'
    )
    torch = 'dependencies = []\n[package.optional-dependencies]\ncpu = [{ name = "below" }]\nno = [{ name = "more" }]\n'
    names = {"six": "", "torch": torch, **dict.fromkeys(("below", "more", "elsewhere", "later", "docs", "dev"), "")}
    packages = (f'[[package]]\nname = "{name}"\nversion = "2"\n{registry}{text}' for name, text in names.items())
    manifest = _UV_MANIFEST.replace('["six"]', "[]")
    return _write(directory / "app", {"uv.lock": f"version = 1\n{root}{''.join(packages)}", "pyproject.toml": manifest})


_LOCKS = {"uv": _uv_whole, "poetry 1": _poetry_one, "poetry 2": _poetry_two}
_HELD = ("six==2", "torch==2.0 ; sys_platform == 'linux'", "below==2 ; python_version >= '3'")


@pytest.mark.parametrize("make", _LOCKS.values(), ids=_LOCKS)
@pytest.mark.parametrize("number", range(len(_HELD)))
@pytest.mark.parametrize("change", ["", "other==2", "{name}==3", "{name}==2 ; os_name == 'nt'", "{name}-more==2"])
def test_what_a_lock_holds_for_the_target_has_to_be_in_what_its_tool_says(
    tmp_path: Path, make: Callable[[Path], Path], number: int, change: str
) -> None:
    entry = make(tmp_path)
    name = _HELD[number].partition("=")[0]
    doctored = (*_HELD[:number], change.format(name=name), *_HELD[number + 1 :])

    with pytest.raises(PackagingError, match=rf"/app/\w+\.lock holds {name} 2 for Python 3\.13\.9 on x86_64"):
        _export_of(entry, _Tool("\n".join(doctored)))

    assert len(_export_of(entry, _Tool("\n".join(_HELD))).lines) == len(_HELD), "what lacks something was kept"


@pytest.mark.parametrize("make", _LOCKS.values(), ids=_LOCKS)
@pytest.mark.parametrize(("choice", "name"), [(Choice(extras=("more",)), "more"), (Choice(groups=("docs",)), "docs")])
def test_what_is_chosen_has_to_be_there_too(
    tmp_path: Path, make: Callable[[Path], Path], choice: Choice, name: str
) -> None:
    entry = make(tmp_path)

    if (make, name) != (_poetry_two, "more"):  # that lock has a condition for it, which only poetry can tell
        with pytest.raises(PackagingError, match=f"holds {name} 2"):
            _export_of(entry, _Tool("\n".join(_HELD)), choice=choice)
    assert _export_of(entry, _Tool("\n".join((*_HELD, f"{name}==2"))), choice=choice).lines[-1] == f"{name}==2"


def test_a_member_of_a_workspace_has_to_be_in_what_uv_says_of_all_of_them(tmp_path: Path) -> None:
    entry = _write(tmp_path / "app", {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["one"]\n'})
    lock = '[manifest]\nmembers = ["one"]\n[[package]]\nname = "one"\nversion = "1"\nsource = { editable = "one" }\n'
    _write(entry, {"uv.lock": f"version = 1\n{lock}"})
    _write(entry / "one", {"pyproject.toml": '[project]\nname = "one"\nversion = "1"\n'})

    with pytest.raises(PackagingError, match="holds one for"):
        _export_of(entry, _Tool("\n"))

    assert _export_of(entry, _Tool("-e ./one\n")).lines == ("one",)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(poetry_include_hashes=False), "--without-hashes"),
        (Choice(poetry_without_urls=True), "--without-urls"),
    ],
)
def test_options_of_poetry_reach_it(tmp_path: Path, choice: Choice, expected: str) -> None:
    tool = _Tool("six==1.17.0\n")

    _export_of(_poetry(tmp_path), tool, choice=choice)

    assert expected in tool.calls[0][0]


def test_a_stale_lock_of_poetry_1_is_refused_before_it_is_exported(tmp_path: Path) -> None:
    tool = _Tool()

    with pytest.raises(PackagingError, match="is stale"):
        _export_of(_poetry(tmp_path, "2.0"), tool)

    assert tool.calls == []


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"UV_DEFAULT_INDEX": "https://user:s3cret@index.invalid/simple/"}, ["UV_DEFAULT_INDEX"]),
        ({"PIP_INDEX_URL": "https://mirror.invalid/simple"}, []),
        ({"UV_INDEX": "https://more.invalid/simple main=https://index.invalid/simple"}, ["UV_INDEX"]),
        ({"UV_INDEX": "main=https://mirror.invalid/simple"}, []),
        ({"UV_EXTRA_INDEX_URL": "https://mirror.invalid/simple"}, []),
    ],
)
def test_an_index_that_a_uv_lock_does_not_name_makes_it_not_stale(
    tmp_path: Path, variables: dict[str, str], told: list[str]
) -> None:
    entry = _uv(tmp_path)
    with (entry / "uv.lock").open("a") as lock:
        lock.write('\n[[package]]\nname = "more"\nsource = { registry = "https://index.invalid/simple" }\n')
    tool = _Tool(_EVERYTHING)

    _export_of(entry, tool, environ=variables)

    ((_, _, env),) = tool.calls
    assert [name for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_EXTRA_INDEX_URL") if name in env] == told


@pytest.mark.parametrize("file", ["pyproject.toml", "index.py"])
def test_credentials_of_an_index_are_taken_from_its_variables_without_a_lock_too(tmp_path: Path, file: str) -> None:
    block = '[[tool.uv.index]]\nname = "main"\nurl = "https://index.invalid/simple/"\ndefault = true\n'
    script = 'dependencies = ["six"]\n' + block
    commented = "".join(f"# {line}\n" for line in ("/// script", *script.splitlines(), "///"))
    project = '[project]\nname = "fn"\nversion = "0"\n' + script
    (tmp_path / file).write_text(project if file == "pyproject.toml" else commented)

    found = _export_of(tmp_path, _Tool(), environ={"UV_INDEX_MAIN_PASSWORD": "s3cret"})

    assert found.options == ("--index-url https://:${UV_INDEX_MAIN_PASSWORD_IN_URL}@index.invalid/simple/",)
    assert found.lines == ("six",)


def test_credentials_of_poetry_sources_are_taken_from_its_variables(tmp_path: Path) -> None:
    manifest = '[[tool.poetry.source]]\nname = "my-index"\nurl = "https://index.invalid/simple/"\n'
    tool = _Tool("--index-url https://index.invalid/simple\n\nsix==1.17.0\n")
    environ = {"POETRY_HTTP_BASIC_MY_INDEX_USERNAME": "user", "POETRY_HTTP_BASIC_MY_INDEX_PASSWORD": "s3cret"}

    found = _export_of(_poetry(tmp_path, manifest=manifest), tool, environ=environ)

    name = "POETRY_HTTP_BASIC_MY_INDEX"
    user_info = f"${{{name}_USERNAME_IN_URL}}:${{{name}_PASSWORD_IN_URL}}"
    assert found.options == (f"--index-url https://{user_info}@index.invalid/simple/",)


def test_an_export_is_asked_for_once(tmp_path: Path) -> None:
    tool = _Tool("six==1.17.0\n")
    entry = _poetry(tmp_path)

    first, second = _export_of(entry, tool), _export_of(entry, tool)

    assert first == second
    assert len(tool.calls) == 1
    (kept,) = (tmp_path / "cache" / "exports").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"six==1.16.0\n", b"\xff", None])
def test_a_damaged_export_is_not_believed(tmp_path: Path, damage: bytes | None) -> None:
    tool = _Tool("six==1.17.0\n")
    entry = _poetry(tmp_path)
    _export_of(entry, tool)
    (kept,) = (tmp_path / "cache" / "exports").iterdir()

    kept.write_bytes(kept.read_bytes()[:-3] if damage is None else damage)

    assert _export_of(entry, tool).lines == ("six==1.17.0",)
    assert len(tool.calls) == 2
    assert _export_of(entry, tool).lines == ("six==1.17.0",)
    assert len(tool.calls) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"environ": {"PIP_INDEX_URL": "https://other.invalid"}},
        {"choice": Choice(poetry_version="2.2.0")},
        {"choice": Choice(poetry_include_hashes=False)},
    ],
)
def test_whatever_decides_an_export_asks_for_another(tmp_path: Path, change: dict[str, Any]) -> None:
    tool = _Tool("six==1.17.0\n")
    entry = _poetry(tmp_path)
    _export_of(entry, tool)

    _export_of(entry, tool, **change)

    assert len(tool.calls) == 2


def test_another_token_asks_for_no_other_export(tmp_path: Path) -> None:
    tool = _Tool("six==1.17.0\n")
    entry = _poetry(tmp_path)

    for token in ("one", "two"):
        _export_of(entry, tool, environ={"PIP_INDEX_URL": f"https://user:{token}@index.invalid"})

    assert len(tool.calls) == 1


@pytest.mark.parametrize("name", ["poetry.lock", "pyproject.toml"])
def test_another_lock_or_manifest_is_another_export(tmp_path: Path, name: str) -> None:
    tool = _Tool("six==1.17.0\n")
    entry = _poetry(tmp_path)
    _export_of(entry, tool)

    with (entry / name).open("a") as file:
        file.write("\n# changed\n")
    _export_of(entry, tool)
    _export_of(entry, tool, choice=Choice(groups=("docs",)))

    assert len(tool.calls) == 3


def test_an_export_with_a_secret_is_not_kept(tmp_path: Path) -> None:
    tool = _Tool("lib @ https://user:s3cret@host.invalid/lib.zip\n")
    entry = _poetry(tmp_path)

    _export_of(entry, tool)
    _export_of(entry, tool)

    assert len(tool.calls) == 2
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize("user_info", ["git@", "${USER}:${TOKEN}@", "${TOKEN}@"])
def test_an_export_that_names_variables_is_kept(tmp_path: Path, user_info: str) -> None:
    tool = _Tool(f"lib @ https://{user_info}host.invalid/lib.zip\n")
    entry = _poetry(tmp_path)

    _export_of(entry, tool)
    _export_of(entry, tool)

    assert len(tool.calls) == 1


def test_an_export_never_touches_the_project(tmp_path: Path) -> None:
    entry = _poetry(tmp_path)
    before = sorted(entry.iterdir())

    _export_of(entry, _Tool("six==1.17.0\n"))

    assert sorted(entry.iterdir()) == before


def test_the_same_lock_at_another_place_is_another_export(tmp_path: Path) -> None:
    tool = _Tool("six==1.17.0\n")
    entry = _poetry(tmp_path)

    _export_of(entry, tool)
    entry.rename(tmp_path / "moved")
    _export_of(tmp_path / "moved", tool)

    assert len(tool.calls) == 2
