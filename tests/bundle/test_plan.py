from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from python_function._bundle.plan import whole
from python_function._bundle.spec import BundleSpec
from python_function._bundle.steps import CleanInstalled, CopySource, Hook, PinLocal, Run, Site, Step
from python_function._dependencies.assigned import Assigned, Index
from python_function._dependencies.local_packages import LocalArchive, LocalPackage
from python_function._dependencies.requirements_txt import read
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._source.select import Source
from python_function._target.target import Target

LOCAL = Site(input="/in", output="/out", scratch="/scratch", uv="/uv", python="/python", is_target=False)
CONTAINER = replace(LOCAL, is_target=True)
PINNED = Requirements(lines=("requests==2.32.3",))


def programs(steps: tuple[Step, ...]) -> list[tuple[str, ...]]:
    return [step.argv for step in steps if isinstance(step, Run)]


@pytest.fixture
def small(spec: BundleSpec) -> BundleSpec:
    """Return a spec whose rules are few enough to be read."""
    return replace(spec, source=Source(directory=Path("/entry")))


def test_without_dependencies_and_hooks_there_is_nothing_to_do(spec: BundleSpec) -> None:
    assert whole(spec, Requirements(), LOCAL) == whole(spec, Requirements(), CONTAINER) == ()


@pytest.mark.parametrize("site", [LOCAL, CONTAINER], ids=["local", "container"])
def test_between_hooks_the_source_is_copied_from_where_they_saw_it(spec: BundleSpec, site: Site) -> None:
    _, copied, _ = whole(replace(spec, before=("a",), after=("b",)), Requirements(), site)

    assert copied == CopySource(source="/in", destination="/out", rules=spec.source.rules)


def test_hooks_stand_around_everything(spec: BundleSpec) -> None:
    steps = whole(replace(spec, before=("a",), after=("b", "c")), PINNED, LOCAL)

    assert steps[0] == Hook(phase="before_bundling", lines=("a",))
    assert steps[-1] == Hook(phase="after_bundling", lines=("b", "c"), directory="/out")


def test_the_source_is_copied_after_the_installation_and_so_wins(spec: BundleSpec) -> None:
    kinds = [type(step) for step in whole(replace(spec, after=("true",)), PINNED, LOCAL)]

    assert kinds == [Run, Run, CleanInstalled, CopySource, Hook]


def test_only_the_host_refuses_to_build_packages(spec: BundleSpec) -> None:
    assert all("--no-build" in argv for argv in programs(whole(spec, PINNED, LOCAL)))
    assert not any("--no-build" in argv for argv in programs(whole(spec, PINNED, CONTAINER)))


def test_the_sites_differ_in_nothing_else_that_chooses_packages(spec: BundleSpec) -> None:
    def choosing(site: Site) -> list[tuple[str, ...]]:
        ignored = {"--no-build", "--link-mode", "copy"}
        return [tuple(part for part in argv if part not in ignored) for argv in programs(whole(spec, PINNED, site))]

    assert choosing(LOCAL) == choosing(CONTAINER)


@pytest.mark.parametrize(
    ("target", "platform"),
    [
        (Target("python3.11", "x86_64"), "x86_64-manylinux2014"),
        (Target("python3.12", "x86_64"), "x86_64-manylinux_2_34"),
        (Target("python3.13", "arm64"), "aarch64-manylinux_2_34"),
        (Target("python3.9", "arm64"), "aarch64-manylinux2014"),
    ],
)
def test_packages_are_for_the_target_never_for_the_host(spec: BundleSpec, target: Target, platform: str) -> None:
    for argv in programs(whole(replace(spec, target=target), PINNED, LOCAL)):
        assert argv[argv.index("--python-platform") + 1] == platform
        assert argv[argv.index("--python-version") + 1] == target.python_full_version


def test_requirements_are_resolved_once_and_then_installed_exactly(spec: BundleSpec) -> None:
    resolve, install = programs(whole(spec, PINNED, LOCAL))

    assert "compile" in resolve
    assert "--no-deps" in install
    assert install[install.index("--requirements") + 1] == "/scratch/exact.txt"


def test_an_exact_list_is_not_resolved_again(spec: BundleSpec) -> None:
    (install,) = programs(whole(spec, replace(PINNED, exact=True), LOCAL))

    assert "--no-deps" in install
    assert install[install.index("--requirements") + 1] == "/scratch/requirements.txt"


def test_what_a_pylock_says_is_installed_from_it_and_the_rest_by_lines(spec: BundleSpec) -> None:
    both = Requirements(lines=("six==1", "lib"), pylock=(("six", "[[packages]]"),), exact=True)

    from_lock, by_line = programs(whole(spec, both, LOCAL))
    (alone,) = programs(whole(spec, replace(both, lines=("six==1",)), LOCAL))

    assert alone == from_lock
    assert from_lock[-1] == "/scratch/pylock.toml"
    assert by_line[-1] == "/scratch/requirements.txt"
    assert "--no-deps" in from_lock
    assert "--no-deps" in by_line


