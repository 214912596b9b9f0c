"""`python -m ops sweep` with moto's Lambda, and with a scripted list of distributions."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ops.__main__ import main
from ops.aws.function_versions import ClassifiedVersion
from tests.ops.test_operations_page import example_output, mask_sizes, mask_times
from tests.support.aws_servers import (
    ARN,
    FUNCTION,
    XMLNS,
    Call,
    Moto,
    ScriptedResponse,
    ScriptedServer,
    scripted_server,
    write_outputs,
)

Capture = pytest.CaptureFixture[str]
REPLICATED = (
    f"Lambda was unable to delete {ARN}:2 because it is a replicated function. "
    "Please see our documentation for Deleting Lambda@Edge Functions and Replicas."
)


def bundle(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("a.py", text)
    return buffer.getvalue()


@pytest.fixture
def function(moto: Moto) -> Any:
    """Create a function with the versions 1 to 9, and return a Lambda client."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = moto.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    client = moto.client("lambda")
    configuration = {"FunctionName": FUNCTION, "Runtime": "python3.13", "Handler": "a.b", "Role": role}
    client.create_function(**configuration, Code={"ZipFile": bundle("1")}, Publish=True)
    for number in range(2, 10):
        client.update_function_code(FunctionName=FUNCTION, ZipFile=bundle(str(number)), Publish=True)
    return client


def remaining_versions(client: Any) -> list[str]:
    return [version["Version"] for version in client.list_versions_by_function(FunctionName=FUNCTION)["Versions"]]


def behavior(version: str | None, name: str) -> str:
    items = (
        f"<Quantity>1</Quantity><Items><LambdaFunctionAssociation><LambdaFunctionARN>{ARN}:{version}</LambdaFunctionARN>"
        "<EventType>origin-response</EventType></LambdaFunctionAssociation></Items>"
        if version
        else "<Quantity>0</Quantity>"
    )
    return f"<{name}><LambdaFunctionAssociations>{items}</LambdaFunctionAssociations></{name}>"


def distributions(*versions_in_use: tuple[str, str | None, str | None], next_marker: str = "") -> str:
    """Return the XML of a list of distributions.

    A tuple has the ID of a distribution and the versions in its default and in an ordered cache behavior.
    """
    items = "".join(
        f"<DistributionSummary><Id>{id_}</Id>{behavior(default, 'DefaultCacheBehavior')}<CacheBehaviors><Quantity>1"
        f"</Quantity><Items>{behavior(ordered, 'CacheBehavior')}</Items></CacheBehaviors></DistributionSummary>"
        for id_, default, ordered in versions_in_use
    )
    truncation = (
        f"<IsTruncated>true</IsTruncated><NextMarker>{next_marker}</NextMarker>"
        if next_marker
        else "<IsTruncated>false</IsTruncated>"
    )
    return (
        f'<DistributionList xmlns="{XMLNS}"><Quantity>{len(versions_in_use)}</Quantity>{truncation}'
        f"<Items>{items}</Items></DistributionList>"
    )


