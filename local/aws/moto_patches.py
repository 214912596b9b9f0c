"""All patches of moto's private parts, written for one version of moto.

Each patch function imports the modules that it patches, so that the engine can check the version without loading moto.
"""

import copy
import importlib.metadata
import itertools
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from local.aws.iam import is_allowed
from local.program.program import ProgramError

SUPPORTED_MOTO_VERSION: Final = "5.2.5"
"""The version that the patches were written for. requirements/run.txt pins the same version."""

_ENCRYPTION_HEADER: Final = "x-amz-server-side-encryption"
_KMS_KEY_HEADER: Final = "x-amz-server-side-encryption-aws-kms-key-id"


def apply_patches() -> None:
    """Apply all patches to moto in this process. Raises ProgramError for an unsupported version."""
    check_moto_version()
    patch_s3_events()
    patch_kms_checks()
    patch_version_listing()
    patch_metrics()
    patch_logs()
    patch_alarms()
    patch_subscriptions()


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
        # The request selects S3's own key, which needs no permission, instead of the default of the bucket.
        if response.headers.get(_ENCRYPTION_HEADER) == "AES256":
            return None
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


def patch_metrics() -> None:
    """Make GetMetricData evaluate percentiles and metric math, and limit the number of stored values.

    moto evaluates no expression, answers every percentile with None, and lists some metrics several times.
    """
    from moto.cloudwatch.exceptions import InvalidParameterValue
    from moto.cloudwatch.models import CloudWatchBackend

    from local.aws.moto_metrics import distinct_metrics, get_metric_data, limit_data
    from local.cloudwatch.insight_rules import InsightRule

    original_put, original_put_rule = CloudWatchBackend.put_metric_data, CloudWatchBackend.put_insight_rule

    def put_and_limit(backend: Any, *args: Any, **kwargs: Any) -> None:
        original_put(backend, *args, **kwargs)
        limit_data(backend)

    def put_checked_rule(backend: Any, name: str, state: str, definition: str, tags: Any = None) -> Any:
        InsightRule(definition)
        return original_put_rule(backend, name, state, definition, tags)

    CloudWatchBackend.get_metric_data = _with_syntax_error(get_metric_data, InvalidParameterValue)  # type: ignore[method-assign]
    CloudWatchBackend.get_filtered_metrics = distinct_metrics  # type: ignore[method-assign]
    CloudWatchBackend.put_metric_data = put_and_limit  # type: ignore[method-assign]
    CloudWatchBackend.put_insight_rule = _with_syntax_error(put_checked_rule, InvalidParameterValue)  # type: ignore[method-assign]


def patch_logs() -> None:
    """Make metric filters and Logs Insights queries work, add saved queries, and limit the number of stored events.

    moto stores metric filters without effect, runs only queries without filter and stats, and has no saved queries.
    """
    from moto.logs import models
    from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
    from moto.logs.responses import LogsResponse

    from local.aws import moto_logs

    original_put, original_filter = models.LogGroup.put_log_events, models.LogsBackend.put_metric_filter
    original_start = models.LogsBackend.start_query

    def put_and_evaluate(group: Any, log_stream_name: str, log_events: list[dict[str, Any]]) -> str:
        token = original_put(group, log_stream_name, log_events)
        moto_logs.limit_events(group.streams[log_stream_name])
        moto_logs.evaluate_metric_filters(group, log_events)
        return token

    def put_checked_filter(backend: Any, name: str, pattern: str, group: str, transformations: Any) -> None:
        if group not in backend.groups:
            raise ResourceNotFoundException
        moto_logs.parse_metric_filter(pattern, transformations)
        backend.filters.delete_filter(name, group)  # moto would keep both
        original_filter(backend, name, pattern, group, transformations)

    def start_and_limit(backend: Any, *args: Any, **kwargs: Any) -> str:
        query_id = original_start(backend, *args, **kwargs)
        moto_logs.limit_queries(backend)
        return query_id

    def test_metric_filter(response: Any) -> str:
        pattern, messages = response._get_param("filterPattern"), response._get_param("logEventMessages")
        return json.dumps({"matches": moto_logs.test_metric_filter(pattern, messages)})

    def invalid(message: str) -> Exception:
        return InvalidParameterException(msg=message)

    models.execute_query = moto_logs.execute_query  # pyright: ignore[reportPrivateImportUsage]
    models.LogGroup.put_log_events = put_and_evaluate  # type: ignore[method-assign]
    models.LogsBackend.put_metric_filter = _with_syntax_error(put_checked_filter, invalid)  # type: ignore[method-assign]
    models.LogsBackend.start_query = _with_syntax_error(start_and_limit, invalid)  # type: ignore[method-assign]
    response_class: Any = LogsResponse
    response_class._determine_resource = moto_logs.resource_arn  # what a role needs a permission for
    response_class.test_metric_filter = _with_syntax_error(test_metric_filter, invalid)
    response_class.put_query_definition = _with_syntax_error(moto_logs.put_query_definition, invalid)
    response_class.describe_query_definitions = moto_logs.describe_query_definitions


