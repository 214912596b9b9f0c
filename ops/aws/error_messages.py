"""What AWS's refusals and botocore's failures mean for whoever runs a command, in one sentence each."""

import re
from typing import Final
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  # botocore's own, of all that is not an answer
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from common.retry import THROTTLING_CODES

_NOBODY: Final = (
    CredentialRetrievalError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
_CREDENTIALS: Final = "sign in (aws sso login), or set AWS_PROFILE"
_DENIED: Final = {"AccessDenied", "UnauthorizedOperation", "AuthorizationError"}
_EXPIRED: Final = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_CALLER: Final = {
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_MISSING: Final = {
    "AWS.SimpleQueueService.NonExistentQueue": "the queue",
    "NoSuchDistribution": "the distribution",
    "NoSuchInvalidation": "the invalidation",
    "QueueDoesNotExist": "the queue",
    "ResourceNotFoundException": "what was asked for",
}


def error_code(error: ClientError) -> str:
    """AWS's name of it, as in AccessDenied."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_message(error: ClientError) -> str:
    """AWS's own words, without a stop at the end."""
    return str(error.response.get("Error", {}).get("Message", "")).strip().rstrip(".")


def is_credentials_error(error: ClientError) -> bool:
    """Whether AWS does not take these credentials at all, so that asking for something else is no use."""
    return error_code(error) in _EXPIRED | _UNKNOWN_CALLER


def explain(error: ClientError | BotoCoreError) -> str:
    """What happened and what to do."""
    return _refused(error) if isinstance(error, ClientError) else _unasked(error)


def _refused(error: ClientError) -> str:
    found, said = error_code(error), error_message(error)
    if found in _DENIED or found.endswith("AccessDeniedException"):
        action = re.search(r"perform: (\S+)", said)
        right = action[1] if action else error.operation_name
        return f"AWS denies {right} to these credentials: docs/operations.md has what each command needs ({said})"
    if found in _EXPIRED:
        return f"the credentials have expired: {_CREDENTIALS}"
    if found in _UNKNOWN_CALLER:
        return f"AWS does not know these credentials ({said}): {_CREDENTIALS}"
    if found == "TooManyInvalidationsInProgress":
        return (
            "CloudFront has too many invalidations in progress: see them with status, and try again when they are done"
        )
    if found in THROTTLING_CODES:
        return (
            f"AWS still asks for fewer calls of {error.operation_name} after several tries: try again in some minutes"
        )
    if found in _MISSING:
        where = "look whether account (AWS_PROFILE) and stack are the right ones"
        return f"AWS does not know {_MISSING[found]} ({said or found}): {where}"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    advice = ": try again in some minutes" if status >= 500 else ""
    return f"AWS refuses {error.operation_name} with {found or status}{f' ({said})' if said else ''}{advice}"


def _unasked(error: BotoCoreError) -> str:
    said = str(error).strip().rstrip(".")
    if isinstance(error, _NOBODY):
        return f"there are no credentials for AWS ({said}): {_CREDENTIALS}"
    if isinstance(error, ProfileNotFound):
        return f"{said}: aws configure list-profiles shows those that exist"
    if isinstance(error, EndpointConnectionError):
        host = urlsplit(str(error.kwargs.get("endpoint_url", ""))).netloc
        here = host.partition(":")[0] in ("127.0.0.1", "localhost")
        return f"{host} cannot be reached: is {'the local engine (make run) still' if here else 'a network'} there?"
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return f"AWS did not answer ({said}): try again"
    return f"AWS cannot be asked: {said}"
