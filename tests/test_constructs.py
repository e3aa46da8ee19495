"""The constructs in real CDK apps: what reaches the template, what is started, what the user sees."""

import importlib
import shutil
import stat
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk
import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Annotations, Match, Template

from python_function import BundlingOptions, CommandHooks, PythonFunction, PythonLayerVersion
from python_function._bundle import record
from python_function._cdk import plain, props
from python_function.errors import BundlingError, EntryError, OptionError
from tools import generate_cdk_props

RUNTIME = lambda_.Runtime.PYTHON_3_13
IN_CONTAINER = BundlingOptions(strategy="docker", command_hooks=CommandHooks(after_bundling="true"))


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """Return a stack whose assets are really bundled."""
    return Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")


@pytest.fixture
def unbundled() -> Stack:
    """Return a stack whose assets are not wanted."""
    return Stack(App(context={"aws:cdk:bundling-stacks": list[str]()}), "Stack")


@pytest.fixture
def engine_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Put a stand-in in the place of the container engine, and return what reads its calls."""
    log = tmp_path / "engine.log"
    engine = tmp_path / "engine"
    engine.write_text(
        textwrap.dedent(f"""\
            #!{sys.executable}
            import pathlib, sys
            with open({str(log)!r}, "a") as file:
                print(sys.argv[1], file=file)
            for argument in sys.argv:
                if argument.endswith(":/asset-output"):
                    for name in ("index.py", "other.py"):
                        pathlib.Path(argument.removesuffix(":/asset-output"), name).write_text("handler = print")
        """)
    )
    engine.chmod(engine.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("CDK_DOCKER", str(engine))
    return lambda: log.read_text().split() if log.exists() else []


def asset_of(function: lambda_.Function | lambda_.LayerVersion) -> Path:
    """Return the directory that the construct's code is in."""
    stack = Stack.of(function)
    app = stack.node.root
    assert isinstance(app, App)
    (asset,) = Path(app.outdir).glob("asset.*")
    return asset


def code_of(stack: Stack, kind: str = "AWS::Lambda::Function") -> list[str]:
    resources = Template.from_stack(stack).find_resources(kind).values()
    content = "Code" if kind.endswith("Function") else "Content"
    return [resource["Properties"][content]["S3Key"] for resource in resources]


def test_a_function_is_a_lambda_function_with_all_its_options(unbundled: Stack, entry: Path) -> None:
    function = PythonFunction(
        unbundled,
        "Function",
        entry=entry,
        runtime=RUNTIME,
        architecture=lambda_.Architecture.ARM_64,
        memory_size=512,
        timeout=Duration.seconds(30),
        environment={"STAGE": "test"},
        description="What it does",
    )

    assert isinstance(function, lambda_.Function)
    Template.from_stack(unbundled).has_resource_properties(
        "AWS::Lambda::Function",
        {
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Architectures": ["arm64"],
            "MemorySize": 512,
            "Timeout": 30,
            "Environment": {"Variables": {"STAGE": "test"}},
            "Description": "What it does",
        },
    )


def test_a_layer_is_a_layer_version_with_all_its_options(unbundled: Stack, entry: Path) -> None:
    layer = PythonLayerVersion(
        unbundled,
        "Layer",
        entry=str(entry),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_12, RUNTIME],
        compatible_architectures=[lambda_.Architecture.X86_64, lambda_.Architecture.ARM_64],
        license="Apache-2.0",
    )
    PythonFunction(unbundled, "Function", entry=entry, runtime=RUNTIME, layers=[layer])

    assert isinstance(layer, lambda_.LayerVersion)
    template = Template.from_stack(unbundled)
    template.has_resource_properties(
        "AWS::Lambda::LayerVersion",
        {
            "CompatibleRuntimes": ["python3.12", "python3.13"],
            "CompatibleArchitectures": ["x86_64", "arm64"],
            "LicenseInfo": "Apache-2.0",
        },
    )
    template.has_resource_properties("AWS::Lambda::Function", {"Layers": [{"Ref": Match.string_like_regexp("Layer")}]})


@pytest.mark.parametrize("construct", [PythonFunction, PythonLayerVersion])
def test_an_unknown_keyword_is_an_error(unbundled: Stack, entry: Path, construct: Callable[..., object]) -> None:
    with pytest.raises(TypeError, match="memory"):
        construct(unbundled, "Id", entry=entry, memory=3)


