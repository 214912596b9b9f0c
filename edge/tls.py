"""The TLS context of the connections to S3. It verifies the certificate and the host name of the server."""

import ssl
from binascii import a2b_base64
from collections.abc import Iterator
from functools import cache
from typing import Final

_AUTHORITIES: Final = (b"Amazon Root CA", b"Starfield Services Root")
"""Parts of the names of the root certificates of Amazon Trust Services, which issues the certificates of S3.

https://www.amazontrust.com/repository/
"""


@cache
def amazon_context() -> ssl.SSLContext:
    """Return a context that trusts, of the root certificates of the system, those of Amazon Trust Services.

    OpenSSL 3 takes 25 ms of every cold start to load all root certificates. If the system has no file of root
    certificates, or Amazon's are missing there, the context trusts all root certificates of the system.
    https://github.com/aws/aws-lambda-base-images/issues/154
    """
    file = ssl.get_default_verify_paths().cafile
    roots = (root for root in _read_certificates(file) if any(name in root for name in _AUTHORITIES)) if file else ()
    return ssl.create_default_context(cadata=b"".join(roots))


def _read_certificates(file: str) -> Iterator[bytes]:
    """Yield the certificates of a PEM file in the binary form DER, which contains the names as readable text."""
    with open(file, encoding="ascii", errors="ignore") as pem:  # noqa: PTH123  # Importing pathlib would take 5 ms.
        _, *blocks = pem.read().split("-----BEGIN CERTIFICATE-----")
    return (a2b_base64(block.partition("-----END")[0]) for block in blocks)
