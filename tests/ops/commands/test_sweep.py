"""python -m ops sweep, with moto's Lambda, and a CloudFront that says which versions it uses."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ops.__main__ import main
from tests.ops.test_operations import box, timeless
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

Said = pytest.CaptureFixture[str]
REPLICATED = (
    f"Lambda was unable to delete {ARN}:2 because it is a replicated function. "
    "Please see our documentation for Deleting Lambda@Edge Functions and Replicas."
)


def bundle(text: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        file.writestr("a.py", text)
    return kept.getvalue()


@pytest.fixture
def function(moto: Moto) -> Any:
    """With the versions 1 to 9; a client of Lambda."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = moto.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    client = moto.client("lambda")
    what = {"FunctionName": FUNCTION, "Runtime": "python3.13", "Handler": "a.b", "Role": role}
    client.create_function(**what, Code={"ZipFile": bundle("1")}, Publish=True)
    for number in range(2, 10):
        client.update_function_code(FunctionName=FUNCTION, ZipFile=bundle(str(number)), Publish=True)
    return client


def left(client: Any) -> list[str]:
    return [one["Version"] for one in client.list_versions_by_function(FunctionName=FUNCTION)["Versions"]]


def behaviour(version: str | None, name: str) -> str:
    items = (
        f"<Quantity>1</Quantity><Items><LambdaFunctionAssociation><LambdaFunctionARN>{ARN}:{version}</LambdaFunctionARN>"
        "<EventType>origin-response</EventType></LambdaFunctionAssociation></Items>"
        if version
        else "<Quantity>0</Quantity>"
    )
    return f"<{name}><LambdaFunctionAssociations>{items}</LambdaFunctionAssociations></{name}>"


def distributions(*used: tuple[str, str | None, str | None], more: str = "") -> str:
    """Id, the default behaviour's version, an ordered behaviour's version."""
    items = "".join(
        f"<DistributionSummary><Id>{id_}</Id>{behaviour(default, 'DefaultCacheBehavior')}<CacheBehaviors><Quantity>1"
        f"</Quantity><Items>{behaviour(ordered, 'CacheBehavior')}</Items></CacheBehaviors></DistributionSummary>"
        for id_, default, ordered in used
    )
    rest = (
        f"<IsTruncated>true</IsTruncated><NextMarker>{more}</NextMarker>"
        if more
        else "<IsTruncated>false</IsTruncated>"
    )
    return (
        f'<DistributionList xmlns="{XMLNS}"><Quantity>{len(used)}</Quantity>{rest}'
        f"<Items>{items}</Items></DistributionList>"
    )


