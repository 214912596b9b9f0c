import inspect
import re

import pytest
from pulumi._types import input_type_py_to_pulumi_names
from pulumi.output import Unknown

from local.program.output_functions import OUTPUTS_FUNCTIONS
from tests.engine import replacements
from tests.engine.replacements import AUTOMATIC_NAMES, CONDITIONS, PLUGIN_FRAMEWORK, REPLACING, automatic_name, replaced
from tests.engine.wire_values import UNKNOWN
from tests.support.provider_types import arguments_class, find_problems, properties

BUCKET = "aws:s3/bucket:Bucket"
DESTINATION = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
FUNCTION = "aws:lambda/function:Function"
ROLE = "aws:iam/role:Role"
TOPIC = "aws:sns/topic:Topic"

REPLACING_PHRASES = re.compile(
    r"forc(?:es?|ing) (?:the creation|terraform|replacement|(?:a )?new)"
    r"|(?:creat(?:es?|ion of|ing)|requires?) (?:a )?new resource"
    r"|(?:must|will) be (?:replaced|re-?created)",
    re.IGNORECASE,
)
"""The phrases with which docstrings of pulumi_aws say that a change of a property replaces the resource."""


def documented_replacing(type_: str) -> set[str]:
    """Return the properties whose docstring in pulumi_aws says that a change replaces the resource.

    A few properties, such as the write-only ones, have no docstring.
    """
    arguments = arguments_class(type_)
    names = input_type_py_to_pulumi_names(arguments)
    entries = re.split(r"^:param ", inspect.getdoc(arguments.__init__) or "", flags=re.MULTILINE)[1:]
    documented = {re.split(r":\s", entry, maxsplit=1)[0].split()[-1]: entry for entry in entries}
    assert documented
    assert {names.get(name, name) for name in documented} <= properties(arguments).keys()
    return {names.get(name, name) for name, text in documented.items() if REPLACING_PHRASES.search(text)}


def test_every_type_of_the_program_is_listed() -> None:
    assert REPLACING.keys() == OUTPUTS_FUNCTIONS.keys()
    assert OUTPUTS_FUNCTIONS.keys() >= AUTOMATIC_NAMES.keys() | CONDITIONS.keys() | PLUGIN_FRAMEWORK


@pytest.mark.parametrize("type_", REPLACING)
def test_every_listed_path_is_an_input_of_the_type(type_: str) -> None:
    for path in [*REPLACING[type_], *CONDITIONS.get(type_, {})]:
        key, *rest = path.split(".")
        value = {rest[0]: Unknown()} if rest else Unknown()

        assert [problem for problem in find_problems(type_, {key: value}) if problem.startswith(key)] == []


@pytest.mark.parametrize("type_", REPLACING)
def test_inputs_that_the_documentation_calls_replacing_are_listed(type_: str) -> None:
    assert documented_replacing(type_) <= REPLACING[type_] | CONDITIONS.get(type_, {}).keys()


@pytest.mark.parametrize(
    "type_",
    [
        "aws:cloudfront/trustStore:TrustStore",  # "Changing this forces a new resource to be created."
        "aws:cloudfront/connectionFunction:ConnectionFunction",
    ],
)
def test_documentation_of_other_types_has_the_phrases(type_: str) -> None:
    assert "name" in documented_replacing(type_)


@pytest.mark.parametrize("type_", OUTPUTS_FUNCTIONS)
def test_types_with_an_optional_name_are_named_automatically(type_: str) -> None:
    optional = {name for name, (_, required) in properties(arguments_class(type_)).items() if not required}

    names = optional & ({"bucket"} if type_ == BUCKET else {"name"})

    assert names == ({AUTOMATIC_NAMES[type_].input} if type_ in AUTOMATIC_NAMES else set())


