"""Test TLS, the redirect to HTTPS, HTTP/2 and HTTP/3. The local engine speaks only HTTP/1.1 without TLS."""

import ssl
from urllib.parse import urlsplit

import pytest
import yaml

from tests.live.connection import speaks_http2, speaks_tls
from tests.live.site import PREFIX, Site
from tests.support.served_stack import ROOT


@pytest.fixture(autouse=True)
def https_site(site: Site) -> Site:
    if site.is_local:
        pytest.skip("the local engine speaks HTTP/1.1 without TLS")
    return site


def test_http_is_redirected_to_https(site: Site) -> None:
    path = f"/{PREFIX}any.png?width=30"
    response = site.session.get(f"http://{urlsplit(site.url).netloc}{path}", allow_redirects=False, timeout=60)

    assert response.status_code == 301
    assert response.headers["location"] == f"{site.url}{path}"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_current_version_of_tls_is_accepted(site: Site, version: ssl.TLSVersion) -> None:
    assert speaks_tls(site.url, version, ssl.create_default_context())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=["1.0", "1.1"])
def test_old_version_of_tls_is_refused(site: Site, version: ssl.TLSVersion) -> None:
    """A stack can choose the oldest version only together with a domain.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
    """
    if (urlsplit(site.url).hostname or "").endswith(".cloudfront.net"):
        pytest.skip("AWS chooses the oldest version of TLS for the domain cloudfront.net")
    try:
        is_accepted = speaks_tls(site.url, version, ssl.create_default_context())
    except ssl.SSLError as error:
        pytest.skip(f"the OpenSSL of this machine cannot offer this version: {error.reason}")
    assert not is_accepted


def test_http2_is_spoken(site: Site) -> None:
    assert speaks_http2(site.url, ssl.create_default_context())


def test_http3_is_advertised(site: Site) -> None:
    if site.stack and not has_http3(site.stack.name or ""):
        pytest.skip("the stack has http3: false")

    assert "h3=" in site.get(f"/{PREFIX}any.png?width=0").headers.get("alt-svc", "")


def has_http3(stack: str) -> bool:
    """Return whether the configuration of a stack leaves HTTP/3 on, as it is by default."""
    path = ROOT / f"Pulumi.{stack}.yaml"
    config = yaml.safe_load(path.read_text())["config"] if path.exists() else {}
    return config.get("edge-image-resizer:http3", True)
