"""S3's events as AWS writes them: moto's lack a version and a sequencer, and the removal of a versioned object."""

import itertools
from typing import Any

from moto.s3 import notifications
from moto.s3.models import S3Backend
from moto.s3.notifications import S3NotificationEvent

_numbers = itertools.count(int("0055AED6DCD90281", 16))


def tell_more() -> None:
    """From here on every event has what AWS's have, and a delete marker is one.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    plain = notifications._get_s3_event  # pyright: ignore[reportPrivateUsage]
    delete = S3Backend.delete_object

    def event(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
        told = plain(event_name, bucket, key, notification_id)
        thing: dict[str, Any] = told["Records"][0]["s3"]["object"]
        thing["key"] = thing["key"].replace("%2F", "/")
        thing["sequencer"] = f"{next(_numbers):016X}"
        if bucket.is_versioned:
            thing["versionId"] = key.version_id
        return told

    def delete_object(
        backend: Any, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> Any:
        bucket = backend.get_bucket(bucket_name)
        before = bucket.keys.get(key_name)
        answer = delete(backend, bucket_name, key_name, version_id, bypass)
        if bucket.is_versioned and version_id is None and hasattr(before, "etag"):
            kind = S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
            notifications.send_event(backend.account_id, kind, bucket, before)
        return answer

    notifications._get_s3_event = event  # pyright: ignore[reportPrivateUsage]
    S3Backend.delete_object = delete_object  # type: ignore[method-assign]
