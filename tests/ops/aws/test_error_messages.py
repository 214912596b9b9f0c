"""The explanations of AWS's and botocore's errors."""

import botocore.exceptions as botocore
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.error_messages import explain, is_credentials_error

SIGN_IN = "sign in (aws sso login), or set AWS_PROFILE"


def client_error(code: str, message: str = "", status: int = 400) -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "DoThis")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("error", "explanation"),
    [
        (
            client_error("AccessDenied"),
            "AWS denies DoThis to these credentials: docs/operations.md lists the permissions",
        ),
        (
            client_error("KMS.AccessDeniedException", "no."),
            "AWS denies DoThis to these credentials: docs/operations.md",
        ),
        (
            client_error("AccessDenied", "to perform: sqs:SendMessage on x"),
            "AWS denies sqs:SendMessage to these credentials",
        ),
        (client_error("RequestExpired"), f"the credentials have expired: {SIGN_IN}"),
        (client_error("SignatureDoesNotMatch", "odd."), f"AWS does not accept these credentials (odd): {SIGN_IN}"),
        (client_error("ThrottlingException"), "AWS throttles DoThis after several retries: try again in"),
        (
            client_error("ResourceNotFoundException", "No x."),
            "AWS does not find the resource (No x): check the account",
        ),
        (
            client_error("NoSuchDistribution"),
            "AWS does not find the distribution (NoSuchDistribution): check the account",
        ),
        (client_error("Strange", "What?", 400), "AWS rejects DoThis with Strange (What?)"),
        (client_error("", "", 503), "AWS rejects DoThis with 503: try again in a few minutes"),
    ],
)
def test_an_error_response_is_explained_with_advice(error: ClientError, explanation: str) -> None:
    assert explain(error).startswith(explanation)
    assert "\n" not in explain(error)


@pytest.mark.parametrize(
    ("error", "explanation"),
    [
        (botocore.NoCredentialsError(), f"there are no credentials for AWS (Unable to locate credentials): {SIGN_IN}"),
        (botocore.PartialCredentialsError(provider="env", cred_var="x"), "there are no credentials for AWS (Partial"),
        (
            botocore.UnauthorizedSSOTokenError(),
            "there are no credentials for AWS (The SSO session associated with this",
        ),
        (botocore.TokenRetrievalError(provider="sso", error_msg="x"), "there are no credentials for AWS (Error when"),
        (botocore.ProfileNotFound(profile="x"), "The config profile (x) could not be found: aws configure"),
        (botocore.EndpointConnectionError(endpoint_url="https://sqs.aws/"), "sqs.aws cannot be reached: check the"),
        (
            botocore.EndpointConnectionError(endpoint_url="http://localhost:1"),
            "localhost:1 cannot be reached: check that",
        ),
        (botocore.ReadTimeoutError(endpoint_url="https://x"), "AWS did not respond (Read timeout on endpoint URL"),
        (botocore.ConnectTimeoutError(endpoint_url="https://x"), "AWS did not respond (Connect timeout on endpoint"),
        (
            botocore.InvalidRegionError(region_name="no where"),
            "the request to AWS cannot be sent: Provided region_name",
        ),
    ],
)
def test_a_botocore_error_is_explained_with_advice(error: BotoCoreError, explanation: str) -> None:
    assert explain(error).startswith(explanation)
    assert "\n" not in explain(error)


def test_only_rejected_credentials_are_credentials_errors() -> None:
    assert is_credentials_error(client_error("ExpiredToken"))
    assert not is_credentials_error(client_error("AccessDenied"))
