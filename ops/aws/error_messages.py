"""Messages that explain errors of AWS and of botocore to the operator, each in one sentence."""

import re
from typing import Final
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  # botocore's base class for failed connections
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

from common.retry import THROTTLING_CODES, error_code

_MISSING_CREDENTIALS: Final = (
    CredentialRetrievalError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
_SIGN_IN: Final = "sign in (aws sso login), or set AWS_PROFILE"
_DENIED_CODES: Final = {"AccessDenied", "UnauthorizedOperation", "AuthorizationError"}
_EXPIRED_CODES: Final = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_CREDENTIALS_CODES: Final = {
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_MISSING_RESOURCES: Final = {
    "AWS.SimpleQueueService.NonExistentQueue": "the queue",
    "NoSuchDistribution": "the distribution",
    "NoSuchInvalidation": "the invalidation",
    "QueueDoesNotExist": "the queue",
    "ResourceNotFoundException": "the resource",
}
_LOCAL_HOSTS: Final = ("127.0.0.1", "localhost")


def error_message(error: ClientError) -> str:
    """Return AWS's error message without its final period."""
    return str(error.response.get("Error", {}).get("Message", "")).strip().rstrip(".")


def is_credentials_error(error: ClientError) -> bool:
    """Return whether AWS rejects the credentials, so that every other request would fail too."""
    return error_code(error) in _EXPIRED_CODES | _UNKNOWN_CREDENTIALS_CODES


def explain(error: ClientError | BotoCoreError) -> str:
    """Return one sentence that says what failed and what the operator can do."""
    return _explain_response(error) if isinstance(error, ClientError) else _explain_botocore_error(error)


def explain_unreachable(url: str) -> str:
    """Return one sentence that says that no connection to the host of the URL is possible, and what to check."""
    parts = urlsplit(url)
    is_local = parts.hostname in _LOCAL_HOSTS
    advice = "that the local engine (make run) is running" if is_local else "the network connection"
    return f"{parts.netloc} cannot be reached: check {advice}"


def _explain_response(error: ClientError) -> str:
    code, message, operation = error_code(error), error_message(error), error.operation_name
    if code in _DENIED_CODES or code.endswith("AccessDeniedException"):
        action = re.search(r"perform: (\S+)", message)
        return (
            f"AWS denies {action[1] if action else operation} to these credentials: "
            f"docs/operations.md lists the permissions of each command ({message})"
        )
    if code in _EXPIRED_CODES:
        return f"the credentials have expired: {_SIGN_IN}"
    if code in _UNKNOWN_CREDENTIALS_CODES:
        return f"AWS does not accept these credentials ({message}): {_SIGN_IN}"
    if code == "TooManyInvalidationsInProgress":
        return "CloudFront has too many invalidations in progress: watch them with status, and try again later"
    if code in THROTTLING_CODES:
        return f"AWS throttles {operation} after several retries: try again in a few minutes"
    if code in _MISSING_RESOURCES:
        return (
            f"AWS does not find {_MISSING_RESOURCES[code]} ({message or code}): "
            "check the account (AWS_PROFILE) and the stack"
        )
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    details = f" ({message})" if message else ""
    advice = ": try again in a few minutes" if status >= 500 else ""
    return f"AWS rejects {operation} with {code or status}{details}{advice}"


def _explain_botocore_error(error: BotoCoreError) -> str:
    message = str(error).strip().rstrip(".")
    if isinstance(error, _MISSING_CREDENTIALS):
        return f"there are no credentials for AWS ({message}): {_SIGN_IN}"
    if isinstance(error, ProfileNotFound):
        return f"{message}: aws configure list-profiles lists the existing profiles"
    if isinstance(error, EndpointConnectionError):
        return explain_unreachable(str(error.kwargs.get("endpoint_url", "")))
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return f"AWS did not respond ({message}): try again"
    return f"the request to AWS cannot be sent: {message}"
