"""What is kept, how, and for how long."""

import json
from collections.abc import Callable, Iterator

from local.program.program import Program, Resource
from tests.infra.rules.registry import BUCKET, rule


def missing(program: Program, type_: str, fits: Callable[[Resource], bool]) -> Iterator[str]:
    """The buckets of which no resource of that type fits."""
    have = {resource.inputs["bucket"] for resource in program.of(type_) if fits(resource)}
    return (bucket.name for bucket in program.of(BUCKET) if bucket.id not in have)


@rule("every bucket blocks public access")
def _(program: Program) -> Iterator[str]:
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    type_ = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    return missing(program, type_, lambda block: all(block.inputs.get(flag) is True for flag in flags))


@rule("every bucket belongs to its owner, without ACLs")
def _(program: Program) -> Iterator[str]:
    type_ = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    return missing(program, type_, lambda own: own.inputs["rule"]["objectOwnership"] == "BucketOwnerEnforced")


@rule("every bucket demands TLS")
def _(program: Program) -> Iterator[str]:
    def demands(policy: Resource) -> bool:
        return any(
            statement["Effect"] == "Deny"
            and statement["Principal"] == "*"
            and statement["Action"] == "s3:*"
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            and set(statement["Resource"]) == {f"arn:aws:s3:::{policy.inputs['bucket']}{tail}" for tail in ("", "/*")}
            for statement in json.loads(policy.inputs["policy"])["Statement"]
        )

    return missing(program, "aws:s3/bucketPolicy:BucketPolicy", demands)


@rule("every bucket encrypts, under a key only with a bucket key")
def _(program: Program) -> Iterator[str]:
    def encrypts(encryption: Resource) -> bool:
        (only,) = encryption.inputs["rules"]
        by_default = only["applyServerSideEncryptionByDefault"]
        if by_default["sseAlgorithm"] == "AES256":
            return True
        keys = {key.outputs["arn"] for key in program.of("aws:kms/key:Key")}
        return by_default["kmsMasterKeyId"] in keys and only["bucketKeyEnabled"] is True

    return missing(
        program, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", encrypts
    )


@rule("every bucket gives up uploads that were never finished")
def _(program: Program) -> Iterator[str]:
    return missing(
        program,
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda cycle: any("abortIncompleteMultipartUpload" in rule for rule in cycle.inputs["rules"]),
    )


@rule("originals are versioned, and old versions expire")
def _(program: Program) -> Iterator[str]:
    originals = program.outputs["originals_bucket"]
    versioned = {each.inputs["bucket"] for each in program.of("aws:s3/bucketVersioning:BucketVersioning")}
    cycles = program.of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    rules = [rule for cycle in cycles if cycle.inputs["bucket"] == originals for rule in cycle.inputs["rules"]]
    if originals not in versioned or not any("noncurrentVersionExpiration" in rule for rule in rules):
        yield originals


@rule("a stack that is protected keeps its originals, its key and its logs")
def _(program: Program) -> Iterator[str]:
    originals = next(bucket for bucket in program.of(BUCKET) if bucket.id == program.outputs["originals_bucket"])
    if originals.protect:
        names = (program.outputs["originals_bucket"], program.outputs["access_logs_bucket"], program.outputs["key_arn"])
        for resource in [*program.of(BUCKET), *program.of("aws:kms/key:Key")]:
            kept = resource.protect and not resource.inputs.get("forceDestroy")
            if (resource.id in names or resource.outputs["arn"] in names) and not kept:
                yield resource.name


@rule("prod is protected")
def _(program: Program) -> Iterator[str]:
    if program.stack == "prod":
        buckets = [bucket for bucket in program.of(BUCKET) if bucket.id == program.outputs["originals_bucket"]]
        yield from (bucket.name for bucket in buckets if not bucket.protect)


@rule("every key turns, and outlives its stack with its policy")
def _(program: Program) -> Iterator[str]:
    for key in program.of("aws:kms/key:Key"):
        policies = [each for each in program.of("aws:kms/keyPolicy:KeyPolicy") if each.inputs["keyId"] == key.id]
        turns = key.inputs.get("enableKeyRotation") is True and key.inputs.get("deletionWindowInDays") == 30
        if not turns or not all(each.retain for each in [key, *policies]):
            yield key.name


@rule("every log group expires")
def _(program: Program) -> Iterator[str]:
    for group in program.of("aws:cloudwatch/logGroup:LogGroup"):
        if not group.inputs.get("retentionInDays"):
            yield group.name


@rule("every queue is encrypted and has a dead-letter queue, or is one")
def _(program: Program) -> Iterator[str]:
    queues = program.of("aws:sqs/queue:Queue")
    letters = [json.loads(queue.inputs["redrivePolicy"]) for queue in queues if queue.inputs.get("redrivePolicy")]
    dead = {policy["deadLetterTargetArn"] for policy in letters}
    for queue in queues:
        encrypted = queue.inputs.get("sqsManagedSseEnabled") or queue.inputs.get("kmsMasterKeyId")
        if not encrypted or not (queue.inputs.get("redrivePolicy") or queue.outputs["arn"] in dead):
            yield queue.name