@contextmanager
def account(
    moto: Moto,
    monkeypatch: pytest.MonkeyPatch,
    *versions_in_use: tuple[str, str | None, str | None],
    replicas: str = "",
) -> Iterator[ScriptedServer]:
    """Serve two pages of distributions. Deletions of the versions in `replicas` fail, because replicas still exist."""

    def script(call: Call) -> ScriptedResponse:
        if call.path.startswith("/2020-05-31/distribution"):
            return 200, distributions(*versions_in_use[1:]) if "Marker=2" in call.path else distributions(
                *versions_in_use[:1], next_marker="2"
            )
        number = call.path.rpartition("Qualifier=")[2]
        if call.method == "DELETE" and replicas and (number in replicas.split() or replicas == "all"):
            error = {"Type": "User", "Message": REPLICATED, "__type": "InvalidParameterValueException"}
            return 400, json.dumps(error)
        return None

    with scripted_server(script, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def test_unused_versions_are_deleted_and_the_others_kept(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    with account(moto, monkeypatch, ("E1", "7", None), ("E2", None, "3"), ("E3", "3", None)):
        assert main(["sweep", "--yes", "--keep", "2", "--outputs", write_outputs(tmp_path)]) == 0

    assert remaining_versions(function) == ["$LATEST", "3", "7", "8", "9"]
    out = capsys.readouterr().out
    rows = [line.split(maxsplit=3) for line in out.splitlines() if line.lstrip()[:1].isdigit()]
    assert [(row[0], row[3]) for row in rows if len(row) == 4] == [
        ("9", "the newest"),
        ("8", "kept for rollback"),
        ("7", "used by E1"),
        ("6", "can be deleted"),
        ("5", "can be deleted"),
        ("4", "can be deleted"),
        ("3", "used by E2, E3"),
        ("2", "can be deleted"),
        ("1", "can be deleted"),
    ]
    assert [row for row in rows if len(row) == 2] == [[number, "deleted"] for number in "65421"]


def test_five_versions_and_the_version_of_the_stack_are_kept(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with account(moto, monkeypatch):
        assert main(["sweep", "--yes", "--outputs", write_outputs(tmp_path, edge_function_arn=f"{ARN}:2")]) == 0

    assert remaining_versions(function) == ["$LATEST", "2", "5", "6", "7", "8", "9"]


def test_newest_version_is_always_kept(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with account(moto, monkeypatch):
        assert main(["sweep", "--yes", "--keep", "1", "--outputs", write_outputs(tmp_path)]) == 0

    assert remaining_versions(function) == ["$LATEST", "7", "9"]


def test_dry_run_deletes_nothing(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    with account(moto, monkeypatch) as server:
        assert main(["sweep", "--dry-run", "--keep", "1", "--json", "--outputs", write_outputs(tmp_path)]) == 0

    assert {call.method for call in server.calls} == {"GET"}
    result = json.loads(capsys.readouterr().out)
    assert result["function"] == FUNCTION
    assert [row["version"] for row in result["versions"] if not row["kept_because"]] == [8, 6, 5, 4, 3, 2, 1]
    assert {row["outcome"] for row in result["versions"]} == {None}


def test_version_with_replicas_is_not_a_failure(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    with account(moto, monkeypatch, replicas="3 2"):
        assert main(["sweep", "--yes", "--outputs", write_outputs(tmp_path)]) == 0

    assert remaining_versions(function) == ["$LATEST", "2", "3", "5", "6", "7", "8", "9"]
    out = capsys.readouterr().out
    assert "3        its replicas still exist: try again in a few hours\n" in out
    assert "4        deleted\n" in out


def test_denied_deletion_exits_with_1_after_the_others(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    def script(call: Call) -> ScriptedResponse:
        if call.path.startswith("/2020-05-31/distribution"):
            return 200, distributions()
        if call.method == "DELETE" and call.path.endswith("Qualifier=4"):
            message = "User: me is not authorized to perform: lambda:DeleteFunction on resource: x"
            return 403, json.dumps({"Message": message, "__type": "AccessDeniedException"})
        return None

    with scripted_server(script, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["sweep", "--yes", "--outputs", write_outputs(tmp_path)]) == 1

    assert remaining_versions(function) == ["$LATEST", "4", "5", "6", "7", "8", "9"]
    assert "4        AWS denies lambda:DeleteFunction to these credentials" in capsys.readouterr().out


def test_function_of_a_destroyed_stack_is_deleted_by_name_or_arn(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with account(moto, monkeypatch):
        assert main(["sweep", "--yes", "--all-versions", "--function", ARN]) == 0
        assert f"{FUNCTION}  deleted" in capsys.readouterr().out

        assert main(["sweep", "--yes", "--all-versions", "--function", FUNCTION]) == 1
        assert f"there is no function {FUNCTION} with versions in us-east-1" in capsys.readouterr().err


def test_outputs_of_a_destroyed_stack_name_the_function(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "old.json").write_text(json.dumps({"left_after_destroy": [ARN, "/aws/cloudfront/LambdaEdge/E1"]}))

    with account(moto, monkeypatch):
        assert main(["sweep", "--yes", "--keep", "3", "--outputs", str(tmp_path / "old.json")]) == 0

    assert remaining_versions(function) == ["$LATEST", "7", "8", "9"]


def test_function_with_replicas_is_not_a_failure(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with account(moto, monkeypatch, replicas="all"):
        assert main(["sweep", "--yes", "--all-versions", "--function", FUNCTION]) == 0

    assert "its replicas still exist: try again in a few hours" in capsys.readouterr().out
    assert len(remaining_versions(function)) == 10


@pytest.mark.parametrize("stack", [True, False])
def test_function_in_use_is_not_deleted(
    stack: bool, function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    distribution_versions = [] if stack else [("E1", "2", None)]
    options = ["--outputs", write_outputs(tmp_path)] if stack else ["--function", FUNCTION]

    with account(moto, monkeypatch, *distribution_versions):
        assert main(["sweep", "--yes", "--all-versions", *options]) == 1

    uses = "version 7 is used by the stack" if stack else "version 2 is used by E1"
    assert f"{FUNCTION} is in use ({uses}): destroy its stack before you use --all-versions" in capsys.readouterr().err
    assert len(remaining_versions(function)) == 10


def test_reworded_reason_deletes_no_version_that_is_kept(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    """Only `retention` decides; `reason` is a text for the operator, whose words may change."""
    monkeypatch.setattr(ClassifiedVersion, "reason", property(lambda _: ""))
    options = ["--yes", "--outputs", write_outputs(tmp_path)]

    with account(moto, monkeypatch, ("E1", "2", None)):
        assert main(["sweep", "--all-versions", *options]) == 1
        assert "is in use (" in capsys.readouterr().err
        assert len(remaining_versions(function)) == 10
        assert main(["sweep", *options]) == 0

    assert remaining_versions(function) == ["$LATEST", "2", "5", "6", "7", "8", "9"]


@pytest.mark.parametrize("name", ["billing", "arn:aws:lambda:us-east-1:1:function:billing:1"])
def test_function_of_another_project_is_refused(name: str, capsys: Capture) -> None:
    assert main(["sweep", "--yes", "--function", name]) == 2
    assert (
        "billing is not a function of this project: give a name that begins with edge-image-resizer-"
        in capsys.readouterr().err
    )


def test_outputs_without_a_function_say_how_to_name_it(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty.json").write_text("{}")

    assert main(["sweep", "--yes", "--outputs", str(tmp_path / "empty.json")]) == 1
    assert (
        "the stack has no output edge_function_name: if the stack was destroyed, "
        "give the name of its function with --function NAME"
    ) in capsys.readouterr().err


@pytest.mark.parametrize("reply", ["n\n", ""])
def test_unconfirmed_deletion_deletes_nothing(
    reply: str, function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(reply))

    with account(moto, monkeypatch):
        assert main(["sweep", "--outputs", write_outputs(tmp_path)]) == 0

    assert "delete 4 versions? A deleted version cannot be restored, only built again. [y/N]" in capsys.readouterr().err
    assert len(remaining_versions(function)) == 10


def test_dry_run_is_the_example_of_the_page(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    """The sizes on the page are those of real bundles, which are too large for this test."""
    for number in (8, 9):
        function.delete_function(FunctionName=FUNCTION, Qualifier=str(number))

    with account(moto, monkeypatch, ("E2QWRUHAPOMQZL", "7", None)):
        assert main(["sweep", "--dry-run", "--outputs", write_outputs(tmp_path)]) == 0

    shown, example = capsys.readouterr().out, example_output("Delete old versions")
    assert mask_sizes(mask_times(shown).replace(" 107 ", " 10,000,107 ")) == mask_sizes(mask_times(example))
