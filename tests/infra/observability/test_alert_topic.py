"""The policy of the alert topic in a recorded stack."""

from tests.support.recorded_programs import policy_statements


def test_alert_topic_policy_lets_only_budgets_of_this_account_publish() -> None:
    statements = policy_statements("dev", "aws:sns/topicPolicy:TopicPolicy", "alerts")
    (allow_statement,) = (statement for statement in statements if statement["Effect"] == "Allow")

    assert (allow_statement["Principal"], allow_statement["Action"]) == (
        {"Service": "budgets.amazonaws.com"},
        "sns:Publish",
    )
    assert allow_statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:budgets::123456789012:*"},
    }
