from datetime import UTC, datetime

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from edge.signing import encoded, signed_headers

NOW = datetime(2026, 11, 21, 12, 34, 56, tzinfo=UTC)
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret/+"}
keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(key=keys, token=st.sampled_from(["", "FwoGZXIvYXdzE//token+="]))
@example(key="a b+c%25/d~e//f.jpg", token="")
@example(key="кот/猫 é.png", token="t")
@example(key="!'()*;:@&=$,?#[]", token="")
def test_the_signature_is_botocores_for_any_key(key: str, token: str) -> None:
    credentials = {**CREDENTIALS, "AWS_SESSION_TOKEN": token}
    path = f"/{encoded(key)}"

    ours = signed_headers(
        host="b.s3.eu-west-1.amazonaws.com", path=path, region="eu-west-1", credentials=credentials, now=NOW
    )

    request = AWSRequest("GET", f"https://b.s3.eu-west-1.amazonaws.com{path}")
    auth = _AtNow(Credentials("AKID", "secret/+", token or None), "s3", "eu-west-1")
    auth.add_auth(request)
    assert ours["authorization"] == request.headers["Authorization"]
    assert ours["x-amz-content-sha256"] == request.headers["X-Amz-Content-SHA256"]


class _AtNow(S3SigV4Auth):
    """botocore reads the clock; here it is ours."""

    def add_auth(self, request: AWSRequest) -> None:
        request.context["timestamp"] = NOW.strftime("%Y%m%dT%H%M%SZ")
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        self._inject_signature_to_request(request, self.signature(self.string_to_sign(request, canonical), request))