def test_automatic_name_follows_the_rules_of_the_type() -> None:
    assert automatic_name(BUCKET, "Originals-1a2b3c4") == "originals-1a2b3c4"
    assert automatic_name("aws:kms/alias:Alias", "key-1a2b3c4") == "alias/key-1a2b3c4"
    with pytest.raises(ValueError, match="exceeds maximum length of 64"):
        automatic_name(ROLE, "r" * 65)


def test_changed_input_replaces_only_if_the_provider_cannot_update_it() -> None:
    assert replaced(ROLE, {"path": "/", "description": "a"}, {"path": "/images/", "description": "b"}) == ["path"]
    assert replaced("aws:cloudfront/cachePolicy:CachePolicy", {"name": "a"}, {"name": "b"}) == []


def test_order_of_a_list_replaces_nothing() -> None:
    names = ["a.example.com", "b.example.com"]
    before, after = {"subjectAlternativeNames": names}, {"subjectAlternativeNames": names[::-1]}

    assert replaced("aws:acm/certificate:Certificate", before, after) == []


def test_nested_input_replaces_under_the_name_of_its_block() -> None:
    before, after = ({"objectLockConfiguration": {"objectLockEnabled": value}} for value in (None, "Enabled"))

    assert replaced(BUCKET, before, after) == ["objectLockConfiguration"]


@pytest.mark.parametrize(
    ("arn", "keys"),
    [
        ("arn:aws:s3:::other", []),
        ("arn:aws:logs:us-east-1:123456789012:log-group:logs", ["deliveryDestinationConfiguration"]),
        (UNKNOWN, ["deliveryDestinationConfiguration"]),
    ],
)
def test_log_destination_is_replaced_if_the_service_may_change(arn: str, keys: list[str]) -> None:
    before, after = (
        {"deliveryDestinationConfiguration": {"destinationResourceArn": value}} for value in ("arn:aws:s3:::logs", arn)
    )

    assert replaced(DESTINATION, before, after) == keys


def test_blocks_of_a_function_replace_it_when_they_are_added() -> None:
    durable = {"durableConfig": {"executionTimeout": 60}}

    assert replaced(FUNCTION, {}, durable) == ["durableConfig"]
    assert replaced(FUNCTION, durable, {"durableConfig": {"executionTimeout": 90}}) == []


def test_region_replaces_only_if_it_really_changes() -> None:
    assert replaced(TOPIC, {}, {"region": "eu-west-1"}, old_region="eu-west-1", region="eu-west-1") == []
    assert replaced(TOPIC, {}, {"region": "us-east-1"}, old_region="eu-west-1", region="eu-west-1") == ["region"]
    assert replaced(TOPIC, {}, {}, old_region="eu-west-1", region="us-east-1") == ["region"]
    assert replaced(ROLE, {}, {}, old_region="", region="us-east-1") == []


def test_fixed_name_is_deleted_before_its_replacement() -> None:
    assert replacements.deletes_before_replacing(TOPIC, {"name": "alerts"})
    assert not replacements.deletes_before_replacing(TOPIC, {"name": "alerts-1a2b3c4", "__defaults": ["name"]})
    assert not replacements.deletes_before_replacing(DESTINATION, {"name": "logs"})
    assert not replacements.deletes_before_replacing("aws:route53/record:Record", {"name": "images.example.com"})


def test_published_function_has_an_unknown_version_in_previews() -> None:
    version = ["qualifiedArn", "qualifiedInvokeArn", "version"]

    assert replacements.unknown_outputs(FUNCTION, ["code"], {"publish": True}) == ["lastModified", *version]
    assert replacements.unknown_outputs(FUNCTION, ["memorySize"], {"publish": True}) == version
    assert replacements.unknown_outputs(FUNCTION, ["tags"], {"publish": True}) == []
    assert replacements.unknown_outputs(FUNCTION, ["memorySize"], {}) == []
    assert replacements.unknown_outputs(TOPIC, ["displayName"], {"publish": True}) == []
