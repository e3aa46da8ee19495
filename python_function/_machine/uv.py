"""The installer: the host's own, and the one for containers."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from python_function._machine import cache, lock
from python_function._machine.environment import for_installer
from python_function._machine.host import Host
from python_function._machine.pinned import Pin
from python_function.errors import BundlingError


def for_container(host: Host, machine: str, environment: Mapping[str, str], work: Path) -> Path:
    """Return a directory with the static uv for *machine*: fetched once, kept, and the very one that is known.

    Args:
        host: This machine.
        machine: What it is to run on.
        environment: What the user set for the build: indexes and how to reach them.
        work: A directory of this build's own, to fetch it to.

    Raises:
        BundlingError: It cannot be fetched, or is another.
    """
    pin = host.pins[machine]
    cache_directory = cache.directory(host, "uv")
    kept = cache_directory / pin.binary if cache_directory else None
    if kept and _is(kept / "uv", pin):
        return kept
    fetched = _fetch(host, machine, environment, work)
    return _keep(fetched, kept, host) if kept else fetched.parent


def _fetch(host: Host, machine: str, environment: Mapping[str, str], work: Path) -> Path:
    pin = host.pins[machine]
    wanted = work / "uv.txt"
    wanted.write_text(f"uv=={pin.version} --hash=sha256:{pin.wheel}\n", encoding="utf-8")
    argv = (
        *(host.uv, "pip", "install", "--no-deps", "--no-config", "--no-build", "--require-hashes"),
        *("--link-mode", "copy"),
        # Whichever index has the file of this digest will do.
        *("--index-strategy", "unsafe-best-match", "--python", host.python),
        *("--python-platform", f"{machine}-unknown-linux-musl", "--target", str(work / "uv"), "--requirements"),
    )
    try:
        host.run((*argv, str(wanted)), cwd=work, env=for_installer(host.environ, environment))
    except BundlingError as error:
        msg = (
            f"uv {pin.version}, which installs in the container, cannot be had. The index has to offer the file with"
            f" the SHA-256 {pin.wheel}.\n{error}"
        )
        raise BundlingError(msg) from error
    binary = work / "uv" / "bin" / "uv"
    if not _is(binary, pin):
        msg = (
            f"uv {pin.version} for {machine}, as the package index has it, is not the one that is known: the SHA-256"
            f" of its program is not {pin.binary}. Nothing of it was started. Look at what that index is."
        )
        raise BundlingError(msg)
    binary.chmod(0o755)
    return binary


def _is(binary: Path, pin: Pin) -> bool:
    """Tell whether *binary* is what it is called: what was kept may be cut, empty or somebody else's."""
    try:
        with binary.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == pin.binary
    except OSError:
        return False


def _keep(binary: Path, kept: Path, host: Host) -> Path:
    """Return the directory that *binary* was moved to, or where it was if it cannot be kept."""
    try:
        kept.mkdir(exist_ok=True)
        kept.chmod(0o755)  # another user in the container reads it
        part = kept / "uv.part"
        with lock.held(kept / "lock"):
            shutil.copyfile(binary, part)
            part.chmod(0o755)
            part.replace(kept / "uv")
    except OSError as error:
        host.once(f"nothing is kept for the next build: {kept}: {error.strerror}")
        return binary.parent
    return kept
