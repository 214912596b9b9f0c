"""The inputs that Pulumi would pass to AWS, checked against the provider's types and AWS's own models."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.config.limits import REGIONS
from local.program.program import Program, Resource
from local.program.recorder import record
from tests.support import policy_documents, provider_types, service_models
from tests.support.recorded_programs import ALL, KNOWN, program
from tests.support.served_stack import ROOT, STACKS, broken_program

RECORD = "aws:route53/record:Record"
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


def problems_by_resource(recorded: Program, find_problems: Callable[[Resource], list[str]]) -> dict[str, list[str]]:
    problems = {f"{resource.type} {resource.name}": find_problems(resource) for resource in recorded.resources}
    return {name: messages for name, messages in problems.items() if messages}


@pytest.mark.parametrize("name", ALL)
def test_inputs_are_known_to_the_provider_and_complete(name: str) -> None:
    assert problems_by_resource(program(name), provider_problems) == {}


@pytest.mark.parametrize("name", ALL)
def test_enumeration_values_are_known_to_aws(name: str) -> None:
    def find_problems(resource: Resource) -> list[str]:
        if resource.type in service_models.DOCUMENTS:
            return []
        return service_models.find_problems(resource.type, resource.inputs)

    assert problems_by_resource(program(name), find_problems) == {}


@pytest.mark.parametrize("name", KNOWN)
def test_values_are_resolved(name: str) -> None:
    def find_problems(resource: Resource) -> list[str]:
        return [text for text in strings(resource.inputs) if is_unresolved(text)]

    assert problems_by_resource(program(name), find_problems) == {}


@pytest.mark.parametrize("name", KNOWN)
def test_policy_documents_are_well_formed(name: str) -> None:
    def find_problems(resource: Resource) -> list[str]:
        documents = [resource.inputs[key] for key in policy_documents.INPUTS if key in resource.inputs]
        return [problem for text in documents for problem in policy_documents.find_problems(resource.type, text)]

    assert problems_by_resource(program(name), find_problems) == {}


@pytest.mark.parametrize("name", KNOWN)
def test_arns_and_regions_are_plausible(name: str) -> None:
    def find_problems(resource: Resource) -> list[str]:
        arns = [text for text in strings(resource.inputs) if text.startswith("arn:") and "*" not in text]
        region = resource.inputs.get("region", "us-east-1")
        problems = [problem for arn in arns for problem in policy_documents.arn_problems(arn)]
        return problems + [region] * (region not in REGIONS)

    assert problems_by_resource(program(name), find_problems) == {}


def test_enumerations_that_matter_are_checked() -> None:
    checked = {
        (resource.type.rpartition(":")[2], name.rpartition(".")[2])
        for stack in KNOWN
        for resource in program(stack).resources
        if resource.type in service_models.OPERATIONS
        for name, _ in service_models.enumeration_values(resource.type, resource.inputs)
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
    } <= checked


def test_physical_names_when_the_stack_name_is_longest_fit() -> None:
    pattern = "${project}-${stack}-${name}-${hex(7)}"
    assert f'pattern: "{pattern}"' in (ROOT / "Pulumi.yaml").read_text()

    for name in KNOWN:
        for resource in program(name).resources:
            if "name" not in resource.inputs and resource.type in NAME_LIMITS:
                longest_name = f"edge-image-resizer-{'s' * 20}-{resource.name}-{'0' * 7}"
                assert len(longest_name) <= NAME_LIMITS[resource.type], resource.name


def fixed_names(name: str) -> Counter[tuple[str, str]]:
    """Return the names that the program itself chooses, with their types."""
    resources = [resource for resource in program(name).resources if "name" in resource.inputs]
    # The name of a DNS record belongs to the domain, not to the stack. CloudWatch identifies a saved query by its ID.
    others = (RECORD, "aws:cloudwatch/queryDefinition:QueryDefinition")
    return Counter({(resource.type, resource.inputs["name"]) for resource in resources if resource.type not in others})


def test_no_two_stacks_share_a_fixed_name() -> None:
    names = sum((fixed_names(stack) for stack in STACKS), Counter[tuple[str, str]]())

    assert [name for name, count in names.items() if count > 1] == []
    assert len(names) >= 6


@pytest.mark.parametrize("name", KNOWN)
def test_fixed_names_contain_a_part_that_aws_or_pulumi_makes_unique(name: str) -> None:
    """A stack whose state is lost or moved is created again beside its old resources, under other names."""
    recorded = program(name)
    unique_parts = {
        part
        for resource in recorded.resources
        for part in (resource.outputs.get("keyId"), resource.outputs.get("name"))
        if part and "name" not in resource.inputs
    }

    for type_, fixed_name in fixed_names(name):
        assert any(part in fixed_name for part in unique_parts), f"{type_} {fixed_name}"


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
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
def test_nested_input_when_misspelled_is_detected(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    root = broken_program(tmp_path, file, old, new)
    recorded = record(root, "prod", overrides={"bundleTarget": "host"})

    assert re.search(problem, str(problems_by_resource(recorded, provider_problems)))


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
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
def test_enumeration_value_when_unknown_to_aws_is_detected(
    tmp_path: Path, file: str, old: str, new: str, problem: str
) -> None:
    root = broken_program(tmp_path, file, old, new)
    recorded = record(root, "prod", overrides={"bundleTarget": "host"})
    problems = [
        service_models.find_problems(resource.type, resource.inputs)
        for resource in recorded.resources
        if resource.type in service_models.OPERATIONS
    ]

    assert re.search(problem, str(problems))


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
def test_policy_document_when_iam_would_refuse_it_is_detected(statement: dict[str, Any]) -> None:
    document = {"Version": "2012-10-17", "Statement": [statement]}

    assert policy_documents.find_problems(policy_documents.IDENTITY_POLICY, json.dumps(document))


def provider_problems(resource: Resource) -> list[str]:
    return provider_types.find_problems(resource.type, resource.inputs)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def is_unresolved(text: str) -> bool:
    leaks = r"pulumi\.output|__str__ on an Output|04da6b54-80e4"
    return bool(re.search(leaks if "\n" in text else rf"{leaks}|\bNone\b|\bnull\b", text))
