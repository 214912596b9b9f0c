"""All patches of moto's private parts, written for one version of moto.

Each patch function imports the modules that it patches, so that the engine can check the version without loading moto.
"""

import copy
import importlib.metadata
import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from local.aws.iam import is_allowed
from local.program.program import ProgramError

SUPPORTED_MOTO_VERSION: Final = "5.2.5"
"""The version that the patches were written for. requirements/run.txt pins the same version."""

_KMS_KEY_HEADER: Final = "x-amz-server-side-encryption-aws-kms-key-id"


def apply_patches() -> None:
    """Apply all patches to moto in this process. Raises ProgramError for an unsupported version."""
    check_moto_version()
    patch_s3_events()
    patch_kms_checks()
    patch_version_listing()


def check_moto_version() -> None:
    """Check the installed version of moto. Raises ProgramError if the patches were written for another version."""
    installed = importlib.metadata.version("moto")
    if installed != SUPPORTED_MOTO_VERSION:
        raise ProgramError(
            f"moto {installed} is installed, but local/aws/moto_patches.py patches private parts of moto "
            f"{SUPPORTED_MOTO_VERSION}: install the version that requirements/run.txt pins, or check the patches "
            f"against moto {installed} and change SUPPORTED_MOTO_VERSION"
        )


def patch_s3_events() -> None:
    """Make S3's events complete.

    moto's events have no version and no sequencer, and escape `/` in keys. moto does not report a delete marker, and
    reports a permanently removed version only if it was the last one.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    from moto.s3 import notifications
    from moto.s3.models import S3Backend
    from moto.s3.notifications import S3NotificationEvent

    original_event = notifications._get_s3_event  # pyright: ignore[reportPrivateUsage]
    original_delete = S3Backend.delete_object
    sequencers = itertools.count(int("0055AED6DCD90281", 16))

    def complete_event(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
        event = original_event(event_name, bucket, _described(key), notification_id)
        s3_object: dict[str, Any] = event["Records"][0]["s3"]["object"]
        s3_object["key"] = s3_object["key"].replace("%2F", "/")
        s3_object["sequencer"] = f"{next(sequencers):016X}"
        if bucket.is_versioned:
            s3_object["versionId"] = key.version_id
        return event

    def delete_and_notify(
        backend: Any, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> Any:
        bucket = backend.get_bucket(bucket_name)
        removed = [version for version in bucket.keys.getlist(key_name, []) if str(version.version_id) == version_id]
        result = original_delete(backend, bucket_name, key_name, version_id, bypass)
        if bucket.is_versioned and version_id is None:
            event_name = S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
            notifications.send_event(backend.account_id, event_name, bucket, bucket.keys.get(key_name))
        elif removed and bucket.keys.getlist(key_name, []):
            event_name = S3NotificationEvent.OBJECT_REMOVED_DELETE_EVENT
            notifications.send_event(backend.account_id, event_name, bucket, removed[0])
        return result

    notifications._get_s3_event = complete_event  # pyright: ignore[reportPrivateUsage]
    S3Backend.delete_object = delete_and_notify  # type: ignore[method-assign]


def _described(key: Any) -> Any:
    """Return the object, or for a delete marker, which has neither an ETag nor a size, a description of it."""
    if hasattr(key, "etag"):
        return key
    return SimpleNamespace(name=key.name, version_id=key.version_id, etag="", size=0)


def patch_kms_checks() -> None:
    """Make S3 check the KMS key's policy before a role reads or writes an object that is encrypted with the key.

    moto's S3 does not check key policies. The patch does not check users: the only user is the operator.
    """
    from moto.s3.responses import S3Response

    def key_of_object(response: Any) -> str | None:
        return response._get_key()[0].kms_key_id

    def key_for_new_object(response: Any) -> str | None:
        encryption = response.backend.get_bucket(response.bucket_name).encryption or {}
        default = encryption.get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
        return response.headers.get(_KMS_KEY_HEADER) or default.get("KMSMasterKeyID")

    S3Response.get_object = _with_kms_check(  # type: ignore[method-assign]
        S3Response.get_object, "kms:Decrypt", key_of_object
    )
    S3Response.put_object = _with_kms_check(  # type: ignore[method-assign]
        S3Response.put_object, "kms:GenerateDataKey", key_for_new_object
    )


def patch_version_listing() -> None:
    """Make S3's list of versions fast: moto copies all objects of the bucket for each call, even with a prefix."""
    from moto.s3.models import S3Backend
    from moto.s3.utils import _VersionedKeyStore  # pyright: ignore[reportPrivateUsage]

    original_list = S3Backend.list_object_versions

    def list_matching_keys(backend: Any, bucket_name: str, *args: Any, prefix: str = "", **kwargs: Any) -> Any:
        bucket = copy.copy(backend.get_bucket(bucket_name))
        all_keys, bucket.keys = bucket.keys, _VersionedKeyStore()
        for name in [name for name in all_keys if name.startswith(prefix)]:
            bucket.keys.setlist(name, all_keys.getlist(name))
        backend_of_matches: Any = SimpleNamespace(get_bucket=lambda _: bucket)
        return original_list(backend_of_matches, bucket_name, *args, prefix=prefix, **kwargs)

    S3Backend.list_object_versions = list_matching_keys  # type: ignore[method-assign]


def _with_kms_check(
    operation: Callable[[Any], Any], action: str, key_of_request: Callable[[Any], str | None]
) -> Callable[[Any], Any]:
    """Return an operation of S3 that first checks the policy of the KMS key.

    The operation raises S3AccessDeniedError if the policy does not allow `action` to the calling role.
    """
    from moto.s3.exceptions import S3AccessDeniedError

    def checked_operation(response: Any) -> Any:
        key_arn, role_arn = key_of_request(response), _calling_role(response)
        if key_arn and role_arn and not _may_use_key(role_arn, action, key_arn):
            raise S3AccessDeniedError
        return operation(response)

    return checked_operation


def _calling_role(response: Any) -> str | None:
    """Return the ARN of the role whose credentials signed the request, or None for a user."""
    from moto.iam.access_control import create_access_key

    if "X-Amz-Security-Token" not in response.headers:
        return None
    access_key_id = response.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
    caller = create_access_key(response.current_account, "aws", access_key_id, response.headers)
    _, role_name, _ = caller.arn.rsplit("/", 2)
    return f"arn:aws:iam::{response.current_account}:role/{role_name}"


def _may_use_key(role_arn: str, action: str, key_arn: str) -> bool:
    from moto.kms.models import kms_backends

    _, _, _, region, account, resource = key_arn.split(":", 5)
    backend = kms_backends[account][region]
    # moto chose another id for the key; kms_keys.py stored the declared id as an alias.
    key_id = backend.get_key_id_from_alias(f"alias/{resource.removeprefix('key/')}") or ""
    context = {"kms:ViaService": f"s3.{region}.amazonaws.com", "kms:CallerAccount": account}
    policy = backend.keys[key_id].policy
    return is_allowed(policy, principal=("AWS", role_arn), action=action, resource=key_arn, context=context)
