"""Which distribution brings a module whose name is not its own."""

from types import MappingProxyType
from typing import Final

_BRINGS: Final = MappingProxyType(
    {
        "Crypto": "pycryptodome",
        "MySQLdb": "mysqlclient",
        "OpenSSL": "pyopenssl",
        "PIL": "pillow",
        "attr": "attrs",
        "aws_lambda_powertools": "aws-lambda-powertools",
        "aws_xray_sdk": "aws-xray-sdk",
        "bs4": "beautifulsoup4",
        "cv2": "opencv-python-headless",
        "dns": "dnspython",
        "docx": "python-docx",
        "dotenv": "python-dotenv",
        "fitz": "pymupdf",
        "git": "gitpython",
        "github": "pygithub",
        "google.cloud": "google-cloud-…",
        "google.protobuf": "protobuf",
        "jose": "python-jose",
        "jwt": "pyjwt",
        "ldap": "python-ldap",
        "magic": "python-magic",
        "nacl": "pynacl",
        "pkg_resources": "setuptools",
        "pptx": "python-pptx",
        "psycopg2": "psycopg2-binary",
        "pythonjsonlogger": "python-json-logger",
        "ruamel": "ruamel.yaml",
        "serial": "pyserial",
        "skimage": "scikit-image",
        "sklearn": "scikit-learn",
        "slugify": "python-slugify",
        "socks": "pysocks",
        "telegram": "python-telegram-bot",
        "websocket": "websocket-client",
        "yaml": "pyyaml",
        "zmq": "pyzmq",
    }
)


def likely(module: str) -> str:
    """Return the distribution that probably brings *module*, a dotted path."""
    parts = module.split(".")
    paths = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((_BRINGS[path] for path in paths if path in _BRINGS), parts[0].replace("_", "-"))