def patch_alarms() -> None:
    """Make alarms change their states, add composite alarms, and serve the address that evaluates all alarms.

    moto's alarms are always OK. moto has a table for composite alarms, but no operation that creates one.
    """
    from moto.cloudwatch.exceptions import InvalidParameterValue
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse
    from moto.moto_api._internal import urls

    from local.aws import moto_alarms

    original_put, original_describe = CloudWatchBackend.put_metric_alarm, CloudWatchResponse.describe_alarms

    def put_checked_alarm(backend: Any, **parameters: Any) -> Any:
        old_alarm = backend.alarms.get(parameters["name"])
        alarm = original_put(backend, **parameters)
        try:
            moto_alarms.check_alarm(alarm)
        except ValueError:
            backend.alarms.pop(alarm.name)
            raise
        alarm.state_value = old_alarm.state_value if old_alarm else "INSUFFICIENT_DATA"
        return alarm

    def describe_selected_types(response: Any) -> Any:
        # Without AlarmTypes, CloudWatch returns only metric alarms.
        result: Any = original_describe(response)
        types = response._get_param("AlarmTypes", []) or ["MetricAlarm"]
        for type_, key in (("MetricAlarm", "MetricAlarms"), ("CompositeAlarm", "CompositeAlarms")):
            if type_ not in types:
                result._result[key] = []
        return result

    def set_state(backend: Any, name: str, reason: str, reason_data: str | None, state: str) -> None:
        moto_alarms.set_state(backend, name, reason, reason_data, state, time.time())

    def evaluate(request: Any, full_url: str, headers: Any) -> Any:  # noqa: ARG001
        moto_alarms.evaluate_all(request.args["account"], float(request.args["time"]))
        return 200, {}, ""

    CloudWatchBackend.put_metric_alarm = _with_syntax_error(put_checked_alarm, InvalidParameterValue)  # type: ignore[method-assign]
    CloudWatchBackend.set_alarm_state = set_state  # type: ignore[method-assign]
    response_class: Any = CloudWatchResponse
    response_class.put_composite_alarm = CloudWatchResponse.put_metric_alarm
    response_class.describe_alarms = describe_selected_types
    urls.url_paths["{0}/moto-api/evaluate-alarms"] = evaluate


def patch_subscriptions() -> None:
    """Keep subscriptions of mail addresses and URLs unconfirmed, and send nothing to them.

    moto would confirm such a subscription at once, and send each message to the URL, which can be a real pager.
    """
    from moto.sns.models import Subscription
    from moto.sns.responses import SNSResponse

    from local.aws import moto_subscriptions

    Subscription.publish = moto_subscriptions.publish_if_confirmed(Subscription.publish)  # type: ignore[method-assign]
    for name in ("list_subscriptions", "list_subscriptions_by_topic"):
        setattr(SNSResponse, name, moto_subscriptions.with_pending(getattr(SNSResponse, name)))


def _with_syntax_error(function: Callable[..., Any], error: Callable[[str], Exception]) -> Callable[..., Any]:
    """Return a function that raises `error`, which moto sends with status 400, for an unknown syntax."""
    from local.cloudwatch.expressions import UnknownSyntax

    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except UnknownSyntax as unknown:
            raise error(str(unknown)) from unknown

    return checked


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