@pytest.mark.parametrize("exact", [True, False])
def test_what_is_assigned_to_an_index_is_so_in_every_program(spec: BundleSpec, exact: bool) -> None:
    found = Assigned(name="requests", index=Index(name="main", url="https://index.invalid"))
    argvs = programs(whole(spec, replace(PINNED, exact=exact, assigned=(found,)), LOCAL))

    assert [argv.count("/scratch/assigned/pyproject.toml") for argv in argvs] == [1] * (1 if exact else 2)
    assert not any("pyproject" in part for argv in programs(whole(spec, PINNED, LOCAL)) for part in argv)


@pytest.mark.parametrize("hashed", [True, False])
def test_what_is_excluded_is_needed_by_nobody(spec: BundleSpec, hashed: bool) -> None:
    first, *_ = programs(whole(spec, replace(PINNED, hashed=hashed, excludes=("idna",)), LOCAL))

    assert first[first.index("--excludes") + 1] == "/scratch/excludes.txt"


def test_what_is_overridden_is_so_in_the_resolution(spec: BundleSpec) -> None:
    resolve, install = programs(whole(spec, replace(PINNED, overrides=("idna==3",)), LOCAL))

    assert resolve[resolve.index("--overrides") + 1] == "/scratch/overrides.txt"
    assert "--overrides" not in install


def test_hashes_are_demanded_of_everything(spec: BundleSpec) -> None:
    (install,) = programs(whole(spec, replace(PINNED, hashed=True), LOCAL))

    assert "--require-hashes" in install
    assert "--no-deps" not in install


def test_files_that_a_hook_may_write_to_are_no_links_into_the_cache(spec: BundleSpec) -> None:
    def link_modes(spec: BundleSpec) -> list[str]:
        installs = [argv for argv in programs(whole(spec, PINNED, LOCAL)) if "install" in argv]
        return [argv[argv.index("--link-mode") + 1] for argv in installs if "--link-mode" in argv]

    assert link_modes(spec) == []
    assert link_modes(replace(spec, after=("strip *.so",))) == ["copy"]


def test_a_prefix_takes_code_and_dependencies(spec: BundleSpec) -> None:
    steps = whole(replace(spec, prefix="python/lib", after=("true",)), PINNED, LOCAL)

    targets = [argv[argv.index("--target") + 1] for argv in programs(steps) if "--target" in argv]
    assert targets == ["/out/python/lib"]
    assert [step.destination for step in steps if isinstance(step, CopySource)] == ["/out/python/lib"]


def test_hashes_are_still_checked_where_something_local_has_none(spec: BundleSpec, tmp_path: Path) -> None:
    local = LocalPackage(name="lib", directory=tmp_path)
    *_, install = programs(whole(spec, replace(PINNED, hashed=True, local=(local,)), LOCAL))

    assert "--require-hashes" not in install
    assert install[install.index("--requirements") + 1] == "/scratch/requirements.txt"


def test_local_packages_and_archives_are_built_once_wheels_never(spec: BundleSpec, tmp_path: Path) -> None:
    requirements = replace(
        PINNED,
        local=(LocalPackage(name="lib", directory=tmp_path),),
        archives=(
            LocalArchive(name="made", path=tmp_path / "made-1-py3-none-any.whl"),
            LocalArchive(name="source", path=tmp_path / "source-1.tar.gz", marker="python_version > '3'"),
        ),
    )

    steps = whole(spec, requirements, LOCAL)

    builds = [argv[-2:] for argv in programs(steps) if argv[1] == "build"]
    assert builds == [
        ("/scratch/wheels/0", "/scratch/local/0"),
        ("/scratch/wheels/1", "/scratch/archives/1/source-1.tar.gz"),
    ]
    (pin,) = (step for step in steps if isinstance(step, PinLocal))
    assert pin.packages == (("lib", ""), ("source", "python_version > '3'"))
    for argv in (argv for argv in programs(steps) if argv[1] == "pip"):
        assert {"/scratch/local.txt", "/scratch/archives.txt"} <= set(argv)


def test_no_configuration_of_the_installers_own_counts(spec: BundleSpec, tmp_path: Path) -> None:
    requirements = replace(PINNED, local=(LocalPackage(name="lib", directory=tmp_path),))

    assert all("--no-config" in argv for argv in programs(whole(spec, requirements, LOCAL)))


