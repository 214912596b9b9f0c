"""The policy of the KMS key in recorded stacks."""

from tests.support.recorded_programs import policy_statements, program

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"


def test_key_policy_lets_only_distribution_and_edge_function_decrypt() -> None:
    statements = policy_statements("prod", KEY_POLICY, "origin-access")
    decrypt_statements = [
        (statement["Principal"], statement["Condition"])
        for statement in statements
        if "kms:Decrypt" in statement["Action"]
    ]

    distribution = program("prod").of("aws:cloudfront/distribution:Distribution")[0].outputs["arn"]
    assert decrypt_statements == [
        ({"Service": "cloudfront.amazonaws.com"}, {"StringEquals": {"AWS:SourceArn": distribution}}),
        (
            {"AWS": program("prod").outputs["edge_role_arn"]},
            {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
        ),
    ]


def test_key_policy_does_not_let_administrators_use_the_key() -> None:
    statements = policy_statements("prod", KEY_POLICY, "origin-access")
    (admin_statement,) = (statement for statement in statements if statement["Sid"] == "Administer")

    key_uses = ("Encrypt", "Decrypt", "GenerateDataKey", "ReEncrypt", "CreateGrant", "Sign", "DeriveSharedSecret")
    assert [action for action in admin_statement["Action"] if any(use in action for use in key_uses)] == []
    # KMS refuses a policy if the caller may not change the policy afterwards.
    assert "kms:PutKeyPolicy" in admin_statement["Action"]


def test_key_policy_lets_uploaders_upload_in_parts_only_through_s3() -> None:
    statement = policy_statements("uploads in parts", KEY_POLICY, "origin-access")[-1]

    assert statement["Principal"] == {"AWS": ["arn:aws:iam::123456789012:role/team/cms"]}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}
