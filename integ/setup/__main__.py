"""Make what the tests in integ need of this machine: emulation of arm64, images, podman's copies of them.

Does only what is missing. Without an engine, or without what images are made of, it says so and the tests that need
them are skipped; with CI=true they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from integ.engine import Engine
from integ.images import IMAGES, PODMAN_IMAGES, STAND_IN, Image
from integ.setup import rootfs

DOCKER = Engine("docker")
PODMAN = Engine("podman")
BINFMT = Path("/proc/sys/fs/binfmt_misc")
MAKERS_OF_ONE_IMAGE_EACH = 2


def main() -> None:
    if not DOCKER.answers():
        say("no container engine answers; the tests that need one cannot run")
        return
    ensure_emulation()
    ensure_images()
    ensure_podman_images()


def ensure_emulation() -> None:
    """Let this machine's kernel run aarch64 programs."""
    if (BINFMT / "qemu-aarch64").exists() or os.uname().machine == "aarch64":
        return
    emulators = find("update-binfmts")
    if emulators is None or os.geteuid() != 0:
        say("arm64 programs cannot run here: needs root, qemu-user-static and binfmt-support")
        return
    if not (BINFMT / "register").exists():
        call("mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT))
    call(emulators, "--enable", "qemu-aarch64")


def ensure_images() -> None:
    """Make the images that the engine does not have."""
    missing = [image for image in IMAGES if not present(image)]
    if missing and (find("mmdebstrap") is None or os.geteuid() != 0):
        names = ", ".join(image.tag for image in missing)
        say(f"these images are not there, and making them needs root and mmdebstrap: {names}")
        return
    with ThreadPoolExecutor(MAKERS_OF_ONE_IMAGE_EACH) as makers:
        for unpack_only in (False, True):  # the whole ones first: they compile byte code for the others
            list(makers.map(make_image, [image for image in missing if image.unpack_only is unpack_only]))


def present(image: Image) -> bool:
    """Whether the image is there; its names are put right, the real image's and those of a test that was killed."""
    if DOCKER.machine(image.tag) == image.engine_machine:
        if image.machine == "x86_64" and is_ours_to_name(image.latest):
            DOCKER.tag(image.tag, image.latest)
        return True
    if DOCKER.machine(image.latest) == image.engine_machine:
        DOCKER.tag(image.latest, image.tag)
        return True
    return False


def is_ours_to_name(tag: str) -> bool:
    """Whether a tag names nothing yet, or a stand-in: the real image is never replaced."""
    return DOCKER.machine(tag) is None or bool(DOCKER.label(tag, STAND_IN))


def make_image(image: Image) -> None:
    """Make a stand-in and load it into the engine."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cdk-python-function-") as directory:
        layers = rootfs.make_layers(image, Path(directory))
        with subprocess.Popen((DOCKER.command, "load", "--quiet"), stdin=subprocess.PIPE) as load:
            assert load.stdin is not None
            rootfs.write_archive(image, layers, load.stdin)
    if load.returncode:
        sys.exit(f"loading {image.tag} failed")
    say(f"made {image.tag} in {time.monotonic() - started:.0f} s")


def ensure_podman_images() -> None:
    """Copy images from docker to podman, which has a store of its own."""
    if not PODMAN.answers():
        say("podman is not there; its tests cannot run")
        return
    for image in PODMAN_IMAGES:
        if PODMAN.machine(image.latest) is None and DOCKER.machine(image.latest) is not None:
            with subprocess.Popen((DOCKER.command, "save", image.latest), stdout=subprocess.PIPE) as save:
                subprocess.run((PODMAN.command, "load", "--quiet"), stdin=save.stdout, check=True)


def find(program: str) -> str | None:
    """Return the path of a program, which may be where only root's PATH leads."""
    return shutil.which(program, path=os.pathsep.join((*os.get_exec_path(), "/usr/local/sbin", "/usr/sbin", "/sbin")))


def call(*command: str) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)


def say(line: str) -> None:
    sys.stderr.write(f"integ.setup: {line}\n")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"integ.setup: {error.cmd[0]} ended with exit code {error.returncode}; its own words are above")
