"""The system libraries of the runtimes, beside which a bundle has to bring what its native code needs."""

from types import MappingProxyType
from typing import Final

from python_function._target.target import GLIBC, Target

_GLIBC: Final = (
    *("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libresolv.so.2"),
    *("libanl.so.1", "libBrokenLocale.so.1", "libmvec.so.1", "libthread_db.so.1", "libnss_dns.so.2"),
    *("libnss_files.so.2", "libnss_compat.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"),
)
"""What glibc itself consists of: https://sourceware.org/glibc/."""

_BOTH: Final = (
    *("libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libbz2.so.1", "liblzma.so.5", "libuuid.so.1"),
    *("libsqlite3.so.0", "libncursesw.so.6", "libtinfo.so.6", "libcurl.so.4", "libxml2.so.2", "libcom_err.so.2"),
    *("libkrb5.so.3", "libk5crypto.so.3", "libkrb5support.so.0", "libgssapi_krb5.so.2", "libkeyutils.so.1"),
    *("libselinux.so.1", "libnghttp2.so.14", "libidn2.so.0", "libpsl.so.5", "libgmp.so.10", "libacl.so.1"),
)
"""What both systems have, by their packages: see :data:`_OF_SYSTEM` for where these are listed.

``libexpat.so.1`` is in their images too, and yet not where functions run: a module that needs it fails there, up to
Python 3.11 (https://github.com/Toblerity/Fiona/issues/1078) and from 3.12 on
(https://github.com/developmentseed/eoapi-cdk/issues/181).
"""

_OF_SYSTEM: Final = MappingProxyType(
    {
        (2, 26): ("libcrypt.so.1", "libnsl.so.1", "libssl.so.10", "libcrypto.so.10", "libffi.so.6", "libreadline.so.6"),
        (2, 34): (
            *("libcrypt.so.2", "libssl.so.3", "libcrypto.so.3", "libffi.so.8", "libreadline.so.8", "libzstd.so.1"),
            *("liblz4.so.1", "libpcre2-8.so.0", "libglib-2.0.so.0", "libgobject-2.0.so.0", "libgmodule-2.0.so.0"),
            *("libgthread-2.0.so.0", "libgio-2.0.so.0", "libyaml-0.so.2", "libarchive.so.13"),
        ),
    }
)
"""The libraries of Amazon Linux 2 and of Amazon Linux 2023, by the packages in their images, which are listed in
https://github.com/docker-library/repo-info/tree/master/repos/amazonlinux/local (2.md and 2023.md).

The runtimes start from less: those with Amazon Linux 2023 from its minimal image, as is said in
https://aws.amazon.com/blogs/compute/introducing-the-amazon-linux-2023-runtime-for-aws-lambda/; what ``rpm -qa`` tells
in that of Python 3.12 is in https://github.com/amazonlinux/amazon-linux-2023/issues/585. AWS publishes no list of what
is there where functions run.

What manylinux lets wheels expect of a system (auditwheel's manylinux-policy.json, https://peps.python.org/pep-0599/) is
not here if it is in neither: ``libGL.so.1``, ``libX11.so.6`` and the like, ``libatomic.so.1``.
"""


def system(target: Target) -> frozenset[str]:
    """Return the libraries that the runtime of *target* has, and its Python's own, by the names that code needs."""
    python = f"libpython{target.python_version}.so.1.0"
    return frozenset({*_GLIBC, *_BOTH, *_OF_SYSTEM[GLIBC[target.runtime]], python, "libpython3.so"})
