"""The log line of the edge function for every outcome and every reason, and the metrics that count the lines."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from common.contract import DEFAULT_QUALITIES
from edge.errors import Reason
from edge.imaging.formats import PIPELINE_VERSION
from edge.outcome import Adjustment, Outcome
from tests.support.decoded_pictures import write_noise, write_picture
from tests.support.edits import edited_input
from tests.support.metric_sources import LOG_FIELDS
from tests.support.program_copies import wrap_function
from tests.support.served_stack import Response, ServedStack, copy_program, serve_stack, wait_until

LIMITS = {"max_dimension": 1000, "max_bytes": 5_000_000, "max_pixels": 2_000_000, "max_frames": 5, "render_timeout": 2}
"""Limits of the edge function, which are lower than those of the viewer function."""
DAMAGE = """
width = args[1].width
if width == 601:
    __import__('time').sleep(60)
elif width == 602:
    raise MemoryError
elif width == 603:
    raise RuntimeError('a defect in the child process')
"""
OUTAGE = "if 'outage' in kwargs['path']:\n    raise OSError('no answer')"
DEFECT = "if 'defect' in str(args):\n    raise RuntimeError('a defect in the handler')"
WEBP_QUALITY = DEFAULT_QUALITIES["webp"]
RENDERED = {"outcome": "rendered", "status": 200}
JPEG = {**RENDERED, "format_in": "jpeg", "pixels_in": 270_000, "quality_steps": 1}
NOISE = {"format_in": "png", "pixels_in": 810_000, "pixels_out": 810_000}
ANIMATION = {**RENDERED, "format_in": "gif", "quality_steps": 1}
REJECTED = {"outcome": "rejected", "status": 415}
FAILED = {"outcome": "failed", "reason": "unexpected", "status": 500}

CASES: dict[str, dict[str, Any]] = {
    "/wide.jpg?format=webp&width=90": {
        **JPEG,
        "pixels_out": 2700,
        "format_out": "webp",
        "quality": WEBP_QUALITY,
    },
    "/wide.jpg?format=png&width=90": {**JPEG, "pixels_out": 2700, "format_out": "png"},
    "/noise.png?format=jpeg&quality=100&width=900": {
        **(RENDERED | NOISE),
        "adjustment": "quality reduced",
        "format_out": "jpeg",
    },
    "/short.gif?format=avif&width=40": {
        **ANIMATION,
        "adjustment": "format changed",
        "pixels_in": 4800,
        "pixels_out": 4800,
        "format_out": "webp",
        "quality": WEBP_QUALITY,
    },
    "/large.gif?width=350": {
        **ANIMATION,
        "adjustment": "first frame",
        "pixels_in": 490_000,
        "pixels_out": 122_500,
        "format_out": "gif",
    },
    "/noise.png?format=png&width=900": {
        **NOISE,
        "outcome": "redirected",
        "status": 302,
        "adjustment": "stored",
        "format_out": "png",
        "quality_steps": 1,
    },
    "/wide.jpg": {"outcome": "passed", "status": 200},
    "/drawing.svg?width=20": {"outcome": "passed", "status": 200, "format_in": "svg"},
    "/wide.jpg?width=2000": {"outcome": "rejected", "reason": "bad-query", "status": 400},
    "/nothing.jpg?width=20": {"outcome": "rejected", "reason": "no-original", "status": 404},
    "/long.jpg?width=20": {**REJECTED, "reason": "too-many-bytes"},
    "/huge.png?width=20": {**REJECTED, "reason": "too-many-pixels"},
    "/long.gif?width=20": {**REJECTED, "reason": "too-many-frames"},
    "/segments.jpg?width=20": {**REJECTED, "reason": "too-complex"},
    "/wide.jpg?width=601": {**REJECTED, "reason": "too-slow"},
    "/wide.jpg?width=602": {**REJECTED, "reason": "too-much-memory"},
    "/text.jpg?width=20": {**REJECTED, "reason": "unknown-format"},
    "/broken.jpg?width=20": {**REJECTED, "reason": "broken"},
    "/outage.jpg?width=20": {"outcome": "failed", "reason": "origin", "status": 502},
    "/wide.jpg?width=603": FAILED,
}
"""The fields that follow from the request, by the path and the query of the request."""
WITH_TRACEBACK = {"/wide.jpg?width=603": "in the child process"}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for name in ("wide.jpg", "outage.jpg", "defect.jpg"):
        write_picture(folder / name, 900, 300)
    write_picture(folder / "huge.png", 2000, 1500)
    write_noise(folder / "noise.png")
    picture = (folder / "wide.jpg").read_bytes()
    (folder / "segments.jpg").write_bytes(picture[:2] + b"\xff\xe1\x00\x02" * 10_001 + picture[2:])
    (folder / "broken.jpg").write_bytes(picture[:300])
    (folder / "long.jpg").write_bytes(picture + bytes(5_000_000))
    (folder / "text.jpg").write_text("this is no picture")
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>')
    for name, side, count in (("short.gif", 40, 3), ("large.gif", 700, 4), ("long.gif", 40, 6)):
        frames = [Image.new("L", (side, side), 40 * number) for number in range(count)]
        frames[0].save(folder / name, save_all=True, append_images=frames[1:], duration=50)
    return folder


@pytest.fixture(scope="module")
def stack(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStack]:
    root = copy_program(tmp_path_factory.mktemp("log_lines"))
    wrap_function(root, "edge/imaging/pipeline.py", "render", before=DAMAGE)
    wrap_function(root, "edge/sigv4.py", "signed_headers", before=OUTAGE)
    wrap_function(root, "edge/origin_response.py", "_respond", before=DEFECT)

    def lower(headers: list[dict[str, str]]) -> list[dict[str, str]]:
        return [header | {"value": json.dumps(json.loads(header["value"]) | LIMITS)} for header in headers]

    edit = edited_input("cloudfront/distribution", "distribution", "origins.0.customHeaders", lower)
    with serve_stack(images, root=root, stack="staging", edits=[edit]) as running:
        yield running


def log_lines(stack: ServedStack, response: Response) -> list[dict[str, Any]]:
    """Return the log lines about a response, which the viewer finds with the header `x-amz-cf-id`."""
    id_ = response.headers["x-amz-cf-id"]
    wait_until(lambda: any(id_ in line for line in stack.logs))
    return [json.loads(line) for line in stack.logs if id_ in line]


def length_of_body(stack: ServedStack, response: Response) -> int:
    return len(stack.get(response.headers["location"]).body if response.status == 302 else response.body)


@pytest.mark.parametrize("path", CASES)
def test_line_has_exactly_the_fields_of_its_outcome(path: str, stack: ServedStack, images: Path) -> None:
    response = stack.get(path)

    (line,) = log_lines(stack, response)
    key, _, query = path[1:].partition("?")
    expected = CASES[path]
    phases = line.pop("ms")
    assert phases.keys() >= {"function"}
    assert all(milliseconds >= 0 for milliseconds in phases.values())
    assert (line.pop("request"), line.pop("key"), line.pop("method")) == (response.headers["x-amz-cf-id"], key, "GET")
    assert line.pop("pipeline") == PIPELINE_VERSION
    assert type(line.pop("cold")) is bool
    assert line.pop("origin_status") == (403 if key == "nothing.jpg" else 200)
    if query:
        assert {*query.split("&")} <= {*line.pop("query").split("&")}
    assert line["status"] == response.status
    if key != "nothing.jpg":
        assert line.pop("bytes_in") == (images / key).stat().st_size
    if expected["outcome"] in ("rendered", "redirected"):
        assert line.pop("bytes_out") == length_of_body(stack, response)
        assert phases.keys() >= {"read", "decode", "color", "encode"}
    if expected.get("reason", "bad-query") != "bad-query":
        assert line.pop("detail")
    if path in WITH_TRACEBACK:
        assert WITH_TRACEBACK[path] in line.pop("traceback")
    if expected.get("adjustment") == "quality reduced":
        assert line.pop("quality_steps") > 1
        assert line.pop("quality") < 100
    assert line == expected


def test_cases_have_every_outcome_reason_and_adjustment() -> None:
    never_logged = {Adjustment.AS_REQUESTED, Adjustment.TOO_LARGE}

    for name, values in (("outcome", Outcome), ("reason", Reason), ("adjustment", {*Adjustment} - never_logged)):
        assert {case[name] for case in CASES.values() if name in case} == {*map(str, values)}


def test_head_of_a_rendition_is_passed(stack: ServedStack, images: Path) -> None:
    response = stack.get("/wide.jpg?width=77", method="HEAD")

    (line,) = log_lines(stack, response)
    assert (line["outcome"], line["method"], line["status"]) == ("passed", "HEAD", 200)
    assert line["bytes_in"] == (images / "wide.jpg").stat().st_size
    assert not {"bytes_out", "reason", "quality_steps"} & line.keys()


def test_failure_outside_of_a_response_is_one_line_with_its_traceback(stack: ServedStack) -> None:
    response = stack.get("/defect.jpg?width=20")

    (line,) = log_lines(stack, response)
    assert response.status == 500
    assert line.keys() == {
        *("request", "outcome", "reason", "status", "detail", "traceback", "ms", "cold", "pipeline"),
    }
    assert (line["outcome"], line["reason"]) == ("failed", "unexpected")
    assert "a defect in the handler" in line["traceback"]


@pytest.mark.parametrize(
    "key",
    [
        "%0a%7b%22outcome%22%3a%22rendered%22%7d",
        "%0d%0aSTART%20RequestId",
        "%22%2c%22outcome%22%3a%22rendered%22%2c%22x%22%3a%22",
        "%5c%22%5c",
        "%1b%5b2J%c2%9b31m%7f",
        "%ed%a0%80",
        "%f0%9f%98%80%e2%80%a8%e2%80%a9",
        "%00",
        "a" * 5000,
        "%c2%9b" * 1000,
    ],
)
def test_hostile_key_forges_no_line(key: str, stack: ServedStack) -> None:
    before = len(stack.logs)

    response = stack.get(f"/{key}.jpg?width=20")
    stack.get(f"/wide.jpg?width={100 + before}")  # Its line follows all lines of the first request.

    assert response.status in (400, 404, 414)
    lines = [json.loads(line) for line in stack.logs[before:]]
    assert len(lines) <= 2
    for line in lines:
        assert (line["outcome"], line.get("reason")) in (("rejected", "no-original"), ("rendered", None))
        assert line["outcome"] == "rejected" or line["key"] == "wide.jpg"
    assert all(line.isascii() and line.isprintable() and len(line) < 262_144 for line in stack.logs[before:])


def test_no_line_has_the_viewers_address_headers_or_raw_query(stack: ServedStack) -> None:
    marker = "mark4r"
    headers = {
        name: f"{marker} {name}"
        for name in ("cookie", "authorization", "user_agent", "referer", "x_forwarded_for", "from", "x_odd")
    }
    before = len(stack.logs)

    for path in (*CASES, "/defect.jpg?width=21"):
        stack.get(f"{path}{'&' if '?' in path else '?'}token={marker}", **headers)
    last = stack.get(f"/wide.jpg?width=88&{marker}={marker}", **headers)

    log_lines(stack, last)
    assert len(stack.logs) > before
    assert not [line for line in stack.logs if marker in line or "127.0.0.1" in line]


def edge_lines(stack: ServedStack) -> list[dict[str, Any]]:
    """Return all lines of the edge function so far. The lines of the refresh function have no `pipeline`."""
    lines = [json.loads(line) for line in stack.logs if line.startswith("{")]
    return [line for line in lines if "pipeline" in line]


def metric_sums(stack: ServedStack) -> dict[str, float]:
    """Return the sum of each metric that a filter declares, and the number of its values."""
    program = stack.running.program
    cloudwatch = stack.running.cloud.cloudwatch(program.outputs["edge_log_regions"][0])
    end = datetime.now(UTC) + timedelta(minutes=1)
    sums: dict[str, float] = {}
    for metric in cloudwatch.list_metrics(Namespace=program.outputs["metrics_namespace"])["Metrics"]:
        name = " ".join([metric["MetricName"], *(item["Value"] for item in metric["Dimensions"])])
        for stat in ("Sum", "SampleCount"):
            query: Any = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 7200, "Stat": stat}}
            (result,) = cloudwatch.get_metric_data(
                StartTime=end - timedelta(hours=1), EndTime=end, MetricDataQueries=[query]
            )["MetricDataResults"]
            sums[f"{name} {stat}"] = sum(result["Values"])
    return sums


def test_metric_filters_count_exactly_the_lines(stack: ServedStack) -> None:
    for path in (*CASES, "/defect.jpg?width=20"):
        stack.get(path)
    log_lines(stack, stack.get("/wide.jpg?width=111"))

    stack.running.telemetry.flush()

    lines = edge_lines(stack)
    made = [line for line in lines if line["outcome"] in ("rendered", "redirected")]
    reasons = Counter(line["reason"] for line in lines if line["outcome"] == "rejected")
    sums = metric_sums(stack)
    assert reasons.keys() == {*Reason} - {Reason.ORIGIN, Reason.UNEXPECTED}
    assert {name: round(value, 1) for name, value in sums.items() if not name.endswith(" SampleCount")} == {
        "ImagesProcessed Sum": len(made),
        "ImagesRejected Sum": reasons.total() - reasons[Reason.NO_ORIGINAL] - reasons[Reason.BAD_QUERY],
        **{f"RejectionsByReason {reason} Sum": count for reason, count in reasons.items()},
        "RenderFailures Sum": sum(line["outcome"] == "failed" for line in lines),
        "ProcessingDuration Sum": round(sum(line["ms"]["function"] for line in made), 1),
        "BytesIn Sum": sum(line["bytes_in"] for line in made),
        "BytesOut Sum": sum(line["bytes_out"] for line in made),
        "ColdStarts Sum": sum(line["cold"] for line in lines),
    }
    assert {sums[f"{name} SampleCount"] for name in ("ProcessingDuration", "BytesIn", "BytesOut")} == {len(made)}


def test_every_field_of_queries_and_filters_is_logged(stack: ServedStack) -> None:
    for path in (*CASES, "/defect.jpg?width=20"):
        stack.get(path)
    log_lines(stack, stack.get("/wide.jpg?width=112"))

    fields = {name for line in edge_lines(stack) for name in ({f"ms.{phase}" for phase in line["ms"]} | line.keys())}

    assert fields >= LOG_FIELDS