def test_only_what_is_named_is_built_on_the_host_and_then_looked_at(spec: BundleSpec) -> None:
    named = replace(spec, build_on_host=("a", "b"))
    for requirements in (PINNED, replace(PINNED, exact=True), replace(PINNED, hashed=True)):
        for argv in programs(whole(named, requirements, LOCAL)):
            start = argv.index("--only-binary")
            assert argv[start : start + 6] == ("--only-binary", ":all:", "--no-binary", "a", "--no-binary", "b")
            assert "--no-build" not in argv

    def looked_at(spec: BundleSpec, site: Site) -> list[bool]:
        return [step.built_here for step in whole(spec, PINNED, site) if isinstance(step, CleanInstalled)]

    assert (looked_at(named, LOCAL), looked_at(spec, LOCAL), looked_at(named, CONTAINER)) == ([True], [False], [False])


def test_a_repository_opens_the_host_to_nothing(spec: BundleSpec) -> None:
    line = "lib[x] @ git+https://your.host/lib@0123456789abcdef0123456789abcdef01234567"

    for requirements in (Requirements(lines=(line,)), Requirements(lines=(line,), exact=True)):
        assert all("--no-build" in argv for argv in programs(whole(spec, requirements, LOCAL)))


def test_what_local_packages_need_for_their_build_comes_as_wheels(spec: BundleSpec, tmp_path: Path) -> None:
    requirements = replace(PINNED, local=(LocalPackage(name="lib", directory=tmp_path),))

    def builds(spec: BundleSpec, site: Site) -> tuple[str, ...]:
        return next(argv for argv in programs(whole(spec, requirements, site)) if argv[1] == "build")

    assert "--no-build" in builds(spec, LOCAL)
    assert "--no-binary-package" in builds(spec, LOCAL)  # or what the environment says of it would count
    named = builds(replace(spec, build_on_host=("tool",)), LOCAL)
    assert "--no-build" in named
    assert named[named.index("--no-binary-package") + 1] == "tool"
    assert "--no-build" not in builds(spec, CONTAINER)


def test_a_local_package_that_another_is_built_with_is_built_first_and_pinned(spec: BundleSpec, tmp_path: Path) -> None:
    local = (
        LocalPackage(name="tool", directory=tmp_path / "tool"),
        LocalPackage(name="lib", directory=tmp_path / "lib", builds_with=("tool",)),
    )

    steps = whole(spec, replace(PINNED, local=local), LOCAL)

    before, after = (step for step in steps if isinstance(step, PinLocal))
    assert (before.packages, before.local) == ((("tool", ""),), ("tool", "lib"))
    assert (after.packages, after.local) == ((("tool", ""), ("lib", "")), ("tool", "lib"))
    of_tool, of_lib = (step for step in steps if isinstance(step, Run) and step.argv[1] == "build")
    assert steps.index(of_tool) < steps.index(before) < steps.index(of_lib) < steps.index(after)
    assert "--build-constraints" not in of_tool.argv
    assert of_lib.argv[of_lib.argv.index("--build-constraints") + 1] == before.constraints
    assert of_lib.argv[of_lib.argv.index("--no-sources-package") + 1] == "tool"


def test_packages_are_left_out_while_resolving(spec: BundleSpec) -> None:
    resolve, install = programs(whole(spec, replace(PINNED, excludes=("boto3",)), LOCAL))

    assert resolve[resolve.index("--excludes") + 1] == "/scratch/excludes.txt"
    assert "--excludes" not in install


@pytest.mark.parametrize("site", [pytest.param(LOCAL, id="local"), pytest.param(CONTAINER, id="container")])
@pytest.mark.parametrize("kind", ["none", "pip", "pip-hashed", "pip-with-everything"])
def test_plans(small: BundleSpec, tmp_path: Path, snapshot: SnapshotAssertion, kind: str, site: Site) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/pyproject.toml").write_text('[project]\nname = "lib"\nversion = "1"\n')
    (tmp_path / "wheels").mkdir()
    texts = {
        "none": "",
        "pip": "requests==2.32.3\n",
        "pip-hashed": f"requests==2.32.3 --hash=sha256:{'0' * 64}\n",
        "pip-with-everything": "--extra-index-url https://your.index.url/simple/\n-f wheels\n-e ./lib\nidna\n",
    }
    requirements = read.parse(texts[kind], base=tmp_path, source="requirements.txt")

    steps = whole(small, requirements, site)

    assert steps == whole(small, requirements, site)
    assert [step for step in steps if not isinstance(step, CopySource)] == snapshot


@pytest.mark.parametrize("site", [LOCAL, CONTAINER], ids=["local", "container"])
def test_the_users_own_arguments_reach_the_installer(spec: BundleSpec, site: Site) -> None:
    given = programs(whole(replace(spec, installer_args=("--prerelease=allow",)), PINNED, site))

    assert [argv for argv in given if "--prerelease=allow" in argv]
    assert not [argv for argv in programs(whole(spec, PINNED, site)) if "--prerelease=allow" in argv]
