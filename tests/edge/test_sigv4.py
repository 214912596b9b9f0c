from datetime import UTC, datetime

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from common.contract import encode_key
from edge.sigv4 import signed_headers

NOW = datetime(2026, 11, 21, 12, 34, 56, tzinfo=UTC)
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret/+"}
keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(key=keys, token=st.sampled_from(["", "FwoGZXIvYXdzE//token+="]))
@example(key="a b+c%25/d~e//f.jpg", token="")
@example(key="кот/猫 é.png", token="t")
@example(key="!'()*;:@&=$,?#[]", token="")
def test_get_signature_equals_botocore_for_any_key(key: str, token: str) -> None:
    assert our_signature("GET", key, token=token) == botocore_signature("GET", key, token=token)


@given(key=keys, body=st.binary(max_size=99))
def test_put_signature_equals_botocore_for_any_body(key: str, body: bytes) -> None:
    headers = {
        "content-type": "image/png",
        "cache-control": "max-age=9, public",
        "x-amz-meta-cache-tag": "key:1,folder:2",
    }

    assert our_signature("PUT", key, body, headers) == botocore_signature("PUT", key, body, headers)


def our_signature(
    method: str, key: str, body: bytes = b"", headers: dict[str, str] | None = None, token: str = ""
) -> tuple[str, str]:
    signed = signed_headers(
        method=method,
        host="b.s3.eu-west-1.amazonaws.com",
        path=f"/{encode_key(key)}",
        region="eu-west-1",
        body=body,
        headers=headers or {},
        credentials={**CREDENTIALS, "AWS_SESSION_TOKEN": token},
        now=NOW.timestamp(),
    )
    return signed["authorization"], signed["x-amz-content-sha256"]


def botocore_signature(
    method: str, key: str, body: bytes = b"", headers: dict[str, str] | None = None, token: str = ""
) -> tuple[str, str]:
    url = f"https://b.s3.eu-west-1.amazonaws.com/{encode_key(key)}"
    request = AWSRequest(method, url, headers=headers or {}, data=body)
    request.context["payload_signing_enabled"] = True  # By default, botocore does not sign the body over TLS.
    SignerAtNow(Credentials("AKID", "secret/+", token or None), "s3", "eu-west-1").add_auth(request)
    return request.headers["Authorization"], request.headers["X-Amz-Content-SHA256"]


class SignerAtNow(S3SigV4Auth):
    """botocore's signer, with the time `NOW` instead of the current time."""

    def add_auth(self, request: AWSRequest) -> None:
        request.context["timestamp"] = NOW.strftime("%Y%m%dT%H%M%SZ")
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        self._inject_signature_to_request(request, self.signature(self.string_to_sign(request, canonical), request))
