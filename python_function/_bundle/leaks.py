"""The finished bundle against every secret that its build knows."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Final

from python_function._bundle.digests import entries
from python_function._bundle.spec import BundleSpec
from python_function._bundle.tree_store import Tree
from python_function._dependencies.requirements_txt.read import Requirements
from python_function._machine import environment, redact
from python_function._machine.host import Host
from python_function.errors import BundlingError

_PIECE: Final = 1 << 20
_METADATA: Final = ".dist-info/METADATA"
_OF_INDEX: Final = "the credentials of an index"


def known(spec: BundleSpec, requirements: Requirements, host: Host) -> dict[str, str]:
    """Return the secrets of a build, and what each is called."""
    reaching = environment.for_container(host.environ, dict(spec.environment))
    lines = (*requirements.lines, *requirements.constraints, *requirements.options, *requirements.flags)
    of_index = environment.credentials(reaching) | redact.credentials("\n".join(lines))
    return {
        **dict.fromkeys(of_index, _OF_INDEX),
        **{value: f"the value of {name}" for name, value in spec.environment if name in spec.secrets},
    }


def check(bundle: Path, secrets: Mapping[str, str], among: Iterable[str] | None = None) -> None:
    """Hold the files of *bundle* to not holding any of *secrets*, in clear, URL-encoded or in base64.

    Args:
        bundle: The directory.
        secrets: What each is called.
        among: The files that are looked into; all by default.

    Raises:
        BundlingError: One does.
    """
    files = sorted((path for path, _ in entries(bundle)) if among is None else among)
    found = [*_holding(bundle, files, secrets)]
    found += [(file, _OF_INDEX) for file in files if file.endswith(_METADATA) and _tells(bundle / file)]
    if found:
        places = "\n".join(f"  {file} holds {title}" for file, title in dict.fromkeys(found))
        msg = (
            f"A secret would be in the asset:\n{places}\n"
            "Leave the file out by asset_excludes, or let what writes it read the secret where it runs."
        )
        raise BundlingError(msg)


def is_free(tree: Tree, secrets: Mapping[str, str], seen: MutableMapping[str, object]) -> bool:
    """Tell whether a finished *tree*, checked when it was made, holds none of *secrets*; *seen* keeps what was."""
    if not secrets:
        return True
    key = hashlib.sha256(json.dumps((str(tree.directory), tree.stamp, sorted(secrets))).encode()).hexdigest()
    if key not in seen and not any(_holding(tree.directory, tree.sizes, secrets)):
        seen[key] = True
    return key in seen


def _holding(bundle: Path, files: Iterable[str], secrets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    wanted = {form: title for value, title in secrets.items() for form in redact.searched({value})}
    return ((file, title) for file in (files if wanted else ()) for title in _in(bundle / file, file, wanted))


def _in(path: Path, name: str, wanted: Mapping[bytes, str]) -> Iterator[str]:
    """Yield what is found in a file, or its name, which is read in pieces that overlap by the longest secret."""
    overlap = max(map(len, wanted))
    before = os.fsencode(name) + b"\n"
    with path.open("rb") as file:
        while True:
            piece = file.read(_PIECE)
            text = before + piece
            yield from (title for form, title in wanted.items() if form in text)
            if not piece:
                return
            before = text[-overlap:]


def _tells(metadata: Path) -> bool:
    """Tell whether the metadata of an installed package names a dependency by a URL that lets somebody in."""
    header = metadata.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
    return any(map(redact.holds_credentials, _needed(header.splitlines())))


def _needed(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if line.lower().startswith("requires-dist:"))
