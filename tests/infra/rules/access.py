"""Rules about policies: which principals may do what."""

from collections.abc import Iterator

from local.program.program import Program
from tests.infra.rules.registry import DISTRIBUTION, rule
from tests.support.policy_documents import as_list, statements


@rule("no statement allows a wildcard action")
def _(program: Program) -> Iterator[str]:
    for name, _, statement in statements(program):
        if statement["Effect"] == "Allow" and any("*" in action for action in as_list(statement["Action"])):
            yield name


@rule("no statement allows an action to every principal")
def _(program: Program) -> Iterator[str]:
    for name, _, statement in statements(program):
        principal = statement.get("Principal", {})
        every_principal = principal == "*" or (isinstance(principal, dict) and "*" in as_list(principal.get("AWS", [])))
        if statement["Effect"] == "Allow" and every_principal:
            yield name


@rule("a service is permitted only for this account, or for one of its resources")
def _(program: Program) -> Iterator[str]:
    for name, type_, statement in statements(program):
        principal = statement.get("Principal", {})
        if type_ == "aws:iam/role:Role" or not isinstance(principal, dict) or "Service" not in principal:
            continue
        keys = {key.lower() for condition in statement.get("Condition", {}).values() for key in condition}
        if not keys & {"aws:sourcearn", "aws:sourceaccount"}:
            yield name


@rule("no role may act on every resource")
def _(program: Program) -> Iterator[str]:
    for name, type_, statement in statements(program):
        if type_ == "aws:iam/rolePolicy:RolePolicy" and any(
            arn in ("*", "arn:aws:s3:::*") for arn in as_list(statement["Resource"])
        ):
            yield name


@rule("only the distribution, the edge function and uploaders may decrypt with the key of the images")
def _(program: Program) -> Iterator[str]:
    roles = {role.outputs["arn"] for role in program.of("aws:iam/role:Role")}
    for name, type_, statement in statements(program):
        if type_ != "aws:kms/keyPolicy:KeyPolicy" or "kms:Decrypt" not in as_list(statement["Action"]):
            continue
        is_for_the_distribution = statement.get("Condition", {}).get("StringEquals", {}).get("AWS:SourceArn") in {
            distribution.outputs["arn"] for distribution in program.of(DISTRIBUTION)
        }
        if statement["Principal"] == {"Service": "cloudfront.amazonaws.com"} and is_for_the_distribution:
            continue
        if set(as_list(statement["Principal"].get("AWS", "*"))) <= roles or statement["Sid"] == "AllowMultipartUpload":
            continue
        yield name


@rule("only alarms, budgets and publishers of this account may use the key of a topic")
def _(program: Program) -> Iterator[str]:
    services = {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    for name, type_, statement in statements(program):
        uses = [action for action in as_list(statement["Action"]) if "Decrypt" in action or "DataKey" in action]
        if type_ != "aws:kms/key:Key" or not uses:
            continue
        if statement["Principal"].get("Service") not in services and "kms:ViaService" not in str(statement):
            yield name
