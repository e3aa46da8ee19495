"""What an image is that holds a bundle, and the Dockerfile that says so."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from python_function.errors import OptionError

LAYERS: Final = ("dependencies", "code")
"""The directories of a context, each a layer of the image: what changes least comes first."""

DOCKERFILE: Final = "Dockerfile"

_FORMS: Final = {
    "base": (re.compile(r"\w[\w.:/@-]*"), "an image's name, which is like 'registry/name:tag' or 'name@sha256:digest'"),
    "directory": (re.compile(r"/[\w./-]*"), "an absolute path of plain characters"),
    "user": (re.compile(r"(\w[\w.:-]*)?"), "a user, which is like 'name' or '1000:1000'"),
}
"""What a Dockerfile takes literally where these stand."""

_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image with a bundle in it.

    Attributes:
        base: The image that it is made from, by a tag or a digest.
        directory: Where the bundle is in it, which is where its command starts.
        user: Who runs the command; empty for whom the base has.
        command: What is run; the base's own command by default.
        environment: Variables of it, sorted by name.
        port: The port that it listens on, if it does.
        beyond: How many bytes a bundle may have that is not made an image after all.
    """

    base: str
    directory: str = "/var/task"
    user: str = ""
    command: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    port: int | None = None
    beyond: int = 0

    def __post_init__(self) -> None:
        for name, (form, what) in _FORMS.items():
            value: str = getattr(self, name)
            if not form.fullmatch(value):
                msg = f"{name} {value!r} of an image is not {what}."
                raise OptionError(msg)
        for name, value in self.environment:
            if not _NAME.fullmatch(name) or _CONTROL.search(value):
                msg = f"The variable {name!r} of an image cannot be set: no Dockerfile can hold its name or its value."
                raise OptionError(msg)

    @property
    def identity(self) -> tuple[object, ...]:
        """What of it decides what is built."""
        return (self.base, self.directory, self.user, self.command, self.environment, self.port, self.beyond)


def dockerfile(image: Image, layers: Iterable[str]) -> str:
    """Return the Dockerfile of *image*: it copies the *layers* of its context and runs nothing."""
    lines = [
        f"FROM {image.base}",
        *(f"ENV {name}={_quoted(value)}" for name, value in image.environment),
        f"WORKDIR {image.directory}",
        *(f"COPY {layer}/ {image.directory.rstrip('/')}/" for layer in layers),
        *((f"EXPOSE {image.port}",) if image.port is not None else ()),
        *((f"USER {image.user}",) if image.user else ()),
        *((f"CMD {json.dumps(image.command)}",) if image.command else ()),
    ]
    return "\n".join((*lines, ""))


def _quoted(text: str) -> str:
    """Return *text* as one word that a Dockerfile takes literally."""
    return '"' + re.sub(r'(["\\$])', r"\\\1", text) + '"'
