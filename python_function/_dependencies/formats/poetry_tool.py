"""The poetry that exports: which one, and how it comes onto this machine."""

import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from python_function._machine.host import Host
from python_function._machine.variables import INDEXES
from python_function.errors import BundlingError

PLACE: Final = "_dependencies/formats/tools"
"""The folder of the package that holds the lists."""

OLDEST_PYTHON: Final = "3.11"

_BESIDES_THE_DEFAULT: Final = INDEXES - {"PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A poetry and its export plugin."""

    poetry: str
    plugin: str

    @property
    def file(self) -> str:
        """The list of all files that it is made of, if it is one that the package knows."""
        return f"poetry-{self.poetry}.txt"


_ONE: Final = Release(poetry="1.8.5", plugin="1.8.0")
_TWO: Final = Release(poetry="2.5.1", plugin="1.10.1")
RELEASES: Final = (_ONE, _TWO)
"""The releases that are known by the digests of their files, which ``tools/lock_poetry.py`` writes down."""

BY_LOCK: Final[Mapping[str, Release]] = MappingProxyType({"1.0": _ONE, "1.1": _ONE, "2.0": _ONE, "2.1": _TWO})
"""The release for each version of the lock: poetry 2 writes 2.1, and refuses what 1 took."""


def asked_for(version: str) -> Release:
    """Return the release of the poetry *version*, with the plugin that suits it."""
    known = (release for release in RELEASES if release.poetry == version)
    suiting = _ONE if version.partition(".")[0] == "1" else _TWO
    return next(known, Release(poetry=version, plugin=suiting.plugin))


def listed(release: Release) -> str:
    """Return what *release* is installed from: a list with hashes, or for one that nobody here knows two names."""
    if release in RELEASES:
        return files("python_function").joinpath(PLACE, release.file).read_text(encoding="utf-8")
    return f"poetry=={release.poetry}\npoetry-plugin-export=={release.plugin}\n"


@contextmanager
def installed(release: Release, host: Host, env: Mapping[str, str]) -> Generator[str]:
    """Give a Python that has *release*, and nothing else, for as long as it is needed.

    A release that is known may come from any index, for the digests tell; any other from the default one alone.

    Raises:
        BundlingError: It cannot be had, or is another than the known one.
    """
    known = release in RELEASES
    seen = dict(env) if known else {name: value for name, value in env.items() if name not in _BESIDES_THE_DEFAULT}
    trust = ("--require-hashes", "--index-strategy", "unsafe-best-match") if known else ()
    with tempfile.TemporaryDirectory(prefix="python-function-") as place:
        work = Path(place)
        (work / "list.txt").write_text(listed(release), encoding="utf-8")
        home = work / "environment"
        common = ("--quiet", "--no-config", "--python")
        try:
            host.run((host.uv, "venv", *common, host.python, str(home)), cwd=work, env=seen)
            argv = (host.uv, "pip", "install", "--no-build", *trust, *common, str(home))
            host.run((*argv, "--requirements", str(work / "list.txt")), cwd=work, env=seen)
        except BundlingError as error:
            msg = f"poetry {release.poetry}, which exports the lock, cannot be installed.\n{error}"
            raise BundlingError(msg) from error
        windows = home / "Scripts" / "python.exe"
        yield str(windows if windows.is_file() else home / "bin" / "python")
