"""Creates the declared KMS keys in moto and returns their policies."""

import json

from local.aws.cloud import Cloud
from local.program.program import Program, Resource

_KEY = "aws:kms/key:Key"
_POLICY = "aws:kms/keyPolicy:KeyPolicy"

# KMS's default policy delegates to IAM. IAM grants nothing to CloudFront, and nothing that the engine checks.
_DEFAULT_POLICY = json.dumps({"Statement": []})


def key_policies(program: Program) -> dict[str, str]:
    """Return the policy of each declared key by the key's ARN."""
    separate = {policy.inputs["keyId"]: policy.inputs["policy"] for policy in program.of(_POLICY)}
    return {
        key.outputs["arn"]: separate.get(key.id) or key.inputs.get("policy") or _DEFAULT_POLICY
        for key in program.of(_KEY)
    }


def create_key(resource: Resource, cloud: Cloud) -> None:
    """Create a key. moto chooses its id, so an alias contains the declared id; moto_patches.py looks it up there."""
    kms = cloud.kms(resource.outputs["region"])
    key = kms.create_key(Policy=resource.inputs.get("policy") or _DEFAULT_POLICY)
    kms.create_alias(AliasName=f"alias/{resource.id}", TargetKeyId=key["KeyMetadata"]["KeyId"])


def set_key_policy(resource: Resource, cloud: Cloud) -> None:
    """Replace the policy that the key was created with."""
    kms = cloud.kms(resource.outputs["region"])
    key_id = kms.describe_key(KeyId=f"alias/{resource.inputs['keyId']}")["KeyMetadata"]["KeyId"]
    kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=resource.inputs["policy"])
