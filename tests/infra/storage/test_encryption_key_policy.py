"""The policy of the KMS key, as the recorded stacks declare it."""

from tests.support.recorded_programs import policy_statements, program

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"


def test_key_policy_lets_only_distribution_and_edge_function_decrypt() -> None:
    statements = policy_statements("prod", KEY_POLICY, "origin-access")
    decrypt = [
        (statement["Principal"], statement["Condition"])
        for statement in statements
        if "kms:Decrypt" in statement["Action"]
    ]

    distribution = program("prod").of("aws:cloudfront/distribution:Distribution")[0].outputs["arn"]
    assert decrypt == [
        ({"Service": "cloudfront.amazonaws.com"}, {"StringEquals": {"AWS:SourceArn": distribution}}),
        (
            {"AWS": program("prod").outputs["edge_role_arn"]},
            {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
        ),
    ]


def test_key_policy_lets_administrators_not_use_the_key() -> None:
    statements = policy_statements("prod", KEY_POLICY, "origin-access")
    (administer,) = (statement for statement in statements if statement["Sid"] == "AllowKeyAdministration")

    uses = ("Encrypt", "Decrypt", "GenerateDataKey", "ReEncrypt", "CreateGrant", "Sign", "DeriveSharedSecret")
    assert [action for action in administer["Action"] if any(use in action for use in uses)] == []
    # KMS refuses a policy that the caller could not change afterwards.
    assert "kms:PutKeyPolicy" in administer["Action"]


def test_key_policy_lets_uploaders_upload_in_parts_only_through_s3() -> None:
    statement = policy_statements("uploads in parts", KEY_POLICY, "origin-access")[-1]

    assert statement["Principal"] == {"AWS": ["arn:aws:iam::123456789012:role/team/cms"]}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}
