"""Open TLS connections to a server, to find out which versions of TLS and of HTTP it speaks."""

import socket
import ssl
import warnings
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

_TIMEOUT: Final = 30
"""The timeout of a connection in seconds."""
_HTTP2_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_EMPTY_SETTINGS: Final = b"\0\0\0\4\0\0\0\0\0"
_SETTINGS_TYPE: Final = 4


def speaks_tls(url: str, version: ssl.TLSVersion, context: ssl.SSLContext) -> bool:
    """Return whether a server completes a handshake with exactly this version of TLS. `context` is changed.

    Raises ssl.SSLError if the library of this machine cannot offer the version.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of the old versions, which are tested here.
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # OpenSSL offers the old versions only at this level.
        context.minimum_version = context.maximum_version = version
    try:
        with closing(_connect(url, context)) as connection:
            return connection.version() is not None
    except (ssl.SSLError, ConnectionError) as error:
        if isinstance(error, ssl.SSLError) and error.reason in ("NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE"):
            raise
        return False


def speaks_http2(url: str, context: ssl.SSLContext) -> bool:
    """Return whether a server selects HTTP/2 (ALPN), and answers with its settings. `context` is changed."""
    context.set_alpn_protocols(["h2", "http/1.1"])
    with closing(_connect(url, context)) as connection:
        if connection.selected_alpn_protocol() != "h2":
            return False
        connection.sendall(_HTTP2_PREFACE + _EMPTY_SETTINGS)
        frame = b""
        while len(frame) < len(_EMPTY_SETTINGS) and (data := connection.recv(100)):
            frame += data
        return len(frame) >= len(_EMPTY_SETTINGS) and frame[3] == _SETTINGS_TYPE


def _connect(url: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    server = urlsplit(url)
    host = server.hostname or ""
    plain = socket.create_connection((host, server.port or 443), timeout=_TIMEOUT)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
