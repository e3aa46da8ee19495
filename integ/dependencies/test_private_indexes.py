"""An index behind a password: it is reached in every step of every kind, and the password shows nowhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote

import pytest
from aws_cdk import App, DockerImage, DockerVolume, Stack
from aws_cdk import aws_lambda as lambda_

from integ import kinds, package_index
from integ.images import runtime_image
from integ.wheelhouse import Wheelhouse, project
from python_function import BundlingOptions, CommandHooks, PythonFunction
from python_function._cdk.bundler import host
from python_function._machine.redact import forms
from python_function._machine.uv import for_container
from python_function.errors import PythonFunctionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from integ.engine import Engine
    from integ.package_index import PackageIndex

MARK: Final = "sesame3f9b"
SECRET: Final = f"{MARK}+/@:%"
OTHER: Final = "another7c1d"
ASKING: Final = tuple(kind for kind in kinds.KINDS if kind != "pylock")
"""The kinds for which another default index is asked; a pylock.toml has the URLs of its files."""
HANDLER: Final = "def handler(event, context): ...\n"
ACCOUNTS: Final = (("user", OTHER), (SECRET, ""), ("__token__", SECRET))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """A private index, and a locked project of every kind that needs it."""

    index: PackageIndex
    projects: Path
    caches: Path


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    directory = tmp_path_factory.mktemp("vault")
    house = Wheelhouse(directory / "wheelhouse")
    house.directory.mkdir()
    house.wheel("app", requires=("base",))
    house.wheel("base")
    with package_index.serve(house.directory, user="user", password=SECRET, others=ACCOUNTS) as index:
        for kind in kinds.KINDS:
            url = index.url.replace("://", "://${INDEX_USER}:${INDEX_PASSWORD}@") if kind == "pipenv" else index.url
            entry = kinds.write(kind, directory / kind, ("app==1.0", "base==1.0"), url=url, handler=HANDLER)
            kinds.lock(kind, entry, {**of_tools("user", OTHER), "NETRC": str(netrc(directory, "user", OTHER))})
        (directory / "netrc").unlink()
        assert kinds.scan(directory, OTHER) == []
        kept = for_container(host("tests"), "x86_64", {}, tmp_path_factory.mktemp("uv"))
        shutil.copytree(kept, directory / "caches" / "cdk-python-function" / "uv" / kept.name)
        yield Vault(index=index, projects=directory, caches=directory / "caches")


def of_tools(user: str, password: str) -> dict[str, str]:
    """Return the variables that each tool takes the credentials of the index `main` from; pipenv's are the user's."""
    return {
        **{f"{tool}_MAIN_USERNAME": user for tool in ("UV_INDEX", "POETRY_HTTP_BASIC")},
        **{f"{tool}_MAIN_PASSWORD": password for tool in ("UV_INDEX", "POETRY_HTTP_BASIC")},
        "INDEX_USER": user,
        "INDEX_PASSWORD": quote(password, safe=""),
    }


def netrc(directory: Path, user: str, password: str) -> Path:
    path = directory / "netrc"
    path.write_text(f"machine 127.0.0.1 login {user} password {password}\n")
    path.chmod(0o600)
    return path


def located(index: PackageIndex, user: str, password: str) -> str:
    user_info = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return index.url.replace("://", f"://{user_info}@")


def as_index_of(kind: str, url: str) -> dict[str, str]:
    """Return the one setting that names the index; the tools of some kinds come from the default index."""
    return {"PIP_EXTRA_INDEX_URL" if kind.startswith(("poetry", "pipenv")) else "PIP_INDEX_URL": url}


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of every program that runs on this machine, containers included, while a block does."""

    seen: set[str] = field(default_factory=set[str])
    done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        threading.Thread(target=self.sample, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()

    def sample(self) -> None:
        while not self.done.wait(0.01):
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    self.seen.add(process.read_text(errors="replace").replace("\0", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where one test builds, and what it may leave there."""

    vault: Vault
    outdir: Path
    capfd: pytest.CaptureFixture[str]

    def build(self, kind: str, context: Mapping[str, object] | None = None, **options: Any) -> str:  # noqa: ANN401 - any option
        """Synthesize a function of one kind and return its asset's hash."""
        app = App(outdir=str(self.outdir), context=context)
        stack = Stack(app, "Stack")
        PythonFunction(
            stack,
            "Function",
            entry=self.vault.projects / kind,
            runtime=lambda_.Runtime.PYTHON_3_13,
            bundling=BundlingOptions(**options),
        )
        app.synth()
        resources = json.loads((self.outdir / "Stack.template.json").read_text())["Resources"]
        (key,) = (r["Properties"]["Code"]["S3Key"] for r in resources.values() if "Code" in r["Properties"])
        return str(key).removesuffix(".zip")

    def installed(self) -> set[str]:
        (asset,) = self.outdir.glob("asset.*")
        return {path.name for path in asset.iterdir() if path.is_dir() and path.suffix != ".dist-info"}

    def version(self, package: str) -> str:
        """Return what an installed package says of its version."""
        (asset,) = self.outdir.glob("asset.*")
        return (asset / package / "__init__.py").read_text()

    def fail(self, kind: str, **options: Any) -> str:  # noqa: ANN401 - any option
        """Return all that is ever said about a failure."""
        with pytest.raises(PythonFunctionError) as caught:
            self.build(kind, **options)
        return "".join((str(caught.value), repr(caught.value), *traceback.format_exception(caught.value)))


@pytest.fixture
def site(
    vault: Vault, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """Return where to build; afterwards no secret may be in anything that was written, said or started."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(vault.caches))
    monkeypatch.setenv("UV_CACHE_DIR", str(vault.caches / "uv"))
    monkeypatch.setenv("CDK_DEBUG", "1")  # shows the output of every program
    started = time.time()
    with Arguments() as arguments:
        yield Site(vault=vault, outdir=tmp_path / "cdk.out", capfd=capfd)
    said = "".join(capfd.readouterr())
    assert MARK not in said
    assert OTHER not in said
    assert not [text for text in arguments.seen if MARK in text or OTHER in text]
    assert any("pytest" in text for text in arguments.seen)
    for root in (tmp_path, vault.caches):
        written = [path for path in root.rglob("*") if path.is_file() and path.stat().st_ctime > started - 1]
        contents = {path: path.read_bytes() for path in written}
        assert not [path for path, data in contents.items() if MARK.encode() in data or OTHER.encode() in data]


@pytest.fixture(params=["local", "docker"])
def how(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the options for each executor."""
    if request.param == "local":
        return {"strategy": "local"}
    request.getfixturevalue("engine")
    return {"strategy": "docker", "network": "host"}


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_the_index_given_once_serves_every_kind(site: Site, kind: str, how: dict[str, Any]) -> None:
    environment, other = (as_index_of(kind, located(site.vault.index, "user", word)) for word in (SECRET, OTHER))

    built = site.build(kind, **how, environment=environment)

    assert site.installed() == {"app", "base"}
    assert site.build(kind, {"aws:cdk:bundling-stacks": []}, **how, environment=other) == built


@pytest.mark.parametrize("kind", ASKING)
def test_a_password_that_is_refused_is_not_told(site: Site, kind: str, how: dict[str, Any]) -> None:
    with package_index.serve(site.vault.index.directory, user="user", password="changed") as closed:
        environment = as_index_of(kind, located(closed, "user", SECRET))

        said = site.fail(kind, **how, environment=environment)

        assert any(status == HTTPStatus.UNAUTHORIZED for status, _ in closed.requests)
    assert MARK not in said
    assert "127.0.0.1" in said


@pytest.mark.parametrize("kind", ASKING)
def test_a_package_that_is_missing_tells_no_password(
    site: Site, kind: str, how: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with package_index.serve(tmp_path / "empty", user="user", password=SECRET) as empty:
        environment = as_index_of(kind, located(empty, "user", SECRET))

        said = site.fail(kind, **how, environment=environment)

        assert any(status == HTTPStatus.NOT_FOUND for status, _ in empty.requests)
    assert MARK not in said
    assert "app" in said


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_hook_that_fails_tells_no_password(site: Site, kind: str, how: dict[str, Any]) -> None:
    environment = as_index_of(kind, located(site.vault.index, "user", SECRET))
    hooks = CommandHooks(after_bundling='env; echo "as typed: $DEPLOY_TOKEN"; false')

    said = site.fail(kind, **how, environment={**environment, "DEPLOY_TOKEN": SECRET}, command_hooks=hooks)

    assert "as typed: ***" in said
    assert MARK not in said


@pytest.mark.parametrize(("user", "password"), [("user", SECRET), (SECRET, ""), ("__token__", SECRET)])
def test_a_token_may_be_user_or_password(site: Site, how: dict[str, Any], user: str, password: str) -> None:
    url = located(site.vault.index, user, password)

    site.build("requirements", **how, environment={"PIP_INDEX_URL": url}, installer_args=["--no-cache"])

    assert site.installed() == {"app", "base"}


@pytest.mark.parametrize("kind", ["uv", "poetry 2", "pipenv", "script"])
def test_the_tools_own_variables_hold_the_password(site: Site, kind: str, how: dict[str, Any]) -> None:
    # A variable that nothing names as an index's counts whole.
    first, second = (
        site_options(
            how,
            {name: value for name, value in of_tools("user", word).items() if name[:6] != "INDEX_" or kind == "pipenv"},
        )
        for word in (SECRET, OTHER)
    )

    built = site.build(kind, **first)

    assert site.installed() == {"app", "base"}
    assert site.build(kind, {"aws:cdk:bundling-stacks": []}, **second) == built


def site_options(how: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
    return {**how, "environment": environment, "installer_args": ["--no-cache"]}


@pytest.mark.parametrize("kind", ["requirements", "uv"])
def test_credentials_come_from_a_netrc_file(
    site: Site, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("NETRC", str(netrc(tmp_path_factory.mktemp("home"), "user", OTHER)))

    site.build(kind, strategy="local", installer_args=["--no-cache"])

    assert site.installed() == {"app", "base"}


@pytest.mark.parametrize("kind", ["requirements", "uv"])
def test_what_the_options_say_wins_over_the_process(site: Site, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple/")
    url = located(site.vault.index, "user", SECRET)

    site.build(kind, strategy="local", environment={"PIP_INDEX_URL": url}, installer_args=["--no-cache"])

    assert site.installed() == {"app", "base"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a certificate that nobody knows, and its key."""
    directory = tmp_path_factory.mktemp("certificate")
    names = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE")
    files = ("-keyout", str(directory / "key.pem"), "-out", str(directory / "certificate.pem"))
    subprocess.run(
        (
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            *names,
            *files,
        ),
        check=True,
        capture_output=True,
    )
    whole = directory / "both.pem"
    whole.write_text("".join((directory / name).read_text() for name in ("key.pem", "certificate.pem")))
    return whole


@pytest.mark.parametrize("kind", ["requirements", "uv"])
def test_the_index_is_trusted_that_pip_is_told_to_trust(
    site: Site, kind: str, certificate: Path, how: dict[str, Any]
) -> None:
    directory = certificate.parent
    volume = DockerVolume(host_path=str(directory), container_path=str(directory))
    with package_index.serve(site.vault.index.directory, certificate=certificate) as index:
        environment = {"PIP_INDEX_URL": index.url, "PIP_CERT": str(directory / "certificate.pem")}
        volumes = (volume,) if how["strategy"] == "docker" else ()

        site.build(kind, **how, environment=environment, installer_args=["--no-cache"], volumes=volumes)

        assert any(path.startswith("/files/") for _, path in index.requests)
    assert site.installed() == {"app", "base"}


@pytest.mark.parametrize("kind", ["requirements", "uv"])
def test_the_proxy_is_taken_and_its_password_not_told(site: Site, kind: str, how: dict[str, Any]) -> None:
    with package_index.serve(site.vault.index.directory) as proxied:
        proxy = proxied.url.replace("://", f"://user:{quote(SECRET, safe='')}@").removesuffix("/simple/")
        environment = {"PIP_INDEX_URL": "http://index.invalid/simple/", "HTTP_PROXY": proxy, "http_proxy": proxy}

        site.build(kind, **how, environment=environment, installer_args=["--no-cache"])

        assert {path for status, path in proxied.requests if status == HTTPStatus.OK} >= {
            "http://index.invalid/simple/app/",
            "http://index.invalid/files/app-1.0-py3-none-any.whl",
        }
    assert site.installed() == {"app", "base"}


PUBLIC: Final = "six"
"""A package that everybody knows by this name; the private one of it has a version that nobody else has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A private index with a package whose public twin must not be taken, and a project that wants it."""

    index: PackageIndex
    entry: Path


@pytest.fixture
def twin(vault: Vault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    directory = tmp_path_factory.mktemp("twin")
    house = Wheelhouse(directory / "wheelhouse")
    house.directory.mkdir()
    house.wheel(PUBLIC, "0.0.7")
    entry = vault.projects / "twin"
    entry.mkdir(exist_ok=True)
    (entry / "index.py").write_text(HANDLER)
    (entry / "requirements.txt").write_text(f"{PUBLIC}\n")
    with package_index.serve(house.directory, user="user", password=SECRET) as index:
        yield Twin(index=index, entry=entry)


def shell(twin: Twin, directory: Path, url: str) -> dict[str, str]:
    del twin, directory
    return {"PIP_INDEX_URL": url}


def configuration_of_pip(twin: Twin, directory: Path, url: str) -> dict[str, str]:
    del twin
    (directory / "pip.conf").write_text(f"[global]\nindex-url = {url}\n")
    return {"PIP_CONFIG_FILE": str(directory / "pip.conf")}


def configuration_of_uv(twin: Twin, directory: Path, url: str) -> dict[str, str]:
    del twin
    (directory / "uv").mkdir()
    (directory / "uv/uv.toml").write_text(
        f'override-dependencies = ["{PUBLIC}==1.17.0"]\n[[index]]\nurl = "{url}"\ndefault = true\n'
    )
    return {"XDG_CONFIG_HOME": str(directory)}


def directory_of_wheels(twin: Twin, directory: Path, url: str) -> dict[str, str]:
    del directory, url
    return {"PIP_FIND_LINKS": str(twin.index.directory), "PIP_NO_INDEX": "1"}


@pytest.mark.parametrize("settings", [shell, configuration_of_pip, configuration_of_uv, directory_of_wheels])
def test_an_index_that_the_machine_names_is_asked_and_not_the_public_one(
    site: Site,
    twin: Twin,
    how: dict[str, Any],
    settings: Callable[[Twin, Path, str], dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = located(twin.index, "user", SECRET)
    for name, value in settings(twin, tmp_path_factory.mktemp("settings"), url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("UV_CONSTRAINT", "/no/such/file")  # changes bundles, and is none of theirs

    site.build("twin", **how, installer_args=["--no-cache"])

    assert "0.0.7" in site.version(PUBLIC)


@pytest.mark.parametrize(
    "settings", ["ENV PIP_INDEX_URL={}", "RUN printf '[global]\\nindex-url = {}\\n' > /etc/pip.conf"]
)
def test_an_index_of_the_image_itself_is_asked_and_not_the_public_one(
    site: Site, twin: Twin, engine: Engine, settings: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with package_index.serve(twin.index.directory) as index:
        place = tmp_path_factory.mktemp("image")
        lines = (f"FROM {runtime_image('3.13').latest}", settings.format(index.url), "ENV UV_CONSTRAINT=/no/such/file")
        (place / "Dockerfile").write_text("\n".join(lines) + "\n")
        engine.call("build", "--tag", "localhost/cdk-python-function/indexed", str(place)).check_returncode()
        image = DockerImage.from_registry("localhost/cdk-python-function/indexed")

        site.build("twin", image=image, network="host", installer_args=["--no-cache"])

    assert "0.0.7" in site.version(PUBLIC)


def test_a_secret_reaches_every_step_and_shows_nowhere(site: Site, how: dict[str, Any]) -> None:
    lines = ('test "$GH_PAT" = "$(cat expected)"', 'echo "it is $GH_PAT"', "env", 'printf %s "$GH_PAT" | base64')
    entry = site.vault.projects / "hooked"
    entry.mkdir(exist_ok=True)
    (entry / "index.py").write_text(HANDLER)
    hooks = CommandHooks(before_bundling=['printf %s "$GH_PAT" > expected', *lines, "rm expected"])
    one, other = (wanted(how, hooks, word) for word in (SECRET, OTHER))

    built = site.build("hooked", **one)

    assert site.build("hooked", {"aws:cdk:bundling-stacks": []}, **other) == built
    said = site.capfd.readouterr()
    assert "it is ***" in said.err
    assert not [form for form in forms(SECRET) if form in said.err]
    failing = CommandHooks(before_bundling=[*lines[1:], "false"])
    assert MARK not in site.fail("hooked", **{**one, "command_hooks": failing})


def wanted(how: dict[str, Any], hooks: CommandHooks, secret: str) -> dict[str, Any]:
    return {**how, "secrets": {"GH_PAT": secret}, "command_hooks": hooks}


def test_a_secret_that_a_hook_leaves_in_the_bundle_is_an_error_that_names_the_file(
    site: Site, how: dict[str, Any]
) -> None:
    entry = site.vault.projects / "hooked"
    entry.mkdir(exist_ok=True)
    (entry / "index.py").write_text(HANDLER)
    hooks = CommandHooks(before_bundling=['printf "x:%s" "$GH_PAT" | base64 > token.txt'])

    said = site.fail("hooked", **how, secrets={"GH_PAT": SECRET}, command_hooks=hooks)

    assert "token.txt holds the value of GH_PAT" in said
    assert MARK not in said


def test_a_repository_behind_a_password_is_in_no_argument(
    site: Site, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path_factory.mktemp("repository")
    commit = repository(directory)
    entry = site.vault.projects / "from git"
    entry.mkdir(exist_ok=True)
    (entry / "index.py").write_text(HANDLER)
    with package_index.serve(directory, user="user", password=SECRET, whole=True) as server:
        url = server.url.replace("://", "://user:${GIT_PW}@").replace("simple/", "lib.git")
        (entry / "requirements.txt").write_text(f"lib @ git+{url}@{commit}\n")
        monkeypatch.setenv("GIT_PW", quote(SECRET, safe=""))

        site.build("from git", strategy="local", build_on_host=["lib"], installer_args=["--no-cache"])

    assert site.installed() == {"lib"}


def repository(directory: Path) -> str:
    """Make the repository of a package, for any server of files, and return its commit."""
    work = directory / "work"
    for name, text in {**project("lib", "1.0"), "lib/__init__.py": ""}.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    who = ("-c", "user.name=me", "-c", "user.email=me@example.com")

    def git(*arguments: str, cwd: Path = work) -> str:
        return subprocess.run(("git", *who, *arguments), cwd=cwd, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "lib")
    git("clone", "--quiet", "--bare", str(work), str(directory / "lib.git"), cwd=directory)
    git("update-server-info", cwd=directory / "lib.git")
    return git("rev-parse", "HEAD").strip()