@contextmanager
def account(
    moto: Moto, monkeypatch: pytest.MonkeyPatch, *used: tuple[str, str | None, str | None], replicas: str = ""
) -> Iterator[ScriptedServer]:
    """Two pages of distributions; versions in `replicas` cannot be deleted yet."""

    def script(call: Call) -> ScriptedResponse:
        if call.path.startswith("/2020-05-31/distribution"):
            return 200, distributions(*used[1:]) if "Marker=2" in call.path else distributions(*used[:1], more="2")
        number = call.path.rpartition("Qualifier=")[2]
        if call.method == "DELETE" and replicas and (number in replicas.split() or replicas == "all"):
            error = {"Type": "User", "Message": REPLICATED, "__type": "InvalidParameterValueException"}
            return 400, json.dumps(error)
        return None

    with scripted_server(script, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def test_what_nobody_uses_goes_and_the_rest_stays(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    with account(moto, monkeypatch, ("E1", "7", None), ("E2", None, "3"), ("E3", "3", None)):
        assert main(["sweep", "--yes", "--keep", "2", "--outputs", write_outputs(tmp_path)]) == 0

    assert left(function) == ["$LATEST", "3", "7", "8", "9"]
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


def test_five_are_kept_unless_told_otherwise_and_what_the_stack_uses_always(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with account(moto, monkeypatch):
        assert main(["sweep", "--yes", "--outputs", write_outputs(tmp_path, edge_function_arn=f"{ARN}:2")]) == 0

    assert left(function) == ["$LATEST", "2", "5", "6", "7", "8", "9"]


def test_the_newest_stays_whatever_is_kept(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with account(moto, monkeypatch):
        assert main(["sweep", "--yes", "--keep", "1", "--outputs", write_outputs(tmp_path)]) == 0

    assert left(function) == ["$LATEST", "7", "9"]


def test_a_dry_run_deletes_nothing(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    with account(moto, monkeypatch) as server:
        assert main(["sweep", "--dry-run", "--keep", "1", "--json", "--outputs", write_outputs(tmp_path)]) == 0

    assert {call.method for call in server.calls} == {"GET"}
    told = json.loads(capsys.readouterr().out)
    assert told["function"] == FUNCTION
    assert [one["version"] for one in told["versions"] if not one["stays"]] == [8, 6, 5, 4, 3, 2, 1]
    assert {one["outcome"] for one in told["versions"]} == {None}


def test_replicas_that_are_still_there_are_no_failure_of_the_others(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    with account(moto, monkeypatch, replicas="3 2"):
        assert main(["sweep", "--yes", "--outputs", write_outputs(tmp_path)]) == 0

    assert left(function) == ["$LATEST", "2", "3", "5", "6", "7", "8", "9"]
    out = capsys.readouterr().out
    assert "3        its replicas still exist: try again in a few hours\n" in out
    assert "4        deleted\n" in out


def test_another_refusal_is_a_failure_and_the_others_go_all_the_same(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    def script(call: Call) -> ScriptedResponse:
        if call.path.startswith("/2020-05-31/distribution"):
            return 200, distributions()
        if call.method == "DELETE" and call.path.endswith("Qualifier=4"):
            said = "User: me is not authorized to perform: lambda:DeleteFunction on resource: x"
            return 403, json.dumps({"Message": said, "__type": "AccessDeniedException"})
        return None

    with scripted_server(script, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert main(["sweep", "--yes", "--outputs", write_outputs(tmp_path)]) == 1

    assert left(function) == ["$LATEST", "4", "5", "6", "7", "8", "9"]
    assert "4        AWS denies lambda:DeleteFunction to these credentials" in capsys.readouterr().out


def test_when_the_stack_is_gone_the_function_goes_by_its_name_or_arn(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    with account(moto, monkeypatch):
        assert main(["sweep", "--yes", "--all-versions", "--function", ARN]) == 0
        assert f"{FUNCTION}  deleted" in capsys.readouterr().out

        assert main(["sweep", "--yes", "--all-versions", "--function", FUNCTION]) == 1
        assert f"there is no function {FUNCTION} with versions in us-east-1" in capsys.readouterr().err


def test_the_outputs_of_a_destroyed_stack_name_the_function(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "old.json").write_text(json.dumps({"left_after_destroy": [ARN, "/aws/cloudfront/LambdaEdge/E1"]}))

    with account(moto, monkeypatch):
        assert main(["sweep", "--yes", "--keep", "3", "--outputs", str(tmp_path / "old.json")]) == 0

    assert left(function) == ["$LATEST", "7", "8", "9"]


def test_the_whole_function_waits_for_its_replicas_too(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    with account(moto, monkeypatch, replicas="all"):
        assert main(["sweep", "--yes", "--all-versions", "--function", FUNCTION]) == 0

    assert "its replicas still exist: try again in a few hours" in capsys.readouterr().out
    assert len(left(function)) == 10


@pytest.mark.parametrize("stack", [True, False])
def test_a_function_that_is_in_use_does_not_go_as_a_whole(
    stack: bool, function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    used = [] if stack else [("E1", "2", None)]
    named = ["--outputs", write_outputs(tmp_path)] if stack else ["--function", FUNCTION]

    with account(moto, monkeypatch, *used):
        assert main(["sweep", "--yes", "--all-versions", *named]) == 1

    by = "version 7 is used by the stack" if stack else "version 2 is used by E1"
    assert f"{FUNCTION} is in use ({by}): --all-versions is for after pulumi destroy" in capsys.readouterr().err
    assert len(left(function)) == 10


@pytest.mark.parametrize("name", ["billing", "arn:aws:lambda:us-east-1:1:function:billing:1"])
def test_functions_of_others_are_never_touched(name: str, capsys: Said) -> None:
    assert main(["sweep", "--yes", "--function", name]) == 2
    assert (
        "billing is no function of this project: their names begin with edge-image-resizer-" in capsys.readouterr().err
    )


def test_outputs_without_a_function_say_how_to_name_it(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "empty.json").write_text("{}")

    assert main(["sweep", "--yes", "--outputs", str(tmp_path / "empty.json")]) == 1
    assert "the stack has no edge_function_name: when it is gone, name its function with --function" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_without_a_yes_nothing_is_deleted(
    answer: str, function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))

    with account(moto, monkeypatch):
        assert main(["sweep", "--outputs", write_outputs(tmp_path)]) == 0

    assert "delete 4 versions? They cannot be had back, only built anew. [y/N]" in capsys.readouterr().err
    assert len(left(function)) == 10


def test_the_page_shows_versions_as_they_are_shown(
    function: Any, moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    for number in range(1, 6):
        function.delete_function(FunctionName=FUNCTION, Qualifier=str(number))

    with account(moto, monkeypatch, ("E1", "7", None)):
        assert main(["sweep", "--dry-run", "--keep", "2", "--outputs", write_outputs(tmp_path)]) == 0

    assert timeless(capsys.readouterr().out) == timeless(box("sweep"))
