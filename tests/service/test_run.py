import http.server
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from python_function._machine.host import Host
from python_function._service import contained, port, run, service
from python_function._service.run import Order
from python_function.errors import BundlingError, CommandError, EngineError, ProgramNotFoundError
from tests.doubles import Recorder
from tests.service import examples

PORT: Final = 8123

FILE: Final = """\
version: 1.0
runtime: python311
build:
  commands:
    pre-build: [make fetch]
    build: [make]
    post-build: [make check]
  env:
    - name: MODE
      value: release
run:
  pre-run: [pip3 install -r requirements.txt]
  command: python3 server.py
  network:
    env: APP_PORT
  env:
    - name: LOG
      value: info
"""


@pytest.fixture
def web(tmp_path: Path) -> Path:
    directory = tmp_path / "web"
    directory.mkdir()
    (directory / "server.py").write_text(examples.SAMPLE_SERVER)
    (directory / "requirements.txt").write_text(examples.SAMPLE_REQUIREMENTS)
    (directory / "apprunner.yaml").write_text(FILE)
    return directory


@pytest.fixture
def make_order(web: Path, make_host: Callable[..., Host], recorder: Recorder) -> Callable[..., Order]:
    def make(foreground: Recorder | None = None, **environ: str) -> Order:
        return Order(
            service=service.find(web, cwd=web),
            python="3.11",
            port=PORT,
            variables={"TOKEN": "hidden"},
            host=make_host(recorder, PATH="/usr/bin", **environ),
            foreground=foreground or recorder,
        )

    return make


def ending(code: int, when: str) -> Recorder:
    def answer(argv: Sequence[str]) -> str:
        if when in " ".join(argv):
            msg = "failed"
            raise CommandError(msg, returncode=code, output="what it said")
        return ""

    return Recorder(answer=answer)


def shells(recorder: Recorder) -> list[tuple[str, Mapping[str, str]]]:
    pairs = zip(recorder.calls, recorder.environments, strict=True)
    return [(argv[2], env) for argv, env in pairs if argv[:2] == ("sh", "-c")]


def test_commands_run_in_their_phases_and_see_what_belongs_there(
    make_order: Callable[..., Order], recorder: Recorder
) -> None:
    with pytest.raises(BundlingError, match="ended, and a service has to stay"):
        run.locally(make_order(AWS_REGION="eu-west-1"), "/usr/bin/python3.11")

    commands = shells(recorder)
    assert [command for command, _ in commands] == [
        *("make fetch", "make", "make check", "pip3 install -r requirements.txt"),
        "exec python3 server.py",
    ]
    assert all(env["MODE"] == "release" and "PORT" not in env and "LOG" not in env for _, env in commands[:-1])
    last = commands[-1][1]
    wanted = {"PORT": str(PORT), "APP_PORT": str(PORT), "LOG": "info", "TOKEN": "hidden", "AWS_REGION": "eu-west-1"}
    assert last.items() >= wanted.items()
    assert "MODE" not in last


def test_what_the_build_installs_is_gone_where_the_runtime_forgets_it(
    make_order: Callable[..., Order], recorder: Recorder
) -> None:
    with pytest.raises(BundlingError):
        run.locally(make_order(), "/usr/bin/python3.11")

    homes = [env["VIRTUAL_ENV"] for _, env in shells(recorder)]
    assert len(set(homes[:3])) == len(set(homes[3:])) == 1
    assert homes[0] != homes[3]
    assert all(env["PATH"].startswith(f"{env['VIRTUAL_ENV']}/bin{os.pathsep}") for _, env in shells(recorder))


def test_the_original_runtime_has_one_environment(
    web: Path, make_order: Callable[..., Order], recorder: Recorder
) -> None:
    (web / "apprunner.yaml").write_text(examples.SAMPLE)

    with pytest.raises(BundlingError):
        run.locally(make_order(), "/usr/bin/python3.11")

    assert len({env["VIRTUAL_ENV"] for _, env in shells(recorder)}) == 1


def test_nothing_is_left_and_the_code_is_not_touched(
    web: Path, make_order: Callable[..., Order], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in web.iterdir()}
    seen: list[bool] = []

    def interrupt(argv: Sequence[str]) -> str:
        seen.extend(bool(list(tmp_path.glob(".python-function-*/app/server.py"))) for _ in [argv])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.locally(make_order(Recorder(answer=interrupt)), "/usr/bin/python3.11")

    assert seen == [True]
    assert list(tmp_path.glob(".python-function-*")) == []
    assert {path: path.stat().st_mtime_ns for path in web.iterdir()} == before


