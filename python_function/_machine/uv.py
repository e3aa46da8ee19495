"""The installer: the host's own, and the one for containers."""

import importlib.metadata
import tempfile
from collections.abc import Mapping
from pathlib import Path

from python_function._machine.environment import for_installer
from python_function._machine.host import Host
from python_function.errors import BundlingError


def user_configuration(environ: Mapping[str, str], home: Path) -> str:
    """Return the configuration file of the user, or of the machine, that uv would read; empty if there is none.

    https://docs.astral.sh/uv/concepts/configuration-files/
    """
    if "UV_CONFIG_FILE" in environ:
        return environ["UV_CONFIG_FILE"]
    homes = {"XDG_CONFIG_HOME": home / ".config", "APPDATA": home / "AppData" / "Roaming"}
    users = (Path(environ.get(name, default)) / "uv" / "uv.toml" for name, default in homes.items())
    return next((str(file) for file in (*users, Path("/etc/uv/uv.toml")) if file.is_file()), "")


def for_container(host: Host, machine: str, environment: tuple[tuple[str, str], ...]) -> Path:
    """Return a directory with the static uv for *machine*, fetched once and kept in the cache.

    Raises:
        BundlingError: It cannot be fetched.
    """
    version = importlib.metadata.version("uv")
    kept = host.cache / f"uv-{version}-{machine}"
    if (kept / "uv").is_file():
        return kept
    host.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=host.cache) as scratch:
        platform = f"{machine}-unknown-linux-musl"
        argv = (host.uv, "pip", "install", "--no-deps", "--no-build", "--python", host.python, "--link-mode", "copy")
        try:
            host.run(
                (*argv, "--python-platform", platform, "--target", scratch, f"uv=={version}"),
                cwd=host.cache,
                env=for_installer(host.environ, dict(environment)),
            )
        except BundlingError as error:
            msg = f"uv {version}, which installs in the container, cannot be fetched from the package index: {error}"
            raise BundlingError(msg) from error
        _keep(Path(scratch) / "bin" / "uv", kept)
    return kept


def _keep(binary: Path, kept: Path) -> None:
    kept.mkdir(exist_ok=True)
    binary.chmod(0o755)
    binary.replace(kept / "uv")
