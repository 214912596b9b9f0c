"""Sign requests for one S3 object with AWS Signature Version 4."""

import hashlib
import hmac
import time
from collections.abc import Mapping


def signed_headers(
    *,
    method: str,
    host: str,
    path: str,
    region: str,
    body: bytes,
    headers: Mapping[str, str],
    credentials: Mapping[str, str],
    now: float,
) -> dict[str, str]:
    """Return the headers to send: `headers` and the headers of the signature.

    The names in `headers` are in lower case, `path` is percent-encoded, and the request has no query. `credentials`
    contains the environment variables that Lambda sets. `now` is the current time in seconds since 1970.

    Creating boto3's client adds 0.33 s to every cold start. This function replaces the signer of that client.
    https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """
    timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    content_hash = hashlib.sha256(body).hexdigest()
    signed = {**headers, "host": host, "x-amz-content-sha256": content_hash, "x-amz-date": timestamp}
    if token := credentials.get("AWS_SESSION_TOKEN"):
        signed["x-amz-security-token"] = token
    header_names = ";".join(sorted(signed))
    header_lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical_request = f"{method}\n{path}\n\n{header_lines}\n{header_names}\n{content_hash}"

    scope = f"{timestamp[:8]}/{region}/s3/aws4_request"
    request_hash = hashlib.sha256(canonical_request.encode()).hexdigest()
    string_to_sign = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{request_hash}"
    signature = _signature(credentials["AWS_SECRET_ACCESS_KEY"], scope, string_to_sign)
    access_key = credentials["AWS_ACCESS_KEY_ID"]
    signed["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={header_names}, Signature={signature}"
    )
    return signed


def _signature(secret: str, scope: str, string_to_sign: str) -> str:
    """Return the signature in hexadecimal digits. The signing key is derived from the secret and the scope."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, string_to_sign.encode(), "sha256").hex()
