"""Write the lists that poetry is installed from: every file by its SHA-256, for every system and Python there is.

Run it after a version in python_function/_dependencies/formats/poetry_tool.py was changed: python tools/lock_poetry.py
"""

import re
import subprocess
from pathlib import Path

import uv

from python_function._dependencies.formats.poetry_tool import OLDEST_PYTHON, PLACE, RELEASES

ROOT = Path(__file__).parents[1] / "python_function"


def main() -> None:
    """Write one list a release."""
    for release in RELEASES:
        wanted = f"poetry=={release.poetry}\npoetry-plugin-export=={release.plugin}\n"
        argv = (
            *(uv.find_uv_bin(), "pip", "compile", "-", "--quiet", "--universal", "--generate-hashes"),
            *("--python-version", OLDEST_PYTHON, "--no-header", "--no-annotate", "--no-emit-index-url"),
        )
        done = subprocess.run(argv, input=wanted, text=True, check=True, stdout=subprocess.PIPE)
        assert "://" not in done.stdout, "a list names no index"
        text = re.sub(r" \\\n\s+", " ", done.stdout)
        (ROOT / PLACE / release.file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
