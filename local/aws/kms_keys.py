"""The declared keys of KMS: their policies, made in moto under aliases that tell them by their declared ids."""

import json
from collections.abc import Callable
from typing import Any

from local.program.program import Program, Resource

_KEY = "aws:kms/key:Key"
_POLICY = "aws:kms/keyPolicy:KeyPolicy"

_DEFAULT = json.dumps({"Statement": []})
"""KMS's own leaves all to IAM, which gives nothing to CloudFront and nothing that the engine asks for."""


def key_policies(program: Program) -> dict[str, str]:
    """Of every declared key, by its ARN."""
    said = {policy.inputs["keyId"]: policy.inputs["policy"] for policy in program.of(_POLICY)}
    return {key.outputs["arn"]: said.get(key.id) or key.inputs.get("policy") or _DEFAULT for key in program.of(_KEY)}


def make_key(resource: Resource, client: Callable[[str, str], Any]) -> None:
    """Moto chooses the id; local/aws/moto_keys.py finds it by its alias."""
    kms = client("kms", resource.outputs["region"])
    made = kms.create_key(Policy=resource.inputs.get("policy") or _DEFAULT)
    kms.create_alias(AliasName=f"alias/{resource.id}", TargetKeyId=made["KeyMetadata"]["KeyId"])


def set_key_policy(resource: Resource, client: Callable[[str, str], Any]) -> None:
    """In place of the one it was made with."""
    kms = client("kms", resource.outputs["region"])
    made = kms.describe_key(KeyId=f"alias/{resource.inputs['keyId']}")["KeyMetadata"]["KeyId"]
    kms.put_key_policy(KeyId=made, PolicyName="default", Policy=resource.inputs["policy"])