def test_a_command_that_fails_is_told_with_its_line(
    web: Path, make_order: Callable[..., Order], recorder: Recorder
) -> None:
    order = make_order()

    with pytest.raises(
        BundlingError, match=rf"{web}/apprunner.yaml, line 7: 'make check' failed with exit code 2.\nwhat it said"
    ):
        run.locally(replace(order, host=replace(order.host, run=ending(2, "make check"))), "/usr/bin/python3.11")
    assert shells(recorder) == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (1, r"line 13: 'python3 server.py' ended with exit code 1\.$"),
        (127, r"exit code 127\. The command is not there: is what brings it among the dependencies\?$"),
    ],
)
def test_a_service_that_ends_is_an_error(code: int, told: str, make_order: Callable[..., Order]) -> None:
    with pytest.raises(BundlingError, match=told):
        run.locally(make_order(ending(code, "exec python3")), "/usr/bin/python3.11")


def test_the_running_python_is_the_one_if_it_is_like_the_targets(make_host: Callable[..., Host]) -> None:
    version = ".".join(map(str, sys.version_info[:2]))

    assert run.interpreter(version, make_host(Recorder())) == "/bin/python"
    assert run.interpreter("3.1", make_host(Recorder(answer=lambda _: "/usr/bin/python3.1\n"))) == "/usr/bin/python3.1"
    assert run.interpreter("3.1", make_host(ending(2, "find"))) is None


def test_without_the_python_it_runs_in_containers(make_order: Callable[..., Order], recorder: Recorder) -> None:
    foreground = Recorder()
    with pytest.raises(BundlingError, match="has to stay"):
        contained.in_containers(make_order(foreground), "image:tag")

    engine = [argv[1:] for argv in recorder.calls if argv[0] == "docker"]
    assert [argv[0] for argv in engine] == ["create", "cp", "start", "cp", "rm", "create", "cp", "rm"]
    build, service_ = (argv for argv in engine if argv[0] == "create")
    assert "make\n" in build[-1]
    assert "pip3" not in build[-1]
    assert "--publish" not in build
    assert f"127.0.0.1:{PORT}:{PORT}" in service_
    assert service_[-1].endswith("|| exit\nexec python3 server.py")
    assert "export MODE=release" in service_[-1]
    assert "unset APP_PORT; unset LOG; unset PORT; unset TOKEN" in service_[-1]
    assert "hidden" not in " ".join(service_)
    assert foreground.calls[0][:3] == ("docker", "start", "--attach")
    assert foreground.environments[0]["TOKEN"] == "hidden"  # noqa: S105 - made up


def test_an_interrupted_service_leaves_no_container(make_order: Callable[..., Order], recorder: Recorder) -> None:
    def interrupt(_: Sequence[str]) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        contained.in_containers(make_order(Recorder(answer=interrupt)), "image:tag")

    name = next(argv[argv.index("--name") + 1] for argv in recorder.calls[::-1] if "--name" in argv)
    assert recorder.calls[-1] == ("docker", "rm", "--force", "--volumes", name)


def test_where_there_is_no_engine_the_error_says_so(make_order: Callable[..., Order]) -> None:
    def missing(argv: Sequence[str]) -> str:
        if argv[0] == "docker":
            msg = "'docker' cannot be started"
            raise ProgramNotFoundError(msg)
        return ""

    order = make_order()
    with pytest.raises(EngineError, match=r"'docker' is not there\. Install Docker, Podman or Finch"):
        contained.in_containers(replace(order, host=replace(order.host, run=Recorder(answer=missing))), "image:tag")


def test_a_port_in_use_is_an_error_before_anything_runs(make_order: Callable[..., Order], recorder: Recorder) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(BundlingError, match=rf"Port {number} cannot be listened to: .*choose another: --port"):
            contained.anywhere(replace(make_order(), port=number), image="image:tag")

    assert recorder.calls == []
    port.demand(number)


def test_an_answer_is_told(lines: list[str]) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *_: object) -> None: ...

    told = threading.Event()

    def say(line: str) -> None:
        lines.append(line)
        told.set()

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

        with port.watched(server.server_port, say):
            assert told.wait(10)
        server.shutdown()

    assert lines == [f"http://127.0.0.1:{server.server_port}/ answers: 204"]
