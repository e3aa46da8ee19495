"""The environment variables that the library knows, by what they are about."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PIP_TO_UV: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "PIP_INDEX_URL": ("UV_DEFAULT_INDEX",),
        "PIP_EXTRA_INDEX_URL": ("UV_INDEX",),
        "PIP_FIND_LINKS": ("UV_FIND_LINKS",),
        "PIP_TRUSTED_HOST": ("UV_INSECURE_HOST",),
        "PIP_CERT": ("SSL_CERT_FILE",),
        "PIP_CLIENT_CERT": ("SSL_CLIENT_CERT",),
        "PIP_KEYRING_PROVIDER": ("UV_KEYRING_PROVIDER",),
        "PIP_PROXY": ("HTTPS_PROXY", "HTTP_PROXY"),
    }
)
"""Variables of pip and what uv calls them: https://docs.astral.sh/uv/reference/environment/."""

AS_PIP: Final = "CDK_PYTHON_FUNCTION_INDEXES"
"""What says, with any value, that pip's files name several indexes: pip then takes the best version of all of them."""

SEPARATORS: Final = MappingProxyType(
    {"PIP_INDEX_URL": "", "PIP_EXTRA_INDEX_URL": " ", "PIP_TRUSTED_HOST": " ", "PIP_FIND_LINKS": ","}
)
"""What uv has between the values of those that may have several, which pip separates by any space."""

MISLEADING: Final = frozenset(
    {
        *("CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"),
        *("UV_LINK_MODE", "UV_PROJECT", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_WORKING_DIR"),
    }
)
"""What binds an installer to the Python environment, or the habits, of whoever runs it."""

COLOURING: Final = frozenset({"CLICOLOR_FORCE", "FORCE_COLOR", "PY_COLORS"})
"""What puts escape sequences into output that is not for a terminal; the CDK's command line sets one."""

INDEXES: Final = frozenset(
    {
        *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"),
        *("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"),
        AS_PIP,
    }
)
"""Where packages are, and which of several places wins."""

PROXIES: Final = frozenset({"ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "PIP_PROXY"})

NETWORK: Final = frozenset(
    {
        *("NO_PROXY", "PIP_NO_INDEX", "PIP_TRUSTED_HOST", "PIP_KEYRING_PROVIDER", "PIP_TIMEOUT", "PIP_RETRIES"),
        *("UV_HTTP_RETRIES", "UV_HTTP_TIMEOUT", "UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_OFFLINE"),
        *("UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_CONCURRENT_BUILDS", "UV_CONCURRENT_DOWNLOADS", "UV_NO_CACHE"),
    }
)
"""How to reach an index, in words that mean the same on every machine."""

AUTHORITIES: Final = frozenset({"PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"})
"""The files of this machine with the certificates to trust."""

OWN_FILES: Final = frozenset(
    {*AUTHORITIES, "PIP_CLIENT_CERT", "PIP_CONFIG_FILE", "SSL_CLIENT_CERT", "SSL_CERT_DIR", "NETRC"}
)
"""What names a file of this machine that is needed to reach an index."""

PLACES: Final = frozenset(
    {
        *("HOME", "TMPDIR", "TEMP", "TMP", "PIP_CACHE_DIR", "POETRY_CACHE_DIR", "UV_CACHE_DIR", "UV_CREDENTIALS_DIR"),
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"),
    }
)
"""What names a directory of this machine."""

PERSON: Final = re.compile(
    r"PATH|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|LD_LIBRARY_PATH|PYENV_ROOT|XDG_CONFIG_DIRS"
    r"|SSH_AUTH_SOCK|SSH_AGENT_PID|SSH_ASKPASS|GIT_ASKPASS|GIT_SSH|GIT_SSH_COMMAND|GIT_CONFIG_\w+"
    r"|APPDATA|COMSPEC|HOMEDRIVE|HOMEPATH|LOCALAPPDATA|PATHEXT|PROGRAMDATA|PROGRAMFILES"
    r"|SYSTEMDRIVE|SYSTEMROOT|USERNAME|USERPROFILE|WINDIR"
)
"""What every program needs, what lets git in, and the basics of Windows."""

KEYRING: Final = re.compile(r"(?:AWS|AZURE|ARTIFACTS|CLOUDSDK|GOOGLE|VSS)_\w+")
"""What the programs behind a keyring log in with."""

GIT_CONFIG: Final = re.compile(r"GIT_CONFIG_(?:COUNT|(?:KEY|VALUE)_\d+)")
"""What tells git how to get in: https://git-scm.com/docs/git-config#ENVIRONMENT."""

CLIENT: Final = re.compile(
    r"HOME|PATH|TMPDIR|XDG_\w+|SSL_CERT_(?:DIR|FILE)|SSH_\w+|LD_\w+|DYLD_\w+|GO[A-Z]+|BUILDKIT_\w+|BUILDX_\w+"
    r"|COMPOSE_\w+|CONTAINERS?_\w+|DOCKER_\w+|PODMAN_\w+|FINCH_\w+|STORAGE_\w+|REGISTRY_AUTH_FILE"
)
"""What an engine's own client reads: it cannot have the container's value."""
