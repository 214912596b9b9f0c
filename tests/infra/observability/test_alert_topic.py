"""The policy of the alert topic, as the recorded stacks declare it."""

from tests.support.recorded_programs import policy_statements


def test_alert_topic_policy_lets_only_budgets_of_this_account_publish() -> None:
    statements = policy_statements("dev", "aws:sns/topicPolicy:TopicPolicy", "alerts")
    (allowed,) = (statement for statement in statements if statement["Effect"] == "Allow")

    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "budgets.amazonaws.com"}, "sns:Publish")
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:budgets::123456789012:*"},
    }
