"""An S3 origin: reads objects as CloudFront does, if the bucket policy and the key policy allow it."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from local.aws.cloud import Cloud
from local.aws.iam import is_allowed
from local.aws.kms_keys import key_policies
from local.cloudfront.messages import Response
from local.program.program import Program, ProgramError, Resource

_CLOUDFRONT: Final = ("Service", "cloudfront.amazonaws.com")
_KMS_KEY_HEADER: Final = "x-amz-server-side-encryption-aws-kms-key-id"
_ACCESS_DENIED: Final = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
_FORWARDED_HEADERS: Final = {"range": "Range", "if-match": "IfMatch", "if-none-match": "IfNoneMatch"}
"""The request headers that CloudFront forwards, with their names in boto3.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
"""
_FORWARDED_DATES: Final = {"if-modified-since": "IfModifiedSince", "if-unmodified-since": "IfUnmodifiedSince"}
"""The request headers with dates that CloudFront forwards."""
_RESPONSE_HEADERS: Final = {
    "accept-ranges",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "expires",
    "last-modified",
}
"""The headers of moto's responses that S3 also sends. S3 sends headers that begin with `x-amz-` too."""
_HEADERS_THAT_CLOUDFRONT_REMOVES: Final = {"x-amz-id-2", "x-amz-request-id"}
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html"""


class OriginUnreachable(Exception):
    """S3 did not respond. `status` is the status of CloudFront's response: 504 for a timeout, otherwise 502."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class S3Origin:
    """An origin of the distribution, which must be a declared bucket."""

    def __init__(self, declared: dict[str, Any], distribution: Resource, program: Program, cloud: Cloud) -> None:
        self.declared = declared
        self._bucket = program.find("aws:s3/bucket:Bucket", "bucketRegionalDomainName", declared["domainName"])
        self._distribution_arn: str = distribution.outputs["arn"]
        self._is_signed = _has_signed_requests(declared, program)
        policies = program.of("aws:s3/bucketPolicy:BucketPolicy")
        self._bucket_policy: str = next(
            (policy.inputs["policy"] for policy in policies if policy.inputs["bucket"] == self._bucket.id),
            '{"Statement": []}',
        )
        self._key_policies = key_policies(program)
        region: str = self._bucket.outputs["region"]
        timeout: int | None = declared.get("responseCompletionTimeout")
        self._client = cloud.s3(region, read_timeout=timeout) if timeout else cloud.s3(region)

    def get(self, method: str, uri: str, headers: dict[str, str]) -> Response:
        """Return S3's response to GET or HEAD, including error responses. The method blocks.

        Raises OriginUnreachable if S3 does not respond.
        """
        key = unquote(uri[1:])
        if not self._may_access("s3:GetObject", f"{self._bucket.outputs['arn']}/{key}"):
            return _access_denied()
        # The type stubs do not accept an unpacked dict.
        options: Any = {parameter: headers[name] for name, parameter in _FORWARDED_HEADERS.items() if name in headers}
        options |= {
            parameter: date
            for name, parameter in _FORWARDED_DATES.items()
            if (date := _parse_date(headers.get(name))) is not None
        }
        try:
            if method == "HEAD":
                body = b""
                metadata = self._client.head_object(Bucket=self._bucket.id, Key=key, **options)["ResponseMetadata"]
            else:
                result = self._client.get_object(Bucket=self._bucket.id, Key=key, **options)
                body = result["Body"].read()
                metadata = result["ResponseMetadata"]
        except ClientError as error:
            return self._error_response(error)
        except ReadTimeoutError as error:
            raise OriginUnreachable(504, str(error)) from error
        except BotoCoreError as error:
            raise OriginUnreachable(502, str(error)) from error
        kms_key_arn = metadata["HTTPHeaders"].get(_KMS_KEY_HEADER)
        if kms_key_arn and method != "HEAD" and not self._may_decrypt(kms_key_arn):
            return _access_denied()
        headers = _s3_headers(metadata["HTTPHeaders"])
        return Response(status=metadata["HTTPStatusCode"], headers=headers, body=body)

    def _error_response(self, error: ClientError) -> Response:
        metadata: Any = error.response.get("ResponseMetadata")
        status: int = metadata["HTTPStatusCode"]
        if status == 304:
            return Response(status=304, headers=_s3_headers(metadata["HTTPHeaders"]), body=b"")
        if status == 404 and not self._may_access("s3:ListBucket", self._bucket.outputs["arn"]):
            return _access_denied()  # without s3:ListBucket, S3 does not reveal whether a key exists
        code = error.response.get("Error", {}).get("Code", "")
        return Response(status=status, headers=_error_headers(), body=f"<Error><Code>{code}</Code></Error>".encode())

    def _may_access(self, action: str, resource: str) -> bool:
        context = {"AWS:SourceArn": self._distribution_arn, "AWS:SecureTransport": "true"}
        return self._is_signed and is_allowed(
            self._bucket_policy, principal=_CLOUDFRONT, action=action, resource=resource, context=context
        )

    def _may_decrypt(self, key_arn: str) -> bool:
        context = {"AWS:SourceArn": self._distribution_arn}
        policy = self._key_policies[key_arn]
        return is_allowed(policy, principal=_CLOUDFRONT, action="kms:Decrypt", resource=key_arn, context=context)


def _has_signed_requests(declared: dict[str, Any], program: Program) -> bool:
    """Return whether CloudFront signs its requests to this origin, as the origin access control declares."""
    id_ = declared.get("originAccessControlId")
    if not id_:
        return False
    control = program.find("aws:cloudfront/originAccessControl:OriginAccessControl", "id", id_).inputs
    origin_type = control["originAccessControlOriginType"]
    if origin_type != "s3":
        raise ProgramError(
            f"the origin access control {id_} has the origin type {origin_type}: use the type s3 for a bucket"
        )
    return control["signingBehavior"] != "never"


def _access_denied() -> Response:
    return Response(status=403, headers=_error_headers(), body=_ACCESS_DENIED)


def _s3_headers(headers: dict[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name in _RESPONSE_HEADERS or (name.startswith("x-amz-") and name not in _HEADERS_THAT_CLOUDFRONT_REMOVES)
    }


def _parse_date(text: str | None) -> datetime | None:
    """Return the date of a conditional header, or None if there is no valid date, which S3 ignores (RFC 9110)."""
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None


def _error_headers() -> dict[str, str]:
    # S3 sends its errors with chunked encoding. The edge function sees this header and may not change it.
    return {"content-type": "application/xml", "transfer-encoding": "chunked"}
