"""As much of idna as importing the projects takes."""


def encode(host: str) -> bytes:
    return host.encode()
