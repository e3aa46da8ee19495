"""Every field of a spec either counts for the asset hash, or there is a reason why it need not."""

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from python_function._bundle.fingerprint import fingerprint
from python_function._bundle.image import Image
from python_function._bundle.spec import BundleSpec, Container, Inputs, Installed, Layer, Referred, Variant
from python_function._bundle.stub import Stub
from python_function._dependencies.declared import Listed
from python_function._dependencies.detect import Packaging
from python_function._dependencies.local_packages import LocalPackage
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine.report import Notice
from python_function._source.select import Source
from python_function._source.selection import File, Selection
from python_function._target.target import Target

CLASSES: Final = (BundleSpec, Target, Source, Packaging, Container, Installed, Inputs, Selection, Image)

COUNTING: Final[dict[str, tuple[tuple[str, Any], ...]]] = {
    "BundleSpec.target": (("target", Target("python3.12", "x86_64")), ("target", Target("python3.13", "arm64"))),
    "BundleSpec.others": (
        ("others", (Variant(target=Target("python3.12", "x86_64"), container=Container()),)),
        ("others", (Variant(target=Target("python3.12", "arm64"), container=Container()),)),
        ("others", (Variant(target=Target("python3.12", "arm64"), container=Container(image="a")),)),
    ),
    "BundleSpec.source": (("source.root", "src"),),
    "BundleSpec.packaging": (("packaging.identity", ("idna==3.7",)),),
    "BundleSpec.container": (("container.image", "other:tag"),),
    "BundleSpec.strategy": (("strategy", "docker"), ("strategy", "local")),
    "BundleSpec.installed": (("installed", "venv"),),
    "BundleSpec.prefix": (("prefix", "python"),),
    "BundleSpec.before": (("before", ("true",)), ("before", ("true", "false"))),
    "BundleSpec.after": (("after", ("true",)),),
    "BundleSpec.dependency_excludes": (("dependency_excludes", ("tests",)),),
    "BundleSpec.strip_native": (("strip_native", True),),
    "BundleSpec.compile_bytecode": (("compile_bytecode", True),),
    "BundleSpec.stub": (
        ("stub", Stub(place="a.py", text="", reason="")),
        ("stub", Stub(place="b.py", text="", reason="")),
        ("stub", Stub(place="a.py", text="1", reason="")),
    ),
    "BundleSpec.installer_args": (("installer_args", ("--prerelease=allow",)),),
    "BundleSpec.installer_files": (("installer_files", (Referred(place="a", identity=("x",)),)),),
    "BundleSpec.build_on_host": (("build_on_host", ("docopt",)),),
    "BundleSpec.environment": (("environment", (("MODE", "1"),)), ("environment", (("MODE", "2"),))),
    "BundleSpec.secrets": (("secrets", frozenset({"MODE"})),),
    "BundleSpec.inputs": (("inputs", "other"),),
    "BundleSpec.image": (("image", Image(base="a")), ("image", Image(base="b"))),
    "Image.base": (("image", Image(base="a")), ("image", Image(base="b"))),
    "Image.directory": (("image", Image(base="a", directory="/app")), ("image", Image(base="a", directory="/b"))),
    "Image.user": (("image", Image(base="a", user="1000")), ("image", Image(base="a", user="1001"))),
    "Image.command": (("image", Image(base="a", command=("x",))), ("image", Image(base="a", command=("x", "y")))),
    "Image.environment": (("image", Image(base="a", environment=(("A", "1"),))), ("image", Image(base="a"))),
    "Image.port": (("image", Image(base="a", port=80)), ("image", Image(base="a", port=8080))),
    "Image.beyond": (("image", Image(base="a", beyond=1)), ("image", Image(base="a"))),
    "Target.runtime": (("target.runtime", "python3.12"),),
    "Target.architecture": (("target.architecture", "arm64"),),
    "Target.patch": (("target.patch", 63),),
    "Source.directory": (("source.directory", "elsewhere"),),
    "Source.excludes": (("source.excludes", ("src",)), ("source.excludes", ("!.env",))),
    "Source.root": (("source.root", "src"),),
    "Source.read": (("source.read", ("index.py",)),),
    "Source.only": (("source.only", ("index.py", "stack_index.py")), ("source.only", ("index.py", "index.py"))),
    "Packaging.content": (("packaging.content", "lib"),),
    "Packaging.identity": (("packaging.identity", ("idna==3.7",)), ("packaging.identity", ("idna==3.8",))),
    "Container.image": (("container.image", "other:tag"),),
    "Container.image_hash": (("container.image_hash", "0123"),),
    "Container.platform": (("container.platform", "linux/arm64"),),
    "Container.entrypoint": (("container.entrypoint", ("sh",)),),
    "Container.command": (("container.command", ("make",)), ("container.command", ("make", "all"))),
    "Container.working_directory": (("container.working_directory", "/work"),),
    "Installed.directory": (("installed", "venv"),),
    "Installed.excludes": (("installed", "part of venv"),),
    "Inputs.source": (("inputs", "other"),),
    "Inputs.local": (("packaging.content", "lib"),),
    "Inputs.packed": (("packaging.content", "house"),),
    "Inputs.installed": (("installed", "venv"),),
    "Selection.files": (("inputs", "other"),),
}
"""What changes the hash, each with changes of a field."""

