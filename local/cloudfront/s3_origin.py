"""CloudFront's own signed request to S3, allowed by the bucket policy or not, as the origin is declared."""

from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from local.aws.cloud import Cloud
from local.aws.iam import allows
from local.aws.kms_keys import key_policies
from local.cloudfront.cache import Answer
from local.program.program import Program, ProgramError, Resource

_CLOUDFRONT = ("Service", "cloudfront.amazonaws.com")
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"
_DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
_FORWARDED = {"range": "Range", "if-none-match": "IfNoneMatch"}
_KEPT = (
    *(
        "accept-ranges",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
    ),
    *("content-range", "content-type", "etag", "expires", "last-modified"),
    *("x-amz-server-side-encryption", _KEY, "x-amz-server-side-encryption-bucket-key-enabled"),
    *("x-amz-storage-class", "x-amz-version-id"),
)


class OriginUnreachable(Exception):
    """No answer; CloudFront gives one of its own with this status: 502, or 504 when it waited in vain."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class S3Origin:
    """One origin of the distribution, which must be one of the declared buckets."""

    def __init__(self, declared: dict[str, Any], distribution: Resource, program: Program, cloud: Cloud) -> None:
        self.declared = declared
        self.bucket = program.find("aws:s3/bucket:Bucket", "bucketRegionalDomainName", declared["domainName"])
        self.region: str = self.bucket.outputs["region"]
        self._distribution: str = distribution.outputs["arn"]
        self._signs = self._is_signed(program)
        policies = [p for p in program.of("aws:s3/bucketPolicy:BucketPolicy") if p.inputs["bucket"] == self.bucket.id]
        self._policy: str = policies[0].inputs["policy"] if policies else '{"Statement": []}'
        self._keys = key_policies(program)
        self._client = cloud.client("s3", self.region)

    def get(self, method: str, uri: str, headers: dict[str, str]) -> Answer:
        """S3's answer, errors included; OriginUnreachable if there is none. Blocks."""
        name = unquote(uri[1:])
        if not self._allowed("s3:GetObject", f"{self.bucket.outputs['arn']}/{name}"):
            return self._refusal()
        wanted = {ours: headers[name] for name, ours in _FORWARDED.items() if name in headers}
        call = self._client.head_object if method == "HEAD" else self._client.get_object
        try:
            result = call(Bucket=self.bucket.id, Key=name, **wanted)
            body = b"" if method == "HEAD" else result["Body"].read()
        except ClientError as error:
            return self._error(error)
        except ReadTimeoutError as error:
            raise OriginUnreachable(504, str(error)) from error
        except BotoCoreError as error:
            raise OriginUnreachable(502, str(error)) from error
        meta = result["ResponseMetadata"]
        key = meta["HTTPHeaders"].get(_KEY)
        if key and method != "HEAD" and not self._decrypts(key):
            return self._refusal()
        return Answer(status=meta["HTTPStatusCode"], headers=_kept(meta["HTTPHeaders"]), body=body)

    def _error(self, error: ClientError) -> Answer:
        meta: Any = error.response["ResponseMetadata"]
        status = meta["HTTPStatusCode"]
        if status == 304:
            return Answer(status=304, headers=_kept(meta["HTTPHeaders"]), body=b"")
        if status == 404 and not self._allowed("s3:ListBucket", self.bucket.outputs["arn"]):
            return self._refusal()  # S3 does not tell strangers which keys exist
        code = error.response.get("Error", {}).get("Code", "")
        return Answer(status=status, headers=_xml(), body=f"<Error><Code>{code}</Code></Error>".encode())

    def _refusal(self) -> Answer:
        return Answer(status=403, headers=_xml(), body=_DENIED)

    def _allowed(self, action: str, resource: str) -> bool:
        context = {"AWS:SourceArn": self._distribution, "AWS:SecureTransport": "true"}
        return self._signs and allows(
            self._policy, principal=_CLOUDFRONT, action=action, resource=resource, context=context
        )

    def _decrypts(self, key: str) -> bool:
        context = {"AWS:SourceArn": self._distribution}
        return allows(self._keys[key], principal=_CLOUDFRONT, action="kms:Decrypt", resource=key, context=context)

    def _is_signed(self, program: Program) -> bool:
        id_ = self.declared.get("originAccessControlId")
        if not id_:
            return False
        control = program.find("aws:cloudfront/originAccessControl:OriginAccessControl", "id", id_).inputs
        if control["originAccessControlOriginType"] != "s3":
            raise ProgramError("the origin access control is not one for S3")
        return control["signingBehavior"] != "never"


def _kept(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name in _KEPT or name.startswith("x-amz-meta-")}


def _xml() -> dict[str, str]:
    # S3 sends its errors in chunks: the header is there, and a function may not touch it.
    return {"content-type": "application/xml", "transfer-encoding": "chunked"}
