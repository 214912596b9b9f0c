"""Creates the declared KMS keys in moto and returns their policies."""

import json
from typing import Final

from local.aws.cloud import Cloud
from local.program.program import Program, Resource

_KEY: Final = "aws:kms/key:Key"
_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"

# KMS's default policy leaves the decisions to IAM. IAM grants nothing to CloudFront, and no permission that the engine
# checks. The equivalent policy has no statement.
_DEFAULT_POLICY: Final = json.dumps({"Statement": []})


def key_policies(program: Program) -> dict[str, str]:
    """Return the policies of the declared keys by the ARN of the key."""
    key_policy_resources = {policy.inputs["keyId"]: policy.inputs["policy"] for policy in program.of(_POLICY)}
    return {
        key.outputs["arn"]: key_policy_resources.get(key.id) or key.inputs.get("policy") or _DEFAULT_POLICY
        for key in program.of(_KEY)
    }


def create_key(resource: Resource, cloud: Cloud) -> None:
    """Create a key and an alias.

    The alias contains the declared id of the key, because moto chooses another id. moto_patches.py uses the alias.
    """
    kms = cloud.kms(resource.outputs["region"])
    key = kms.create_key(Policy=resource.inputs.get("policy") or _DEFAULT_POLICY)
    kms.create_alias(AliasName=f"alias/{resource.id}", TargetKeyId=key["KeyMetadata"]["KeyId"])


def set_key_policy(resource: Resource, cloud: Cloud) -> None:
    """Replace the key's first policy with the policy of a KeyPolicy resource."""
    kms = cloud.kms(resource.outputs["region"])
    key_id = kms.describe_key(KeyId=f"alias/{resource.inputs['keyId']}")["KeyMetadata"]["KeyId"]
    kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=resource.inputs["policy"])