OTHERWISE: Final[dict[str, tuple[str, tuple[tuple[str, Any], ...]]]] = {
    "BundleSpec.handler_file": ("says which bundles are accepted, not what is in them", (("handler_file", "b.py"),)),
    "BundleSpec.handler_elsewhere": (
        "where a handler is that the bundle need not hold",
        (("handler_elsewhere", "b.c"),),
    ),
    "BundleSpec.notices": ("what the user is told", (("notices", (Notice(id="a", text="b"),)),)),
    "BundleSpec.layers": ("they are beside the bundle, not in it", (("layers", (Layer(name="a"),)),)),
    "BundleSpec.skip_checks": ("says which bundles are accepted", (("skip_checks", ("modules",)),)),
    "Source.within": ("says which links are accepted; what they lead to counts", (("source.within", Path("/")),)),
    "Source.outdir": ("no content of CDK's output is source, wherever it is", (("source.outdir", "build/out"),)),
    "Packaging.kind": ("in the identity, where it decides", (("packaging.kind", "pip"),)),
    "Packaging.file": ("a place on this machine; its content is in the identity", (("packaging.file", Path("/a")),)),
    "Packaging.warnings": ("what the user is told", (("packaging.warnings", (Notice(id="a", text="b"),)),)),
    "Container.network": ("how a machine reaches the network", (("container.network", "host"),)),
    "Container.user": ("what is built is given to whoever runs CDK", (("container.user", "1000"),)),
    "Container.volumes": ("places on this machine", (("container.volumes", (("/a", "/b"),)),)),
    "Container.volumes_from": ("names of containers of this machine", (("container.volumes_from", ("a",)),)),
    "Container.security_opt": ("how a machine confines containers", (("container.security_opt", "a:b"),)),
    "Container.copies": ("how files get to the engine", (("container.copies", True),)),
    "Selection.directory": ("a place on this machine", ()),
    "Selection.left_out": ("what is not in the bundle", ()),
}
"""What does not change the hash: why, and changes of the field."""


@pytest.fixture
def changed(spec: BundleSpec, entry: Path, tmp_path: Path) -> Callable[[str, Any], BundleSpec]:
    """Return what gives a spec with one field changed."""
    for path in (
        "entry/src/app.py",
        "entry/.env",
        "elsewhere/index.py",
        "venv/idna.py",
        "venv/x/y.py",
        "lib/lib.py",
        "house/a.whl",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    local = Listed(requirements=Requirements(local=(LocalPackage(name="lib", directory=tmp_path / "lib"),)))
    file = File("index.py", "index.py", 1, executable=False, digest="0123")
    named: dict[str, Any] = {
        "elsewhere": tmp_path / "elsewhere",
        "venv": Installed(directory=tmp_path / "venv"),
        "part of venv": Installed(directory=tmp_path / "venv", excludes=("x",)),
        "lib": local,
        "house": Listed(requirements=Requirements(links=(tmp_path / "house",))),
        "other": Inputs(source=Selection(directory=entry, files=(file,))),
    }

    def change(field: str, value: Any) -> BundleSpec:  # noqa: ANN401 - the value of any field
        value = named.get(value, value) if isinstance(value, str) else value
        outer, _, inner = field.partition(".")
        if inner:
            value = replace(getattr(spec, outer), **{inner: value})
        return replace(spec, **{outer: value})

    return change


def test_every_field_is_known_to_count_or_not_to() -> None:
    fields = {f"{cls.__name__}.{field.name}" for cls in CLASSES for field in dataclasses.fields(cls)}

    assert COUNTING.keys() | OTHERWISE.keys() == fields
    assert not COUNTING.keys() & OTHERWISE.keys()
    assert all(reason for reason, _ in OTHERWISE.values())


@pytest.mark.parametrize("field", COUNTING)
def test_what_can_change_a_bundle_changes_the_hash(
    spec: BundleSpec, changed: Callable[[str, Any], BundleSpec], field: str
) -> None:
    spec = changed("environment", (("MODE", "1"),)) if field == "BundleSpec.secrets" else spec
    others = [changed(*change) for change in COUNTING[field]]
    if field == "BundleSpec.secrets":
        others = [replace(other, environment=spec.environment) for other in others]

    assert len({fingerprint(one) for one in (spec, *others)}) == len(others) + 1


@pytest.mark.parametrize("field", OTHERWISE)
def test_what_cannot_change_a_bundle_leaves_the_hash(
    spec: BundleSpec, changed: Callable[[str, Any], BundleSpec], field: str
) -> None:
    _, changes = OTHERWISE[field]

    assert {fingerprint(changed(*change)) for change in changes} <= {fingerprint(spec)}


@pytest.mark.parametrize(
    ("field", "value"),
    [("source.root", "src"), ("source.excludes", ("src",)), ("prefix", "python"), ("installer_args", ("--a",))],
)
@pytest.mark.parametrize("hook", ["before", "after"])
def test_where_hooks_run_what_is_made_of_their_work_counts_too(
    spec: BundleSpec, changed: Callable[[str, Any], BundleSpec], hook: str, field: str, value: object
) -> None:
    hooks: dict[str, Any] = {hook: ("true",)}

    assert fingerprint(replace(spec, **hooks)) != fingerprint(replace(changed(field, value), **hooks))
