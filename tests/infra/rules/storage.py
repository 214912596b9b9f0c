"""Rules about storage: buckets, the key, log groups and queues."""

import json
from collections.abc import Callable, Iterator

from local.program.program import Program, Resource
from tests.infra.rules.registry import BUCKET, is_key_of_a_topic, rule


def buckets_without(program: Program, type_: str, fits: Callable[[Resource], bool]) -> Iterator[str]:
    """Return the names of the buckets for which no resource of the type satisfies `fits`."""
    fitting = {resource.inputs["bucket"] for resource in program.of(type_) if fits(resource)}
    return (bucket.name for bucket in program.of(BUCKET) if bucket.id not in fitting)


@rule("every bucket blocks public access")
def _(program: Program) -> Iterator[str]:
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    type_ = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    return buckets_without(program, type_, lambda block: all(block.inputs.get(flag) is True for flag in flags))


@rule("the account owns every object of every bucket, without ACLs")
def _(program: Program) -> Iterator[str]:
    type_ = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    return buckets_without(
        program, type_, lambda controls: controls.inputs["rule"]["objectOwnership"] == "BucketOwnerEnforced"
    )


@rule("every bucket requires TLS")
def _(program: Program) -> Iterator[str]:
    def requires_tls(policy: Resource) -> bool:
        return any(
            statement["Effect"] == "Deny"
            and statement["Principal"] == "*"
            and statement["Action"] == "s3:*"
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            and set(statement["Resource"])
            == {f"arn:aws:s3:::{policy.inputs['bucket']}{suffix}" for suffix in ("", "/*")}
            for statement in json.loads(policy.inputs["policy"])["Statement"]
        )

    return buckets_without(program, "aws:s3/bucketPolicy:BucketPolicy", requires_tls)


@rule("every bucket encrypts its objects, and uses a bucket key with a KMS key")
def _(program: Program) -> Iterator[str]:
    def encrypts(encryption: Resource) -> bool:
        (configuration,) = encryption.inputs["rules"]
        default_encryption = configuration["applyServerSideEncryptionByDefault"]
        if default_encryption["sseAlgorithm"] == "AES256":
            return True
        keys = {key.outputs["arn"] for key in program.of("aws:kms/key:Key")}
        return default_encryption["kmsMasterKeyId"] in keys and configuration["bucketKeyEnabled"] is True

    return buckets_without(
        program, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", encrypts
    )


@rule("every bucket aborts incomplete uploads")
def _(program: Program) -> Iterator[str]:
    return buckets_without(
        program,
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda lifecycle: any("abortIncompleteMultipartUpload" in rule for rule in lifecycle.inputs["rules"]),
    )


@rule("originals are versioned, and old versions expire")
def _(program: Program) -> Iterator[str]:
    originals = program.outputs["originals_bucket"]
    versioned = {versioning.inputs["bucket"] for versioning in program.of("aws:s3/bucketVersioning:BucketVersioning")}
    lifecycles = program.of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    rules = [
        rule
        for lifecycle in lifecycles
        if lifecycle.inputs["bucket"] == originals
        for rule in lifecycle.inputs["rules"]
    ]
    if originals not in versioned or not any("noncurrentVersionExpiration" in rule for rule in rules):
        yield originals


@rule("a protected stack protects its originals, its key and its logs")
def _(program: Program) -> Iterator[str]:
    originals = next(bucket for bucket in program.of(BUCKET) if bucket.id == program.outputs["originals_bucket"])
    if originals.protect:
        names = (program.outputs["originals_bucket"], program.outputs["access_logs_bucket"], program.outputs["key_arn"])
        for resource in [*program.of(BUCKET), *program.of("aws:kms/key:Key")]:
            is_protected = resource.protect and not resource.inputs.get("forceDestroy")
            if (resource.id in names or resource.outputs["arn"] in names) and not is_protected:
                yield resource.name


@rule("prod is protected")
def _(program: Program) -> Iterator[str]:
    if program.stack == "prod":
        buckets = [bucket for bucket in program.of(BUCKET) if bucket.id == program.outputs["originals_bucket"]]
        yield from (bucket.name for bucket in buckets if not bucket.protect)


@rule("every key rotates, and `pulumi destroy` leaves the key of the images and its policy")
def _(program: Program) -> Iterator[str]:
    for key in program.of("aws:kms/key:Key"):
        policies = [policy for policy in program.of("aws:kms/keyPolicy:KeyPolicy") if policy.inputs["keyId"] == key.id]
        if is_key_of_a_topic(key):
            if key.inputs.get("enableKeyRotation") is not True:
                yield key.name
            continue
        rotates = key.inputs.get("enableKeyRotation") is True and key.inputs.get("deletionWindowInDays") == 30
        if not rotates or not all(resource.retain for resource in [key, *policies]):
            yield key.name


@rule("every log group expires")
def _(program: Program) -> Iterator[str]:
    for group in program.of("aws:cloudwatch/logGroup:LogGroup"):
        if not group.inputs.get("retentionInDays"):
            yield group.name


@rule("every queue is encrypted, and has a dead-letter queue or is a dead-letter queue")
def _(program: Program) -> Iterator[str]:
    queues = program.of("aws:sqs/queue:Queue")
    redrive_policies = [
        json.loads(queue.inputs["redrivePolicy"]) for queue in queues if queue.inputs.get("redrivePolicy")
    ]
    dead_letter_queues = {policy["deadLetterTargetArn"] for policy in redrive_policies}
    for queue in queues:
        is_encrypted = queue.inputs.get("sqsManagedSseEnabled") or queue.inputs.get("kmsMasterKeyId")
        if not is_encrypted or not (queue.inputs.get("redrivePolicy") or queue.outputs["arn"] in dead_letter_queues):
            yield queue.name
