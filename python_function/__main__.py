"""The command line: ``python -m python_function``."""

import sys

from python_function._cli.program import main

if __name__ == "__main__":
    sys.exit(main(prog="python -m python_function"))
