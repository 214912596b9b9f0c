"""`python -m ops dashboard` with the dashboards of an invented stack and their data in moto."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from infra.observability.dashboards.account import account_body
from infra.observability.dashboards.application import application_body
from infra.observability.dashboards.widgets import Limit, Metric, arrange, expression, graph, metric, numbers, text
from ops.__main__ import main
from tests.support.aws_servers import Call, Moto, ScriptedResponse, scripted_server, write_outputs
from tests.support.dashboard_contexts import dashboard_context

Capture = pytest.CaptureFixture[str]
NAMES = {"application": "prod-application", "account": "prod-account"}
SOURCE = Metric(namespace="Test", name="Count", dimensions=(("Kind", "a"),), region="eu-central-1")


@pytest.fixture
def run(moto: Moto, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> Callable[..., str]:
    """Return a function that runs the command, checks its exit status, and returns standard output and error."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto.url)

    def run(*arguments: str, status: int = 0, **outputs: Any) -> str:
        path = write_outputs(tmp_path, **{"dashboards": NAMES} | outputs)
        assert main(["dashboard", *arguments, "--outputs", path]) == status
        captured = capsys.readouterr()
        return captured.out + captured.err

    return run


def put_dashboard(moto: Moto, body: str, name: str = "application") -> None:
    moto.client("cloudwatch").put_dashboard(DashboardName=NAMES[name], DashboardBody=body)


def put_data(moto: Moto, values: list[float], source: Metric = SOURCE) -> None:
    """Put one value for each five minutes, the last of them ten minutes ago."""
    now = datetime.now(UTC)
    data = [
        {
            "MetricName": source.name,
            "Value": value,
            "Timestamp": now - timedelta(minutes=10 + 5 * (len(values) - index)),
            "Dimensions": [{"Name": name, "Value": value} for name, value in source.dimensions],
        }
        for index, value in enumerate(values)
    ]
    moto.client("cloudwatch", source.region).put_metric_data(Namespace=source.namespace, MetricData=data)


def body_of(*widgets: dict[str, Any]) -> str:
    return json.dumps({"widgets": [*arrange([[widget] for widget in widgets])]})


def colors(path: Path) -> set[tuple[int, ...]]:
    with Image.open(path) as picture:
        found = picture.convert("RGB").getcolors(1 << 24)
    assert found
    return {color for _, color in found}


@pytest.mark.parametrize(("name", "body"), [("application", application_body), ("account", account_body)])
def test_graph_without_data_says_so(name: str, body: Any, run: Any, moto: Moto, tmp_path: Path) -> None:
    put_dashboard(moto, body(dashboard_context(insight_rule="")), name)
    out = run("--preview", str(tmp_path / "a.html"), "--name", name)

    match = re.search(r"graphs (\d+), without data (\d+)", out)
    assert match
    page = (tmp_path / "a.html").read_text()
    assert page.count('alt="no data') == int(match[2]) > 5


def test_line_and_threshold_are_drawn_in_their_colors(run: Any, moto: Moto, tmp_path: Path) -> None:
    entry = metric(SOURCE, stat="Sum", label="count")
    limits = [Limit(label="alarm: 9", value=9)]
    put_dashboard(moto, body_of(graph("Count", [entry], region="eu-central-1", unit="n", limits=limits)))
    out = run("--preview", str(tmp_path / "empty.png"))
    assert out.endswith("graphs 1, without data 1\n")

    put_data(moto, [3, 5, 4, 8])
    out = run("--preview", str(tmp_path / "full.png"))

    assert out.endswith("graphs 1, without data 0\n")
    line, threshold = (0x1F, 0x77, 0xB4), (0xD1, 0x32, 0x12)
    assert {line, threshold} <= colors(tmp_path / "full.png")
    assert not {line, threshold} & colors(tmp_path / "empty.png")


def test_page_has_numbers_texts_and_safe_links(run: Any, moto: Moto, tmp_path: Path) -> None:
    markdown = "# Title\n[runbook](https://git.example.com/a.md) <script> [bad](javascript:x) `ops`"
    single = numbers("Total", [metric(SOURCE, stat="Sum", label="images")], region="eu-central-1")
    put_dashboard(moto, body_of(text(markdown, height=2), single))
    put_data(moto, [1000, 500])
    run("--preview", str(tmp_path / "page.html"))

    page = (tmp_path / "page.html").read_text()
    assert "<h1>Title</h1>" in page
    assert (
        '<a href="https://git.example.com/a.md">runbook</a> &lt;script&gt; [bad](javascript:x) <code>ops</code>' in page
    )
    assert 'alt="images 1.5k"' in page
    assert "grid-column: 1 / span 24; grid-row: 3 / span 4" in page


