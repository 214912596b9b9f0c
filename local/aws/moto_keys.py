"""S3 asks KMS: moto's does not, so the process that moto runs in is taught to."""

from collections.abc import Callable
from typing import Any

from moto.iam.access_control import create_access_key
from moto.kms.models import kms_backends
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.responses import S3Response

from local.aws.iam import allows

_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def ask_keys() -> None:
    """From here on a role that reads or writes what is encrypted with a declared key needs its policy's leave.

    Users do not: there is one, who runs the engine.
    """

    def read(response: Any) -> str | None:
        return response._get_key()[0].kms_key_id

    def written(response: Any) -> str | None:
        encryption = response.backend.get_bucket(response.bucket_name).encryption or {}
        by_default = encryption.get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
        return response.headers.get(_KEY) or by_default.get("KMSMasterKeyID")

    S3Response.get_object = _asking("kms:Decrypt", read, S3Response.get_object)  # type: ignore[method-assign]
    S3Response.put_object = _asking("kms:GenerateDataKey", written, S3Response.put_object)  # type: ignore[method-assign]


def _asking(action: str, key_of: Callable[[Any], str | None], then: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def asked(response: Any) -> Any:
        key, role = key_of(response), _role(response)
        if key and role and not _may(role, action, key):
            raise S3AccessDeniedError
        return then(response)

    return asked


def _role(response: Any) -> str | None:
    """The ARN of the role whose credentials have signed, if it is one's."""
    if "X-Amz-Security-Token" not in response.headers:
        return None
    id_ = response.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
    caller = create_access_key(response.current_account, "aws", id_, response.headers)
    _, name, _ = caller.arn.rsplit("/", 2)
    return f"arn:aws:iam::{response.current_account}:role/{name}"


def _may(role: str, action: str, key: str) -> bool:
    _, _, _, region, account, name = key.split(":", 5)
    backend = kms_backends[account][region]
    made = backend.get_key_id_from_alias(f"alias/{name.removeprefix('key/')}") or ""
    context = {"kms:ViaService": f"s3.{region}.amazonaws.com", "kms:CallerAccount": account}
    return allows(backend.keys[made].policy, principal=("AWS", role), action=action, resource=key, context=context)