def test_options_of_cdk_itself_are_an_error_that_names_ours(unbundled: Stack, entry: Path) -> None:
    wrong: Any = aws_cdk.BundlingOptions(image=RUNTIME.bundling_image)

    with pytest.raises(TypeError, match=r"python_function\.BundlingOptions, not aws_cdk\.BundlingOptions"):
        PythonFunction(unbundled, "Function", entry=entry, runtime=RUNTIME, bundling=wrong)


def test_only_python_runtimes(unbundled: Stack, entry: Path) -> None:
    with pytest.raises(OptionError, match=r"runtime must be a Python runtime, not 'nodejs22\.x'"):
        PythonFunction(unbundled, "Function", entry=entry, runtime=lambda_.Runtime.NODEJS_22_X)
    runtimes = [RUNTIME, lambda_.Runtime.NODEJS_22_X]
    with pytest.raises(OptionError, match=r"compatible_runtimes\[1\] must be a Python runtime, not 'nodejs22\.x'"):
        PythonLayerVersion(unbundled, "Layer", entry=entry, compatible_runtimes=runtimes)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the running Python knows the newest grammar")
def test_a_handler_that_the_running_python_cannot_parse_is_warned_of(unbundled: Stack, entry: Path) -> None:
    (entry / "index.py").write_text("x = t'{1}'\ndef handler(event, context): ...\n")

    function = PythonFunction(unbundled, "Function", entry=entry, runtime=plain.to_runtime("python3.14"))

    text = Match.string_like_regexp(
        r"index\.py:1 does not parse with Python 3\.1\d, which runs the app: .*\[ack: syntax"
    )
    Annotations.from_stack(unbundled).has_warning(f"/{function.node.path}", text)


def test_hooks_may_make_the_handlers_file(stack: Stack, entry: Path) -> None:
    hooks = CommandHooks(before_bundling=["mkdir gen", "echo 'handler = print' > gen/index.py"])
    bundling = BundlingOptions(command_hooks=hooks, strategy="local")

    with pytest.raises(EntryError, match=r"'gen/index\.py' not found"):
        PythonFunction(stack, "Without", entry=entry, index="gen/index.py", handler="handler")
    with pytest.raises(BundlingError, match=r"The handler's file 'gen/none\.py' is not in the bundle"):
        PythonFunction(stack, "Other", entry=entry, index="gen/none.py", handler="handler", bundling=bundling)
    function = PythonFunction(stack, "Function", entry=entry, handler="gen.index.handler", bundling=bundling)

    assert (asset_of(function) / "gen" / "index.py").is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runtime": "python3.13"}, r"runtime must be an aws_lambda\.Runtime, not 'python3\.13'"),
        ({"architecture": "arm64"}, r"architecture must be an aws_lambda\.Architecture, not 'arm64'"),
        ({"entry": 3}, r"entry must be a path, not 3"),
        ({"bundling": BundlingOptions(asset_excludes=["*.py"])}, r"handler's file 'index\.py' of .* is left out"),
    ],
)
def test_a_mistake_is_told_before_anything_is_built(
    unbundled: Stack, entry: Path, options: dict[str, Any], message: str
) -> None:
    (entry / "other.txt").touch()

    construct: Any = PythonFunction

    with pytest.raises((OptionError, EntryError), match=message):
        construct(unbundled, "Function", **{"entry": entry, **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compatible_runtimes": RUNTIME}, r"compatible_runtimes must be a list, not "),
        ({"compatible_architectures": ["arm64"]}, r"compatible_architectures must hold aws_lambda\.Architecture"),
        ({"bundling": BundlingOptions(asset_excludes=["*"])}, r"entry holds nothing to bundle"),
    ],
)
def test_a_mistake_about_a_layer_is_told_before_anything_is_built(
    unbundled: Stack, entry: Path, options: dict[str, Any], message: str
) -> None:
    construct: Any = PythonLayerVersion

    with pytest.raises((OptionError, EntryError), match=message):
        construct(unbundled, "Layer", **{"entry": entry, **options})


def test_a_bundle_holds_the_source(stack: Stack, entry: Path) -> None:
    (entry / "tests").mkdir()
    (entry / "tests/test_x.py").touch()

    function = PythonFunction(
        stack, "Function", entry=entry, runtime=RUNTIME, bundling=BundlingOptions(asset_excludes=["tests"])
    )

    assert [path.name for path in asset_of(function).iterdir()] == ["index.py"]


