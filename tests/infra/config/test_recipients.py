"""Recipients of alerts: each kind is recognized, and no message contains a recipient, which can be a secret."""

import pytest

from common.contract import PROJECT
from infra.config.loader import check_config
from infra.config.recipients import Recipients, group_recipients
from infra.config.stack_config import ConfigError, StackConfig
from tests.support.configurations import full_keys, list_problems, parse_keys

URL = "https://events.pagerduty.com/integration/0123456789abcdef/enqueue"
NOT_A_RECIPIENT = "is not an email address, an https URL, or slack:WORKSPACE/CHANNEL with the ids of both"


def test_recipients_of_each_kind_are_grouped_in_order() -> None:
    items = ("b@example.com", URL, "slack:T07EA123LEP/C07EZ1ABC23", "a@example.com")

    assert group_recipients(items) == Recipients(
        emails=("b@example.com", "a@example.com"), urls=(URL,), slack_channels=(("T07EA123LEP", "C07EZ1ABC23"),)
    )


@pytest.mark.parametrize("url", ["https://key@events.example.com/x", "https://events.example.com/a@b.example"])
def test_url_with_an_at_sign_is_not_an_email_address(url: str) -> None:
    """The address of an email recipient is a part of the name of a resource."""
    assert group_recipients((url,)) == Recipients(emails=(), urls=(url,), slack_channels=())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["a@example.com", "nobody"]', f"item 2 {NOT_A_RECIPIENT}"),
        ('["http://key@events.example.com"]', f"item 1 {NOT_A_RECIPIENT}"),
        ('["htps://events.example.com/secret"]', f"item 1 {NOT_A_RECIPIENT}"),
        ('["https://[events.example.com/secret"]', f"item 1 {NOT_A_RECIPIENT}"),
        ('["https://events.example.com/a secret"]', f"item 1 {NOT_A_RECIPIENT}"),
        ('["slack:T07EA123LEP"]', f"item 1 {NOT_A_RECIPIENT}"),
        ("[1]", f"item 1 {NOT_A_RECIPIENT}"),
        ('["a@example.com", "a@example.com"]', "item 2 is the same as an item before it"),
        (URL, "is not a list"),
    ],
)
@pytest.mark.parametrize("key", ["urgentRecipients", "routineRecipients"])
def test_message_about_recipients_names_the_item_but_not_its_value(key: str, text: str, message: str) -> None:
    assert list_problems(full_keys({key: text})) == [f"{PROJECT}:{key}: {message}"]


def test_typed_arguments_with_a_wrong_recipient_do_not_show_it() -> None:
    config = StackConfig(region="eu-central-1", urgent_recipients=("ftp://events.example.com/secret",))

    with pytest.raises(ConfigError) as caught:
        check_config(config, stack="dev")

    assert "urgent_recipients: item 1 is not" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_text_of_a_configuration_contains_no_recipient() -> None:
    assert URL not in repr(parse_keys(urgentRecipients=f'["{URL}"]'))
