"""What a runtime can import without any bundle: its standard library, and what AWS puts beside it."""

import functools
import sys
from types import MappingProxyType
from typing import Final

_GONE_BY: Final = MappingProxyType(
    {
        9: ("dummy_threading",),
        10: ("formatter", "parser", "symbol"),
        11: ("binhex",),
        12: ("asynchat", "asyncore", "distutils", "imp", "smtpd"),
        13: (
            *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis"),
            *("nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
        ),
    }
)
"""The modules that a minor version of Python 3 no longer has: https://docs.python.org/3/library/superseded.html."""

_NEW_IN: Final = MappingProxyType({9: ("graphlib", "zoneinfo"), 11: ("tomllib",), 14: ("annotationlib", "compression")})

RUNTIME_MODULES: Final = frozenset(
    {
        *("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"),
        *("awslambdaric", "bootstrap", "runtime_client", "snapshot_restore_py"),
    }
)
"""What AWS puts beside the standard library, at versions that AWS moves.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included
"""

_WITH_SETUPTOOLS: Final = 11
"""The last minor version that ``ensurepip`` brings setuptools to: https://docs.python.org/3/whatsnew/3.12.html."""


@functools.cache
def modules(python_version: str) -> frozenset[str]:
    """Return the top-level modules of the standard library of *python_version*, ``3.13``."""
    minor = int(python_version.partition(".")[2])
    gone = {name for since, names in _GONE_BY.items() if since <= minor for name in names}
    new = {name for since, names in _NEW_IN.items() if since > minor for name in names}
    ever = {name for names in (*_GONE_BY.values(), *_NEW_IN.values()) for name in names}
    return frozenset((sys.stdlib_module_names | ever) - gone - new)


@functools.cache
def provided(python_version: str) -> frozenset[str]:
    """Return the top-level modules that code finds on Lambda whatever its bundle holds."""
    with_pip = {"pip", "pkg_resources", "setuptools"} if int(python_version[2:]) <= _WITH_SETUPTOOLS else {"pip"}
    return modules(python_version) | RUNTIME_MODULES | with_pip