def test_widget_is_read_in_the_region_of_each_metric(run: Any, moto: Moto, tmp_path: Path) -> None:
    other = Metric(namespace="Test", name="Count", dimensions=(("Kind", "a"),), region="us-east-1")
    entries = [metric(SOURCE, stat="Sum", label="near"), metric(other, stat="Sum", label="far")]
    put_dashboard(moto, body_of(graph("Count", entries, region="eu-central-1", unit="n")))
    put_data(moto, [7], other)
    run("--preview", str(tmp_path / "page.html"))

    assert 'alt="far 7"' in (tmp_path / "page.html").read_text()


def test_expression_is_sent_to_the_region_of_its_metrics(
    run: Any, moto: Moto, tmp_path: Path, monkeypatch: Any
) -> None:
    hidden = metric(SOURCE, stat="Sum", label="x", id_="a0", visible=False)
    entries = [hidden, expression("a0 * 2", label="b", id_="b0")]
    put_dashboard(moto, body_of(graph("Double", entries, region="us-east-1", unit="n")))
    regions: list[str] = []

    def record(call: Call) -> ScriptedResponse:
        if "GetMetricData" in call.headers.get("X-Amz-Target", "") or b"GetMetricData" in call.body:
            regions.append(call.headers["Authorization"].split("/")[2])
        return None

    with scripted_server(record, moto.url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        run("--preview", str(tmp_path / "page.html"))

    assert regions == ["eu-central-1"]


def test_daily_metric_is_shown_for_two_weeks(run: Any, moto: Moto, tmp_path: Path) -> None:
    daily = graph("Size", [metric(SOURCE, stat="Average", label="s")], region="us-east-1", unit="B", start="-P14D")
    put_dashboard(moto, body_of(daily))
    moto.client("cloudwatch", "eu-central-1").put_metric_data(
        Namespace="Test",
        MetricData=[
            {
                "MetricName": "Count",
                "Value": 5e9,
                "Timestamp": datetime.now(UTC) - timedelta(days=9),
                "Dimensions": [{"Name": "Kind", "Value": "a"}],
            }
        ],
    )
    run("--preview", str(tmp_path / "page.html"), "--hours", "1")

    assert 'alt="s 5G"' in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preview", "a.gif"], "a.gif ends neither with .png nor with .html"),
        (["--preview", "a"], "a ends neither with .png nor with .html"),
        (["--preview", "a.png", "--hours", "0"], "0 is not a whole number from 1 to 336"),
        (["--preview", "a.png", "--hours", "337"], "337 is not a whole number from 1 to 336"),
        (["--preview", "a.png", "--name", "other"], "'other' is not one of"),
        ([], "Missing option '--preview'"),
    ],
)
def test_wrong_options_are_refused(arguments: list[str], message: str, tmp_path: Path, capsys: Capture) -> None:
    try:
        status = main(["dashboard", *arguments, "--outputs", write_outputs(tmp_path)])
    except SystemExit as ended:
        status = ended.code

    assert status == 2
    assert message in capsys.readouterr().err


def test_stack_without_dashboards_says_what_to_configure(run: Any, tmp_path: Path) -> None:
    out = run("--preview", str(tmp_path / "a.png"), status=1, dashboards={})

    assert "the stack has no application dashboard: set monitoring to true, and run pulumi up" in out


def test_deleted_dashboard_is_named(run: Any, tmp_path: Path) -> None:
    out = run("--preview", str(tmp_path / "a.png"), "--name", "account", status=1)

    assert "CloudWatch has no dashboard prod-account: run pulumi up" in out


def test_file_that_cannot_be_written_is_named(run: Any, moto: Moto, tmp_path: Path) -> None:
    put_dashboard(moto, body_of(text("# Title", height=2)))
    out = run("--preview", str(tmp_path / "missing" / "a.png"), status=1)

    assert "a.png cannot be written: No such file or directory" in out


def test_missing_library_is_explained_in_one_sentence(tmp_path: Path) -> None:
    """The other commands work without the library, so that operators need not install it."""
    program = (
        "import sys; sys.modules['matplotlib'] = None; sys.argv = ['ops', *sys.argv[1:]]\n"
        "from ops.__main__ import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", program, "dashboard", "--preview", "a.png", "--outputs", write_outputs(tmp_path)]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)

    assert completed.returncode == 1
    assert completed.stderr.endswith("is not installed: run make setup, or install matplotlib with pip\n")
