"""`python -m ops logs` with a scripted CloudWatch Logs, which answers each Region differently."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from common.log_queries import LOG_QUERIES, find_query, request_query
from ops.__main__ import main
from ops.aws import log_queries
from ops.commands.logs import logs
from tests.support.aws_servers import Call, ScriptedResponse, scripted_server, write_outputs

Capture = pytest.CaptureFixture[str]
Rows = Sequence[Mapping[str, str]]
ID = "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ=="
LINE = {
    "request": ID,
    "outcome": "failed",
    "reason": "unexpected",
    "key": "cats/1.jpg",
    "status": 500,
    "bytes_in": 970777,
    "ms": {"read": 12.1, "function": 65.3},
    "cold": True,
    "traceback": 'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: no',
}
SLOW = {"@timestamp": "2026-11-22 05:12:33.123", "ms.function": "812.4", "key": "007", "query": "width=640"}
SLOW |= {"format_in": "jpeg", "bytes_in": "970777", "bytes_out": "34962", "cold": "1", "request": ID, "@ptr": "x"}


class Logs:
    """A CloudWatch Logs with the rows of each Region. A Region without rows has no log group."""

    def __init__(self, rows: Mapping[str, Rows], statuses: Sequence[str] = ("Complete",)) -> None:
        self.rows, self.statuses = rows, [*statuses]
        self.started: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def __call__(self, call: Call) -> ScriptedResponse:
        operation = call.headers["X-Amz-Target"].partition(".")[2]
        region = re.search(r"/(\S+)/logs/aws4_request", call.headers["Authorization"])
        assert region
        name, body = region[1].split("/")[-1], json.loads(call.body)
        if operation == "StartQuery":
            if name not in self.rows:
                return 400, json.dumps({"__type": "ResourceNotFoundException", "message": "no group"})
            self.started.append(body | {"region": name})
            return 200, json.dumps({"queryId": f"{name}-1"})
        if operation == "StopQuery":
            self.stopped.append(name)
            return 200, json.dumps({"success": True})
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        results = [[{"field": key, "value": value} for key, value in row.items()] for row in self.rows[name]]
        return 200, json.dumps({"status": status, "results": results if status == "Complete" else []})


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> Callable[..., tuple[str, str]]:
    """Return a function that runs the command, checks its exit status, and returns standard output and error."""
    monkeypatch.setattr(log_queries, "POLL_SECONDS", 0)

    def run(logs: Logs, *arguments: str, status: int = 0) -> tuple[str, str]:
        regions = [*logs.rows, "sa-east-1"] if len(logs.rows) != 1 else [*logs.rows]
        with scripted_server(logs) as server:
            monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
            outputs = write_outputs(tmp_path, edge_log_regions=regions)
            assert main(["logs", *arguments, "--outputs", outputs]) == status
        captured = capsys.readouterr()
        return captured.out, captured.err

    return run


def test_slowest_renditions_are_a_table_with_readable_numbers(run: Any) -> None:
    out, err = run(Logs({"eu-central-1": [SLOW]}), "--slowest")

    header, row = out.splitlines()
    assert header.split("  ")[0] == "time (UTC)"
    assert re.split(r"  +", header)[1:] == [
        "ms",
        "key",
        "query",
        "format in",
        "bytes in",
        "bytes out",
        "cold",
        "request",
    ]
    assert re.split(r"  +", row) == [
        *("2026-11-22 05:12:33", "812", "007", "width=640", "jpeg", "970,777", "34,962", "cold", ID)
    ]
    assert err == ""


def test_query_reads_the_last_hours_of_the_log_group_of_the_edge_function(run: Any) -> None:
    logs = Logs({"eu-central-1": [SLOW]})
    run(logs, "--slowest", "--hours", "5")

    (started,) = logs.started
    assert started["queryString"] == find_query("slowest").text
    assert started["logGroupName"] == "/aws/lambda/us-east-1.edge-image-resizer-prod-edge-function-1a2b3c4"
    assert started["endTime"] - started["startTime"] == 5 * 3600
    assert abs(started["endTime"] - datetime.now(UTC).timestamp()) < 60


def test_rows_of_several_regions_are_one_table_in_the_order_of_the_query(run: Any) -> None:
    faster = SLOW | {"ms.function": "90.2", "key": "fast.jpg"}
    out, err = run(Logs({"eu-central-1": [faster], "us-east-1": [SLOW]}), "--slowest")

    assert [line.split()[-1] for line in out.splitlines()] == ["region", "us-east-1", "eu-central-1"]
    assert err == "no log group in sa-east-1: pulumi up creates the log groups of a stack\n"


def test_limit_of_a_query_with_counts_applies_to_all_regions_together(run: Any) -> None:
    """A row can be the first of all Regions together, and behind the limit in each of them."""
    logs = Logs({"eu-central-1": [], "us-east-1": []})
    run(logs, "--sizes")

    texts = {started["queryString"] for started in logs.started}
    assert texts == {find_query("sizes").text.rpartition("\n| limit")[0]}


def test_unusual_values_of_a_line_are_shown(run: Any) -> None:
    message = f'{{"bytes_in": {"9" * 400}, "ms": {{"function": 1e400}}}}'
    for text in (message, "[" * 100_000):
        row = {"@timestamp": "2026-11-22 05:12:33.123", "@message": text}
        out, _ = run(Logs({"eu-central-1": [row]}), "--request", ID)

        assert "1 line" in out


def test_counts_of_a_group_are_added_and_means_are_weighted(run: Any) -> None:
    rows = {
        "eu-central-1": [
            {"query": "width=640", "renders": "1", "mean_ms": "100", "mean_bytes": "10"},
            {"query": "width=320", "renders": "3", "mean_ms": "50", "mean_bytes": "5"},
        ],
        "us-east-1": [{"query": "width=640", "renders": "3", "mean_ms": "200", "mean_bytes": "30"}],
    }
    out, _ = run(Logs(rows), "--sizes")

    assert [line.split() for line in out.splitlines()] == [
        ["query", "renders", "mean", "ms", "mean", "bytes"],
        ["width=640", "4", "175", "25"],
        ["width=320", "3", "50", "5"],
    ]


def test_largest_value_of_a_group_is_the_maximum(run: Any) -> None:
    hour = {"hour": "2026-11-22 05:00:00.000", "cold_starts": "2", "mean_ms": "700", "max_ms": "900"}
    rows = {"eu-central-1": [hour], "us-east-1": [hour | {"max_ms": "950.4", "mean_ms": ""}]}
    out, _ = run(Logs(rows), "--cold-starts")

    assert re.split(r"  +", out.splitlines()[1]) == ["2026-11-22 05:00:00", "4", "700", "950"]


def test_line_of_a_request_shows_every_field_and_the_traceback_at_the_end(run: Any) -> None:
    logs = Logs({"eu-central-1": [{"@timestamp": "2026-11-22 05:12:33.123", "@message": json.dumps(LINE)}]})
    out, _ = run(logs, "--request", f"x-amz-cf-id: {ID}")

    assert logs.started[0]["queryString"] == request_query(ID)
    assert f'filter request = "{ID}"' in request_query(ID)
    lines = out.splitlines()
    assert lines[0] == "1 line"
    fields = dict(re.split(r"  +", line, maxsplit=1) for line in lines[2 : lines.index("", 2)])
    assert fields["region"] == "eu-central-1"
    assert fields["ms"] == "read 12.1, function 65.3"
    assert (fields["cold"], fields["bytes_in"], fields["status"]) == ("yes", "970,777", "500")
    assert out.endswith('  | Traceback (most recent call last):\n  |   File "x.py", line 1\n  | ValueError: no\n')


def test_line_that_is_not_json_is_shown_as_it_is(run: Any) -> None:
    logs = Logs({"eu-central-1": [{"@timestamp": "2026-11-22 05:12:33.123", "@message": "START\x1b[2J"}]})
    out, _ = run(logs, "--request", ID)

    assert "message     START\\x1b[2J" in out


@pytest.mark.parametrize("option", ["--slowest", "--request", "--rejected"])
def test_no_lines_are_explained(option: str, run: Any) -> None:
    out, _ = run(Logs({"eu-central-1": []}), option, *([ID] if option == "--request" else []), "--hours", "1")

    assert out.startswith(
        "no lines in the last hour in eu-central-1. Possible reasons:\n- the lines are older (--hours 24)"
    )
    assert ("cache miss" in out) == (option != "--rejected")
    assert ("firewall" in out) == (option == "--request")


def test_json_has_the_rows_as_numbers_and_texts(run: Any) -> None:
    out, _ = run(Logs({"eu-central-1": [SLOW]}), "--slowest", "--json")

    value = json.loads(out)
    assert (value["query"], value["hours"], value["regions"]) == ("slowest", 3, ["eu-central-1"])
    assert value["rows"][0]["ms.function"] == 812.4
    assert value["rows"][0]["key"] == "007"
    assert "@ptr" not in value["rows"][0]


def test_running_query_is_polled_until_it_ends(run: Any) -> None:
    out, _ = run(Logs({"eu-central-1": [SLOW]}, ["Scheduled", "Running", "Complete"]), "--slowest")

    assert "width=640" in out


def test_query_that_does_not_end_is_stopped(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_queries, "TIME_LIMIT", 0)
    logs = Logs({"eu-central-1": [], "us-east-1": []}, ["Running"])
    _, err = run(logs, "--slowest", status=1)

    assert "the query did not end within 0 s in eu-central-1, us-east-1: use fewer --hours" in err
    assert sorted(logs.stopped) == ["eu-central-1", "us-east-1"]


def test_query_that_fails_in_a_region_names_the_region(run: Any) -> None:
    _, err = run(Logs({"eu-central-1": []}, ["Failed"]), "--slowest", status=1)

    assert "CloudWatch Logs ended the query in eu-central-1 with the status Failed" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "use one of --slowest, --rejected, --request, --sizes, --cold-starts, --formats"),
        (["--slowest", "--sizes"], "not 2 of them"),
        (["--slowest", "--request", ID], "not 2 of them"),
        (["--slowest", "--hours", "0"], "0 is not a whole number from 1 to 8760"),
        (["--slowest", "--hours", "8761"], "8761 is not a whole number"),
        (["--slowest", "--hours", "1.5"], "1.5 is not a whole number"),
        (["--request", 'x" or 1 = 1'], "is not an ID: use the value of the response header x-amz-cf-id"),
        (["--request", "--json"], "is not an ID"),
        (["--request", ""], "is not an ID"),
    ],
)
def test_wrong_options_are_refused(arguments: list[str], message: str, tmp_path: Path, capsys: Capture) -> None:
    try:
        status = main(["logs", *arguments, "--outputs", write_outputs(tmp_path)])
    except SystemExit as ended:
        status = ended.code

    assert status == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("id_", [ID, f"-{ID[1:]}", f"--{ID[2:]}"])
def test_id_that_begins_with_a_dash_is_accepted(id_: str, run: Any) -> None:
    logs = Logs({"eu-central-1": []})
    run(logs, "--request", id_)

    assert f'request = "{id_}"' in logs.started[0]["queryString"]


def test_every_saved_query_has_an_option() -> None:
    options = {parameter.name for parameter in logs.params}

    assert {query.name.replace("-", "_") for query in LOG_QUERIES} <= options
