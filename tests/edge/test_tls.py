"""TLS connections to a server on this machine, whose certificate a trusted or an unknown authority has issued."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest

from edge.deadline import Deadline
from edge.errors import OriginFailed
from edge.s3_client import Bucket
from edge.tls import amazon_context
from tests.support.certificates import Authority
from tests.support.raw_server import serve_raw

AMAZON = Authority("Amazon Root CA 9")
OTHER = Authority("Other Root CA")
PICTURE = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npicture"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    amazon_context.cache_clear()
    yield
    amazon_context.cache_clear()


def read(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    *,
    issuer: Authority,
    trusted: list[Authority],
    host: str = "localhost",
) -> tuple[bytes, int]:
    """Return what a bucket reads, and the number of its connections. The certificate of the server is for `host`."""
    roots = folder / "roots.pem"
    if trusted:
        roots.write_bytes("# Főtanúsítvány\n".encode() + b"".join(authority.root for authority in trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    with serve_raw(PICTURE, tls=issuer.server_context(host, folder)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"https://localhost:{server.port}")
        bucket = Bucket("pictures", "eu-west-1")
        try:
            return bucket.read("a.jpg", max_bytes=100, deadline=Deadline.after(60)).body, server.connections
        finally:
            bucket.close()


@pytest.mark.parametrize(
    ("issuer", "trusted", "connections"),
    [(AMAZON, [AMAZON], 1), (AMAZON, [OTHER, AMAZON], 1), (OTHER, [OTHER], 1), (OTHER, [AMAZON, OTHER], 2)],
    ids=["only Amazon's", "Amazon's and another", "only another", "another and Amazon's"],
)
def test_certificate_of_a_trusted_authority_is_accepted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, issuer: Authority, trusted: list[Authority], connections: int
) -> None:
    """If the certificate is not from Amazon, the second connection trusts every authority that the system trusts."""
    assert read(monkeypatch, tmp_path, issuer=issuer, trusted=trusted) == (b"picture", connections)


@pytest.mark.parametrize("trusted", [[AMAZON], [OTHER]], ids=["Amazon's", "another"])
def test_certificate_of_an_unknown_authority_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trusted: list[Authority]
) -> None:
    with pytest.raises(OriginFailed, match="CERTIFICATE_VERIFY_FAILED"):
        read(monkeypatch, tmp_path, issuer=Authority("Amazon Root CA 9"), trusted=trusted)


def test_certificate_for_another_host_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(OriginFailed, match="Hostname mismatch"):
        read(monkeypatch, tmp_path, issuer=AMAZON, trusted=[AMAZON], host="example.com")


def test_context_trusts_only_the_roots_of_amazon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())

    subjects = [dict(field[0] for field in root["subject"]) for root in amazon_context().get_ca_certs()]

    assert sorted(subject["commonName"] for subject in subjects) == [
        *(f"Amazon Root CA {number}" for number in (1, 2, 3, 4)),
        "Starfield Services Root Certificate Authority - G2",
    ]


def test_certificate_is_refused_if_the_system_has_no_file_of_roots(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(OriginFailed, match="CERTIFICATE_VERIFY_FAILED"):
        read(monkeypatch, tmp_path, issuer=AMAZON, trusted=[])


def test_bucket_on_aws_is_addressed_by_its_host_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The test replaces the resolution of names, so that the host of the bucket is this machine."""
    host = "pictures.s3.eu-west-1.amazonaws.com"
    (tmp_path / "roots.pem").write_bytes(AMAZON.root)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    resolve, addresses = socket.getaddrinfo, list[tuple[str, int]]()

    with serve_raw(PICTURE, tls=AMAZON.server_context(host, tmp_path)) as server:

        def resolve_to_server(name: str, port: int, *arguments: Any, **options: Any) -> list[Any]:
            addresses.append((name, port))
            return resolve("127.0.0.1", server.port, *arguments, **options)

        def connect_to_server(address: tuple[str, int], timeout: float) -> socket.socket:
            return connect((address[0], server.port), timeout)

        connect = socket.create_connection
        monkeypatch.setattr(socket, "create_connection", connect_to_server)
        monkeypatch.setattr(socket, "getaddrinfo", resolve_to_server)
        bucket = Bucket("pictures", "eu-west-1")
        assert bucket.read("a.jpg", max_bytes=100, deadline=Deadline.after(60)).body == b"picture"
        bucket.close()

    lines = server.requests[0].lower().split(b"\r\n")
    assert addresses[0] == (host, 443)
    assert lines[0] == b"get /a.jpg http/1.1"
    assert f"host: {host}".encode() in lines
