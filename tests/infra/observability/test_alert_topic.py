"""The policy of an alert topic in a recorded stack."""

from tests.support.recorded_programs import policy_statements


def test_alert_topic_lets_only_budgets_and_alarms_of_the_account_publish() -> None:
    statements = policy_statements("dev", "aws:sns/topicPolicy:TopicPolicy", "routine-us-east-1")
    allow_statements = [statement for statement in statements if statement["Effect"] == "Allow"]

    sources = {
        statement["Principal"]["Service"]: statement["Condition"]["ArnLike"]["aws:SourceArn"]
        for statement in allow_statements
    }
    assert sources == {
        "budgets.amazonaws.com": "arn:aws:budgets::123456789012:*",
        "cloudwatch.amazonaws.com": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*",
    }
    for statement in allow_statements:
        assert statement["Action"] == "sns:Publish"
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
