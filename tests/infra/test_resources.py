"""What Pulumi would hand to AWS, checked against the provider's own types and AWS's own models."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.config.limits import REGIONS
from local.program.program import Program, Resource
from local.program.recorder import record
from tests.support import policy_documents, provider_types, service_models
from tests.support.recorded_programs import ALL, KNOWN, program
from tests.support.served_stack import ROOT, STACKS, broken_program

NAME_LIMITS = {
    "aws:s3/bucket:Bucket": 63,
    "aws:iam/role:Role": 64,
    "aws:lambda/function:Function": 64,
    "aws:cloudfront/function:Function": 64,
    "aws:cloudfront/originAccessControl:OriginAccessControl": 64,
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": 60,
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": 60,
    "aws:budgets/budget:Budget": 100,
    "aws:sqs/queue:Queue": 80,
}


def broken(of: Program, problems: Any) -> dict[str, list[str]]:
    found = {f"{each.type} {each.name}": problems(each) for each in of.resources}
    return {name: what for name, what in found.items() if what}


@pytest.mark.parametrize("name", ALL)
def test_every_input_is_one_that_the_provider_knows_and_none_is_missing(name: str) -> None:
    assert broken(program(name), lambda each: provider_types.problems(each.type, each.inputs)) == {}


@pytest.mark.parametrize("name", ALL)
def test_every_word_is_one_that_aws_knows(name: str) -> None:
    def problems(each: Resource) -> list[str]:
        if each.type in service_models.DOCUMENTS:
            return []
        return service_models.problems(each.type, each.inputs)

    assert broken(program(name), problems) == {}


@pytest.mark.parametrize("name", KNOWN)
def test_every_value_is_resolved(name: str) -> None:
    assert broken(program(name), lambda each: [text for text in texts(each.inputs) if is_unresolved(text)]) == {}


@pytest.mark.parametrize("name", KNOWN)
def test_every_document_is_well_formed(name: str) -> None:
    def problems(each: Resource) -> list[str]:
        texts = [each.inputs[key] for key in policy_documents.NAMES if key in each.inputs]
        return [problem for text in texts for problem in policy_documents.problems(each.type, text)]

    assert broken(program(name), problems) == {}


@pytest.mark.parametrize("name", KNOWN)
def test_every_arn_and_every_region_is_plausible(name: str) -> None:
    def problems(each: Resource) -> list[str]:
        arns = [text for text in texts(each.inputs) if text.startswith("arn:") and "*" not in text]
        region = each.inputs.get("region", "us-east-1")
        return [bad for arn in arns for bad in policy_documents.bad_arn(arn)] + [region] * (region not in REGIONS)

    assert broken(program(name), problems) == {}


def test_the_models_are_asked_about_the_words_that_matter() -> None:
    asked = {
        (each.type.rpartition(":")[2], name.rpartition(".")[2])
        for stack in KNOWN
        for each in program(stack).resources
        if each.type in service_models.OPERATIONS
        for name, _ in service_models.said(each.type, each.inputs)
    }

    assert {
        ("Distribution", "viewerprotocolpolicy"),
        ("Distribution", "minimumprotocolversion"),
        ("Distribution", "eventtype"),
        ("Distribution", "priceclass"),
        ("OriginAccessControl", "signingbehavior"),
        ("CachePolicy", "querystringbehavior"),
        ("BucketLifecycleConfiguration", "storageclass"),
        ("BucketServerSideEncryptionConfiguration", "ssealgorithm"),
        ("Budget", "notificationtype"),
        ("LogDeliveryDestination", "outputformat"),
        ("Record", "type"),
        ("WebAcl", "scope"),
        ("WebAclLoggingConfiguration", "behavior"),
        ("Function", "runtime"),
    } <= asked


def test_no_name_is_too_long_for_the_stack_with_the_longest() -> None:
    pattern = "${project}-${stack}-${name}-${hex(7)}"
    assert f'pattern: "{pattern}"' in (ROOT / "Pulumi.yaml").read_text()

    for name in KNOWN:
        for each in program(name).resources:
            if "name" not in each.inputs and each.type in NAME_LIMITS:
                longest = f"edge-image-resizer-{'s' * 20}-{each.name}-{'0' * 7}"
                assert len(longest) <= NAME_LIMITS[each.type], each.name


def test_two_stacks_share_no_name() -> None:
    fixed = [{each.inputs["name"] for each in program(name).resources if "name" in each.inputs} for name in STACKS]

    assert fixed[1] & fixed[2] == set()


@pytest.mark.parametrize(
    ("file", "what", "instead", "problem"),
    [
        ("infra/delivery/distribution.py", '"target_origin_id"', '"origin_id"', r"targetOriginId: is missing"),
        (
            "infra/delivery/distribution.py",
            '"viewer_protocol_policy"',
            '"viewer_protocol_polcy"',
            r"did you mean viewerProtocolPolicy",
        ),
        ("infra/delivery/distribution.py", '"compress": False', '"compress": "no"', r"compress: 'no' is not bool"),
        ("infra/storage/originals.py", '{"status": "Enabled"}', '{"state": "Enabled"}', r"status: is missing"),
        ("infra/delivery/firewall.py", '"limit": config.rate_limit', '"limit": "many"', r"limit: 'many' is not int"),
    ],
)
def test_a_slip_in_a_nested_input_is_found(tmp_path: Path, file: str, what: str, instead: str, problem: str) -> None:
    root = broken_program(tmp_path, file, what, instead)
    found = broken(
        record(root, "prod", overrides={"bundleTarget": "host"}),
        lambda each: provider_types.problems(each.type, each.inputs),
    )

    assert re.search(problem, str(found))


@pytest.mark.parametrize(
    ("file", "what", "instead", "problem"),
    [
        (
            "infra/delivery/distribution.py",
            '"redirect-to-https"',
            '"redirect-to-tls"',
            r"'redirect-to-tls' is not one of allow-all",
        ),
        (
            "infra/delivery/distribution.py",
            'signing_behavior="always"',
            'signing_behavior="allways"',
            r"'allways' is not one of always",
        ),
        ("infra/delivery/firewall.py", '"KEEP"', '"HOLD"', r"'HOLD' is not one of DROP, KEEP"),
        ("infra/delivery/firewall.py", '"SUBSTITUTION"', '"BLANK"', r"'BLANK' is not one of HASH, SUBSTITUTION"),
        (
            "infra/observability/budget.py",
            '("FORECASTED", 100)',
            '("FORECAST", 100)',
            r"'FORECAST' is not one of ACTUAL, FORECASTED",
        ),
    ],
)
def test_a_word_that_aws_does_not_know_is_found(
    tmp_path: Path, file: str, what: str, instead: str, problem: str
) -> None:
    root = broken_program(tmp_path, file, what, instead)
    made = [
        each
        for each in record(root, "prod", overrides={"bundleTarget": "host"}).resources
        if each.type in service_models.OPERATIONS
    ]

    assert re.search(problem, str([service_models.problems(each.type, each.inputs) for each in made]))


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Permit", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:eu-west-1::b/*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "b/*"},
        {"Effect": "Allow", "Action": "s3:GetObject"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Principal": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"Equals": {}}},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms::123456789012:key/k"},
    ],
)
def test_a_document_that_iam_would_refuse_is_found(statement: dict[str, Any]) -> None:
    document = {"Version": "2012-10-17", "Statement": [statement]}

    assert policy_documents.problems(policy_documents.IDENTITY, json.dumps(document))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def is_unresolved(text: str) -> bool:
    leaks = r"pulumi\.output|__str__ on an Output|04da6b54-80e4"
    return bool(re.search(leaks if "\n" in text else rf"{leaks}|\bNone\b|\bnull\b", text))
