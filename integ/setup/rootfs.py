"""A root file system out of Debian packages, and the archive that makes an engine take it for an image."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from integ.images import STAND_IN, runtime_image

if TYPE_CHECKING:
    from integ.images import Image

CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
DEBIAN_MACHINES = {"x86_64": "amd64", "arm64": "arm64"}


def make_layers(image: Image, directory: Path) -> tuple[Path, ...]:
    """Write the layers of an image, lowest first, as tar files."""
    packages, bytecode, top = (directory / name for name in ("packages.tar", "bytecode.tar", "top.tar"))
    make_package_layer(image, packages)
    make_top_layer(image, top)
    if not image.unpack_only:
        return (packages, top)
    make_bytecode_layer(image, packages, bytecode)
    return (packages, bytecode, top)


def make_package_layer(image: Image, path: Path) -> None:
    """Write the packages of an image, unpacked, as a tar file."""
    variant = "extract" if image.unpack_only else "minbase"
    command = (
        "mmdebstrap",
        "--quiet",
        f"--arch={DEBIAN_MACHINES[image.machine]}",
        f"--variant={variant}",
        f"--include={','.join(image.packages)}",
        image.suite,
        str(path),
    )
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)


def make_bytecode_layer(image: Image, packages: Path, path: Path) -> None:
    """Write the `.pyc` files that Debian's package scripts would have made, as a tar file.

    An emulated Python takes seconds to compile what it imports, in every container again. The native image of the same
    Python has the same byte code.
    """
    script = f"""
        set -e
        mkdir /image
        tar -x -C /image ./usr/lib/python{image.python} ./usr/lib/python3
        python3 -m compileall -q -j 2 --invalidation-mode unchecked-hash -s /image -p / /image/usr/lib >&2
        cd /image
        find usr -name __pycache__ -print0 | tar -c --null -T -
    """
    compiler = runtime_image(image.python).tag
    with packages.open("rb") as stdin, path.open("wb") as stdout:
        command = ("docker", "run", "--rm", "--interactive", "--pull=never", compiler, "sh", "-c", script)
        subprocess.run(command, stdin=stdin, stdout=stdout, check=True)


def make_top_layer(image: Image, path: Path) -> None:
    """Write what a runtime's image has and Debian's packages do not, as a tar file.

    That is `python` and `cc`, an account, a pip that installs, and the certificate authorities of this machine, for
    networks whose proxy reads along.
    """
    packages = f"usr/lib/python{image.python}"
    with tarfile.open(path, "w") as layer:
        add_file(layer, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
        add_file(layer, "etc/group", b"root:x:0:\n")
        add_file(layer, f"{packages}/.wh.EXTERNALLY-MANAGED", b"")  # a whiteout: removes the file of the layer below
        add_link(layer, "usr/bin/python", "python3")
        if "gcc" in image.packages:
            add_link(layer, "usr/bin/cc", "gcc")
        if Path(CA_BUNDLE).is_file():
            add_file(layer, CA_BUNDLE.removeprefix("/"), Path(CA_BUNDLE).read_bytes())


def add_file(layer: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    layer.addfile(member, io.BytesIO(content))


def add_link(layer: tarfile.TarFile, name: str, target: str) -> None:
    member = tarfile.TarInfo(name)
    member.type = tarfile.SYMTYPE
    member.linkname = target
    layer.addfile(member)


def write_archive(image: Image, layers: tuple[Path, ...], stream: IO[bytes]) -> None:
    """Write what `docker load` reads. `docker import` would name this machine's architecture, whatever it is told."""
    config = json.dumps(configuration(image, layers)).encode()
    tags = [image.tag] if image.machine == "arm64" else [image.tag, image.latest]
    manifest = [{"Config": "config.json", "RepoTags": tags, "Layers": [layer.name for layer in layers]}]
    with tarfile.open(mode="w|", fileobj=stream) as archive:
        for layer in layers:
            archive.add(layer, layer.name)
        add_file(archive, "config.json", config)
        add_file(archive, "manifest.json", json.dumps(manifest).encode())


def configuration(image: Image, layers: tuple[Path, ...]) -> dict[str, object]:
    """Return the image's configuration, as the OCI image specification has it."""
    certificates = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE") if Path(CA_BUNDLE).is_file() else ()
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **dict.fromkeys(certificates, CA_BUNDLE)}
    return {
        "architecture": image.engine_machine,
        "os": "linux",
        "config": {
            "Env": [f"{name}={value}" for name, value in environment.items()],
            "Labels": {STAND_IN: "true"},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest(layer)}" for layer in layers]},
    }


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