def test_a_file_beside_the_stack_is_bundled_alone(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """\
from python_function import PythonFunction


def build(stack):
    return PythonFunction(stack, "on-event")
"""
    (tmp_path / "the_stack.py").write_text(source)
    (tmp_path / "the_stack.on-event.py").write_text("def lambda_handler(event, context):\n    return event\n")
    (tmp_path / "uv.lock").write_text("of the CDK app")
    (tmp_path / "poetry.lock").write_text("of the CDK app")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    function = importlib.import_module("the_stack").build(stack)

    assert [path.name for path in asset_of(function).iterdir()] == ["the_stack_on_event.py"]
    handler = {"Handler": "the_stack_on_event.lambda_handler", "Runtime": "python3.13"}
    Template.from_stack(stack).has_resource_properties("AWS::Lambda::Function", handler)


def test_a_layers_code_is_below_python(stack: Stack, entry: Path) -> None:
    layer = PythonLayerVersion(stack, "Layer", entry=entry, bundling=BundlingOptions(output_path_suffix="lib/x"))

    assert [str(path.relative_to(asset_of(layer))) for path in asset_of(layer).rglob("*.py")] == [
        "python/lib/x/index.py"
    ]


def test_a_functions_handler_follows_its_code_below_a_suffix(stack: Stack, entry: Path) -> None:
    function = PythonFunction(
        stack, "Function", entry=entry, runtime=RUNTIME, bundling=BundlingOptions(output_path_suffix="app/code")
    )

    assert (asset_of(function) / "app/code/index.py").is_file()
    Template.from_stack(stack).has_resource_properties("AWS::Lambda::Function", {"Handler": "app.code.index.handler"})


def test_nothing_is_started_when_the_stack_is_not_selected(
    unbundled: Stack, entry: Path, engine_calls: Callable[[], list[str]]
) -> None:
    PythonFunction(unbundled, "Function", entry=entry, runtime=RUNTIME, bundling=BundlingOptions(strategy="docker"))
    PythonLayerVersion(unbundled, "Layer", entry=entry, bundling=BundlingOptions(strategy="docker"))

    assert engine_calls() == []


def test_the_hash_is_the_same_whether_or_not_the_stack_is_selected(
    stack: Stack, unbundled: Stack, entry: Path, engine_calls: Callable[[], list[str]]
) -> None:
    options = IN_CONTAINER
    for chosen in (stack, unbundled):
        PythonFunction(chosen, "Function", entry=entry, runtime=RUNTIME, bundling=options)

    assert engine_calls() == ["run"]
    assert code_of(stack) == code_of(unbundled)


def test_a_second_synthesis_starts_nothing_and_writes_nothing(
    tmp_path: Path, entry: Path, engine_calls: Callable[[], list[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    def synthesize() -> dict[str, tuple[int, int]]:
        stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "Stack")
        function = PythonFunction(
            stack,
            "Function",
            entry=entry,
            runtime=RUNTIME,
            bundling=IN_CONTAINER,
        )
        files = asset_of(function).rglob("*")
        return {str(file): (file.stat().st_mtime_ns, file.stat().st_ino) for file in files}

    first = synthesize()
    capfd.readouterr()

    assert synthesize() == first
    assert engine_calls() == ["run"]
    assert capfd.readouterr().err.splitlines() == ["Stack/Function: unchanged, its asset is reused"]


@pytest.mark.parametrize("kind", [None, aws_cdk.AssetHashType.OUTPUT])
def test_a_record_stands_beside_the_asset(tmp_path: Path, entry: Path, kind: aws_cdk.AssetHashType | None) -> None:
    app = App(outdir=str(tmp_path / "cdk.out"))
    stack = Stack(aws_cdk.Stage(app, "Stage"), "Stack")
    PythonFunction(stack, "Function", entry=entry, runtime=RUNTIME, bundling=BundlingOptions(asset_hash_type=kind))

    (asset,) = (path.name for path in (tmp_path / "cdk.out").glob("asset.*"))
    (file,) = (tmp_path / "cdk.out").glob("python-function.*.json")
    assert file.name == f"python-function.{asset.removeprefix('asset.')}.json"
    assert record.read(file).own == {"index.py": (entry / "index.py").stat().st_size}
    assert [path.name for path in (tmp_path / "cdk.out" / asset).iterdir()] == ["index.py"]


def test_functions_that_differ_only_in_the_handler_share_one_bundle(
    stack: Stack, entry: Path, engine_calls: Callable[[], list[str]]
) -> None:
    (entry / "other.py").write_text("def handler(event, context): ...\n")

    for index in ("index.py", "other.py"):
        options = IN_CONTAINER
        PythonFunction(stack, index, entry=entry, index=index, runtime=RUNTIME, bundling=options)

    assert engine_calls() == ["run"]
    assert len(set(code_of(stack))) == 1


def test_the_users_own_hash_is_what_counts(entry: Path) -> None:
    def code(content: str, **options: Any) -> list[str]:  # noqa: ANN401
        (entry / "more.py").write_text(content)
        stack = Stack(App(context={"aws:cdk:bundling-stacks": list[str]()}), "Stack")
        PythonFunction(stack, "F", entry=entry, runtime=RUNTIME, bundling=BundlingOptions(**options))
        return code_of(stack)

    assert code("1") != code("2")
    assert code("1", asset_hash="mine") == code("2", asset_hash="mine")
    assert code("1", asset_hash="mine") != code("1", asset_hash="other")
    assert code("1", asset_hash_type=aws_cdk.AssetHashType.SOURCE) == code("1")


def test_an_image_that_the_user_builds_counts_by_its_content_not_by_its_place(entry: Path) -> None:
    def code(tag: str, content: str) -> list[str]:
        stack = Stack(App(context={"aws:cdk:bundling-stacks": list[str]()}), "Stack")
        image = aws_cdk.DockerImage(tag, content)
        PythonFunction(stack, "F", entry=entry, runtime=RUNTIME, bundling=BundlingOptions(image=image))
        return code_of(stack)

    assert code("cdk-of-one-path", "content") == code("cdk-of-another-path", "content")
    assert code("cdk-of-one-path", "content") != code("cdk-of-one-path", "other content")


def test_a_hash_of_the_output_follows_the_output_alone(entry: Path, tmp_path: Path) -> None:
    def code(name: str, hook: str) -> list[str]:
        stack = Stack(App(outdir=str(tmp_path / name)), "Stack")
        options = BundlingOptions(
            strategy="local",
            asset_hash_type=aws_cdk.AssetHashType.OUTPUT,
            command_hooks=CommandHooks(after_bundling=hook),
        )
        PythonFunction(stack, "F", entry=entry, runtime=RUNTIME, bundling=options)
        return code_of(stack)

    assert code("one", "true") == code("two", "echo something else")
    assert code("three", "true") != code("four", "touch /asset-output/new.txt")


def test_two_bundles_hashed_by_their_output_are_two(stack: Stack, entry: Path) -> None:
    (entry / "a.txt").touch()
    (entry / "b.txt").touch()
    kind = aws_cdk.AssetHashType.OUTPUT

    for name in ("a.txt", "b.txt"):
        options = BundlingOptions(asset_excludes=[name], asset_hash_type=kind)
        PythonFunction(stack, name, entry=entry, runtime=RUNTIME, bundling=options)

    assert len(set(code_of(stack))) == 2


def test_an_output_inside_the_entry_is_never_bundled(entry: Path) -> None:
    def code() -> list[str]:
        stack = Stack(App(outdir=str(entry / "build")), "Stack")
        PythonFunction(stack, "F", entry=entry, runtime=RUNTIME)
        return code_of(stack)

    first = code()

    assert code() == first
    (asset,) = (entry / "build").glob("asset.*")
    assert [path.name for path in asset.iterdir()] == ["index.py"]


@pytest.mark.parametrize("suffix", ["v1.2", "my x", "a/b.c"])
def test_a_functions_suffix_has_to_be_importable(unbundled: Stack, entry: Path, suffix: str) -> None:
    with pytest.raises(OptionError, match=f"output_path_suffix '{suffix}' cannot be part of a handler"):
        PythonFunction(
            unbundled, "F", entry=entry, runtime=RUNTIME, bundling=BundlingOptions(output_path_suffix=suffix)
        )


def test_a_hook_works_on_a_copy_and_what_it_makes_is_bundled(stack: Stack, entry: Path) -> None:
    (entry / "requirements.in").write_text("x")
    hooks = CommandHooks(
        before_bundling="cp requirements.in made_before.txt && mkdir tests && touch tests/t.py",
        after_bundling=lambda input_dir, output_dir: [f"ls {input_dir} > {output_dir}/made_after.txt"],
    )

    function = PythonFunction(
        stack,
        "Function",
        entry=entry,
        runtime=RUNTIME,
        bundling=BundlingOptions(strategy="local", command_hooks=hooks, asset_excludes=["tests"]),
    )

    names = sorted(path.name for path in asset_of(function).iterdir())
    assert names == ["index.py", "made_after.txt", "made_before.txt", "requirements.in"]
    assert sorted(path.name for path in entry.iterdir()) == ["index.py", "requirements.in"]


def test_a_failing_build_raises_our_error_and_leaves_nothing(stack: Stack, entry: Path, tmp_path: Path) -> None:
    options = BundlingOptions(strategy="local", command_hooks=CommandHooks(after_bundling="echo why not; exit 3"))

    with pytest.raises(BundlingError, match=r"after_bundling hook failed with exit code 3\.(?s:.)*why not") as caught:
        PythonFunction(stack, "Function", entry=entry, runtime=RUNTIME, bundling=options)

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert [path.name for path in (tmp_path / "cdk.out").iterdir()] == []


def test_warnings_can_be_acknowledged(unbundled: Stack, entry: Path) -> None:
    (entry / "requirements.txt").write_text("idna\n")

    PythonFunction(unbundled, "Function", entry=entry, runtime=RUNTIME)

    warning = Match.string_like_regexp(r"requirements\.txt:1: idna(.|\n)*ack: unpinned")
    Annotations.from_stack(unbundled).has_warning("/Stack/Function", warning)


@pytest.mark.parametrize(("of_layer", "of_function"), [([RUNTIME], None), (None, RUNTIME), (None, None)])
def test_a_runtime_that_is_found_is_the_one_that_is_given(
    unbundled: Stack, entry: Path, of_layer: list[lambda_.Runtime] | None, of_function: lambda_.Runtime | None
) -> None:
    layer = PythonLayerVersion(unbundled, "Layer", entry=entry, compatible_runtimes=of_layer)

    PythonFunction(unbundled, "Function", entry=entry, runtime=of_function, layers=[layer])

    Template.from_stack(unbundled).has_resource_properties("AWS::Lambda::Function", {"Runtime": "python3.13"})


def test_a_deprecated_runtime_is_warned_of(unbundled: Stack, entry: Path) -> None:
    old, new = lambda_.Runtime.PYTHON_3_9, lambda_.Runtime.PYTHON_3_12
    PythonFunction(unbundled, "Old", entry=entry, runtime=old)
    PythonLayerVersion(unbundled, "OldLayer", entry=entry, compatible_runtimes=[old])
    PythonFunction(unbundled, "New", entry=entry, runtime=new)

    warnings = Annotations.from_stack(unbundled)
    for name in ("Old", "OldLayer"):
        warnings.has_warning(f"/Stack/{name}", Match.string_like_regexp("python3.9 is deprecated"))
    warnings.has_no_warning("/Stack/New", Match.any_value())


def test_the_template_is_the_same_at_another_path(entry: Path, tmp_path: Path) -> None:
    def template(directory: Path) -> Any:  # noqa: ANN401
        stack = Stack(App(context={"aws:cdk:bundling-stacks": list[str]()}), "Stack")
        PythonFunction(stack, "Function", entry=directory, runtime=RUNTIME)
        return Template.from_stack(stack).to_json()

    before = template(entry)
    shutil.copytree(entry, tmp_path / "elsewhere/deep/down")
    (entry / ".venv").mkdir()
    (entry / ".venv/pyvenv.cfg").touch()
    (entry / ".pytest_cache").mkdir()
    (entry / ".pytest_cache/x").touch()

    assert template(entry) == before
    assert template(tmp_path / "elsewhere/deep/down") == before


def test_assets_say_where_they_are(entry: Path, tmp_path: Path) -> None:
    stack = Stack(App(outdir=str(tmp_path / "cdk.out"), context={"aws:cdk:enable-asset-metadata": True}), "Stack")

    function = PythonFunction(stack, "Function", entry=entry, runtime=RUNTIME)

    (resource,) = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    assert resource["Metadata"]["aws:asset:path"] == asset_of(function).name
    assert resource["Metadata"]["aws:asset:is-bundled"] is True
    assert resource["Metadata"]["aws:asset:property"] == "Code"


@pytest.mark.pinned
def test_our_options_are_those_of_the_installed_cdk() -> None:
    for name, (construct, named) in generate_cdk_props.CONSTRUCTS.items():
        assert getattr(props, name).__optional_keys__ == set(generate_cdk_props.options(construct, named))


@pytest.mark.parametrize(
    ("runtime", "architecture", "words"),
    [
        (lambda_.Runtime.PYTHON_3_12, lambda_.Architecture.X86_64, "the runtime of this function is python3.12"),
        (RUNTIME, lambda_.Architecture.ARM_64, "the architecture of this function is arm64"),
    ],
)
def test_a_layer_that_is_not_made_for_the_function_is_an_error(
    unbundled: Stack, entry: Path, runtime: lambda_.Runtime, architecture: lambda_.Architecture, words: str
) -> None:
    layer = PythonLayerVersion(unbundled, "Layer", entry=entry, compatible_runtimes=[RUNTIME])

    with pytest.raises(OptionError, match=rf"layer Stack/Layer is made for .*, and {words}"):
        PythonFunction(unbundled, "F", entry=entry, runtime=runtime, architecture=architecture, layers=[layer])


def test_more_layers_than_lambda_takes_are_an_error(unbundled: Stack, entry: Path) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:layer:theirs:1"
    layers = [lambda_.LayerVersion.from_layer_version_arn(unbundled, f"L{number}", arn) for number in range(6)]

    with pytest.raises(OptionError, match="layers has 6 layers, and Lambda takes 5 at most: Stack/L0, "):
        PythonFunction(unbundled, "F", entry=entry, runtime=RUNTIME, layers=layers)


def test_what_copies_must_not_share_is_warned_of_with_snap_start_alone(unbundled: Stack, entry: Path) -> None:
    (entry / "index.py").write_text("import uuid\nID = uuid.uuid4()\ndef handler(event, context): ...\n")
    for name, conf in (("Without", None), ("With", lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS)):
        PythonFunction(unbundled, name, entry=entry, runtime=RUNTIME, snap_start=conf)

    found = Annotations.from_stack(unbundled)
    found.has_warning("/Stack/With", Match.string_like_regexp("copy that SnapStart restores"))
    found.has_no_warning("/Stack/Without", Match.any_value())


@pytest.mark.parametrize("construct", [PythonFunction, PythonLayerVersion])
def test_code_is_what_the_construct_makes(construct: Any, unbundled: Stack, entry: Path) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match=r"makes the code itself: pass entry="):
        construct(unbundled, "F", entry=entry, code=lambda_.Code.from_inline("x"))


@pytest.mark.parametrize("construct", [PythonFunction, PythonLayerVersion])
def test_an_entry_beside_the_defining_file_is_pointed_to(construct: Any, unbundled: Stack) -> None:  # noqa: ANN401
    beside = Path(__file__).parent / "projects"

    with pytest.raises(EntryError, match=rf"there is {beside}, for which pass Path\(__file__\)\.parent / 'projects'\."):
        construct(unbundled, "F", entry="projects")
    with pytest.raises(EntryError, match=r"starts at the working directory\.$"):
        construct(unbundled, "F", entry="no/such/place")


def test_a_handler_that_no_layer_has_is_told(stack: Stack, entry: Path) -> None:
    (entry / "shared").mkdir()
    (entry / "shared/wrapper.py").write_text("def handler(event, context): ...")
    layer = PythonLayerVersion(stack, "Layer", entry=entry / "shared", compatible_runtimes=[RUNTIME])

    for number, (name, told) in enumerate({"wrapper.handler": False, "rapper.handler": True}.items()):
        PythonFunction(stack, f"F{number}", entry=entry, handler=name, runtime=RUNTIME, layers=[layer])
        function = stack.node.find_child(f"F{number}")
        warned = [entry.data for entry in function.node.metadata if entry.type == "aws:cdk:warning"]
        assert any("handlerNotFound" in str(text) for text in warned) == told


def test_what_an_imported_layer_may_bring_is_told_as_unknown(
    stack: Stack, entry: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (entry / "index.py").write_text("import powertools\n\n\ndef handler(event, context): ...\n")
    arn = "arn:aws:lambda:us-east-1:123456789012:layer:powertools:1"
    layer = lambda_.LayerVersion.from_layer_version_arn(stack, "Imported", arn)

    function = PythonFunction(stack, "F", entry=entry, runtime=RUNTIME, layers=[layer])

    (file,) = asset_of(function).parent.glob("python-function.*.json")
    told = [text for verdict in record.read(file).verdicts for text in verdict.unknown]
    assert [entry.data for entry in function.node.metadata if entry.type == "aws:cdk:warning"] == []
    (text,) = told
    assert text == "Neither the bundle nor the runtime has powertools, and nobody here knows what is in Stack/Imported."
    assert f"unknown: {text}" in capfd.readouterr().err
